"""What a run consists of: tasks, each of which can tell what it will call before it calls anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Protocol

from contracts.checks import promise_of
from contracts.messages import Answer
from contracts.model import IdOf, Operation
from contracts.refusals import UNAUTHORIZED
from contracts.strategies import UNKNOWN_ID, Case, path_names
from contracts.verify.cleanup import TooMany, survey
from contracts.verify.discoveries import Discovery, kinds_in_path, shown_by
from contracts.verify.drawing import broken_call, rules_to_break, valid_calls
from contracts.verify.findings import Finding, Severity
from contracts.verify.guard import GuardedTarget
from contracts.verify.kinds import KIND_OF, MAKERS, REMOVERS
from contracts.verify.lives import Life, Stage, Step
from contracts.verify.timing import Timing
from contracts.verify.verdicts import expected_refusal, judge, weighed
from contracts.verify.visitors import Visitor
from contracts.wording import Rule

PAUSE: Final = 0.5
"""Seconds between two looks at what may show only later."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a task works with."""

    visitor: Visitor
    guard: GuardedTarget
    stage: Stage
    timing: Timing


class Task(Protocol):
    """One part of a run: `what` it does, and `about` what."""

    what: ClassVar[str]

    @property
    def about(self) -> str: ...

    @property
    def calls(self) -> dict[Operation, int]:
        """By operation, how many calls it makes at most."""

    def run(self, at: Surroundings) -> Iterator[Finding]:
        """Make the calls. Yields what is not as promised; raises `Skipped` where there is nothing to ask about."""


def told(task: Task) -> str:
    """A task in a line."""
    return f"{task.what}: {task.about}"


class Skipped(Exception):
    """A task that cannot be done on this account, and why."""


class OneCall:
    """What all tasks have in common that call one operation, and once."""

    __slots__ = ()
    operation: Operation

    @property
    def about(self) -> str:
        return self.operation.name

    @property
    def calls(self) -> dict[Operation, int]:
        return {self.operation: 1}


@dataclass(frozen=True, slots=True)
class Discover(OneCall):
    """Learn what there is to ask about."""

    discovery: Discovery
    what: ClassVar[str] = "discover"

    @property
    def operation(self) -> Operation:  # type: ignore[override]  # it is told by the discovery
        return self.discovery.operation

    def run(self, at: Surroundings) -> Iterator[Finding]:
        operation = self.operation
        answer = at.visitor.send(_call_of(operation, at.visitor))
        if promise_of(operation).is_success(answer):
            for kind, values in shown_by(self.discovery, answer.json()).items():
                at.visitor.known.setdefault(kind, []).extend(values)
        yield from judge(operation, answer)


@dataclass(frozen=True, slots=True)
class Read(OneCall):
    """Ask for what there is, in a few ways."""

    operation: Operation
    examples: int
    what: ClassVar[str] = "read"

    @property
    def calls(self) -> dict[Operation, int]:
        return {self.operation: self.examples if self.operation.arguments["properties"] else 1}

    def run(self, at: Surroundings) -> Iterator[Finding]:
        plain = _call_of(self.operation, at.visitor)
        for case in valid_calls(plain, at.visitor.known, self.examples):
            yield from judge(self.operation, at.visitor.send(case))


@dataclass(frozen=True, slots=True)
class AskForNothing(OneCall):
    """Name an object that is not there."""

    operation: Operation
    what: ClassVar[str] = "ask for what is not there"

    def run(self, at: Surroundings) -> Iterator[Finding]:
        missing = next(param.refusal for param in self.operation.params.values() if isinstance(param, IdOf))
        answer = at.visitor.ask(self.operation, *(UNKNOWN_ID for _ in path_names(self.operation)))
        yield from expected_refusal(self.operation, missing, answer)


@dataclass(frozen=True, slots=True)
class AskAsNobody(OneCall):
    """Bring no token."""

    operation: Operation
    what: ClassVar[str] = "ask without a token"

    def run(self, at: Surroundings) -> Iterator[Finding]:
        answer = at.visitor.send(_call_of(self.operation, at.visitor), authorization="")
        yield from expected_refusal(self.operation, UNAUTHORIZED, answer)


@dataclass(frozen=True, slots=True)
class BreakRule(OneCall):
    """Ask with arguments that break one rule."""

    operation: Operation
    rule: Rule
    what: ClassVar[str] = "break a rule"

    @property
    def about(self) -> str:
        return f"{self.operation.name}: {self.rule.key}"

    def run(self, at: Surroundings) -> Iterator[Finding]:
        plain = _call_of(self.operation, at.visitor)
        known = {**at.visitor.known, **{name: [value] for name, value in plain.path.items()}}
        yield from _break(self.operation, self.rule, known, at)


