"""Long walks beside a model: what was done shows, and what was refused changed nothing."""

from __future__ import annotations

from types import ModuleType

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from contracts.checks import Failure
from contracts.model import Operation
from contracts.suite.laboratories import Laboratory
from contracts.wording import Rule, rules_of


class ModelDiffers(Failure):
    """The account is not what the model says it has become."""


def walk(machine: type[RuleBasedStateMachine], laboratory: Laboratory) -> None:
    """Walk many ways with a machine that is made with a laboratory."""

    class Here(machine):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            super().__init__(laboratory)

    run_state_machine_as_test(Here, settings=settings())


def same(expected: object, seen: object) -> None:
    """Raises `ModelDiffers` unless the account shows what the model expects."""
    if expected != seen:
        raise ModelDiffers(f"the model has {expected}, the account {seen}")


def breaches(declarations: ModuleType) -> list[tuple[Operation, Rule]]:
    """Every rule of every operation that a module declares."""
    operations = [value for value in vars(declarations).values() if isinstance(value, Operation)]
    return [(operation, broken) for operation in operations for broken in rules_of(operation.arguments)]
