"""Long walks over lists and contacts: what was added is listed, counted and paged; what was refused changed nothing."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.envelopes import Json
from contracts.model import Operation
from contracts.refusals import UNAUTHORIZED, Refusal
from contracts.schema import is_date
from contracts.services.email import mailing_lists as api
from contracts.strategies import BAD_EMAILS, EMAILS, UNKNOWN_ID, breaking, case_of
from contracts.suite.accounts import expect_refusal, expect_success, fresh_account
from contracts.suite.books import ACTIVATION, Book, Person, Unfit, phone_of, plain
from contracts.suite.journeys import ModelDiffers, breaches, same, walk
from contracts.suite.laboratories import Laboratory
from contracts.suite.scenes import furnish


def mailing_lists_do_what_their_model_does(laboratory: Laboratory) -> None:
    """Walk many ways, and compare everything after each step."""
    walk(MailingLists, laboratory)


_picks: Final = st.integers(0, 7)
_names: Final = st.sampled_from(("Readers", "Writers", "Zoë’s 読者"))
_someone: Final = st.sampled_from(EMAILS)
_anyone: Final = st.sampled_from((*EMAILS, *BAD_EMAILS[:2], f" {EMAILS[0]} "))
_people: Final = st.lists(_anyone, max_size=4)
_phones: Final = st.sampled_from(("+380501234567", "050 123-45-67", "by the door"))
_values: Final = st.sampled_from((7, 21.5, "21", "2026-01-31", "Kyiv", ""))
_facts: Final = st.fixed_dictionaries({}, optional={"age": _values, "born": _values, "city": _values, "Phone": _phones})
_entries: Final = st.lists(
    _anyone | st.fixed_dictionaries({"email": _anyone}, optional={"variables": _facts}), max_size=4
)
_FLAGS: Final = st.sampled_from(({}, {"active": True}, {"not_active": True}, {"active": True, "not_active": True}))
_BREACHES: Final = st.sampled_from(breaches(api))


def accounts_are_strangers(laboratory: Laboratory) -> None:
    """What one account has, another neither sees nor touches."""
    with fresh_account(laboratory) as one, fresh_account(laboratory) as other:
        before = furnish(one).everything()

        for number in one.known["email.mailing_list"]:
            expect_refusal(api.get, api.BOOK_NOT_FOUND, other.ask(api.get, number))
            expect_refusal(api.delete, api.BOOK_NOT_FOUND, other.ask(api.delete, number))
        same([], other.get(api.list))
        other.get(api.create, bookName="Readers")

        one.expect_unchanged(before)


class MailingLists(RuleBasedStateMachine):
    """One account, a model of it, and all that can be done to its lists, deleted and unknown ones included."""

    def __init__(self, laboratory: Laboratory) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._account = self._stack.enter_context(fresh_account(laboratory))
        self._model: dict[int, Book] = {}
        self._known = [UNKNOWN_ID]
        self._now = 0

    def teardown(self) -> None:
        self._stack.close()

    @initialize()
    def begin(self) -> None:
        self.create("Readers")
        self.add(1, list(EMAILS), update=True)

    @rule(name=_names)
    def create(self, name: str) -> None:
        answer = self._account.ask(api.create, bookName=name)
        if name in self._taken():
            expect_refusal(api.create, api.NAME_TAKEN, answer)
            return
        number = expect_success(api.create, answer)["id"]
        if number in self._known:
            raise ModelDiffers(f"list {number} was made a second time")
        self._model[number] = Book(name, self._now)
        self._known.insert(0, number)

    @rule(pick=_picks, name=_names)
    def rename(self, pick: int, name: str) -> None:
        number, book = self._pick(pick)
        taken = name != book.name and name in self._taken()
        if self._done(api.rename, number, refused=api.NAME_TAKEN if taken else None, name=name):
            book.name = name

    @rule(pick=_picks)
    def delete(self, pick: int) -> None:
        number, _ = self._pick(pick)
        if self._done(api.delete, number):
            del self._model[number]

    @rule(pick=_picks, entries=_entries, update=st.booleans())
    def add(self, pick: int, entries: list[Any], update: bool) -> None:
        number, book = self._pick(pick)
        if self._done(api.add_emails, number, emails=entries, dont_update=not update):
            for entry in entries:
                given: dict[str, Any] = {"email": entry} if isinstance(entry, str) else entry
                book.add(given["email"], given.get("variables", {}), self._now, update=update)

    @rule(pick=_picks, entries=_entries)
    def ask_where_no_mail_arrives(self, pick: int, entries: list[Any]) -> None:
        number, _ = self._pick(pick)
        emails, sender = [*entries, "ada@nowhere.invalid"], self._account.credentials.sender
        asked: dict[str, Any] = {"emails": emails, "confirmation": "force", "sender_email": sender}
        self._done(api.add_emails, number, refused=api.CONFIRMATION_UNSENT, **asked)

    @rule(pick=_picks, people=_people)
    def remove(self, pick: int, people: list[str]) -> None:
        number, book = self._pick(pick)
        there = {plain(address) for address in people} & set(book.people)
        if self._done(api.delete_emails, number, refused=None if there else api.NO_EMAILS, emails=people):
            for address in there:
                del book.people[address]

    @rule(pick=_picks, people=_people)
    def unsubscribe(self, pick: int, people: list[str]) -> None:
        number, book = self._pick(pick)
        active = [person for address in people if (person := book.find(address)) and not person.left]
        if self._done(api.unsubscribe, number, refused=None if active else api.NO_ACTIVE_EMAILS, emails=people):
            for person in active:
                person.left = True

    @rule(pick=_picks, someone=_someone, facts=_facts)
    def describe(self, pick: int, someone: str, facts: dict[str, Any]) -> None:
        number, book = self._pick(pick)
        person, refused = book.find(someone), None
        if person is None:
            refused = api.CONTACT_NOT_FOUND
        else:
            try:
                book.describe(person, facts)
            except Unfit:
                refused = api.VARIABLE_VALUE_INVALID
        variables = [{"name": name, "value": value} for name, value in facts.items()]
        self._done(api.set_variables, number, refused=refused, email=someone, variables=variables)

    @rule(pick=_picks, anyone=_anyone, phone=_phones)
    def set_phone(self, pick: int, anyone: str, phone: str) -> None:
        number, book = self._pick(pick)
        person, refused = book.find(anyone), None
        try:
            digits = phone_of(phone)
        except Unfit:
            digits, refused = 0, api.PHONE_INVALID
        refused = refused or (None if person else api.PHONE_OWNER_NOT_FOUND)
        if self._done(api.set_phone, number, refused=refused, email=anyone, phone=phone) and person:
            person.phone = digits

    @rule(microseconds=st.sampled_from((1, ACTIVATION // 2, ACTIVATION)))
    def let_time_pass(self, microseconds: int) -> None:
        self._account.advance(microseconds)
        self._now += microseconds

    @rule(early=st.integers(0, 1))
    def wait_until_somebody_is_active(self, early: int) -> None:
        """Or until the microsecond before."""
        dues = [person.joined + ACTIVATION - early for book in self._model.values() for person in book.people.values()]
        coming = [due for due in dues if due > self._now]
        if coming:
            self.let_time_pass(min(coming) - self._now)

    @rule(pick=_picks, limit=st.integers(1, 4), offset=st.integers(0, 4), backwards=st.booleans(), flags=_FLAGS)
    def page(self, pick: int, limit: int, offset: int, backwards: bool, flags: dict[str, bool]) -> None:
        number, book = self._pick(pick)
        asked: dict[str, Any] = {"limit": limit, "offset": offset, **flags} | ({"order": "desc"} if backwards else {})
        page = self._done(api.list_emails, number, **asked)
        if number in self._model:
            rows = book.listed(self._now, active="active" in flags, inactive="not_active" in flags)
            same((rows[::-1] if backwards else rows)[offset : offset + limit], _unexplained(page))

    @rule(limit=st.integers(1, 3), offset=st.integers(0, 3))
    def page_lists(self, limit: int, offset: int) -> None:
        page = self._account.get(api.list, limit=limit, offset=offset)
        same(sorted(self._model)[offset : offset + limit], [row["id"] for row in page])

    @rule(pick=_picks, someone=_someone)
    def look_at(self, pick: int, someone: str) -> None:
        number, book = self._pick(pick)
        person = book.find(someone)
        seen = self._done(api.get_contact, number, someone, refused=None if person else api.NO_SUCH_CONTACT)
        if seen and person:
            same(self._whole(number, book, person), seen | {"variables": _by_name(seen), "status_explain": None})

    @rule(
        pick=_picks, name=st.sampled_from(("age", "born", "city")), value=st.sampled_from(("7", "21.5", "2026-01-31"))
    )
    def search(self, pick: int, name: str, value: str) -> None:
        number, book = self._pick(pick)
        refused = None if name in book.types else api.VARIABLE_NOT_FOUND
        if book.types.get(name) == "date" and not is_date(value):
            refused = api.VARIABLE_NOT_A_DATE
        found = self._done(api.find_by_variable, number, name, value, refused=refused)
        if found is not None:
            rows = [row for row in book.listed(self._now) if str(row["variables"].get(name)) == value]
            same([(row["email"], row["status"]) for row in rows], [(row["email"], row["status"]) for row in found])

    @rule(pick=_picks)
    def ask_the_price(self, pick: int) -> None:
        number, book = self._pick(pick)
        cost = self._done(api.get_cost, number, refused=None if book.people else api.BOOK_EMPTY)
        if cost:
            same(sum(not person.left for person in book.people.values()), cost["sent_emails_qty"])

    @rule(data=st.data(), breach=_BREACHES)
    def break_a_rule(self, data: st.DataObject, breach: Any) -> None:
        operation, broken = breach
        if self._model:
            case = data.draw(breaking(operation, broken, {"email.mailing_list": list(self._model)}))
            expect_refusal(operation, operation.refusal_of(broken), self._account.send(case))

    @rule(pick=_picks)
    def have_a_stranger_delete(self, pick: int) -> None:
        number, _ = self._pick(pick)
        expect_refusal(api.delete, UNAUTHORIZED, self._account.send(case_of(api.delete, number), authorization=""))

    @invariant()
    def everything_is_as_in_the_model(self) -> None:
        rows = self._account.get(api.list)
        same([self._row(number) for number in sorted(self._model)], [{key: row[key] for key in _SHOWN} for row in rows])
        for number, book in self._model.items():
            same(book.listed(self._now), _unexplained(self._account.get(api.list_emails, number)))
            variables = self._account.get(api.list_variables, number)
            same(book.types, {variable["name"]: variable["type"] for variable in variables})
            same(len(book.people), self._account.get(api.get_total, number)["total"])
            active = self._account.get(api.get_total, number, active=True)["total"]
            same(len(book.listed(self._now, active=True)), active)

    def _row(self, number: int) -> dict[str, Any]:
        return {"id": number, **self._model[number].row(self._now)}

    def _whole(self, number: int, book: Book, person: Person) -> dict[str, Any]:
        return {
            "email": person.email,
            "abook_id": str(number),
            "phone": str(person.phone or ""),
            "status": person.status(self._now),
            "status_explain": None,
            "variables": {name: (book.types[name], value) for name, value in person.variables.items()},
        }

    def _pick(self, pick: int) -> tuple[int, Book]:
        """A list, mostly one that exists; what is not there has an empty model."""
        among = list(self._model) if self._model and pick else self._known
        number = among[pick % len(among)]
        return number, self._model.get(number, Book(""))

    def _taken(self) -> set[str]:
        return {book.name for book in self._model.values()}

    def _done(
        self, operation: Operation, number: int, *path: object, refused: Refusal | None = None, **arguments: Any
    ) -> Json:
        """What a call brings; None for one that is refused as the model says, an unknown list before all else."""
        answer = self._account.ask(operation, number, *path, **arguments)
        refused = refused if number in self._model else api.BOOK_NOT_FOUND
        if refused is None:
            return expect_success(operation, answer)
        expect_refusal(operation, refused, answer)
        return None


_SHOWN: Final = ("id", *Book("").row(0))


def _unexplained(rows: Json) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "status_explain"} for row in rows]


def _by_name(contact: Json) -> dict[str, tuple[str, Any]]:
    return {variable["name"]: (variable["type"], variable["value"]) for variable in contact["variables"]}
