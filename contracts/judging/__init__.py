"""What is not as promised in one exchange: in the request, which the vendor would refuse, and in the answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from contracts.arguments import given_arguments
from contracts.catalogue import Match, Miss, catalogue
from contracts.checks import Failure
from contracts.exchanges import Exchange, exchange_of, json_of
from contracts.judging import answered, asked
from contracts.model import Operation
from contracts.redaction import SHORTEST_SECRET, Veil, redact_text, secrets_in
from contracts.verify.findings import Finding, Severity, worst_first

KINDS: Final[Mapping[str, type[Failure]]] = {**asked.KINDS, **answered.KINDS}
"""The failure that each kind of finding is raised as."""


def check(request: Any, response: Any) -> tuple[Finding, ...]:
    """Check one exchange, held by any library, against the contract that its request falls under.

    Raises the `contracts.checks.Failure` that names the worst breach; returns what is worth a note.
    """
    findings = judge(request, response)
    for finding in findings:
        if finding.severity is not Severity.NOTE:
            raise KINDS[finding.kind](_told(finding), place=finding.place, expected=finding.expected, seen=finding.seen)
    return findings


def judge(request: Any, response: Any) -> tuple[Finding, ...]:
    """All that is not as promised in one exchange, worst first. Raises `TypeError` for what is no exchange."""
    return judge_exchange(exchange_of(request, response))


def judge_exchange(exchange: Exchange) -> tuple[Finding, ...]:
    """The same for an exchange that is one already. No finding shows a secret."""
    veil = Veil(secrets_of(exchange))
    return worst_first(hidden(finding, veil) for finding in _findings(exchange))


def operation_of(exchange: Exchange) -> Operation | None:
    """The operation that a request means."""
    meant = catalogue().match(exchange.request.method, exchange.request.path)
    return meant.operation if isinstance(meant, Match) else None


def secrets_of(exchange: Exchange) -> set[str]:
    """The credentials that an exchange holds."""
    request = exchange.request
    given = dict(given_arguments(request.query, request.content_type, request.body))
    credential = request.authorization.rpartition(" ")[2]
    known = {credential} if len(credential) >= SHORTEST_SECRET else set()
    return known | {*secrets_in(given), *secrets_in(json_of(exchange))}


def hidden(finding: Finding, veil: Veil) -> Finding:
    """The finding without the secrets."""

    def hide(text: str) -> str:
        return veil.hide(redact_text(text))

    return replace(
        finding,
        about=hide(finding.about),
        summary=hide(finding.summary),
        place=hide(finding.place),
        expected=hide(finding.expected),
        seen=hide(finding.seen),
        reproduce=hide(finding.reproduce),
    )


def _told(finding: Finding) -> str:
    lines = [f"{finding.about}: {finding.summary}"]
    lines += [f"expected: {finding.expected}"] if finding.expected else []
    lines += [f"seen: {finding.seen}"] if finding.seen else []
    lines += [f"evidence: {finding.evidence}"] if finding.evidence else []
    return "\n".join(lines)


def _findings(exchange: Exchange) -> Iterator[Finding]:
    meant = catalogue().match(exchange.request.method, exchange.request.path)
    if isinstance(meant, Miss):
        yield asked.breach_of_miss(exchange, meant)
        return
    yield from asked.breaches_of_request(exchange, meant)
    yield from answered.breaches_of_answer(exchange, meant.operation)
