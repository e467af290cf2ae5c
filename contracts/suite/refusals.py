"""Every declared refusal can be provoked, and is worded as declared."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from contracts.catalogue import catalogue, modules_of
from contracts.messages import Answer
from contracts.model import IdOf, Operation
from contracts.refusals import Refusal
from contracts.strategies import UNKNOWN_ID, path_names
from contracts.suite.accounts import Account, expect_refusal, fresh_account
from contracts.suite.laboratories import Laboratory
from contracts.suite.scenes import furnish
from contracts.wording import rules_of

Provocation = Callable[[Account, Operation], Answer]

AWAITING: Final[Mapping[tuple[Operation, Refusal], str]] = {}
"""Declared refusals that nothing can provoke yet, and what they wait for."""

_of_any: dict[Refusal, Provocation] = {}
_of_one: dict[tuple[Operation, Refusal], Provocation] = {}


def provokes(refusal: Refusal, *operations: Operation) -> Callable[[Provocation], Provocation]:
    """Make a function, given a furnished account, the way to provoke `refusal`: of `operations`, or of all."""

    def register(provocation: Provocation) -> Provocation:
        if operations:
            _of_one.update({(operation, refusal): provocation for operation in operations})
        else:
            _of_any[refusal] = provocation
        return provocation

    return register


def provocation_of(operation: Operation, refusal: Refusal) -> Provocation | None:
    """How to provoke `refusal` of `operation`; None where that is unknown."""
    _load()
    if any(isinstance(param, IdOf) and param.refusal is refusal for param in operation.params.values()):
        return _name_what_is_not_there
    return _of_one.get((operation, refusal)) or _of_any.get(refusal)


@cache
def _load() -> None:
    """Import every module of provocations, so that each is known."""
    from contracts.suite import provocations

    for _ in modules_of(provocations):
        pass


def unprovoked(operation: Operation) -> set[Refusal]:
    """The refusals of `operation` that neither a broken rule nor a provocation earns, and that are not awaited."""
    by_rule = {operation.refusal_of(rule) for rule in rules_of(operation.arguments)}
    return {
        refusal
        for refusal in set(operation.refusals.values()) - by_rule
        if provocation_of(operation, refusal) is None and (operation, refusal) not in AWAITING
    }


@dataclass(frozen=True, slots=True)
class Way:
    """How a refusal comes about: the condition as a sentence, and the function of the suite that brings it about."""

    condition: str
    test: str


def way_to(operation: Operation, refusal: Refusal) -> Way | None:
    """How `operation` is brought to refuse so; None where nothing does."""
    provocation = provocation_of(operation, refusal)
    if provocation is not None:
        condition, _, _ = (inspect.getdoc(provocation) or "").partition("\n\n")
        return Way(condition, f"{provocation.__module__.replace('.', '/')}.py: {provocation.__name__}")
    broken = [rule for rule in rules_of(operation.arguments) if operation.refusal_of(rule) == refusal]
    if not broken:
        return None
    if not any(isinstance(operation.wordings.get(rule.key), Refusal) for rule in broken):
        return ANY_RULE
    keys = " or ".join(f"`{rule.key}`" for rule in broken)
    return Way(f"The arguments break the rule {keys}.", ANY_RULE.test)


ANY_RULE: Final = Way(
    "The arguments break a rule of the operation's schema.", "contracts/suite/answers.py: broken_rules_are_worded"
)
"""How those refusals come about that have no name but the rule's."""


def provocations() -> list[tuple[Operation, Refusal]]:
    """Every refusal of every operation that there is a provocation for."""
    return [
        (operation, refusal)
        for operation in catalogue()
        for refusal in operation.refusals.values()
        if provocation_of(operation, refusal) is not None
    ]


def reached() -> list[tuple[str, str]]:
    """Every refusal that a broken rule or a provocation earns, by the operation's name and the refusal's key."""
    return [
        (operation.name, refusal.key)
        for operation in catalogue()
        for refusal in operation.refusals.values()
        if (operation, refusal) not in AWAITING and refusal not in unprovoked(operation)
    ]


def refusal_is_provoked(laboratory: Laboratory, operation: Operation, refusal: Refusal) -> None:
    """The refusal comes, to the letter."""
    provocation = provocation_of(operation, refusal)
    if provocation is None:
        raise LookupError(f"nothing provokes {refusal} of {operation!r}; declare it with @provokes")
    with fresh_account(laboratory) as account:
        answer = provocation(furnish(account), operation)
        expect_refusal(operation, refusal, answer)
    laboratory.tally.provoked.add((operation.name, refusal.key))


def _name_what_is_not_there(account: Account, operation: Operation) -> Answer:
    """The path names an object that the account does not have."""
    return account.ask(operation, *(UNKNOWN_ID for _ in path_names(operation)))
