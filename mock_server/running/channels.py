"""Messages and sockets between the two processes of a run, in both directions."""

from __future__ import annotations

import json
import socket
from typing import Any, Final, NamedTuple, Self

_LONGEST: Final = 425_984
"""Bytes of a message, in which there are the user's own variables: what Linux lets anybody send at once."""

_MOST_SOCKETS: Final = 16


class Message(NamedTuple):
    """What was told: its kind, facts, and sockets that came along."""

    kind: str
    facts: dict[str, Any]
    sockets: list[socket.socket]


class Channel:
    """One end of a channel. A message arrives whole."""

    def __init__(self, end: socket.socket) -> None:
        self._end = end

    @classmethod
    def pair(cls) -> tuple[Self, Self]:
        """Both ends."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LONGEST)
        return cls(ours), cls(theirs)

    def tell(self, kind: str, *sockets: socket.socket, **facts: Any) -> None:
        """Send a message; to somebody who is gone it is lost."""
        content = json.dumps({"kind": kind, **facts}).encode()
        try:
            socket.send_fds(self._end, [content], [each.fileno() for each in sockets])
        except (BrokenPipeError, ConnectionResetError):
            return

    def hear(self, seconds: float | None = None) -> Message | None:
        """The next message, or None from somebody who is gone. Raises `TimeoutError` after `seconds`."""
        self._end.settimeout(seconds)
        content, descriptors = self._received()
        if not content:
            return None
        facts = json.loads(content)
        return Message(facts.pop("kind"), facts, [socket.socket(fileno=each) for each in descriptors])

    def _received(self) -> tuple[bytes, list[int]]:
        """That somebody went with something unread is an error, once and first; what they told comes after it."""
        try:
            return socket.recv_fds(self._end, _LONGEST, _MOST_SOCKETS)[:2]
        except ConnectionResetError:
            return socket.recv_fds(self._end, _LONGEST, _MOST_SOCKETS)[:2]

    def fileno(self) -> int:
        """For `select`."""
        return self._end.fileno()

    def close(self) -> None:
        """Let the other end know that nobody is here any more."""
        self._end.close()
