"""A folder of documents beside the whole catalogue: what is compared with what, and what cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

from contracts.catalogue import Catalogue
from contracts.model import Operation
from contracts.verify.drift.comparison import Comparison
from contracts.verify.drift.descriptions import promised, routes_of
from contracts.verify.drift.documents import Document, Entry, described
from contracts.verify.drift.vocabulary import vocabulary
from contracts.verify.findings import Finding, Severity, worst_first

NOT_BUILT = "drift.not_built"
UNDOCUMENTED = "drift.undocumented"
_OF_ALL: Final = frozenset(
    {
        "drift.label_changed",
        "drift.field_removed",
        "drift.body_removed",
        "drift.refusal_removed",
        "drift.status_removed",
        "drift.detail_removed",
    }
)
"""What is found only if it is so in every document that describes the operation."""


@dataclass(frozen=True)
class Survey:
    """What was found.

    Attributes:
        facts: what was counted, for a report.
        looked_at: what findings could be about: operations, documents and services by name.
    """

    findings: tuple[Finding, ...]
    facts: Mapping[str, int]
    looked_at: frozenset[str]


@dataclass(frozen=True)
class _Read:
    """A document, its operations, and those of ours that they are."""

    document: Document
    entries: tuple[Entry, ...]
    matches: tuple[Operation | None, ...]
    services: frozenset[str]

    @property
    def pairs(self) -> Iterator[tuple[Entry, Operation]]:
        for entry, operation in zip(self.entries, self.matches, strict=True):
            if operation is not None:
                yield entry, operation

    @property
    def strangers(self) -> Iterator[Entry]:
        for entry, operation in zip(self.entries, self.matches, strict=True):
            if operation is None:
                yield entry


def survey(catalogue: Catalogue, documents: Iterable[Document]) -> Survey:
    """Every difference between the contracts and the documents.

    Only documents of services that our contracts declare are compared; each other is one note. ValueError if there is
    none of those.
    """
    read = list(_matched(catalogue, documents))
    compared = [one for one in read if one.services]
    others = [one for one in read if not one.services]
    if not compared:
        names = ", ".join(one.document.name for one in read) or "no document"
        raise ValueError(f"nothing to compare: {names} describes no service that the contracts declare")
    services = frozenset().union(*(one.services for one in compared))
    known = [operation for operation in catalogue if operation.service.name in services]
    unknown = [operation for operation in catalogue if operation.service.name not in services]
    findings = chain(
        _changed(read, known),
        _removed(compared, known),
        _added(compared),
        map(_not_built, others),
        _undocumented(unknown),
    )
    found = worst_first(findings)
    return Survey(
        findings=found,
        facts={
            "documents": len(read),
            "operations in them": sum(len(one.entries) for one in read),
            "operations compared": len({operation.name for one in compared for _, operation in one.pairs}),
            "operations not built yet": sum(len(list(one.strangers)) for one in others),
        },
        looked_at=frozenset(_names(read, known)) | services,
    )


def _names(read: Iterable[_Read], known: Iterable[Operation]) -> Iterator[str]:
    """What findings could be about."""
    for operation in known:
        yield operation.name
    for one in read:
        yield one.document.title
        for entry in one.entries:
            yield entry.name


def _matched(catalogue: Catalogue, documents: Iterable[Document]) -> Iterator[_Read]:
    ours = {route: operation for operation in catalogue for route in routes_of(operation)}
    sizes = Counter(operation.service.name for operation in catalogue)
    for document in documents:
        entries = tuple(document.entries())
        matches = tuple(ours.get(entry.route) for entry in entries)
        yield _Read(document, entries, matches, frozenset(_services(matches, sizes)))


def _services(matches: Collection[Operation | None], sizes: Mapping[str, int]) -> Iterator[str]:
    """The services that a document describes: most of it, or most of them, is in the other.

    One operation that two services share, as SMTP does one of bulk email's, makes no description of the other.
    """
    met = {operation.name: operation.service.name for operation in matches if operation}
    for service, common in Counter(met.values()).items():
        if 2 * common > min(len(matches), sizes[service]):
            yield service


def _changed(read: Iterable[_Read], known: Collection[Operation]) -> Iterator[Finding]:
    """What the documents say in another way of the operations that they share with us."""
    found: dict[str, list[dict[str, Finding]]] = {}
    for one in read:
        descriptions = [(operation, described(entry)) for entry, operation in one.pairs]
        words = vocabulary(description for _, description in descriptions)
        for operation, theirs in descriptions:
            comparison = Comparison(operation.name, promised(operation), theirs, operation.evidence)
            findings = {finding.fingerprint: finding for finding in comparison.findings(words)}
            found.setdefault(operation.name, []).append(findings)
    for operation in known:
        yield from _agreed(found.get(operation.name, []))


def _agreed(findings: list[dict[str, Finding]]) -> Iterator[Finding]:
    """Of what several documents differ in: what one lacks is no finding if another has it."""
    for some in findings:
        for fingerprint, finding in some.items():
            if finding.kind not in _OF_ALL or all(fingerprint in others for others in findings):
                yield finding


def _removed(compared: Iterable[_Read], known: Iterable[Operation]) -> Iterator[Finding]:
    met = {operation.name for one in compared for _, operation in one.pairs}
    files = {service: one.document.name for one in compared for service in one.services}
    for operation in known:
        if operation.name not in met:
            yield Finding(
                "drift.operation_removed",
                Severity.ERROR,
                operation.name,
                "The vendor documents no such operation.",
                expected=f"{operation.method} {operation.path}",
                evidence=operation.evidence,
                file=files[operation.service.name],
            )


def _added(compared: Iterable[_Read]) -> Iterator[Finding]:
    for one in compared:
        for entry in one.strangers:
            yield Finding(
                "drift.operation_added",
                Severity.WARNING,
                entry.name,
                "The vendor documents an operation that our contracts do not declare.",
                seen=f"{entry.method} {entry.path}",
                file=entry.document.name,
                line=entry.operation.line,
            )


def _not_built(one: _Read) -> Finding:
    number = len(list(one.strangers))
    return Finding(
        NOT_BUILT,
        Severity.NOTE,
        one.document.title,
        f"Its service is not built yet: {number} operations.",
        seen=f"{number} operations",
        file=one.document.name,
    )


def _undocumented(operations: Iterable[Operation]) -> Iterator[Finding]:
    by_service: dict[str, list[Operation]] = {}
    for operation in operations:
        by_service.setdefault(operation.service.name, []).append(operation)
    for service, alone in by_service.items():
        yield Finding(
            UNDOCUMENTED,
            Severity.NOTE,
            service,
            f"No document describes it: {len(alone)} operations.",
            expected=", ".join(operation.name for operation in alone),
            evidence=alone[0].evidence,
        )
