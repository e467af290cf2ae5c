"""One operation, as our contracts promise it and as a document describes it: every difference as a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from contracts.evidence import Evidence
from contracts.verify.drift.descriptions import Description, Refused
from contracts.verify.drift.differences import (
    ANSWERED,
    ERROR,
    GIVEN,
    NOTE,
    WARNING,
    Difference,
    differences,
)
from contracts.verify.drift.shapes import OBJECT, Shape
from contracts.verify.findings import Finding

_NO_BODY: Final = Shape(OBJECT)


@dataclass(frozen=True)
class Comparison:
    """Two descriptions of the operation that our contracts call `name`; `evidence` is that of our promise."""

    name: str
    ours: Description
    theirs: Description
    evidence: Evidence

    def findings(self, vocabulary: Collection[tuple[str, str]]) -> Iterator[Finding]:
        """Every difference, with where it stands in the vendor's document.

        What the document is silent about everywhere, as `vocabulary` tells, is no difference.
        """
        for difference in self._differences():
            if not difference.unsaid or (_part_of(difference.place), difference.unsaid) in vocabulary:
                yield self._finding(difference, self.evidence)
        for difference, known in self._refusals():
            yield self._finding(difference, known.evidence if known else None)

    def _finding(self, difference: Difference, evidence: Evidence | None) -> Finding:
        return Finding(
            f"drift.{difference.kind}",
            difference.severity,
            self.name,
            difference.summary,
            place=difference.place,
            expected=difference.ours,
            seen=difference.theirs,
            evidence=evidence,
            file=self.theirs.file,
            line=difference.line or self.theirs.line,
        )

    def _differences(self) -> Iterator[Difference]:
        yield from self._label()
        yield from self._arguments()
        if self.ours.answer and self.theirs.answer:
            yield from differences("answer", self.ours.answer, self.theirs.answer, ANSWERED)
        yield from self._statuses()

    def _label(self) -> Iterator[Difference]:
        ours, theirs = self.ours.label, self.theirs.label
        if ours and theirs and ours != theirs:
            summary = "The vendor calls it by another operation id."
            yield Difference("label_changed", NOTE, f"operationId={theirs}", summary, ours, theirs)

    def _arguments(self) -> Iterator[Difference]:
        theirs = dict(self.theirs.arguments)
        for where, other in (("query", "body"), ("body", "query")):
            for name in self._moved(where, other):
                summary = f"The vendor takes it in the {other}."
                yield Difference("argument_moved", NOTE, f"{where}.{name}", summary, where, other)
                theirs[where], theirs[other] = _taken(name, theirs.get(where, _NO_BODY), theirs[other])
        for where, ours in self.ours.arguments.items():
            if where in theirs:
                yield from differences(where, ours, theirs[where], GIVEN)
            else:
                yield Difference("body_removed", WARNING, where, "The vendor documents no body.")
        if "body" not in self.ours.arguments and "body" in theirs:
            yield from differences("body", _NO_BODY, theirs["body"], GIVEN)

    def _moved(self, where: str, other: str) -> list[str]:
        """The arguments that we take in one part of the request, and the vendor in the other only."""
        ours, theirs = (
            {part: shape.properties.keys() for part, shape in one.arguments.items()} for one in (self.ours, self.theirs)
        )
        names = ours.get(where, set()) - theirs.get(where, set()) - ours.get(other, set())
        return sorted(names & theirs.get(other, set()))

    def _statuses(self) -> Iterator[Difference]:
        ours, theirs = self.ours.statuses, self.theirs.statuses
        for status in sorted(theirs - ours):
            severity = ERROR if status < 400 else WARNING if status < 500 else NOTE
            summary = f"The vendor documents the status {status}, which we never answer with."
            yield Difference("status_added", severity, f"status={status}", summary, _numbers(ours), _numbers(theirs))
        for status in sorted(status for status in ours - theirs if status < 400):
            summary = f"The vendor does not document the status {status} of our success."
            yield Difference("status_removed", ERROR, f"status={status}", summary, _numbers(ours), _numbers(theirs))

    def _refusals(self) -> Iterator[tuple[Difference, Refused | None]]:
        """How refusals differ, each with the refusal of ours that it concerns."""
        met = []
        for told in self.theirs.refusals:
            known = self._counterpart(told)
            if known is None:
                summary = "The vendor documents a refusal that we do not know."
                yield Difference("refusal_added", WARNING, _situation(told), summary, "", _told(told), told.line), None
                continue
            met.append(known.key)
            for difference in _changes(known, told):
                yield difference, known
        for known in self.ours.refusals:
            if known.is_published and known.key not in met:
                summary = "The vendor documents no such refusal."
                yield Difference("refusal_removed", WARNING, f"refusal.{known.key}", summary, _told(known)), known

    def _counterpart(self, told: Refused) -> Refused | None:
        """Our refusal in the same situation: of the same key, or else one that reads the same on the wire."""
        same_key = [known for known in self.ours.refusals if known.key == told.key]
        on_wire = (told.status, told.code, told.message)
        alike = [known for known in self.ours.refusals if (known.status, known.code, known.message) == on_wire]
        return next(iter([*same_key, *alike]), None)


def _part_of(place: str) -> str:
    """The part of request or answer that a place lies in."""
    return place.partition(" ")[0].partition(".")[0]


def _changes(known: Refused, told: Refused) -> Iterator[Difference]:
    where = f"refusal.{known.key}"
    if told.status != known.status:
        summary = "The vendor refuses with another status."
        ours, theirs = str(known.status), str(told.status)
        yield Difference("refusal_changed", ERROR, f"{where} status={theirs}", summary, ours, theirs, told.line)
    if told.code is not None and told.code != known.code:
        summary = "The vendor refuses with another code."
        ours, theirs = str(known.code), str(told.code)
        yield Difference("refusal_changed", ERROR, f"{where} code={theirs}", summary, ours, theirs, told.line)
    if told.message is not None and told.message != known.message:
        summary = "The vendor words the refusal in another way."
        place = f"{where} wording={_digest(told.message)}"
        yield Difference("refusal_changed", WARNING, place, summary, known.message or "", told.message, told.line)


def _situation(told: Refused) -> str:
    return f"refusal.{told.key or _digest(_told(told))}"


def _digest(text: str) -> str:
    """A few digits in place of a wording: it is the vendor's, and places are written down in accept-lists."""
    return sha256(text.encode(errors="surrogatepass")).hexdigest()[:6]


def _told(refused: Refused) -> str:
    return ", ".join(str(part) for part in (refused.status, refused.code, refused.message) if part is not None)


def _numbers(statuses: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(statuses)))


def _taken(name: str, into: Shape, out_of: Shape) -> tuple[Shape, Shape]:
    """Two shapes, after a property went from the second into the first."""
    left = {key: shape for key, shape in out_of.properties.items() if key != name}
    required = into.required
    if out_of.required is not None and name in out_of.required:
        required = (required or frozenset()) | {name}
    moved = replace(into, properties={**into.properties, name: out_of.properties[name]}, required=required)
    return moved, replace(out_of, properties=left)
