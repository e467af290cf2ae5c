"""Long walks over campaigns: at every moment statistics are the sum of what became of each recipient's mail."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.envelopes import Json
from contracts.refusals import Refusal
from contracts.services.email import balance, blacklist, mailing_lists
from contracts.services.email import campaigns as api
from contracts.strategies import UNKNOWN_ID, breaking
from contracts.suite import mailings
from contracts.suite.accounts import expect_refusal, expect_success, fresh_account
from contracts.suite.books import NOON
from contracts.suite.journeys import ModelDiffers, breaches, same, walk
from contracts.suite.laboratories import Laboratory
from contracts.suite.mailings import HOUR, PEOPLE, SAME_LIST, SECOND, Mailing, Mailings, Reader
from contracts.suite.scenes import MAIL, in_base64


def campaigns_do_what_their_model_does(laboratory: Laboratory) -> None:
    """Walk many ways, and compare everything after each step."""
    walk(Campaigns, laboratory)


STRANGER: Final = "stranger@example.com"
PLENTY: Final = 100
"""Campaigns an hour: so many that most walks are not about their limit."""

LINK: Final = "https://example.com/news"

_picks: Final = st.integers(0, 7)
_books: Final = st.lists(_picks, min_size=1, max_size=3)
_people: Final = st.lists(st.sampled_from([*PEOPLE]), min_size=1, max_size=4, unique=True)
_soon: Final = st.sampled_from((-1, 0, 1, 3, 60, 600, 7200))
_spans: Final = st.sampled_from((1, SECOND // 2, SECOND, 5 * SECOND, 60 * SECOND, SAME_LIST, HOUR, 25 * HOUR))
_moderations: Final = st.sampled_from(("off", "off", "off", "approve", "reject", "ask", "edit"))
_BREACHES: Final = st.sampled_from(breaches(api))

Incident = tuple[str, list[str], int]

_incident: Final = st.tuples(
    st.sampled_from(("postpone", "postpone", "edit", "cancel", "add", "add", "unsubscribe", "remove", "bar")),
    _people,
    _soon,
)
_incidents: Final = st.lists(_incident, max_size=4)
"""What may befall a campaign on its way, its lists, and its recipients."""


class Campaigns(RuleBasedStateMachine):
    """One account with a few lists, a model of it, and all that can be done to its campaigns."""

    def __init__(self, laboratory: Laboratory) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._account = self._stack.enter_context(fresh_account(laboratory))
        self._model = Mailings(self._account.credentials.sender)
        self._shown: dict[int, str] = {}
        self._looks = 0

    def teardown(self) -> None:
        self._stack.close()

    @initialize()
    def begin(self) -> None:
        """Some are in one list, some in another or in both; nobody in the last."""
        for name in ("Readers", "Writers", "Editors", "Nobody"):
            self._model.books[self._account.get(mailing_lists.create, bookName=name)["id"]] = {}
        self._allow(PLENTY)
        self.add(0, list(PEOPLE)[:7])
        self.add(1, list(PEOPLE)[5:])
        self.add(2, list(PEOPLE)[::3])

    @rule(books=_books, late=st.booleans(), meanwhile=_incidents)
    def send(self, books: list[int], late: bool, meanwhile: list[Incident]) -> None:
        self._create(books, use_dynamic_list=late)
        self._befall(books[0], meanwhile)

    @rule(books=_books, seconds=_soon, late=st.booleans(), meanwhile=_incidents)
    def schedule(self, books: list[int], seconds: int, late: bool, meanwhile: list[Incident]) -> None:
        self._create(books, use_dynamic_list=late, send_date=self._date(seconds))
        self._befall(books[0], meanwhile)

    @rule(book=_picks)
    def send_a_test(self, book: int) -> None:
        self._create([book], is_test=True)

    @rule(books=_books, early=st.integers(0, 1))
    def send_to_the_same_list(self, books: list[int], early: int) -> None:
        """As soon as a campaign is too old to stand against it, or the microsecond before."""
        self._wait_until_one_is_old(SAME_LIST - early)
        self._create(books)

    @rule(books=_books, early=st.integers(0, 1))
    def fill_the_hour(self, books: list[int], early: int) -> None:
        """Until no more is allowed; try again when the oldest is an hour old, or the microsecond before."""
        self._allow(self._model.created_within_the_hour() + 1)
        self._create(books, type="draft")
        self._create(books, is_test=len(books) == 1)
        self._wait_until_one_is_old(HOUR - early)
        self._create(books, type="draft")
        self._allow(PLENTY)

    @rule(books=_books, fault=st.sampled_from(("list", "sender", "rule", "recipient")), data=st.data())
    def ask_what_is_wrong(self, books: list[int], fault: str, data: st.DataObject) -> None:
        number, _ = self._pick(books[0])
        if fault == "list":
            self._create(books, list_id=[*self._numbers(books), UNKNOWN_ID], sender_email=STRANGER)
        elif fault == "sender":
            self._create(books, sender_email=STRANGER)
        elif fault == "recipient":
            refused = api.RECIPIENT_NOT_FOUND if number in self._model.campaigns else api.CAMPAIGN_NOT_FOUND
            expect_refusal(api.get_recipient, refused, self._account.ask(api.get_recipient, number, STRANGER))
        elif self._model.campaigns:
            operation, broken = data.draw(_BREACHES)
            case = data.draw(breaking(operation, broken, {"email.campaign": list(self._model.campaigns)}))
            expect_refusal(operation, operation.refusal_of(broken), self._account.send(case))

    @rule(pick=_picks, incident=_incident)
    def let_something_befall(self, pick: int, incident: Incident) -> None:
        """Any campaign, those that are over and unknown ones included, or any list."""
        what, people, seconds = incident
        match what:
            case "postpone":
                self._postpone(pick, seconds)
            case "edit":
                self._edit(pick, ("Other news", None, " ")[len(people) % 3])
            case "cancel":
                self._cancel(pick)
            case "bar":
                self._bar(people, is_barred=seconds > 0)
            case _:
                _LISTS[what](self, pick, people)

    @rule(span=_spans)
    def let_time_pass(self, span: int) -> None:
        self._account.advance(span)
        self._model.advance(span)

    @rule(early=st.integers(0, 1), times=st.integers(1, 6))
    def wait_until_something_happens(self, early: int, times: int) -> None:
        """So many times, or until the microsecond before the last."""
        for time in range(times):
            coming = self._model.next_change()
            if coming is not None:
                self.let_time_pass(max(coming - (early if time == times - 1 else 0) - self._model.now, 0))

    @rule(mails=st.sampled_from((0, 1, 5, 15_000, 15_000)), cents=st.sampled_from((0, 1, 29)), moderation=_moderations)
    def change_the_settings(self, mails: int, cents: int, moderation: str) -> None:
        money = {"bonus": cents // 2 / 100, "main": (cents - cents // 2) / 100}
        self._account.change("settings", emails_left=mails, balance=money, moderation=moderation)
        self._model.mails_left, self._model.cents, self._model.moderation = mails, cents, moderation

    @invariant()
    def campaigns_are_as_in_the_model(self) -> None:
        """Recipients are asked for one by one of campaigns that show any change, and of one more in turn."""
        rows = self._account.get(api.list)
        same([*self._model.campaigns], [row["id"] for row in rows])
        self._looks += 1
        for index, row in enumerate(rows):
            mailing = self._model.campaigns[row["id"]]
            same((mailing.status, mailing.counters()), (row["status"], row["statistics"]))
            campaign = self._account.get(api.get, row["id"])
            shown = f"{row} {campaign} {mailing}"
            if shown != self._shown.get(row["id"]) or index == self._looks % len(rows):
                self._compare(row, campaign, mailing)
            self._shown[row["id"]] = shown

    @invariant()
    def contacts_are_as_in_the_model(self) -> None:
        for row in self._account.get(mailing_lists.list):
            book, contacts = self._model.books[row["id"]], self._account.get(mailing_lists.list_emails, row["id"])
            statuses = {contact["email"]: contact["status"] for contact in contacts}
            same({email: reader.status(self._model.now) for email, reader in book.items()}, statuses)
            active = sum(status == mailings.ACTIVE for status in statuses.values())
            counted = row["all_email_qty"], row["active_email_qty"], row["inactive_email_qty"]
            same((len(statuses), active, len(statuses) - active), counted)

    @invariant()
    def purse_is_as_in_the_model(self) -> None:
        detail = self._account.get(balance.get_detail)
        cents = sum(round(100 * float(detail["balance"][name])) for name in ("main", "bonus"))
        same((self._model.mails_left, self._model.cents), (detail["email"]["emails_left"], cents))

    def _compare(self, row: Json, campaign: Json, mailing: Mailing) -> None:
        """Each recipient's outcome with the model; their sum with every counter of the campaign."""
        told = {email: self._account.get(api.get_recipient, row["id"], email) for email in mailing.fates}
        fates = {email: recipient["detail_status"] for email, recipient in told.items()}
        same({email: fate.status for email, fate in mailing.fates.items()}, fates)
        same(Counter(fates.values()), {one["code"]: one["count"] for one in campaign["statistics"]["general"]})
        same((len(fates), row["statistics"]), (row["all_email_qty"], _summed(told.values(), row["statistics"])))
        same({"all": len(fates), "status": mailing.status}, {"all": campaign["all_email_qty"], "status": row["status"]})
        opens, clicks = (sum(getattr(fate, what) for fate in mailing.fates.values()) for what in ("opens", "clicks"))
        same(opens, sum(self._account.get(api.get_countries, row["id"]).values()))
        same([{"link": LINK, "count": clicks}] if clicks else [], self._account.get(api.get_referrals, row["id"]))

    def _befall(self, pick: int, incidents: list[Incident]) -> None:
        """Let something befall the newest campaign that waits, or a list, before each of its next steps."""
        for what, people, seconds in incidents:
            self.wait_until_something_happens(0, 1)
            self.let_something_befall(pick if what in _LISTS else 0, (what, people, seconds))
            self.campaigns_are_as_in_the_model()

    def _postpone(self, pick: int, seconds: int) -> None:
        number, mailing = self._pick(pick)
        refused = api.DATE_INVALID if seconds < 0 else None
        if self._edited(number, mailing, refused, send_date=self._date(seconds)):
            self._model.postpone(mailing, self._second() + seconds * SECOND)
            self._model.submit(mailing)

    def _edit(self, pick: int, subject: str | None) -> None:
        number, mailing = self._pick(pick)
        if subject == " ":  # what breaks a rule is refused before the status is looked at, and a missing one before all
            refused = api.SUBJECT_EMPTY if number in self._model.campaigns else api.NOTHING_TO_EDIT
            expect_refusal(api.update, refused, self._account.ask(api.update, number, subject=subject))
        elif self._edited(number, mailing, None if subject else api.NO_CHANGES, subject=subject):
            self._model.submit(mailing)

    def _cancel(self, pick: int) -> None:
        number, mailing = self._pick(pick)
        refused = None
        if number not in self._model.campaigns:
            refused = api.NOTHING_TO_EDIT
        elif mailing.status in mailings.FINISHED:
            refused = api.ALREADY_SENT
        elif mailing.status in mailings.GONE:
            refused = api.WRONG_STATE
        answer = self._account.ask(api.cancel, number)
        if refused is not None:
            expect_refusal(api.cancel, refused, answer)
            return
        expect_success(api.cancel, answer)
        self._model.cancel(mailing)

    def add(self, pick: int, people: list[str]) -> None:
        (number,) = self._numbers([pick])
        self._account.get(mailing_lists.add_emails, number, emails=people)
        for email in people:
            self._model.books[number].setdefault(email, Reader(self._model.now))

    def unsubscribe(self, pick: int, people: list[str]) -> None:
        (number,) = self._numbers([pick])
        book = self._model.books[number]
        leaving = [email for email in people if email in book and self._is_sendable(book[email])]
        if leaving:
            self._account.get(mailing_lists.unsubscribe, number, emails=leaving)
        for email in leaving:
            book[email].ended = mailings.UNSUBSCRIBED

    def remove(self, pick: int, people: list[str]) -> None:
        (number,) = self._numbers([pick])
        there = [email for email in people if email in self._model.books[number]]
        if there:
            self._account.get(mailing_lists.delete_emails, number, emails=there)
        for email in there:
            del self._model.books[number][email]

    def _bar(self, people: list[str], *, is_barred: bool) -> None:
        self._account.get(blacklist.add if is_barred else blacklist.remove, emails=in_base64(*people))
        self._model.barred = self._model.barred | {*people} if is_barred else self._model.barred - {*people}

    def _allow(self, campaigns: int) -> None:
        self._account.change("settings", campaigns_per_hour=campaigns)
        self._model.most_an_hour = campaigns

    def _wait_until_one_is_old(self, age: int) -> None:
        coming = [end for one in self._model.campaigns.values() if (end := one.created + age) > self._model.now]
        if coming:
            self.let_time_pass(min(coming) - self._model.now)

    def _create(self, picks: list[int], **given: Any) -> None:
        numbers = self._numbers(picks)
        mail = {**MAIL, "sender_email": self._account.credentials.sender, "list_id": numbers, **given}
        mailing = Mailing(
            numbers,
            self._model.now,
            is_draft=given.get("type") == "draft",
            is_test=given.get("is_test", False),
            is_dynamic=given.get("use_dynamic_list", False),
        )
        if "send_date" in given:
            mailing.send_at = self._instant(given["send_date"])
        answer = self._account.ask(api.create, **mail)
        refused = self._standing_against(mail, mailing)
        if refused is not None:
            expect_refusal(api.create, refused, answer)
            return
        quoted = expect_success(api.create, answer)
        count = 1 if mailing.is_test else len(self._model.audience(numbers))
        from_plan = 0 if mailing.is_test else min(count, self._model.mails_left)
        beyond = 0 if mailing.is_test else count - from_plan
        expected = mailings.DRAFT if mailing.is_draft else mailings.CREATING, count, from_plan, f"{beyond / 100:.2f}"
        same(expected, tuple(quoted[name] for name in ("status", "count", "tariff_email_qty", "overdraft_price")))
        if quoted["id"] in self._model.campaigns:
            raise ModelDiffers(f"campaign {quoted['id']} was made a second time")
        self._model.begin(quoted["id"], mailing)

    def _standing_against(self, mail: Json, mailing: Mailing) -> Refusal | None:
        """The first refusal that a new campaign meets, in the order of the vendor's checks."""
        model, count = self._model, len(self._model.audience(mailing.books))
        is_free = mailing.is_draft or mailing.is_test
        return next(
            (
                refusal
                for refusal, stands in (
                    (api.LIST_NOT_FOUND, UNKNOWN_ID in mail["list_id"]),
                    (api.SENDER_NOT_FOUND, mail["sender_email"] == STRANGER),
                    (api.DATE_INVALID, mailing.send_at is not None and mailing.send_at < self._second()),
                    (api.LISTS_EMPTY, not is_free and not count),
                    (api.SENT_TOO_RECENTLY, not is_free and model.was_sent_to(mailing.books)),
                    (api.TOO_MANY_CAMPAIGNS, model.created_within_the_hour() >= model.most_an_hour),
                    (api.OUT_OF_FUNDS, not is_free and count > model.mails_left + model.cents),
                )
                if stands
            ),
            None,
        )

    def _edited(self, number: int, mailing: Mailing, refused: Refusal | None, **changes: Any) -> bool:
        """Whether an edit is done, which the campaign's being there and its status decide before `refused`."""
        if number not in self._model.campaigns:
            refused = api.NOTHING_TO_EDIT
        elif mailing.status in mailings.BEGUN:
            refused = api.ALREADY_SENT
        elif mailing.status not in mailings.EDITABLE:
            refused = api.WRONG_STATE
        answer = self._account.ask(api.update, number, **changes)
        if refused is not None:
            expect_refusal(api.update, refused, answer)
            return False
        same({"result": True, "id": number}, expect_success(api.update, answer))
        return True

    def _pick(self, pick: int) -> tuple[int, Mailing]:
        """A campaign, the newest that waits first, then those that are over, then one that is not there."""
        known = self._model.campaigns
        waiting = [number for number, one in known.items() if one.status in mailings.EDITABLE and not one.is_draft]
        among = [*reversed(waiting), *reversed([number for number in known if number not in waiting]), UNKNOWN_ID]
        number = among[pick % len(among)]
        return number, known.get(number, Mailing([], 0))

    def _numbers(self, picks: list[int]) -> list[int]:
        books = [*self._model.books]
        return [*dict.fromkeys(books[pick % len(books)] for pick in picks)]

    def _is_sendable(self, reader: Reader) -> bool:
        return reader.status(self._model.now) in mailings.SENDABLE

    def _second(self) -> int:
        """The present, without what a date cannot say."""
        return self._model.now // SECOND * SECOND

    def _date(self, seconds: int) -> str:
        return str(NOON + timedelta(microseconds=self._second() + seconds * SECOND))

    def _instant(self, date: str) -> int:
        return (type(NOON).fromisoformat(date) - NOON) // timedelta(microseconds=1)


_LISTS: Final = {"add": Campaigns.add, "unsubscribe": Campaigns.unsubscribe, "remove": Campaigns.remove}
"""What may befall a list."""


def _summed(recipients: Any, counters: Json) -> dict[str, int]:
    """The counters that the look-ups of all recipients add up to; what they do not tell is taken as it is."""
    told = list(recipients)
    details = [recipient["detail_status"] for recipient in told]
    return {
        **counters,
        "sent": sum(recipient["sent_date"] is not None for recipient in told),
        "delivered": sum(status in mailings.FURTHER for status in details),
        "unsubscribe": details.count(mailings.LEFT),
        "error": sum(status in mailings.ERRORS for status in details),
    }