@dataclass(frozen=True, slots=True)
class Live:
    """Lead an object of the run's own through its life."""

    life: Life
    what: ClassVar[str] = "make, change and remove"

    @property
    def about(self) -> str:
        return self.life.name

    @property
    def calls(self) -> dict[Operation, int]:
        made: dict[Operation, int] = {}
        for operation, calls in self._calls():
            made[operation] = made.get(operation, 0) + calls
        return made

    @property
    def makes(self) -> list[str]:
        """What it makes, by entity, once for each call that makes something."""
        makers = [MAKERS[step.operation] for step in self.life.steps if step.operation in MAKERS and not step.refused]
        return [kind.entity for kind in makers]

    def _calls(self) -> Iterator[tuple[Operation, int]]:
        yield from ((KIND_OF[entity].listing, 2) for entity in {*self.makes})
        yield from ((step.operation, step.tries) for step in self.life.steps)
        if self.life.broken_after:
            yield from ((operation, len(rules_to_break(operation))) for operation in self.life.writes)
            yield from ((operation, 2) for operation, _ in self.life.readings)

    def run(self, at: Surroundings) -> Iterator[Finding]:
        self._survey(at)
        for number, step in enumerate(self.life.steps):
            if number == self.life.broken_after and number:
                yield from self._break_rules(at)
            try:
                case = step.case(at.stage)
            except KeyError:
                continue  # what it is about was never made, which was told
            if step.operation in REMOVERS and not at.guard.allows(case):
                continue
            yield from _take(step, case, at)

    def _survey(self, at: Surroundings) -> None:
        for entity in self.makes:
            if entity not in at.guard.ledger.pages:
                try:
                    survey(KIND_OF[entity], at.visitor, at.guard)
                except TooMany as why:
                    raise Skipped(str(why)) from None

    def _break_rules(self, at: Surroundings) -> Iterator[Finding]:
        """Broken calls are refused, and leave everything as it was."""
        before = self._readings(at)
        known = {entity: at.guard.ledger.left(entity) for entity in at.guard.ledger.awaited}
        known["email"] = [at.stage.run.address("ada")]
        for operation in self.life.writes:
            for rule in rules_to_break(operation):
                if all(known.get(kind) for kind in kinds_in_path(operation)):
                    yield from _break(operation, rule, known, at)
        for (operation, was), (_, is_now) in zip(before, self._readings(at), strict=True):
            if was.body != is_now.body:
                yield _finding("effect.refused", operation, "A call that was refused changed something.")

    def _readings(self, at: Surroundings) -> list[tuple[Operation, Answer]]:
        there = [(operation, words) for operation, words in self.life.readings if {*words} <= {*at.stage.ids}]
        return [(operation, at.visitor.ask(operation, *map(at.stage.ids.get, words))) for operation, words in there]


def _take(step: Step, case: Case, at: Surroundings) -> Iterator[Finding]:
    """Make one call of a life, again where what was done may show only later."""
    answer = at.visitor.send(case)
    for _ in range(step.tries - 1):
        if _holds(step, at.stage, answer):
            break
        at.timing.sleep(PAUSE)
        answer = at.visitor.send(case)
    if not _holds(step, at.stage, answer):
        yield from _told(step, answer)
        return
    if step.keeps:
        at.stage.ids[step.keeps] = _made(step.operation, case, answer)
    yield from judge(step.operation, answer)


def _holds(step: Step, stage: Stage, answer: Answer) -> bool:
    promise = promise_of(step.operation)
    if step.refused is not None:
        return not expected_refusal(step.operation, step.refused, answer)
    if not promise.is_success(answer):
        return False
    try:
        return step.holds is None or bool(step.holds(stage, answer.json()))
    except (ValueError, LookupError, TypeError, AttributeError):  # another shape than was promised
        return False


def _told(step: Step, answer: Answer) -> Iterator[Finding]:
    """What is wrong with an answer that does not hold."""
    broken = judge(step.operation, answer)
    if step.refused is not None:
        yield from expected_refusal(step.operation, step.refused, answer)
    elif broken or (step.may_fail and not promise_of(step.operation).is_success(answer)):
        yield from broken
    elif promise_of(step.operation).is_success(answer):
        yield _finding("effect.missing", step.operation, step.says)
    else:
        yield _finding("answer.refused", step.operation, f"What should have been done was refused: {answer.status}.")


def _made(operation: Operation, case: Case, answer: Answer) -> object:
    """The id of what a call made; None where it is not told."""
    try:
        return next(iter(MAKERS[operation].made_by(case.arguments, answer.json())), None)
    except (ValueError, LookupError, TypeError):
        return None


def _break(operation: Operation, rule: Rule, known: dict[str, list[object]], at: Surroundings) -> Iterator[Finding]:
    case = broken_call(operation, rule, known, at.stage.run)
    if case is not None and at.guard.allows(case):
        yield from expected_refusal(operation, operation.refusal_of(rule), at.visitor.send(case))


def _finding(kind: str, operation: Operation, summary: str) -> Finding:
    severity = weighed(Severity.ERROR, operation.evidence)
    return Finding(kind, severity, operation.name, summary, place=summary, evidence=operation.evidence)


def _call_of(operation: Operation, visitor: Visitor) -> Case:
    """A call without arguments, of what is known. Raises `Skipped` where nothing is."""
    case = visitor.naming_what_is_there(operation)
    if case is None:
        missing = next(kind for kind in kinds_in_path(operation) if not visitor.known.get(kind))
        raise Skipped(f"the account has no {missing}")
    return case
