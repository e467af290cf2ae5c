"""Which calls a client makes: too many, too few, or one that should not be made again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from contracts.catalogue import catalogue
from contracts.conduct.calls import NO_ANSWER, Call, Conversation
from contracts.conduct.rules import Breach, rule
from contracts.evidence import documented, inferred
from contracts.model import READ, Operation
from contracts.verify.findings import Severity

MANY: Final = 10
"""So many look-ups of single things are worth one call for all."""

_PARAMETER: Final = re.compile(r"/\{\w+\}")


@rule(
    severity=Severity.ERROR,
    explanation="Nobody knows whether the first was carried out: what it made may be there twice, or be sent twice.",
    remedy="look whether it was carried out before it is repeated, or tell whoever called",
    evidence=inferred("the vendor documents no key of idempotence; RFC 9110 does not let clients repeat a POST"),
)
def unsafe_repeat(conversation: Conversation) -> Iterator[Breach]:
    open_ones: dict[tuple[str, str, str], Call] = {}
    for call in conversation.calls:
        earlier = open_ones.pop(call.same, None)
        if earlier is not None:
            happened = f"The call was made again after {_outcome(earlier)}."
            yield Breach(call.about, happened, (earlier, call))
        if call.is_unsafe and _is_open(call):
            open_ones[call.same] = call
        elif call.is_read and call.status < 400:
            open_ones.clear()  # somebody looked


def _is_open(call: Call) -> bool:
    return call.is_lost or call.status == NO_ANSWER or call.status >= 500


def _outcome(call: Call) -> str:
    if call.status == NO_ANSWER:
        return "no answer had come"
    return f"a {call.status}" if call.status >= 500 else "its answer was lost"


@rule(
    severity=Severity.WARNING,
    explanation="A full page says that there may be more, and what is on the next was never read.",
    remedy="ask for the next page, from an offset further by the length of this, until one is not full",
    evidence=documented("the vendor's bulk email OpenAPI document: limit and offset, at most 100 a page"),
)
def unread_page(conversation: Conversation) -> Iterator[Breach]:
    read: set[tuple[str, str, str, int]] = set()
    unread: dict[tuple[str, str, str], Call] = {}
    for call in reversed(conversation.calls):
        limit, offset = _page_of(call)
        if limit is None:
            continue
        listing = (call.method, call.path, _others(call))
        if _length(call.answer) >= limit and (*listing, offset + limit) not in read:
            unread[listing] = call
        read.add((*listing, offset))
    for call in unread.values():
        happened = f"The page was full, with {_length(call.answer)}, and the next was never asked for."
        yield Breach(call.about, happened, (call,))


def _page_of(call: Call) -> tuple[int | None, int]:
    """How much a call asks for, and from where; None where its operation has no pages, or it asks for all."""
    fields = call.operation.query["properties"] if call.operation else {}
    if call.status != 200 or not {"limit", "offset"} <= fields.keys():
        return None, 0
    limit, offset = (_number(call.arguments.get(name), fields[name].get("default", 0)) for name in ("limit", "offset"))
    return limit or None, offset


def _number(given: Any, default: int) -> int:
    try:
        return int(given)
    except (TypeError, ValueError):
        return default


def _others(call: Call) -> str:
    return str(sorted((name, str(value)) for name, value in call.arguments.items() if name not in {"limit", "offset"}))


def _length(answer: Any) -> int:
    """The items of a list, bare or in an object beside its total."""
    lists = answer.values() if isinstance(answer, dict) else [answer]
    return max((len(items) for items in lists if isinstance(items, list)), default=0)


@rule(
    severity=Severity.WARNING,
    explanation="One call brings them all, and each counts against the limits.",
    remedy="read the list, or ask for many at once",
    evidence=documented("the vendor's bulk email OpenAPI document has the operations for it"),
)
def single_look_ups(conversation: Conversation) -> Iterator[Breach]:
    asked: dict[tuple[str, str], dict[str, Call]] = {}
    for call in conversation.calls:
        for instead, rest in _at_once(call):
            asked.setdefault((instead.name, rest), {}).setdefault(call.path, call)
    for (name, _), calls in asked.items():
        if len(calls) >= MANY:
            first = next(iter(calls.values()))
            happened = f"{len(calls)} were looked up one by one, and {name} brings many."
            yield Breach(first.about, happened, tuple(calls.values()))


def _at_once(call: Call) -> Iterator[tuple[Operation, str]]:
    """The operations that bring at once what a call looks up, and the path on which one would ask it."""
    if call.operation is None or call.operation.effect is not READ or call.status >= 400:
        return
    for instead in _lists_for(call.operation):
        path = instead.path
        for name, value in call.params.items():
            path = path.replace(f"{{{name}}}", value)
        yield instead, path


@lru_cache(maxsize=1024)
def _lists_for(single: Operation) -> tuple[Operation, ...]:
    """The operations without one of its parameters, that read, and answer a list or take one."""
    shorter = {_without(single.path, found) for found in _PARAMETER.finditer(single.path)}
    return tuple(
        operation
        for operation in catalogue()
        if operation.path in shorter and operation.effect is READ and (_is_list(operation) or _takes_list(operation))
    )


def _without(path: str, found: re.Match[str]) -> str:
    return path[: found.start()] + path[found.end() :]


def _is_list(operation: Operation) -> bool:
    return operation.method == "GET" and operation.returns.get("type") == "array"


def _takes_list(operation: Operation) -> bool:
    return any(schema.get("type") == "array" for schema in operation.body["properties"].values())
