"""The state machine that walks: its calls are generated from the catalogue, and what it finds is shrunk."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from hypothesis.strategies import DrawFn, SearchStrategy

from contracts.catalogue import catalogue
from contracts.model import IdOf, Operation
from contracts.services.email.mailing_lists import add_emails
from contracts.strategies import UNKNOWN_ID, Case, arguments, breaking, paths
from contracts.suite.encodings import Encoding
from contracts.verify.twin.divergences import Diverged, Divergence
from contracts.verify.twin.likely import ELSEWHERE, NAMED, likely
from contracts.verify.twin.shortening import shortest
from contracts.verify.twin.sides import Side
from contracts.verify.twin.steps import Step, usual_encoding
from contracts.verify.twin.walks import Walk, is_listing, may_be_asked
from contracts.wording import Rule, rules_of

MAKING: Final = 5
"""The chance of a call that makes something: most others need it there."""

LISTS: Final = "email.mailing_lists"
"""What each walk is about, beside one other resource: that there are contacts matters to most."""

_PAUSES: Final = st.sampled_from((1, 60, 900))


@dataclass(frozen=True, slots=True)
class Twin:
    """What is compared, and how long: `walks` of `length` steps each, the same for the same `seed`.

    `prefix` begins the name of every object that is made on an account that is somebody's.
    """

    one: Side
    other: Side
    seed: int = 0
    walks: int = 100
    length: int = 12
    prefix: str = "emu-twin-"
    operations: Sequence[Operation] | None = None

    def run(self, accepted: Collection[str] = ()) -> Divergence | None:
        """The first difference that is not accepted, at the end of the shortest way there that was found."""
        found: list[tuple[Divergence, Walk]] = []
        free = self.one.is_fresh and self.other.is_fresh
        known = catalogue() if self.operations is None else self.operations
        among = [operation for operation in known if may_be_asked(operation, free=free)]

        class Here(_Pair):
            twin, asked, passed, seen = self, among, accepted, found

        try:
            run_state_machine_as_test(seed(self.seed)(Here), settings=self._settings())
        except Diverged:
            divergence, walk = found[-1]  # Hypothesis ends with the smallest it has found
        except Exception:
            if not found:
                raise
            return min(found, key=lambda one: len(one[0].steps))[0]  # a side gave out before it was small
        else:
            return None
        return shortest(divergence, lambda: self.walk(walk.about, accepted))

    @contextmanager
    def walk(self, about: Sequence[Operation], accepted: Collection[str]) -> Iterator[Walk]:
        """A walk on both sides; what it made is removed after it."""
        free = self.one.is_fresh and self.other.is_fresh
        with self.one.stay(frozen=free) as one, self.other.stay(frozen=free) as other:
            walk = Walk((self.one, self.other), (one, other), about, accepted)
            try:
                yield walk
            finally:
                walk.leave()

    def _settings(self) -> settings:
        return settings(
            max_examples=self.walks,
            stateful_step_count=self.length,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=[*HealthCheck],
            report_multiple_bugs=False,
            verbosity=Verbosity.quiet,
            print_blob=False,
        )


class _Pair(RuleBasedStateMachine):
    """Both sides, for one walk."""

    twin: Twin
    asked: Sequence[Operation]
    passed: Collection[str]
    seen: list[tuple[Divergence, Walk]]

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._chances: list[Operation | None] = []
        self.walk = self._stack.enter_context(self.twin.walk(self.asked, self.passed))

    def teardown(self) -> None:
        self._stack.close()

    @initialize(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        """Each walk is about few resources: among all that there are, few calls would have to do with one another."""
        resources = dict.fromkeys(_resource(operation) for operation in self.asked)
        chosen = {LISTS, data.draw(st.sampled_from([*resources]))}
        self.walk.about = [operation for operation in self.asked if _resource(operation) in chosen]
        for operation in self.walk.about:
            self._chances += [operation] * _chance(operation)
        if self.walk.is_free:
            self._chances.append(None)  # time passes

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(self._chances).filter(self._is_possible))
        if operation is None:
            self.walk.pause(data.draw(_PAUSES))
            return
        step = data.draw(steps(operation, self.walk, self.twin.prefix))
        try:
            self.walk.take(step)
        except Diverged as diverged:
            self.seen.append((diverged.divergence, self.walk))
            raise

    def _is_possible(self, operation: Operation | None) -> bool:
        return operation is None or _objects(operation) <= self.walk.births.known().keys()


def _resource(operation: Operation) -> str:
    """The module of an operation."""
    return operation.name.rpartition(".")[0]


def _objects(operation: Operation) -> set[str]:
    """The kinds of objects that the path names."""
    return {param.entity for param in operation.params.values() if isinstance(param, IdOf)}


def _chance(operation: Operation) -> int:
    """How often an operation is called, beside others. What makes something comes often: most calls need it there."""
    if operation.creates or operation is add_emails:
        return MAKING
    if operation.method == "DELETE":
        return 1
    return 2 if _objects(operation) else 1


@st.composite
def steps(draw: DrawFn, operation: Operation, walk: Walk, prefix: str) -> Step:
    """Calls that may well succeed, valid ones, and ones that break a rule."""
    known: dict[str, Any] = {**ELSEWHERE, **walk.births.known()}
    known["template_id"] = known.get("email.template", [str(UNKNOWN_ID)])
    rules, fitting = _rules(operation), likely(operation.name, known)
    way = draw(st.integers(0, 9))
    if rules and way > 6:
        case = draw(breaking(operation, draw(st.sampled_from(rules)), known))
    else:
        given = fitting if fitting is not None and way < 6 else arguments(operation)
        case = Case(operation, draw(paths(operation, known)), draw(given))
    case = case if walk.is_free else _modest(case, prefix)
    return Step(case, draw(_encodings(operation)))


@cache
def _rules(operation: Operation) -> list[Rule]:
    return [*rules_of(operation.arguments)]


def _encodings(operation: Operation) -> SearchStrategy[Encoding]:
    usual = usual_encoding(operation)
    unusual = [Encoding.FORM, Encoding.BRACKETS, *{Encoding.JSON, Encoding.QUERY} - {usual}]
    return st.integers(0, 9).flatmap(lambda die: st.sampled_from(sorted(unusual)) if die == 9 else st.just(usual))


def _modest(case: Case, prefix: str) -> Case:
    """A call as it may be made on an account that is somebody's: names tell whose objects they are, lists are whole."""
    if is_listing(case.operation):
        return replace(case, arguments={})
    name = NAMED.get(case.operation.name)
    told = case.arguments.get(name) if name else None
    is_name = isinstance(told, str) and told.strip()
    return replace(case, arguments={**case.arguments, name: f"{prefix}{told}"}) if name and is_name else case
