"""What stands between a run and an account that is not its own toy: every call to a foreign target passes here.

A call that the user did not allow is not made. One that is made was accounted on disk before; all of them together stay
below the limit of the second and within the budget, of which as much is kept back as removing what was made will need.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Final
from urllib.parse import parse_qsl

from contracts.catalogue import Match, Miss, catalogue
from contracts.checks import promise_of
from contracts.evidence import inferred
from contracts.messages import Answer, Request
from contracts.model import READ, Operation
from contracts.refusals import OVER_QUOTA, TOO_FAST
from contracts.services import account
from contracts.services.email import campaigns, mailing_lists
from contracts.strategies import Case
from contracts.suite.targets import Target
from contracts.verify.kinds import KIND_OF, LISTINGS, MAKERS, REMOVERS, Kind
from contracts.verify.ledger import Ledger
from contracts.verify.pacing import Pace
from contracts.verify.permits import Permit, objection
from contracts.verify.runs import Run
from contracts.verify.timing import Timing

TOKENS: Final = 2
"""Calls that are kept back for tokens: of this run, and of the one that removes what a killed run left."""
SEARCHES: Final = 3
"""How often all objects of a kind are looked through at most, until none of the run's is left."""
LATE: Final = 12
"""The same for a kind whose changes show only later."""


NOWHERE: Final = "/emu-"
"""How paths begin that are nobody's. To read one does nothing."""
NOTHING: Final = account.service.get(
    NOWHERE, "", "What no operation serves.", returns={}, effect=READ, evidence=inferred("there is no such operation")
)
NOTHING.christen("nothing")


class Halt(Exception):
    """No call is made any more."""


class Forbidden(Exception):
    """The user did not allow this call, or the run did not make what it is about. A bug of whoever planned it."""


class OutOfBudget(Halt):
    """The calls that are left are kept back for removing what was made, or there are none."""


class TooFast(Halt):
    """The target said that it was called too fast, or too often: nothing more is asked of it."""


class Unreachable(Halt):
    """The target does not answer."""


