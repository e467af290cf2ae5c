"""The process that looks after a program: it starts, signals and ends it, and makes sockets where it is.

It is a fork of the process that runs the emulator, made while that has one thread and nothing open. Where the program
is to have a private namespace, it goes there first. Its parent stays in the machine's network, and is sent sockets of
the other: a socket belongs to the network in which it was made.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, NoReturn

from mock_server.running import namespaces, netlink
from mock_server.running.channels import Channel, Message
from mock_server.running.descendants import end_descendants, reap
from mock_server.running.names import tell_names
from mock_server.running.vendor import ADDRESS

FORWARDED: Final = frozenset(
    number
    for number in signal.Signals
    if number.name in {"SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGWINCH", "SIGCONT"}
)
"""Signals that the program gets when this process's parent does."""

NOT_FOUND, NOT_EXECUTABLE = 127, 126
"""Exit codes that shells give to a program that cannot be started."""

WAITING: Final = 128
"""Connections that wait to be accepted, on each socket made here."""

_SAME_SIGNAL_SECONDS: Final = 0.05
"""Within which a signal to a whole process group has reached all of it."""


def code_of(obstacle: OSError) -> int:
    """The exit code that tells why a program did not start."""
    return NOT_FOUND if isinstance(obstacle, FileNotFoundError) else NOT_EXECUTABLE


class Agent:
    """What `run` does, with what it knows."""

    def __init__(
        self, control: Channel, requests: Channel, command: Sequence[str], mask: set[int], *, is_private: bool
    ) -> None:
        """`control` tells what shall become of the program and is told its end, `requests` asks for sockets.

        `mask` are the signals that the program shall find blocked: those that were before the run.
        """
        self._control = control
        self._requests = requests
        self._command = command
        self._mask = mask
        self._is_private = is_private
        self._program: subprocess.Popen[bytes] | None = None
        self._is_over = False

    def run(self) -> NoReturn:
        """Live as the agent, and end the process."""
        code = 1
        try:
            self._live()
            code = 0
        except Exception:
            traceback.print_exc()  # a bug of ours; nobody above us could tell
        finally:
            end_descendants()
            os._exit(code)  # the rest of this process is a copy of another's, which will close what it opened

    def _live(self) -> None:
        namespaces.adopt_orphans()
        if self._is_private and not self._moved():
            return
        channels = {channel.fileno(): channel for channel in (self._control, self._requests)}
        with _awoken_by_children() as wakes:
            while not self._is_over:
                ready, _, _ = select.select([wakes.fileno(), *channels], [], [])
                if wakes.fileno() in ready:
                    wakes.recv(4096)
                    self._look_after_children()
                for end in channels.keys() & ready:
                    self._attend(channels[end])

    def _attend(self, channel: Channel) -> None:
        message = channel.hear()
        if message is None:
            self._is_over = True  # our parent is gone
            return
        self._act(message)

    def _moved(self) -> bool:
        """Go into the namespace; tell what is there, or why that cannot be."""
        try:
            namespaces.enter()
            has_ipv6 = netlink.lead_everything_home()
            tell_names()
            sockets, ports = _exits(has_ipv6=has_ipv6)
            netlink.redirect(ports, has_ipv6=has_ipv6)
        except (namespaces.NotAllowed, OSError) as error:
            self._control.tell("failed", reason=str(error))
            return False
        self._control.tell("ready", *sockets)
        for each in sockets:
            each.close()
        return True

    def _act(self, message: Message) -> None:
        match message.kind, message.facts:
            case "run", {"environment": environment}:
                self._start(environment)
            case "signal", {"number": number}:
                self._pass_on(signal.Signals(number))
            case "listen", {"address": address, "port": port}:
                self._answer_with(_listener, address, port)
            case "dial", {"address": address}:
                self._answer_with(_socket, address)
            case "show", {"file": file, "at": at}:
                with suppress(OSError):  # what could be shown is told in the program's environment as well
                    namespaces.show(Path(file), at=Path(at))
            case "add", {"file": file, "to": to, "name": name}:
                with suppress(OSError):
                    namespaces.add(Path(file), to=Path(to), name=name)

    def _answer_with(self, make: Any, *details: Any) -> None:
        try:
            with make(*details) as made:
                self._requests.tell("made", made)
        except OSError as error:
            self._requests.tell("not made", reason=str(error))

    def _start(self, environment: Mapping[str, str]) -> None:
        early = signal.sigpending() & FORWARDED
        try:
            self._program = subprocess.Popen(  # noqa: S603 - to run what the user names is what this is for
                self._command,
                env={**os.environ, **environment},
                close_fds=False,  # ours are not inherited; the user's shall be
                preexec_fn=self._before_program,  # noqa: PLW1509 - this process has one thread
            )
        except OSError as error:
            self._control.tell("ended", code=code_of(error), obstacle=error.strerror)
            self._is_over = True
            return
        for number in early:  # they stay pending, so that our parent's word of them adds nothing
            self._send(number)

    def _before_program(self) -> None:
        namespaces.die_with_parent()
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def _pass_on(self, number: signal.Signals) -> None:
        """Let the program have a signal, unless it was sent to the group of which it is, too."""
        if self._program is None or self._is_over:
            return
        is_of_group = os.getpgid(self._program.pid) == os.getpgrp()
        if is_of_group and signal.sigtimedwait({number}, _SAME_SIGNAL_SECONDS) is not None:
            return
        self._send(number)

    def _send(self, number: int) -> None:
        if self._program is not None:
            with suppress(ProcessLookupError):
                os.kill(self._program.pid, number)

    def _look_after_children(self) -> None:
        ended = reap()
        if self._program is not None and self._program.pid in ended:
            self._control.tell("ended", code=ended[self._program.pid])
            self._is_over = True


@contextmanager
def _awoken_by_children() -> Iterator[socket.socket]:
    """A socket that can be read when a child has ended."""
    wakes, wake = socket.socketpair()
    with wakes, wake:
        wake.setblocking(False)
        signal.set_wakeup_fd(wake.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        try:
            yield wakes
        finally:
            signal.set_wakeup_fd(-1)  # what is left ends later than these sockets


def _exits(*, has_ipv6: bool) -> tuple[list[socket.socket], netlink.Ports]:
    """What listens inside: for TLS to the vendor; then, for each family, for strangers and for questions, UDP and TCP.

    Questions come by both on the same port, in both families.
    """
    vendor, strangers, asked = (_listener(ADDRESS, 0) for _ in range(3))
    ports = netlink.Ports(*(each.getsockname()[1] for each in (vendor, strangers, asked)))
    doors = [vendor, strangers, _bound(socket.SOCK_DGRAM, ADDRESS, ports.questions), asked]
    if has_ipv6:
        home = "::1"
        doors += [_listener(home, ports.strangers), _bound(socket.SOCK_DGRAM, home, ports.questions)]
        doors += [_listener(home, ports.questions)]
    return doors, ports


def _listener(address: str, port: int) -> socket.socket:
    listener = _bound(socket.SOCK_STREAM, address, port)
    listener.listen(WAITING)
    return listener


def _bound(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    made = _socket(address, kind)
    try:
        if kind == socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit it
        made.bind((address, port))
    except OSError:
        made.close()
        raise
    return made


def _socket(address: str, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
