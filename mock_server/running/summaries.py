"""What is told of a program when it has ended: its calls, what they met, and how well it behaved."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from contracts.conduct import from_journal, judge
from contracts.verify.findings import Finding, Report, Severity, worst_first
from mock_server.scenarios import trials_of

if TYPE_CHECKING:
    from mock_server.core.accounts import Account
    from mock_server.core.journal import Entry
    from mock_server.core.world import World


def report_on(world: World, *, program: str, code: int, started: str, refused: Mapping[str, int]) -> Report:
    """What a program that ended with `code` did to a world; `refused` are strangers that it was kept from, and how
    often it asked.
    """
    accounts = [*world.accounts(), world.nobody]
    journals = [_entries(account) for account in accounts]
    calls = Counter(_shown(entry) for entries in journals for entry in entries)
    found = [
        *(finding for entries in journals for finding in _misconduct(entries)),
        *(finding for account in accounts for finding in _unmet(account)),
        *(finding for account in accounts for finding in _unsurvived(account)),
        *(_refusal(stranger, times) for stranger, times in refused.items()),
        *([] if calls else [_NO_CALLS]),
    ]
    facts = {"exit code": code, "requests": calls.total(), **dict(sorted(calls.items()))}
    return Report("exec", program, started, facts, worst_first(found))


def _entries(account: Account) -> list[Entry]:
    with account.lock:
        return list(account.journal)


def _shown(entry: Entry) -> str:
    error = "" if entry.error_code is None else f" with error {entry.error_code}"
    return f"{entry.operation or f'{entry.method} {entry.path}'} answered {entry.status}{error}"


def _misconduct(entries: list[Entry]) -> tuple[Finding, ...]:
    return judge(from_journal({"entries": [entry.as_json() for entry in entries]}))


def _unmet(account: Account) -> Iterator[Finding]:
    of_scenarios = {fault for trial in trials_of(account) for fault in trial.faults}
    for fault in account.faults:
        for step in [] if fault.id in of_scenarios else fault.unmet():
            yield Finding(
                "exec.fault_unmet",
                Severity.WARNING,
                fault.operation,
                f"no request met a step of fault {fault.id}, {json.dumps(step.as_json())}",
                place=f"fault {fault.id}",
            )


def _unsurvived(account: Account) -> Iterator[Finding]:
    for trial in trials_of(account):
        if complaints := trial.complaints():
            yield Finding(
                "exec.scenario",
                Severity.ERROR,
                trial.name,
                f"the program did not survive it: {'; '.join(complaints)}",
                expected=f"a good client {trial.scenario.good}",
            )


def _refusal(stranger: str, times: int) -> Finding:
    asked = "once" if times == 1 else f"{times} times"
    return Finding("exec.refused", Severity.NOTE, stranger, f"asked for {asked}, and refused, as it is another machine")


_NO_CALLS: Final = Finding(
    "exec.no_calls",
    Severity.NOTE,
    "the program",
    "it called nothing of SendPulse's; where calls come here through a proxy, it may have gone past that",
)