class GuardedTarget:
    """A target of which only what is allowed is asked, slowly, and not for ever. Any thread may use it."""

    def __init__(
        self,
        target: Target,
        ledger: Ledger,
        pace: Pace,
        *,
        run: Run,
        permit: Permit,
        budget: int,
        timing: Timing | None = None,
    ) -> None:
        self.run = run
        self.ledger = ledger
        self.permit = permit
        self.budget = budget
        self._target = target
        self._pace = pace
        self._timing = timing or Timing()
        self._lock = RLock()
        self._halted: Halt | None = None
        self._is_cleaning = False
        self.is_exceeding = False
        """Whether reads are made as fast as they come, and one that comes too fast ends nothing."""
        self._with_strangers: set[str] = set()

    @property
    def left(self) -> int:
        """How many calls may be made that are not for removing what was made."""
        return max(self.budget - self.ledger.calls - self.reserve(), 0)

    def reserve(self, *more: str) -> int:
        """How many calls removing will need at most, after one that makes something of the kinds `more`."""
        kinds = {*self.ledger.awaited, *more}
        looking = sum(self._looks_at(KIND_OF[entity]) for entity in kinds)
        unseen = sum((self.ledger.awaited - self.ledger.seen).values())
        removing = 2 * (self.ledger.remaining + unseen + len(kinds) + len(more))
        return TOKENS + looking + removing if kinds else 0

    def allows(self, case: Case) -> bool:
        """Whether a call may be made, whatever the budget."""
        return objection(case, self.permit, self.run, self.ledger) is None

    def send(self, request: Request) -> Answer:
        """The answer to a request that is allowed.

        Raises `Forbidden` for one that is not, and `Halt` where no call is made any more: `OutOfBudget`, `TooFast`,
        `Unreachable`.
        """
        case = case_of_request(request)
        try:
            answer = self._answer_to(case, request)
        except Unreachable:
            if case.operation.effect is not READ:  # nobody knows whether it was done
                raise
            answer = self._answer_to(case, request)
        may_exceed = self.is_exceeding and case.operation.effect is READ
        if _is_too_fast(answer) and not may_exceed:
            self._halted = TooFast("the target said that it was called too fast, or too often")
            raise self._halted
        with self._lock:
            self._learn(case, answer)
        return answer

    def halt(self) -> None:
        """Make no call any more."""
        self._halted = Halt("the run was ended")

    @contextmanager
    def cleaning(self) -> Iterator[None]:
        """Calls in here may use what is kept back."""
        self._is_cleaning = True
        try:
            yield
        finally:
            self._is_cleaning = False

    def _admit(self, case: Case) -> None:
        if self._halted is not None:
            raise self._halted
        objected = objection(case, self.permit, self.run, self.ledger) or self._objection_to_recipients(case)
        if objected:
            raise Forbidden(f"{case.operation.name} is not called: {objected}")
        kind = MAKERS.get(case.operation)
        makes = kind.entity if kind else None
        kept_back = 0 if self._is_cleaning else self.reserve(*([makes] if makes else []))
        if self.ledger.calls + 1 + kept_back > self.budget:
            kept = f"; {kept_back} are kept back for removing" if kept_back else ""
            raise OutOfBudget(f"{self.ledger.calls} of the budget of {self.budget} calls are spent{kept}")
        if not (self.is_exceeding and case.operation.effect is READ):
            self._pace.wait()
        self.ledger.will_call(case.operation.name, self._timing.moment(), makes=makes)

    def _objection_to_recipients(self, case: Case) -> str | None:
        """A campaign goes to lists alone that hold nobody but the owner."""
        if case.operation is mailing_lists.add_emails and self.run.bears_mark_within(case.arguments):
            self._with_strangers.add(case.path["id"])
        if case.operation is not campaigns.create:
            return None
        lists = case.arguments.get("list_id", [])
        numbers = map(str, lists if isinstance(lists, list) else [lists])
        return None if self._with_strangers.isdisjoint(numbers) else "a list of it holds addresses of nobody"

    def _answer_to(self, case: Case, request: Request) -> Answer:
        with self._lock:
            self._admit(case)
        try:
            return self._target.send(request)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"the target does not answer: {type(error).__name__}") from error

    def _learn(self, case: Case, answer: Answer) -> None:
        """Note what is there now, and what is there no more."""
        maker = MAKERS.get(case.operation)
        if maker and 400 <= answer.status < 500:
            self.ledger.refused(maker.entity)
        if not promise_of(case.operation).is_success(answer):
            return
        for entity, number in _told(lambda: [*self._now_there(case, answer)]):
            self.ledger.made(entity, number)
        kind = REMOVERS.get(case.operation)
        for number in self.ledger.left(kind.entity) if kind else ():
            if kind and kind.removal(number) == case:
                self.ledger.gone(kind.entity, number)

    def _now_there(self, case: Case, answer: Answer) -> Iterator[tuple[str, Any]]:
        """What an answer shows to be there, by entity and id."""
        if kind := MAKERS.get(case.operation):
            yield from ((kind.entity, number) for number in kind.made_by(case.arguments, answer.json()))
        if kind := LISTINGS.get(case.operation):
            ours = [*self.ours_in(kind, kind.rows(answer.json()))]
            yield from ((kind.entity, number) for number in ours if not self.ledger.owns(kind.entity, number))

    def ours_in(self, kind: Kind, rows: list[Any]) -> Iterator[Any]:
        """The ids of what the run made, among objects that a listing shows: by its name, or by an id that it knows."""
        for row in rows:
            number = kind.id_of(row)
            is_ours = self.run.bears_mark(kind.name_of(row)) or self.ledger.owns(kind.entity, number)
            if is_ours and not kind.is_over(row):
                yield number

    def _looks_at(self, kind: Kind) -> int:
        pages = self.ledger.pages.get(kind.entity, 1) + (kind.page is not None)
        return (LATE if kind.is_late else SEARCHES) * pages


def _is_too_fast(answer: Answer) -> bool:
    """Whether a limit was met. Its status is inferred, so its codes are looked for too."""
    try:
        told = answer.json() if answer.status >= 400 else None
    except ValueError:
        told = None
    code = told.get("error_code") if isinstance(told, dict) else None
    return answer.status == TOO_FAST.status or code in {TOO_FAST.code, OVER_QUOTA.code}


def _told(read: Callable[[], list[Any]]) -> list[Any]:
    """What an answer tells; nothing where it has another shape than was promised."""
    try:
        return read()
    except (KeyError, TypeError, IndexError, ValueError):
        return []


def case_of_request(request: Request) -> Case:
    """The call that a request makes. Raises `Forbidden` for one that is not understood whole."""
    meant = catalogue().match(request.method, request.path)
    if isinstance(meant, Miss) and request.method == "GET" and (meant.allowed or request.path.startswith(NOWHERE)):
        return Case(NOTHING)
    if not isinstance(meant, Match) or request.method != meant.operation.method:
        raise Forbidden(f"{request.method} on an unknown path is not called: nobody knows what it does")
    return Case(meant.operation, meant.params, _arguments_in(meant.operation, request))


def _arguments_in(operation: Operation, request: Request) -> dict[str, Any]:
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    if not request.body:
        return query
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if isinstance(body, list) and operation.array_as:
        body = {operation.array_as: body}
    if isinstance(body, dict):
        return query | body
    if operation.effect is READ:
        return query
    raise Forbidden(f"{operation.name} is not called: its body is no JSON object, so nobody knows what it holds")
