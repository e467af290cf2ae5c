"""Long walks over transactional mail: sent, opened, bounced; recipients who leave, and are asked to come back."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.refusals import Refusal
from contracts.services.email import balance
from contracts.services.smtp import bounces, emails, unsubscribed
from contracts.strategies import breaking
from contracts.suite.accounts import expect_refusal, expect_success, fresh_account
from contracts.suite.books import NOON
from contracts.suite.journeys import breaches, same, walk
from contracts.suite.laboratories import Laboratory
from contracts.suite.letters import BY_LINK, BY_USER, COMPLAINED, DAY, MOST_INVITATIONS, PEOPLE, SECOND, Post

LINKED: Final = b64encode(b'<p>Read <a href="https://example.com/receipt">the receipt</a></p>').decode()
PAGE: Final = 100
"""Rows that a page has at most."""
FLAGS: Final = (BY_LINK, BY_USER, COMPLAINED)

_people: Final = st.lists(st.sampled_from((*PEOPLE, "ADA@Example.com")), max_size=3)
_somebody: Final = st.lists(st.sampled_from((*PEOPLE, "ADA@Example.com")), min_size=1, max_size=3)
_BREACHES: Final = st.sampled_from([*breaches(emails), *breaches(bounces), *breaches(unsubscribed)])


def smtp_does_what_its_model_does(laboratory: Laboratory) -> None:
    """Walk many ways, and compare everything after each step."""
    walk(Smtp, laboratory)


class Smtp(RuleBasedStateMachine):
    """One account, a model of it, and all that can be done with its mail."""

    def __init__(self, laboratory: Laboratory) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._account = self._stack.enter_context(fresh_account(laboratory))
        self._model = Post()

    def teardown(self) -> None:
        self._stack.close()

    @rule(to=_somebody, cc=_people, bcc=_people, has_link=st.booleans())
    def send(self, to: list[str], cc: list[str], bcc: list[str], has_link: bool) -> None:
        recipients = self._model.recipients([*to, *cc, *bcc])
        letter = {
            "subject": "Your receipt",
            "from": {"name": "The editors", "email": self._account.credentials.sender},
            **{name: [{"email": address} for address in people] for name, people in _named(to, cc, bcc)},
            **({"html": LINKED} if has_link else {"text": "Thank you!"}),
        }
        out_of_mails = emails.OUT_OF_MAILS if len(recipients) > self._model.mails_left else None
        answered = self._done(emails.send, refused=out_of_mails, email=letter)
        if answered is not None:
            self._model.mails_left -= len(recipients)
            self._model.send(answered["id"], recipients, has_link=has_link)

    @rule(people=_somebody)
    def suppress(self, people: list[str]) -> None:
        self._done(unsubscribed.add, refused=None, emails=[{"email": address} for address in people])
        for address in people:
            self._model.suppress(address, BY_USER)

    @rule(people=_somebody)
    def let_through(self, people: list[str]) -> None:
        known = {address.lower() for address in people} & self._model.suppressed.keys()
        self._done(unsubscribed.remove, refused=None if known else unsubscribed.NOT_SUPPRESSED, emails=people)
        for address in known:
            del self._model.suppressed[address]

    @rule(someone=st.sampled_from((*PEOPLE, "ADA@Example.com")))
    def invite(self, someone: str) -> None:
        refused = None
        if someone.lower() not in self._model.suppressed:
            refused = unsubscribed.NOT_BLOCKED
        elif self._model.invitations_today() >= MOST_INVITATIONS:
            refused = unsubscribed.TOO_MANY_A_DAY
        sender = self._account.credentials.sender
        answered = self._done(unsubscribed.resubscribe, refused=refused, email=someone, sender=sender)
        if answered is not None:
            self._model.invited.append(self._model.now)
            self._model.send(answered["id"], [someone.lower()], has_link=True)

    @rule(someone=st.sampled_from([*PEOPLE]), early=st.integers(0, 1))
    def invite_six_times(self, someone: str, early: int) -> None:
        """And once more as soon as there may be another, or in the microsecond before."""
        self.suppress([someone])
        for _ in range(MOST_INVITATIONS + 1):
            self.invite(someone)
        self.let_time_pass(self._model.invited[-MOST_INVITATIONS] + DAY - early - self._model.now)
        self.invite(someone)

    @rule(mails=st.sampled_from((0, 1, 2, 15_000)))
    def fill_up(self, mails: int) -> None:
        self._account.change("settings", emails_left=mails)
        self._model.mails_left = mails

    @rule(span=st.sampled_from((1, 30 * SECOND, 90 * SECOND, 3600 * SECOND, DAY - 1, DAY)))
    def let_time_pass(self, span: int) -> None:
        self._account.advance(span)
        self._model.advance(span)

    @rule(someone=st.sampled_from((*PEOPLE, "stranger@example.com")))
    def search(self, someone: str) -> None:
        told = self._account.get(unsubscribed.search, email=someone)
        same({"result": someone in self._model.suppressed}, told)

    @rule(limit=st.integers(0, 3), offset=st.integers(0, 3))
    def page(self, limit: int, offset: int) -> None:
        rows = self._account.get(emails.list, limit=limit, offset=offset)
        expected = self._model.sent[offset:][: limit or PAGE]
        same([(mail.id, mail.recipient) for mail in expected], [(row["id"], row["recipient"]) for row in rows])

    @rule(data=st.data(), breach=_BREACHES)
    def break_a_rule(self, data: st.DataObject, breach: Any) -> None:
        operation, broken = breach
        case = data.draw(breaking(operation, broken, {}))
        expect_refusal(operation, operation.refusal_of(broken), self._account.send(case))

    @invariant()
    def every_mail_is_as_in_the_model(self) -> None:
        rows = self._all(emails.list)
        same(
            [(mail.id, mail.recipient, mail.code, mail.opens, mail.clicks) for mail in self._model.sent],
            [(row["id"], row["recipient"], row["smtp_answer_code"], *_counted(row["tracking"])) for row in rows],
        )

    @invariant()
    def outcomes_add_up(self) -> None:
        rows = self._all(emails.list)
        counted = {
            "total": self._account.get(emails.get_total)["total"],
            "opens": sum(len(row["tracking"]["client_info"]) for row in rows),
            "clicks": sum(len(row["tracking"]["link"]) for row in rows),
            "bounces": self._account.get(bounces.get_total)["total"],
        }
        same(self._model.counters(), counted)
        same(self._model.mails_left, self._account.get(balance.get_detail)["email"]["emails_left"])

    @invariant()
    def bounces_are_as_in_the_model(self) -> None:
        told = self._account.get(bounces.list)
        came_back = [(mail.recipient, mail.code) for mail in self._model.bounces()]
        same(came_back[:PAGE], [(row["email_to"], row["smtp_answer_code"]) for row in told["emails"]])
        same((len(came_back), min(len(came_back), PAGE)), (told["total"], told["found"]))

    @invariant()
    def suppressed_are_as_in_the_model(self) -> None:
        rows = self._all(unsubscribed.list)
        same(
            {
                address: ({flag: int(flag in known.flags) for flag in FLAGS}, _shown(known.since))
                for address, known in self._model.suppressed.items()
            },
            {row["email"]: ({flag: row[flag] for flag in FLAGS}, row["date"]) for row in rows},
        )

    @invariant()
    def everybody_got_a_mail_of_their_own(self) -> None:
        for address in PEOPLE:
            expected = sum(mail.recipient == address for mail in self._model.sent)
            same((address, expected), (address, len(self._account.mails(address))))

    def _all(self, operation: Any) -> list[Any]:
        """Every row of a list, page by page."""
        rows: list[Any] = []
        while len(page := self._account.get(operation, limit=2 * PAGE, offset=len(rows))) == PAGE:
            rows += page
        return [*rows, *page]

    def _done(self, operation: Any, *, refused: Refusal | None, **arguments: Any) -> Any:
        """What a call brings; None for one that is refused as the model says."""
        answer = self._account.ask(operation, **arguments)
        if refused is None:
            return expect_success(operation, answer)
        expect_refusal(operation, refused, answer)
        return None


def _named(to: list[str], cc: list[str], bcc: list[str]) -> list[tuple[str, list[str]]]:
    return [("to", to), ("cc", cc), ("bcc", bcc)]


def _counted(tracking: Mapping[str, int]) -> tuple[int, int]:
    return tracking["open"], tracking["click"]


def _shown(instant: int) -> str:
    return str(NOON + timedelta(seconds=instant // SECOND))
