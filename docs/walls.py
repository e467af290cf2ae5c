"""What is declared of the clients that the tests run: `tests/clients/*/wall.toml`, for the tests and for the page.

A wall holds the mails that leave, and every call that a client's driver makes, by its method's name and, behind a
comma, what is special about it. `[works]` says for each which operations the emulator sees, and a part of the answer.
`[badly."REASON"]` are calls that work as badly as against the real API; `[unsupported."REASON"]` are calls of what the
emulator has not built.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent.parent / "tests" / "clients"

WORKS, BADLY, UNSUPPORTED = "works", "works as badly as against the real API", "not supported"
OUTCOMES: Final = (WORKS, BADLY, UNSUPPORTED)

NOT_BUILT: Final = "not built"
"""Stands for the operation of a path that means nothing to the emulator."""


@dataclass(frozen=True)
class Call:
    """What is to be seen of one call."""

    name: str
    outcome: str
    operations: tuple[str, ...]
    """What the emulator does for it, in order; without the requests that it could not tell whose they are."""
    answer: Any = None
    """A part of what the client returns; None stands for whatever it is."""
    raises: str | None = None
    """What the client raises instead of returning."""
    because: str = ""


@dataclass(frozen=True)
class Wall:
    """A client, and every call of it."""

    client: str
    version: str
    source: str
    about: str
    mails: list[dict[str, Any]]
    """What is in the outbox at the end, a part of each."""
    calls: tuple[Call, ...]

    @property
    def folder(self) -> Path:
        """Where its driver is."""
        return FOLDER / self.client


def walls() -> list[Wall]:
    """All that are declared, in the order of their names."""
    return [_wall(tomllib.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*/wall.toml"))]


def _wall(told: Mapping[str, Any]) -> Wall:
    about = {name: told[name] for name in ("client", "version", "source", "about", "mails")}
    return Wall(**about, calls=(*_working(told["works"]), *_bad(told), *_unsupported(told)))


def _working(calls: Mapping[str, Mapping[str, Any]]) -> Iterator[Call]:
    for name, told in calls.items():
        yield Call(name, WORKS, _operations(told["operation"]), told.get("answer"), told.get("raises"))


def _bad(told: Mapping[str, Any]) -> Iterator[Call]:
    for reason, group in told.get("badly", {}).items():
        for name, operation in group["calls"].items():
            yield Call(name, BADLY, _operations(operation), group.get("answer"), group.get("raises"), reason)


def _unsupported(told: Mapping[str, Any]) -> Iterator[Call]:
    for reason, group in told.get("unsupported", {}).items():
        operations = _operations(group.get("operation", NOT_BUILT))
        for name in group["calls"]:
            yield Call(name, UNSUPPORTED, operations, group.get("answer"), group.get("raises"), reason)


def _operations(told: str | list[str]) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(told)
