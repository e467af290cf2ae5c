"""A run against a target that is not ours: the tasks of its plan one by one, then everything it made removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from contracts.checks import Failure
from contracts.verify.cleanup import CLEAN, clean_up
from contracts.verify.findings import Finding, Report, Severity, worst_first
from contracts.verify.guard import Forbidden, GuardedTarget, Halt, OutOfBudget
from contracts.verify.lives import Stage
from contracts.verify.places import VENDOR
from contracts.verify.plans import Plan
from contracts.verify.tasks import Skipped, Surroundings, Task
from contracts.verify.timing import Timing
from contracts.verify.visitors import Visitor

RUN: Final = "the run"
"""What findings are about that are about no operation."""


@dataclass(slots=True)
class Outcome:
    """How a run went. `halted` is why it stopped before its plan was done; `is_clean` whether it left nothing."""

    findings: list[Finding] = field(default_factory=list)
    done: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    halted: str = ""
    is_clean: bool = True
    is_interrupted: bool = False

    @property
    def could_run(self) -> bool:
        """Whether the plan was done as far as the budget goes, and nothing is left."""
        return not self.halted and self.is_clean and not self.is_interrupted


Progress = Callable[[int, Task], None]
"""Is told which task comes, and its number from 1."""


def inspect(
    plan: Plan, guard: GuardedTarget, visitor: Visitor, *, progress: Progress, timing: Timing | None = None
) -> Outcome:
    """Do what the plan says, and remove what was made. An interrupt ends it early, and cleans up as well."""
    timing = timing or Timing()
    outcome = Outcome()
    owned = min(plan.permit.owned, default="")
    at = Surroundings(visitor, guard, Stage(guard.run, owned, timing.tomorrow()), timing)
    try:
        _do_all(plan, at, outcome, progress)
    except KeyboardInterrupt:
        outcome.is_interrupted = True
    _remove_all(visitor, guard, outcome, timing)
    return outcome


def report_of(outcome: Outcome, plan: Plan, guard: GuardedTarget, *, target: str, started: str) -> Report:
    """The outcome as a report."""
    facts: dict[str, int | str] = {
        "operations": len(plan.operations),
        "tasks": len(plan.tasks),
        "done": outcome.done,
        "skipped": len(outcome.skipped),
        "calls": guard.ledger.calls,
        "budget": guard.budget,
        "left behind": "nothing" if outcome.is_clean else "something, see the error",
    }
    told = [
        one if one.about == RUN else _reproducible(one, target, writes=plan.permit.writes) for one in outcome.findings
    ]
    findings = [*told, *_not_asked(outcome)]
    return Report("verify", target, started, facts, worst_first(findings))


def _not_asked(outcome: Outcome) -> Iterator[Finding]:
    """A note for each reason why something was not asked."""
    for why, tasks in Counter(outcome.skipped.values()).items():
        yield Finding("run.skipped", Severity.NOTE, RUN, f"So many tasks were not done: {tasks}.", place=why)


def _do_all(plan: Plan, at: Surroundings, outcome: Outcome, progress: Progress) -> None:
    for number, task in enumerate(plan.tasks, 1):
        progress(number, task)
        try:
            outcome.findings.extend(task.run(at))
            outcome.done += 1
        except Skipped as why:
            outcome.skipped[f"{task.what} {task.about}"] = str(why)
        except OutOfBudget as why:
            outcome.findings.append(_undone(plan, number, str(why)))
            return
        except Halt as why:
            outcome.halted = str(why)
            outcome.findings.append(_halted(why, task))
            return


def _remove_all(visitor: Visitor, guard: GuardedTarget, outcome: Outcome, timing: Timing) -> None:
    if not guard.ledger.awaited:
        return
    try:
        clean_up(visitor, guard, timing)
    except (Halt, Forbidden, Failure) as why:
        outcome.halted = outcome.halted or str(why)
    except KeyboardInterrupt:
        outcome.is_interrupted = True
    outcome.is_clean = guard.ledger.ended == CLEAN


def _reproducible(finding: Finding, target: str, *, writes: bool) -> Finding:
    """The finding with what to type to see it again; what shows in a life needs the whole of it."""
    where = "--live" if target == VENDOR else f"--url {target}" if "://" in target else f"--recordings {target}"
    resource, _, _ = finding.about.rpartition(".")
    what = f"--allow-writes --operation '{resource}.*'" if writes else f"--operation {finding.about}"
    return replace(finding, reproduce=f"sendpulse-mock verify {where} {what}")


def _undone(plan: Plan, number: int, why: str) -> Finding:
    left = len(plan.tasks) - number + 1
    return Finding("run.budget", Severity.NOTE, RUN, f"{left} of {len(plan.tasks)} tasks were not done: {why}.")


def _halted(why: Halt, task: Task) -> Finding:
    return Finding("run.halted", Severity.ERROR, RUN, f"It ended while it was to {task.what}: {why}.")
