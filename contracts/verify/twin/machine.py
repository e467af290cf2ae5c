"""The state machine that walks: its calls are generated from the catalogue, and what it finds is shrunk."""

from __future__ import annotations

import re
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
from contracts.model import WRITE, IdOf, Operation
from contracts.services.email.mailing_lists import add_emails
from contracts.strategies import EMAILS, UNKNOWN_ID, Case, arguments, breaking, path_names, paths
from contracts.suite.encodings import Encoding, usual_encoding
from contracts.verify.guard import Halt
from contracts.verify.twin.divergences import Diverged, Divergence
from contracts.verify.twin.likely import ELSEWHERE, NAMED, likely
from contracts.verify.twin.shortening import shortest
from contracts.verify.twin.sides import SharedSide, Side
from contracts.verify.twin.steps import Step
from contracts.verify.twin.walks import Walk, is_listing, may_be_asked
from contracts.wording import Rule, rules_of

OPENING: Final = 20
"""How much more often a call comes that makes something, until it was served once: most others need it there."""

LISTS: Final = "email.mailing_lists"
"""What each walk is about, beside one other resource: that there are contacts matters to most."""

_PAUSES: Final = st.sampled_from((1, 60, 900))


@dataclass(frozen=True, slots=True)
class Chance:
    """That an operation comes next, perhaps only until it was served; None where time is to pass."""

    operation: Operation | None
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class Twin:
    """What is compared, and how long: `walks` of `length` steps each, the same for the same `seed`."""

    one: Side
    other: Side
    seed: int = 0
    walks: int = 100
    length: int = 10
    operations: Sequence[Operation] | None = None

    def run(self, accepted: Collection[str] = ()) -> Divergence | None:
        """The first difference that is not accepted, at the end of the shortest way there that was found."""
        found: list[tuple[Divergence, Walk]] = []
        halts: list[Halt] = []
        free = self.one.is_fresh and self.other.is_fresh
        known = catalogue() if self.operations is None else self.operations
        among = [operation for operation in known if may_be_asked(operation, free=free)]

        class Here(_Pair):
            twin, asked, passed, seen, halted = self, among, accepted, found, halts

        try:
            run_state_machine_as_test(seed(self.seed)(Here), settings=self._settings())
        except Diverged:
            divergence, walk = found[-1]  # Hypothesis ends with the smallest it has found
        except Exception as error:
            if not found:
                raise (halts[0] if halts else error) from None  # Hypothesis wonders why nothing is answered any more
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

    @property
    def mark(self) -> str:
        """What the name of everything begins with that is made on an account that is somebody's."""
        return next((side.mark for side in (self.one, self.other) if isinstance(side, SharedSide)), "")

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
    halted: list[Halt]

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._chances: list[Chance] = []
        with self._noting_halts():
            self.walk = self._stack.enter_context(self.twin.walk(self.asked, self.passed))

    def teardown(self) -> None:
        with self._noting_halts():
            self._stack.close()

    @contextmanager
    def _noting_halts(self) -> Iterator[None]:
        try:
            yield
        except Halt as halt:
            self.halted.append(halt)
            raise

    @initialize(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        """Each walk is about few resources: among all that there are, few calls would have to do with one another."""
        resources = dict.fromkeys(_resource(operation) for operation in self.asked)
        chosen = {LISTS, data.draw(st.sampled_from([*resources]))}
        self.walk.about = [operation for operation in self.asked if _resource(operation) in chosen]
        for operation in self.walk.about:
            self._chances += [Chance(operation)] * _chance(operation)
            if _opens(operation):
                self._chances += [Chance(operation, is_first=True)] * OPENING
        if self.walk.is_free:
            self._chances.append(Chance(None))

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        operation = data.draw(st.sampled_from(self._chances).filter(self._is_possible)).operation
        if operation is None:
            self.walk.pause(data.draw(_PAUSES))
            return
        step = data.draw(steps(operation, self.walk, self.twin.mark))
        if not self.walk.allows(step):
            return
        try:
            with self._noting_halts():
                self.walk.take(step)
        except Diverged as diverged:
            self.seen.append((diverged.divergence, self.walk))
            raise

    def _is_possible(self, chance: Chance) -> bool:
        if chance.operation is None:
            return True
        is_due = not chance.is_first or chance.operation not in self.walk.done
        return is_due and _objects(chance.operation) <= self.walk.births.known().keys()


def _resource(operation: Operation) -> str:
    """The module of an operation."""
    return operation.name.rpartition(".")[0]


def _objects(operation: Operation) -> set[str]:
    """The kinds of objects that the path names."""
    return {param.entity for param in operation.params.values() if isinstance(param, IdOf)}


def _opens(operation: Operation) -> bool:
    """Whether a call puts something where there was nothing."""
    fills = operation.method == "POST" and operation.effect is WRITE and not path_names(operation)
    return bool(operation.creates) or fills or operation is add_emails


def _chance(operation: Operation) -> int:
    """How often an operation is called, beside others."""
    if operation.method == "DELETE" or operation.creates:
        return 1
    takes_any = bool(operation.arguments["properties"])
    return 1 + bool(path_names(operation)) + takes_any  # what is read by an id alone is read after each change anyway


@st.composite
def steps(draw: DrawFn, operation: Operation, walk: Walk, mark: str) -> Step:
    """Calls that may well succeed, valid ones, and ones that break a rule."""
    known: dict[str, Any] = {**ELSEWHERE, **walk.births.known(), "email": [*walk.people, *EMAILS]}
    for name, entity in _BY_TEXT.items():
        known[name] = known.get(entity, [str(UNKNOWN_ID)])
    rules, fitting = _rules(operation), likely(operation.name, known)
    way = draw(st.integers(0, 9))
    if rules and way > 7:
        case = draw(breaking(operation, draw(st.sampled_from(rules)), known))
    else:
        given = fitting if fitting is not None and way < 6 else arguments(operation)
        case = Case(operation, draw(paths(operation, known)), draw(given))
    if walk.is_free:
        return Step(case, draw(_encodings(operation)))
    return Step(_modest(case, mark), usual_encoding(operation))


_BY_TEXT: Final = {"template_id": "email.template", "id": "smtp.email"}
"""Parameters of paths that name objects and are not declared to do so, each with the entity."""


@cache
def _rules(operation: Operation) -> list[Rule]:
    return [*rules_of(operation.arguments)]


def _encodings(operation: Operation) -> SearchStrategy[Encoding]:
    usual = usual_encoding(operation)
    unusual = [Encoding.FORM, Encoding.BRACKETS, *{Encoding.JSON, Encoding.QUERY} - {usual}]
    return st.integers(0, 9).flatmap(lambda die: st.sampled_from(sorted(unusual)) if die == 9 else st.just(usual))


def _modest(case: Case, mark: str) -> Case:
    """A call as it may be made on an account that is somebody's.

    Names, addresses and pages tell whose they are, and lists are whole: others' rows are in them, too.
    """
    operation = case.operation
    if is_listing(operation):
        return replace(case, arguments={})
    marked = {name: _marked(value, mark) for name, value in case.arguments.items()}
    name = NAMED.get(operation.name, "")
    told = marked.get(name)
    if isinstance(told, str) and told.strip():
        is_page = operation.arguments["properties"][name].get("format") == "url"
        marked[name] = f"https://{mark}{len(told)}.invalid/twin" if is_page else f"{mark}{told}"
    return replace(case, path={name: _marked(value, mark) for name, value in case.path.items()}, arguments=marked)


_BEGINNING: Final = re.compile(r"[^\s\"',;:<>()\[\]{}\\]*@")
"""What stands before an at sign."""


def _marked(value: Any, mark: str) -> Any:
    """A value whose addresses are all the run's own."""
    if isinstance(value, str):
        return _BEGINNING.sub(lambda found: f"{mark}{found[0].removeprefix(mark)}", value)
    if isinstance(value, list):
        return [_marked(item, mark) for item in value]
    if isinstance(value, dict):
        return {_marked(name, mark): _marked(item, mark) for name, item in value.items()}
    return value
