"""How well a client behaves: its calls, judged by rules. Every rule is a function, and every finding names its rule."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from contracts.conduct import credentials, economy, pace
from contracts.conduct.calls import Call, Conversation, NoJournal, from_exchanges, from_journal
from contracts.conduct.rules import RULES, Rule
from contracts.verify.findings import Finding, Report, worst_first

__all__ = [
    "RULES",
    "Call",
    "Conversation",
    "NoJournal",
    "Rule",
    "from_exchanges",
    "from_journal",
    "judge",
    "report_on",
    "rules_named",
]

MODULES: Final = (pace, credentials, economy)
"""Where the rules stand."""


def judge(conversation: Conversation, rules: Collection[str] = ()) -> tuple[Finding, ...]:
    """What of a conversation breaks the rules of some names, or any rule. Raises `ValueError` for an unknown name."""
    return worst_first(finding for one in rules_named(rules) for finding in one.findings(conversation))


def rules_named(names: Collection[str]) -> list[Rule]:
    """The rules of some names; of none, all. Raises `ValueError` for an unknown name."""
    for name in names:
        if name not in RULES:
            raise ValueError(f"unknown rule: {name!r}; use some of: {', '.join(RULES)}")
    return [one for name, one in RULES.items() if not names or name in names]


def report_on(conversation: Conversation, *, target: str, started: str, rules: Collection[str] = ()) -> Report:
    """The same as a report, with what could not be judged."""
    calls = conversation.calls
    idle = [one.name for one in rules_named(rules) if one.needs_time and not conversation.time_passes]
    facts: dict[str, int | str] = {"calls": len(calls), "operations": len({call.about for call in calls})}
    if idle:
        facts["not judged, as time stands still"] = ", ".join(idle)
    return Report("conduct", target, started, facts, judge(conversation, rules))
