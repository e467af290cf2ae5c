"""Where two shapes differ, and how much that matters.

Severity follows who would be surprised. A client gives arguments, so it is hurt where the vendor takes less than we do;
it reads answers, so it is hurt where the vendor answers more. Where only one of the two says something, it counts as
narrower; if that is ours, nothing is contradicted, and it is a note.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from contracts.verify.drift.shapes import BOUNDED, Shape
from contracts.verify.findings import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


@dataclass(frozen=True, slots=True)
class Side:
    """Of a request or an answer: what it means if the vendor's is wider than ours, or narrower."""

    name: str
    wider: Severity
    narrower: Severity


GIVEN: Final = Side("argument", wider=NOTE, narrower=ERROR)
ANSWERED: Final = Side("field", wider=ERROR, narrower=NOTE)


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `place` ends with the vendor's new value, so that the next change is another difference.

    `unsaid` is what a document is silent about: a keyword, or ``presence`` or ``fields``.
    """

    kind: str
    severity: Severity
    place: str
    summary: str
    ours: str = ""
    theirs: str = ""
    line: int | None = None
    unsaid: str = ""


def differences(place: str, ours: Shape, theirs: Shape, side: Side) -> Iterator[Difference]:
    """Every difference between what we say of a value and what the vendor says, outside before inside."""
    if ours.as_array and theirs.types == ours.as_array.types:
        ours = ours.as_array  # the vendor knows only the array
    yield from _types(place, ours, theirs, side)
    if ours.types and theirs.types and not _all_types(ours) & _all_types(theirs):
        return  # an array and an object: nothing inside of them can be compared
    yield from _enums(place, ours, theirs, side)
    yield from _bounds(place, ours, theirs, side)
    yield from _fields(place, ours, theirs, side)


def _types(place: str, ours: Shape, theirs: Shape, side: Side) -> Iterator[Difference]:
    more, less = theirs.types - _all_types(ours) - ours.stand_ins, ours.types - _all_types(theirs)
    told = "|".join(sorted(theirs.types))
    if not theirs.types or not ours.types:
        if ours.types != theirs.types:
            yield _told_once("type", place, ("|".join(sorted(ours.types)), told), theirs, side)
    elif more or less:
        severity = _worse(side, wider=more, narrower=less)
        summary = "The vendor gives it another type."
        yield Difference(
            "type_changed",
            severity,
            f"{place} type={told}",
            summary,
            "|".join(sorted(ours.types)),
            told,
            theirs.line,
        )


def _all_types(shape: Shape) -> frozenset[str]:
    """The types of a shape: a whole number is a number too."""
    return shape.types | {"integer"} if "number" in shape.types else shape.types


def _worse(side: Side, *, wider: Collection[str], narrower: Collection[str]) -> Severity:
    return ERROR if wider and narrower else side.wider if wider else side.narrower


def _enums(place: str, ours: Shape, theirs: Shape, side: Side) -> Iterator[Difference]:
    if ours.enum is None and theirs.enum is None:
        return
    told, known = _listed(theirs.enum), _listed(ours.enum)
    if ours.enum is None or theirs.enum is None:
        yield _told_once(keyword_of(ours), place, (known, told), theirs, side)
        return
    for value in sorted(theirs.enum - ours.enum):
        summary = f"The vendor knows the value {value}, which we do not."
        yield Difference("value_added", side.wider, f"{place}={value}", summary, known, told, theirs.line)
    for value in sorted(ours.enum - theirs.enum):
        summary = f"The vendor does not name the value {value}."
        yield Difference("value_removed", side.narrower, f"{place}={value}", summary, known, told, theirs.line)


def keyword_of(shape: Shape) -> str:
    """The keyword with which a schema would name the values of `shape`."""
    return "enum" if shape.enum is None or len(shape.enum) > 1 else "const"


def _listed(values: Collection[str] | None) -> str:
    return ", ".join(sorted(values or ()))


def _bounds(place: str, ours: Shape, theirs: Shape, side: Side) -> Iterator[Difference]:
    for keyword in sorted({*ours.bounds, *theirs.bounds}):
        known, told = ours.bounds.get(keyword), theirs.bounds.get(keyword)
        if not BOUNDED.get(keyword, ours.types) & (ours.types or ours.stand_ins) and ours.stand_ins:
            continue  # it bounds what we merely let pass in the value's place
        if known is None or told is None:
            yield _told_once(keyword, place, (_number(known), _number(told)), theirs, side)
        elif known != told:
            is_wider = (told > known) != ("min" in keyword.lower())
            severity = side.wider if is_wider else side.narrower
            summary = f"The vendor gives {keyword} another value."
            where = f"{place} {keyword}={_number(told)}"
            yield Difference("bound_changed", severity, where, summary, _number(known), _number(told), theirs.line)


def _number(bound: float | None) -> str:
    return "" if bound is None else f"{bound:.15g}"


def _told_once(what: str, place: str, told: tuple[str, str], shape: Shape, side: Side) -> Difference:
    """One of the two, ours and theirs, says something of `what`, and the other nothing."""
    ours, theirs = told
    if theirs:
        summary = f"The document tells its {what}, our contract does not."
        return Difference("detail_added", side.narrower, f"{place} {what}={theirs}", summary, "", theirs, shape.line)
    summary = f"Our contract tells its {what}, the document does not."
    return Difference("detail_removed", NOTE, f"{place} {what}", summary, ours, "", shape.line, what)


def _fields(place: str, ours: Shape, theirs: Shape, side: Side) -> Iterator[Difference]:
    known, told = ours.fields, theirs.fields
    if known and not told and place != "query":
        yield _told_once("fields", place, (_listed(known), ""), theirs, side)
        return
    if told and not known and place not in {"query", "body"}:
        yield _told_once("fields", place, ("", _listed(told)), theirs, side)
        return
    for name in told:
        if name not in known and not _is_covered(name, ours):
            yield _added(f"{place}.{name}", name in (theirs.required or ()), told[name], side)
    for name, inner in known.items():
        if name in told:
            yield from _required(f"{place}.{name}", name, ours, theirs, side)
            yield from differences(f"{place}.{name}", inner, told[name], side)
        elif theirs.values is None and ours.values is None:
            yield _removed(f"{place}.{name}", name in (ours.required or ()), theirs, side)


def _is_covered(name: str, ours: Shape) -> bool:
    """Whether we take a field without naming it: as one of a mapping, or as an item of an array that may stand here."""
    return ours.values is not None or (name == "*" and "array" in ours.stand_ins)


def _added(place: str, is_required: bool, theirs: Shape, side: Side) -> Difference:
    severity = side.narrower if is_required and side is GIVEN else WARNING
    summary = f"The vendor documents {'a required' if is_required else 'an'} {side.name} that we do not know."
    told = "|".join(sorted(theirs.types))
    return Difference("field_added", severity, place, summary.replace("an field", "a field"), "", told, theirs.line)


def _removed(place: str, is_required: bool, theirs: Shape, side: Side) -> Difference:
    severity = ERROR if is_required and side is ANSWERED else WARNING
    summary = f"The vendor documents no such {side.name}."
    known = "required" if is_required else "optional"
    return Difference("field_removed", severity, place, summary, known, "", theirs.line)


def _required(place: str, name: str, ours: Shape, theirs: Shape, side: Side) -> Iterator[Difference]:
    known, told = name in (ours.required or ()), name in (theirs.required or ())
    if known == told:
        return
    line = theirs.properties[name].line if name in theirs.properties else theirs.line
    words = {True: "required", False: "optional"}
    if theirs.required is None:
        yield _told_once("presence", place, (words[known], ""), theirs, side)
    else:
        severity = side.narrower if told else side.wider
        summary = f"The vendor says that it is {words[told]}."
        yield Difference(
            "required_changed", severity, f"{place} {words[told]}", summary, words[known], words[told], line
        )
