"""The exchanges that users keep in files, mocks among them, judged by the contracts: are they still true?"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from contracts.captures import Captured, Unreadable, read
from contracts.exchanges import VENDOR, Exchange, is_among
from contracts.judging import hidden, judge_exchange, operation_of, secrets_of
from contracts.redaction import Veil, redact
from contracts.verify.findings import Finding, Report, worst_first

OTHERS: Final = "for other hosts"


@dataclass(slots=True)
class _Count:
    """What was seen on the way."""

    files: int = 0
    exchanges: int = 0
    checked: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    operations: Counter[str] = field(default_factory=Counter)
    secrets: set[str] = field(default_factory=set)

    def facts(self) -> dict[str, int | str]:
        """The numbers, and the names of what was met: most often first."""
        reasons = {f"skipped ({reason})": number for reason, number in self.skipped.most_common()}
        names = ", ".join(f"{name} {number}" for name, number in self.operations.most_common())
        counted = {"files": self.files, "exchanges": self.exchanges, "checked": self.checked}
        by_name = {"checked by name": names} if names else {}
        return {**counted, **reasons, "operations": len(self.operations), **by_name}


def check_files(files: Iterable[Path], *, started: str, hosts: Collection[str] = ()) -> Report:
    """What is not as promised in the exchanges with the vendor, and with further `hosts`, that some files hold.

    Raises `contracts.captures.Unreadable` for a file that holds none.
    """
    count = _Count()
    known = frozenset({VENDOR, *hosts})
    found = [finding for file in files for finding in _in_file(file, known, count)]
    veil = Veil(count.secrets)  # a secret of one exchange may stand in another
    findings = worst_first(_hidden(finding, veil) for finding in found)
    return Report("check", _target(count), started, count.facts(), findings)


def _hidden(finding: Finding, veil: Veil) -> Finding:
    shown = hidden(finding, veil)
    return replace(shown, file=veil.hide(redact(shown.file)))


def _target(count: _Count) -> str:
    return f"{count.files} file{'' if count.files == 1 else 's'}"


def _in_file(file: Path, hosts: Collection[str], count: _Count) -> Iterator[Finding]:
    count.files += 1
    for captured in _captured_in(file):
        count.exchanges += 1
        exchange = captured.exchange
        if exchange is None:
            count.skipped[captured.reason] += 1
        elif not is_among(hosts, exchange.host):
            count.skipped[OTHERS] += 1
        else:
            yield from _in_exchange(file, captured, exchange, count)


def _captured_in(file: Path) -> Iterator[Captured]:
    try:
        yield from read(file)
    except Unreadable as error:
        raise Unreadable(f"{redact(str(file))}: {error}") from error


def _in_exchange(file: Path, captured: Captured, exchange: Exchange, count: _Count) -> Iterator[Finding]:
    count.checked += 1
    count.secrets |= secrets_of(exchange)
    operation = operation_of(exchange)
    count.operations[operation.name if operation else "none"] += 1
    for finding in judge_exchange(exchange):
        if finding.kind == "request.token":  # whoever keeps exchanges leaves the tokens out, and rightly so
            continue
        yield replace(
            finding,
            place=f"{file}: entry {captured.number}{f': {finding.place}' if finding.place else ''}",
            reproduce=f"sendpulse-mock check {shlex.quote(str(file))}",
            file=str(file),
            line=captured.line,
        )
