"""The plan of a run: what would be called, made, removed and spent. Making one calls nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from contracts.model import READ, SPENDS, WRITE, Effect, IdOf, Operation
from contracts.strategies import path_names
from contracts.verify.discoveries import discoveries_for
from contracts.verify.drawing import rules_to_break
from contracts.verify.guard import LATE, SEARCHES, TOKENS
from contracts.verify.kinds import KIND_OF
from contracts.verify.lives import LIVES, SPENDING_LIVES, Life
from contracts.verify.permits import Permit
from contracts.verify.selection import Selection
from contracts.verify.tasks import AskAsNobody, AskForNothing, BreakRule, Discover, Live, Read, Task

EXAMPLES: Final = 2
"""Ways in which an operation that only reads is asked, where it has arguments."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Tasks in the order in which they are done: what tells most comes first, since a budget may end the run."""

    selection: Selection
    permit: Permit
    budget: int
    tasks: tuple[Task, ...]

    @property
    def operations(self) -> dict[Operation, int]:
        """By operation, how many calls are made at most."""
        counted: Counter[Operation] = Counter()
        for task in self.tasks:
            counted.update(task.calls)
        return dict(counted)

    @property
    def makes(self) -> dict[str, int]:
        """By entity, how many objects are made and removed again."""
        return dict(Counter(entity for task in self.tasks if isinstance(task, Live) for entity in task.makes))

    @property
    def calls(self) -> int:
        """How many calls are made at most, those for tokens and for removing included."""
        return sum(self.operations.values()) + TOKENS + self._removing

    @property
    def mails(self) -> int:
        """How many mails leave at most."""
        return sum(task.life.mails for task in self.tasks if isinstance(task, Live))

    @property
    def _removing(self) -> int:
        kinds = [KIND_OF[entity] for entity in self.makes]
        return sum(2 + (LATE if kind.is_late else SEARCHES) for kind in kinds)

    def as_json(self) -> dict[str, Any]:
        """The plan for programs."""
        return {
            "budget": self.budget,
            "calls": self.calls,
            "operations": [
                {"operation": operation.name, "effect": effect_of(operation, self), "calls": calls}
                for operation, calls in self.operations.items()
            ],
            "tasks": [
                {"task": task.what, "about": task.about, "calls": sum(task.calls.values())} for task in self.tasks
            ],
            "makes_and_removes": self.makes,
            "spends": sorted(self.permit.spending),
            "cost": {"money": 0, "mails": self.mails},
        }


def plan_of(selection: Selection, permit: Permit, budget: int, *, examples: int = EXAMPLES) -> Plan:
    """The plan of a run. Raises `ValueError` where options contradict one another."""
    reads = [one for one in selection.operations if one.effect is READ]
    lives = [*_lives(selection, permit)]
    _refuse_unwritable(lives, permit)
    rules = [(operation, rule) for operation in reads for rule in rules_to_break(operation)]
    asked = [operation for operation in reads if operation.service.needs_token and not path_names(operation)]
    as_nobody = {operation.service.name: operation for operation in reversed(asked)}
    tasks: list[Task] = [
        *(Discover(discovery) for discovery in discoveries_for(reads)),
        *(Read(operation, examples) for operation in reads),
        *(Live(life) for life in lives),
        *(AskForNothing(operation) for operation in reads if _names_an_object(operation)),
        *(AskAsNobody(operation) for operation in as_nobody.values()),
        *(BreakRule(operation, rule) for operation, rule in rules),
    ]
    return Plan(selection, permit, budget, tuple(tasks))


def effect_of(operation: Operation, plan: Plan) -> Effect:
    """What the calls of an operation do under a plan: what is allowed to spend may."""
    return SPENDS if operation.name in plan.permit.spending else operation.effect


def _lives(selection: Selection, permit: Permit) -> Iterator[Life]:
    if permit.writes:
        yield from (life for life in LIVES if any(operation in selection for operation in life.writes))
    yield from (life for operation, life in SPENDING_LIVES.items() if operation.name in permit.spending)


def _refuse_unwritable(lives: list[Life], permit: Permit) -> None:
    for life in lives:
        writing = [step.operation.name for step in life.steps if step.operation.effect is WRITE]
        if writing and not permit.writes:
            raise ValueError(f"{life.name} needs {writing[0]}, which changes the account: give --allow-writes too")


def _names_an_object(operation: Operation) -> bool:
    return any(isinstance(param, IdOf) for param in operation.params.values())
