"""A command and the processes that it becomes, as the process that runs the emulator has them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, Self

from mock_server.core import stopwatch
from mock_server.running.agent import FORWARDED, Agent, code_of
from mock_server.running.channels import Channel, Message
from mock_server.running.descendants import descendants_of, end_descendants
from mock_server.running.namespaces import NotAllowed, adopt_orphans

if TYPE_CHECKING:
    from mock_server.running.mirroring import Port

PATIENCE: Final = 60.0
"""Seconds for which the agent may be busy; on a machine that is, that may take long."""


LEAVING_SECONDS: Final = 5.0
"""How long the agent may take to end what the command left, before it is made to."""

_PAUSE: Final = 0.005


@dataclass(frozen=True)
class Exits:
    """Sockets of a namespace's own, on which what would leave it arrives."""

    vendor: socket.socket
    """Connections by TLS to the vendor."""
    strangers: tuple[socket.socket, ...]
    """Connections to all others, and to other ports of the vendor's."""
    datagrams: tuple[socket.socket, ...]
    questions: tuple[socket.socket, ...]
    """Questions for names, by UDP and by TCP."""
    ports: frozenset[Port]
    """Where, inside, all but the first listen."""

    @classmethod
    def of(cls, sockets: Sequence[socket.socket]) -> Self:
        """As the agent sends them: three for each family of addresses, behind the vendor's."""
        vendor, strangers, datagrams, questions = sockets[0], sockets[1::3], sockets[2::3], sockets[3::3]
        ports = frozenset(each.getsockname()[:2] for each in (*strangers, *questions))
        return cls(vendor, tuple(strangers), tuple(datagrams), tuple(questions), ports)


class Outcome(NamedTuple):
    """How a command ended: its exit code, as a shell gives it, and why it was not even started, if it was not."""

    code: int
    obstacle: str = ""


class AgentGone(ConnectionError):
    """The process that was to look after the program was ended by somebody else."""


class Runs(Protocol):
    """What can be run to its end."""

    def run(self, environment: Mapping[str, str]) -> Outcome: ...


def open_program(command: Sequence[str]) -> AbstractContextManager[Runs]:
    """A command that will run in this machine's own network."""
    return Program(command, is_private=False) if sys.platform == "linux" else nullcontext(PlainProgram(command))


class Program(AbstractContextManager["Program"]):
    """A command, and where it will run: in a private namespace, or as all others do. It runs once.

    An agent, which is a fork of this process, looks after it; so this must be made while this process has one thread.
    From then to `close` this process blocks the signals that it passes on.
    """

    def __init__(self, command: Sequence[str], *, is_private: bool) -> None:
        """The namespace is made meanwhile; `exits` tell whether it could be."""
        self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, FORWARDED | {signal.SIGCHLD})
        self._control, control = Channel.pair()
        self._requests, requests = Channel.pair()
        adopt_orphans()  # of the agent, should it be killed
        self.agent = os.fork()
        """The process that is inside."""
        if self.agent == 0:
            self._control.close()
            self._requests.close()
            Agent(control, requests, command, self._mask, is_private=is_private).run()
        control.close()
        requests.close()
        # A shell that becomes this process has started them.
        self._others = descendants_of(os.getpid()) - {self.agent}
        self._is_over = False
        self._exits: Exits | None = None

    @property
    def exits(self) -> Exits:
        """The namespace's. Raises `NotAllowed` when it could not be made."""
        if self._exits is None:
            answer = self._heard(self._control.hear(PATIENCE))
            if answer.kind != "ready":
                raise NotAllowed(answer.facts["reason"])
            self._exits = Exits.of(answer.sockets)
        return self._exits

    def show(self, file: Path, *, at: Path) -> None:
        """Let the command find the content of a file where another is."""
        self._control.tell("show", file=str(file), at=str(at))

    def add(self, file: Path, *, to: Path, name: str) -> None:
        """Let the command find a file, too, in a folder."""
        self._control.tell("add", file=str(file), to=str(to), name=name)

    def run(self, environment: Mapping[str, str]) -> Outcome:
        """Run the command with more variables, to its end; signals that come meanwhile reach it.

        Raises `AgentGone`.
        """
        self._control.tell("run", environment=dict(environment))
        while not self._has_left():
            number = signal.sigwait(FORWARDED | {signal.SIGCHLD})
            if number != signal.SIGCHLD:
                self._control.tell("signal", number=number)
        told = self._heard(self._control.hear(PATIENCE))
        return Outcome(told.facts["code"], told.facts.get("obstacle", ""))

    def listen(self, address: str, port: int) -> socket.socket:
        """A socket that listens inside. Raises `OSError`."""
        return self._made("listen", address=address, port=port)

    def socket_for(self, address: str) -> socket.socket:
        """A socket from which addresses of that family can be reached inside. Raises `OSError`."""
        return self._made("dial", address=address)

    def close(self) -> None:
        """End whatever the command left. Harmless when over."""
        self._control.close()
        self._requests.close()
        until = stopwatch.now() + LEAVING_SECONDS
        while not self._has_left() and stopwatch.now() < until:
            stopwatch.pause(_PAUSE)
        end_descendants(besides=self._others)
        signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def __exit__(self, *_: object) -> None:
        self.close()

    def _made(self, kind: str, **facts: Any) -> socket.socket:
        self._requests.tell(kind, **facts)
        answer = self._heard(self._requests.hear(PATIENCE))
        if answer.kind != "made":
            raise OSError(answer.facts["reason"])
        return answer.sockets[0]

    def _has_left(self) -> bool:
        if not self._is_over:
            self._is_over = os.waitpid(self.agent, os.WNOHANG)[0] == self.agent
        return self._is_over

    def _heard(self, message: Message | None) -> Message:
        if message is None:
            raise AgentGone(f"process {self.agent}, which looked after the program, was ended by somebody else")
        return message


class PlainProgram:
    """A command where there are no agents: it is a child of this process, and what it leaves stays."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command

    def run(self, environment: Mapping[str, str]) -> Outcome:
        """Run it with more variables, to its end. What a terminal sends reaches it by itself."""
        early: list[int] = []
        _pass_signals_to(early.append)
        try:
            program = subprocess.Popen(self._command, env={**os.environ, **environment})  # noqa: S603
        except OSError as error:
            return Outcome(code_of(error), error.strerror or str(error))
        _pass_signals_to(program.send_signal)
        for number in early:
            program.send_signal(number)
        code = program.wait()
        return Outcome(code if code >= 0 else 128 - code)


def _pass_signals_to(receive: Callable[[int], object]) -> None:
    """All but those that a terminal sends to the program, too."""
    for number in FORWARDED:
        is_terminals = number.name in {"SIGINT", "SIGQUIT", "SIGWINCH"}
        signal.signal(number, _let_be if is_terminals else lambda number, _: receive(number))


def _let_be(*_: object) -> None:
    """Unlike a signal that is ignored, one with a handler is not ignored by the program either."""
