"""Calls drawn for a target that is not ours: few, the same in every run, and about nothing but what they may touch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from contracts.model import READ, Operation
from contracts.schema import is_email
from contracts.strategies import Case, arguments, breaking
from contracts.validation import first_broken, reference_validator
from contracts.verify.discoveries import ARGUMENTS
from contracts.verify.permits import WRITES, Confined
from contracts.verify.runs import Run
from contracts.wording import Rule, rules_of

Drawn = TypeVar("Drawn")

_AS_TEXT: Final = frozenset({"integer", "boolean", "min", "max", "in", "required", "required_without"})
"""Rules that are broken in a query too, where all values are texts."""

TRIES: Final = 8
"""Cases that are drawn to find one that may be sent."""


def drawn(strategy: SearchStrategy[Drawn], count: int) -> list[Drawn]:
    """So many values at most, the same every time."""
    values: list[Drawn] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )
    @given(strategy)
    def collect(value: Drawn) -> None:
        values.append(value)

    collect()
    return values


def valid_calls(plain: Case, known: Mapping[str, Sequence[Any]], count: int) -> list[Case]:
    """A call that only reads, with so many choices of arguments; what they name is `known`."""
    operation = plain.operation
    if not operation.arguments["properties"]:
        return [plain]
    named = {name: [*known.get(kind, ())] for name, kind in ARGUMENTS.get(operation, {}).items()}
    return [replace(plain, arguments=values | named) for values in drawn(arguments(operation), count)]


def rules_to_break(operation: Operation) -> list[Rule]:
    """The rules that can be broken without a call that changes more than the run's own, were it served."""
    confined = WRITES.get(operation, Confined())
    bound = {*confined.named, *confined.coded, *confined.never, *confined.needed}
    return [rule for rule in rules_of(operation.arguments) if _is_harmless(operation, rule, bound, confined)]


def _is_harmless(operation: Operation, rule: Rule, bound: set[str], confined: Confined) -> bool:
    name = rule.field.partition(".")[0]
    if operation.method == "GET":
        return rule.name in _AS_TEXT and "." not in rule.field
    spends = any("x-spends" in operation.arguments["properties"].get(field, {}) for field in _needing(operation, rule))
    return name not in bound and not spends and (name not in confined.numbers or rule.name == "required")


def _needing(operation: Operation, rule: Rule) -> Iterator[str]:
    """The field of a rule, and those that have to be given to break it."""
    yield rule.field.partition(".")[0]
    for given_, needed in operation.arguments.get("dependentRequired", {}).items():
        if rule.field in needed and rule.name == "required_with":
            yield given_


def broken_call(operation: Operation, rule: Rule, known: Mapping[str, Sequence[Any]], run: Run) -> Case | None:
    """A call that breaks `rule`, and holds no name and no address but the run's; None where none is found."""
    for tries in (1, TRIES):
        cases = [_as_the_runs(case, known, run) for case in drawn(breaking(operation, rule, known), tries)]
        if found := next((case for case in cases if _breaks(case, rule)), None):
            return found
    return None


def _breaks(case: Case, rule: Rule) -> bool:
    schema = case.operation.arguments
    values = {name: value for name, value in case.arguments.items() if value is not None}
    found = first_broken(schema, reference_validator(schema), values)
    return found is not None and found.key == rule.key


def _as_the_runs(case: Case, known: Mapping[str, Sequence[Any]], run: Run) -> Case:
    if case.operation.effect is READ:
        return case
    confined = WRITES.get(case.operation, Confined())
    given_ = _marked(dict(case.arguments), run)
    names = {name: _named(name, case, run) for name in confined.named}
    numbers = {name: [*known.get(entity, ())] for name, entity in confined.numbers.items() if name in given_}
    return replace(case, arguments=given_ | names | numbers)


def _named(name: str, case: Case, run: Run) -> str:
    """A value for an argument that has to bear the run's mark."""
    kind = case.operation.arguments["properties"][name].get("format")
    return {"url": run.hook("broken"), "email": run.address("broken")}.get(kind, run.name("broken"))


def _marked(value: Any, run: Run) -> Any:
    """The same, its addresses made the run's."""
    if isinstance(value, str):
        return f"{run.mark}{value}" if "@" in value and is_email(value) else value
    if isinstance(value, list):
        return [_marked(item, run) for item in value]
    if isinstance(value, dict):
        return {name: _marked(item, run) for name, item in value.items()}
    return value
