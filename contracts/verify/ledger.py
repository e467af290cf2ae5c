"""What a run does to an account, on disk before it is done, so that a kill at any point can be made good.

A file of lines of JSON. The first tells the run; each call has a line before it is sent, each object one when it is
there and one when it is gone. No line holds a secret, or what the account held before.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import RLock
from typing import Any, Final

SCHEMA: Final = 1


class LedgerUnusable(Exception):
    """The file is no ledger, or one of a later version."""


class Ledger:
    """The ledger of one run, open for more.

    Every line is written when the method that writes it returns, and outlives the process. What is about an object is
    on the disk then, and outlives the machine's power too.
    """

    def __init__(self, path: Path, descriptor: int, lines: list[dict[str, Any]]) -> None:
        self.path = path
        self._descriptor = descriptor
        self._lock = RLock()
        self.head: Mapping[str, Any] = lines[0] if lines else {}
        """The first line: ``run``, ``target``, ``account``, ``budget``, ``started``."""
        self.calls = 0
        """Calls that were made, or were about to be."""
        self.awaited: Counter[str] = Counter()
        """By entity, the calls that were to make one; never fewer than were made."""
        self.seen: Counter[str] = Counter()
        """By entity, the calls of which it was seen what they made, if anything."""
        self.pages: dict[str, int] = {}
        """By entity, how many pages the account's own objects filled before the run made any."""
        self.ended: str | None = None
        self._objects: dict[tuple[str, str], Any] = {}
        for line in lines[1:]:
            self._take_in(line)

    @classmethod
    def begin(cls, path: Path, **head: Any) -> Ledger:
        """A new ledger, readable by its owner alone. Raises `FileExistsError` where there is one."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        ledger = cls(path, descriptor, [])
        ledger.head = {"schema": SCHEMA, **head}
        ledger._write(ledger.head)
        return ledger

    @classmethod
    def resume(cls, path: Path) -> Ledger:
        """A ledger that was begun earlier. Raises `LedgerUnusable`, `OSError`."""
        lines = _lines_of(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        if not path.read_bytes().endswith(b"\n"):
            os.write(descriptor, b"\n")  # what a kill tore stays alone on its line
        return cls(path, descriptor, lines)

    def will_call(self, operation: str, at: str, *, makes: str | None = None) -> None:
        """Note a call that is about to be sent, and the entity that it is to make."""
        self._note({"call": self.calls + 1, "operation": operation, "at": at} | ({"makes": makes} if makes else {}))

    def surveyed(self, entity: str, pages: int) -> None:
        """Note how many pages the account's own objects of a kind fill."""
        self._note({"surveyed": entity, "pages": pages})

    def made(self, entity: str, number: Any) -> None:
        """Note an object that is there now."""
        self._note({"made": entity, "id": number})

    def refused(self, entity: str) -> None:
        """Note that a call which was to make an object made none."""
        self._note({"refused": entity})

    def gone(self, entity: str, number: Any) -> None:
        """Note an object that is there no more."""
        self._note({"gone": entity, "id": number})

    def end(self, how: str) -> None:
        """Note the end of the run: ``clean``, or why something may be left."""
        self._note({"end": how})

    def left(self, entity: str) -> list[Any]:
        """The ids of objects of one kind that the run made and did not remove."""
        return [number for (kind, _), number in self._objects.items() if kind == entity]

    @property
    def remaining(self) -> int:
        """How many objects the run made and did not remove."""
        return len(self._objects)

    def owns(self, entity: str, number: object) -> bool:
        """Whether the run made the object with this id, and did not remove it."""
        return (entity, str(number)) in self._objects

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _note(self, line: dict[str, Any]) -> None:
        with self._lock:
            self._write(line)
            self._take_in(line)

    def _write(self, line: Mapping[str, Any]) -> None:
        """At once, so that a kill leaves the line whole or torn; and on the disk, where it is about an object."""
        os.write(self._descriptor, (json.dumps(line) + "\n").encode())
        if "makes" in line or "call" not in line:
            os.fsync(self._descriptor)

    def _take_in(self, line: Mapping[str, Any]) -> None:
        match line:
            case {"call": _, **rest}:
                self.calls += 1
                self.awaited.update([rest["makes"]] if "makes" in rest else [])
            case {"surveyed": entity, "pages": pages}:
                self.pages[entity] = pages
            case {"made": entity, "id": number}:
                self.seen[entity] += 1
                self._objects[entity, str(number)] = number
            case {"refused": entity}:
                self.seen[entity] += 1
            case {"gone": entity, "id": number}:
                self._objects.pop((entity, str(number)), None)
            case {"end": how}:
                self.ended = how
            case _:
                self.calls += 1  # torn: it may have been a call


def is_unbegun(path: Path) -> bool:
    """Whether a kill came before the first line of a ledger was whole: nothing was sent then."""
    content = path.read_bytes()
    return b"\n" not in content and (not content or content.startswith(b'{"schema"'[: len(content)]))


def _lines_of(path: Path) -> list[dict[str, Any]]:
    lines = [*_decoded(path.read_bytes())]
    if not lines or "schema" not in lines[0]:
        raise LedgerUnusable(f"{path} is no ledger of a verification run")
    if lines[0]["schema"] != SCHEMA:
        raise LedgerUnusable(f"{path} has version {lines[0]['schema']!r}; this program knows version {SCHEMA}")
    return lines


def _decoded(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if line.strip():
            yield value if isinstance(value, dict) else {"torn": True}
