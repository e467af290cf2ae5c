"""What a probe is given to ask with: calls, objects of its own, and time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from contracts.envelopes import Json
from contracts.messages import Answer, Request
from contracts.model import Operation
from contracts.services.email import mailing_lists
from contracts.strategies import case_of
from contracts.suite.encodings import Encoding, request_of, usual_encoding
from contracts.suite.targets import Target
from contracts.verify.guard import Forbidden
from contracts.verify.runs import Run


class Undecided(Exception):
    """The answers fit none of the positions, or several. The message tells why."""


class Asker(Protocol):
    """An account of a target."""

    @property
    def target(self) -> Target: ...

    @property
    def authorization(self) -> str: ...


@dataclass(slots=True)
class Probing:
    """One probe's dealings with a target: it makes at most so many calls, and removes what it made.

    `run` names what it makes; `wait` lets seconds pass, `now` tells the time in seconds.
    """

    asker: Asker
    most: int
    run: Run
    wait: Callable[[float], None]
    now: Callable[[], float]
    sender: str = ""
    """An active sender of the account, where the probe may send."""
    calls: int = 0
    asked: list[str] = field(default_factory=list)
    """What was asked and answered, for whoever wants to judge for himself; no secrets."""
    _lists: list[int] = field(default_factory=list)

    def ask(self, operation: Operation, *path: object, by: Encoding | None = None, **arguments: Any) -> Answer:
        """The answer to a call, the values of its path in order."""
        encoding = by or usual_encoding(operation)
        return self.send(request_of(case_of(operation, *path, **arguments), encoding, self.asker.authorization))

    def get(self, operation: Operation, *path: object, **arguments: Any) -> Json:
        """What a call that must succeed brings. Raises `Undecided`."""
        answer = self.ask(operation, *path, **arguments)
        if answer.status != operation.status:
            raise Undecided(f"{operation.name} was to succeed, and answered {answer}")
        return answer.json()

    def request(self, method: str, path: str, *, query: str = "", body: bytes = b"", token: bool = True) -> Answer:
        """The answer to a request that is no call of any operation."""
        authorization = self.asker.authorization if token else ""
        media_type = "application/json" if body else ""
        return self.send(Request(method, path, query, media_type, authorization, body))

    def send(self, request: Request) -> Answer:
        """The answer to a request, counted."""
        if self.calls >= self.most:
            raise Undecided(f"{self.most} calls were not enough")
        self.calls += 1
        try:
            answer = self.asker.target.send(request)
        except Forbidden as forbidden:
            raise Undecided(str(forbidden)) from None
        self.asked.append(f"{request.method} {request.path}: {answer}")
        return answer

    @property
    def address(self) -> str:
        """An address of nobody: no mail goes there."""
        return self.run.address("ada")

    def own_list(self, *addresses: str) -> int:
        """A mailing list of the probe's own with these contacts."""
        number: int = self.get(mailing_lists.create, bookName=self.run.name(f"probe {len(self._lists) + 1}"))["id"]
        self._lists.append(number)
        if addresses:
            self.get(mailing_lists.add_emails, number, emails=[{"email": address} for address in addresses])
        return number

    def clean_up(self) -> None:
        """Remove what the probe made, whatever its calls."""
        self.most += len(self._lists)
        while self._lists:
            self.ask(mailing_lists.delete, self._lists.pop())


@contextmanager
def cleaned_up(probing: Probing) -> Iterator[Probing]:
    """A probing that leaves nothing behind."""
    try:
        yield probing
    finally:
        probing.clean_up()
