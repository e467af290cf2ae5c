"""What a test is told when requests that it expected did not come: those that did, and what was wrong with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from contracts.arguments import arguments_of
from contracts.catalogue import Match, catalogue
from contracts.redaction import redact
from contracts.refusals import Refused
from mock_server.core.journal import Entry

MOST_TOLD: Final = 20
"""Requests that are told; of more, the newest."""

_MISSING: Final = object()


def differences(entry: Entry, wanted: Mapping[str, Any]) -> Iterator[str]:
    """How the arguments of a call differ from those wanted; the others, and how a value was written, do not matter."""
    given = _arguments_of(entry)
    for name, value in wanted.items():
        actual = given.get(name, _MISSING)
        if actual is _MISSING:
            yield f"{name} was not given"
        elif actual != value and actual != str(value):
            yield f"{name} was {redact({name: actual})[name]!r}"


def _arguments_of(entry: Entry) -> Mapping[str, Any]:
    """What path, query and body gave: as the contract reads it, or as it came where the contract refuses it."""
    meant = catalogue().match(entry.method, entry.path)
    given = entry.given()
    if not isinstance(meant, Match):
        return given
    try:
        return {**meant.params, **given, **arguments_of(meant.operation).read(given)}
    except Refused:
        return {**meant.params, **given}


def tell(entries: Sequence[Entry], strays: Sequence[Entry], operation: str, wanted: Mapping[str, Any]) -> str:
    """The requests, a line each, as seen by a test that wanted `operation`. `strays` are those of no account."""
    if not entries and not strays:
        return "There were no requests."
    lines = [f"  {_line(entry)}{_remark(entry, operation, wanted)}" for entry in entries[-MOST_TOLD:]]
    lines += [f"  {_line(entry)}: it came without a token or key of the account" for entry in strays[-MOST_TOLD:]]
    return "\n".join(["The requests were:", *lines])


def _line(entry: Entry) -> str:
    name = f" ({entry.operation})" if entry.operation else ""
    return f"{entry.method} {redact(entry.path)}{name} answered {entry.status}{_refusal(entry)}"


def _refusal(entry: Entry) -> str:
    if entry.error_code is None:
        return ""
    try:
        message = orjson.loads(entry.answer).get("message")
    except (orjson.JSONDecodeError, AttributeError):  # spoiled by a planned fault, or no object
        message = None
    return f", error {entry.error_code}" + (f" {message!r}" if message else "")


def _remark(entry: Entry, operation: str, wanted: Mapping[str, Any]) -> str:
    remarks = [explanation] if (explanation := entry.explanation) else []
    if entry.operation == operation:
        remarks += differences(entry, wanted)
    return f": {'; '.join(remarks)}" if remarks else ""
