"""Long walks over senders: they are added, mailed codes in their time, activated with the right one, and removed."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.model import Operation
from contracts.refusals import Refusal
from contracts.schema import is_email
from contracts.services.email import senders as api
from contracts.strategies import BAD_EMAILS, EMAILS, breaking
from contracts.suite.accounts import expect_refusal, expect_success, fresh_account
from contracts.suite.books import plain
from contracts.suite.journeys import breaches, same, walk
from contracts.suite.laboratories import Laboratory
from contracts.suite.senders import PAUSE, Applicant, other_than

NOWHERE: Final = "ada@nowhere.invalid"
"""Where no mail arrives."""
FREE: Final = ("ada@gmail.com", "Ada@Yandex.com.tr")

_anyone: Final = st.sampled_from((*EMAILS, f" {EMAILS[0]} ", *BAD_EMAILS[:2], *FREE, NOWHERE, "the owner"))
_someone: Final = st.sampled_from((*EMAILS, f" {EMAILS[1]} ", NOWHERE, "the owner", "stranger@example.com", " "))
_BREACHES: Final = st.sampled_from(breaches(api))


def senders_do_what_their_model_does(laboratory: Laboratory) -> None:
    """Walk many ways, and compare everything after each step."""
    walk(Senders, laboratory)


class Senders(RuleBasedStateMachine):
    """One account, a model of it, and all that can be done to its senders."""

    def __init__(self, laboratory: Laboratory) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._account = self._stack.enter_context(fresh_account(laboratory))
        [owner] = self._account.get(api.list)
        self._model = {owner["email"]: Applicant(owner["name"], is_active=True)}
        self._allowed = 3
        self._now = 0

    def teardown(self) -> None:
        self._stack.close()

    @initialize()
    def begin(self) -> None:
        self.add(EMAILS[0], "Ada")

    @rule(anyone=_anyone, name=st.sampled_from(("Ada", "Zoë’s 読者")))
    def add(self, anyone: str, name: str) -> None:
        address = self._address(anyone)
        if self._done(api.create, refused=self._objection(plain(address)), email=address, name=name) is not None:
            self._model[plain(address)] = Applicant(name)
            self._receive(plain(address))

    @rule(someone=_someone.filter(str.strip))
    def delete(self, someone: str) -> None:
        address = self._address(someone)
        known = plain(address) in self._model
        if self._done(api.delete, refused=None if known else api.NOT_FOUND, email=address) is not None:
            del self._model[plain(address)]

    @rule(someone=_someone)
    def request_code(self, someone: str) -> None:
        address = self._address(someone)
        applicant, refused = self._find(address)
        if applicant and self._now < applicant.free_at:
            refused = api.TOO_SOON
        elif plain(address) == NOWHERE:
            refused = refused or api.UNSENT
        answered = self._done(api.request_code, address, refused=refused)
        if answered is not None:
            same(plain(address), answered["email"])
            self._receive(plain(address))

    @rule(someone=_someone)
    def activate(self, someone: str) -> None:
        address = self._address(someone)
        applicant, refused = self._find(address)
        right = applicant.code if applicant else None
        if applicant:
            refused = api.NOT_AWAITED if applicant.is_active else None if right else api.CODE_WRONG
        answered = self._done(api.activate, address, refused=refused, code=right or "12345")
        if applicant and answered is not None:
            same(plain(address), answered["email"])
            applicant.is_active = True

    @rule(someone=_someone, pick=st.integers(0, 3))
    def guess(self, someone: str, pick: int) -> None:
        """With a code of another sender, one from before, or one that is almost right."""
        address = self._address(someone)
        applicant, refused = self._find(address)
        if applicant:
            refused = api.NOT_AWAITED if applicant.is_active else api.CODE_WRONG
        right = (applicant and applicant.code) or "12345"
        mailed = [mail["code"] for known in self._model for mail in self._account.mails(known)]
        wrong = [code for code in [other_than(right), *mailed] if code != right]
        self._done(api.activate, address, refused=refused, code=wrong[pick % len(wrong)])

    @rule(microseconds=st.sampled_from((1, PAUSE // 2, PAUSE)))
    def let_time_pass(self, microseconds: int) -> None:
        self._account.advance(microseconds)
        self._now += microseconds

    @rule(someone=_someone, early=st.integers(0, 1))
    def request_code_in_time(self, someone: str, early: int) -> None:
        """As soon as another may be mailed, or in the microsecond before."""
        applicant, _ = self._find(self._address(someone))
        if applicant and self._now < applicant.free_at - early:
            self.let_time_pass(applicant.free_at - early - self._now)
        self.request_code(someone)

    @rule(allowed=st.integers(0, 5))
    def allow(self, allowed: int) -> None:
        self._account.change("settings", senders_allowed=allowed)
        self._allowed = allowed

    @rule(data=st.data(), breach=_BREACHES)
    def break_a_rule(self, data: st.DataObject, breach: Any) -> None:
        operation, broken = breach
        case = data.draw(breaking(operation, broken, {"email": [*self._model]}))
        expect_refusal(operation, operation.refusal_of(broken), self._account.send(case))

    @invariant()
    def everything_is_as_in_the_model(self) -> None:
        rows = self._account.get(api.list)
        same(
            [(address, applicant.name, applicant.status) for address, applicant in self._model.items()],
            [(row["email"], row["name"], row["status"]) for row in rows],
        )

    def _address(self, someone: str) -> str:
        return self._account.credentials.sender if someone == "the owner" else someone

    def _objection(self, address: str) -> Refusal | None:
        """Why an address may not be added."""
        if not is_email(address):
            return api.EMAIL_SYNTAX
        if address in map(str.lower, FREE):
            return api.FREE_MAIL
        if address in self._model:
            return api.TAKEN
        return api.TOO_MANY if len(self._model) >= self._allowed else None

    def _find(self, address: str) -> tuple[Applicant | None, Refusal | None]:
        """The sender that a path names, or why there is none."""
        applicant = self._model.get(plain(address))
        return applicant, None if applicant else api.UNKNOWN if plain(address) else api.NOT_NAMED

    def _receive(self, address: str) -> None:
        """The mail with the code, just arrived; to nowhere there is none."""
        mails = self._account.mails(address)
        same(address != NOWHERE, bool(mails))
        if mails:
            self._model[address].code = mails[-1]["code"]
            self._model[address].free_at = self._now + PAUSE

    def _done(self, operation: Operation, *path: object, refused: Refusal | None, **arguments: Any) -> Any:
        """What a call brings; None for one that is refused as the model says."""
        answer = self._account.ask(operation, *path, **arguments)
        if refused is None:
            return expect_success(operation, answer)
        expect_refusal(operation, refused, answer)
        return None
