"""Thirty differences, known by name, that can be planted into a copy of the emulator: what a twin run has to find.

Each is planted around every request of the copy and taken out again, so that an honest emulator can stand beside it in
the same process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from contracts import arguments
from contracts.decoding import Undecodable
from contracts.envelopes import Json
from contracts.model import Operation
from contracts.refusals import Refusal
from contracts.services.email import blacklist, mailing_lists, templates
from mock_server import behaviour, pipeline
from mock_server.app import make_emulator
from mock_server.core.clock import HOUR, local_time
from mock_server.services import load_behaviours
from mock_server.services.email.entities import Contact
from mock_server.services.email.statuses import UNSUBSCRIBED

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Planted:
    """A difference: what it is about, the sentence that tells it, and how it is planted."""

    about: str
    what: str
    plant: Plant

    @property
    def name(self) -> str:
        return self.plant.__name__


PLANTED: list[Planted] = []


def emulator_with(planted: Planted) -> WSGIApplication:
    """An emulator that differs in one thing from an honest one."""
    load_behaviours()
    honest = make_emulator()

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with pytest.MonkeyPatch.context() as patch:
            planted.plant(patch)
            return [*honest(environ, start_response)]

    return answer


def planted(about: str) -> Callable[[Plant], Plant]:
    """Register a function that plants a difference; its docstring tells it in a sentence."""

    def register(plant: Plant) -> Plant:
        PLANTED.append(Planted(about, str(plant.__doc__), plant))
        return plant

    return register


def refusing(patch: pytest.MonkeyPatch, change: Callable[[Refusal], Refusal]) -> None:
    """Have refusals go out as `change` makes them."""
    honest = pipeline._wrap_refusal
    patch.setattr(pipeline, "_wrap_refusal", lambda exchange, no, envelope: honest(exchange, change(no), envelope))


def answering(patch: pytest.MonkeyPatch, operation: Operation, change: Callable[[Any], Json]) -> None:
    """Have an operation answer what `change` makes of its payload."""
    honest = behaviour.behaviours[operation]
    patch.setitem(behaviour.behaviours._functions, operation, lambda call: change(honest(call)))


def asking(patch: pytest.MonkeyPatch, operation: Operation, **arguments: Any) -> None:
    """Have an operation act as if it had been given other arguments."""
    honest = behaviour.behaviours[operation]

    def act(call: Any) -> Json:
        given = {**call.body, **{name: value(call.body) for name, value in arguments.items()}}
        return honest(call._replace(body=given, query=given))

    patch.setitem(behaviour.behaviours._functions, operation, act)


def each(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Json]:
    """What changes every row of an answer."""
    return lambda rows: [change(row) for row in rows]


def without(*names: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda fields: {name: value for name, value in fields.items() if name not in names}


def worded(patch: pytest.MonkeyPatch, change: Callable[[str], str]) -> None:
    refusing(patch, lambda refusal: replace(refusal, message=change(refusal.message)))


@planted("status")
def a_missing_list_is_a_422(patch: pytest.MonkeyPatch) -> None:
    """A missing list is refused with status 422, not 404."""
    refusing(patch, lambda no: replace(no, status=422) if no is mailing_lists.BOOK_NOT_FOUND else no)


@planted("status")
def a_taken_name_is_a_409(patch: pytest.MonkeyPatch) -> None:
    """A name that another list has is refused with status 409, not 422."""
    refusing(patch, lambda no: replace(no, status=409) if no is mailing_lists.NAME_TAKEN else no)


@planted("status")
def a_list_is_created_with_201(patch: pytest.MonkeyPatch) -> None:
    """To create a list answers 201, not 200."""
    honest = pipeline._wrap_payload

    def wrap(exchange: Any, envelope: Any) -> None:
        honest(exchange, envelope)
        if exchange.operation is mailing_lists.create:
            exchange.status = 201

    patch.setattr(pipeline, "_wrap_payload", wrap)


@planted("code")
def a_taken_name_has_the_code_of_an_empty_one(patch: pytest.MonkeyPatch) -> None:
    """A name that another list has is refused with code 201, not 203."""
    refusing(patch, lambda no: replace(no, code=201) if no is mailing_lists.NAME_TAKEN else no)


@planted("code")
def an_unknown_contact_has_the_code_of_smtp(patch: pytest.MonkeyPatch) -> None:
    """To look at a contact that a list does not have is refused with code 17, not 502."""
    refusing(patch, lambda no: replace(no, code=17) if no is mailing_lists.NO_SUCH_CONTACT else no)


@planted("wording")
def a_missing_list_ends_in_a_full_stop(patch: pytest.MonkeyPatch) -> None:
    """A missing list is refused in words that end in a full stop."""
    worded(patch, lambda message: message.replace("Book not found", "Book not found."))


@planted("wording")
def a_missing_argument_is_required(patch: pytest.MonkeyPatch) -> None:
    """A missing argument is called required, not missing."""
    worded(patch, lambda message: message.replace(" missing", " is required"))


@planted("wording")
def bounds_are_told_one_lower(patch: pytest.MonkeyPatch) -> None:
    """A limit above 100 is refused with the words for 99."""
    worded(patch, lambda message: message.replace("may not be greater than 100", "may not be greater than 99"))


@planted("missing field")
def contacts_are_listed_without_words_for_their_status(patch: pytest.MonkeyPatch) -> None:
    """The contacts of a list come without `status_explain`."""
    answering(patch, mailing_lists.list_emails, each(without("status_explain")))


@planted("missing field")
def the_price_does_not_tell_whether_it_can_be_paid(patch: pytest.MonkeyPatch) -> None:
    """The cost of a campaign comes without `result`."""
    answering(patch, mailing_lists.get_cost, without("result"))


@planted("extra field")
def lists_tell_who_owns_them(patch: pytest.MonkeyPatch) -> None:
    """Lists have a field `owner` more."""
    answering(patch, mailing_lists.list, each(lambda row: {**row, "owner": None}))


@planted("extra field")
def a_phone_that_nobody_has_is_null(patch: pytest.MonkeyPatch) -> None:
    """A contact without a phone is listed with `phone: null`, not without the field."""
    answering(patch, mailing_lists.list_emails, each(lambda row: {"phone": None, **row}))


@planted("type")
def the_list_of_a_contact_is_a_number(patch: pytest.MonkeyPatch) -> None:
    """`abook_id` of a contact is a number, not a text."""
    answering(patch, mailing_lists.get_contact, lambda row: {**row, "abook_id": int(row["abook_id"])})


@planted("type")
def a_new_template_has_a_number_in_quotes(patch: pytest.MonkeyPatch) -> None:
    """`real_id` of a new template is a text, not a number."""
    answering(patch, templates.create, lambda made: {**made, "real_id": str(made["real_id"])})


@planted("type")
def totals_are_texts(patch: pytest.MonkeyPatch) -> None:
    """The number of contacts is a text."""
    answering(patch, mailing_lists.get_total, lambda told: {"total": str(told["total"])})


@planted("type")
def no_variables_are_an_empty_array(patch: pytest.MonkeyPatch) -> None:
    """Who has no variables is listed with `[]`, as PHP writes an empty map, not with `{}`."""
    answering(patch, mailing_lists.list_emails, each(lambda row: {**row, "variables": row["variables"] or []}))


@planted("order")
def lists_come_newest_first(patch: pytest.MonkeyPatch) -> None:
    """The lists of an account come newest first."""
    answering(patch, mailing_lists.list, lambda rows: rows[::-1])


@planted("order")
def the_blacklist_is_sorted(patch: pytest.MonkeyPatch) -> None:
    """The blacklist comes in the order of the alphabet, not in that in which it was filled."""
    answering(patch, blacklist.list, sorted)


@planted("order")
def descending_contacts_ascend(patch: pytest.MonkeyPatch) -> None:
    """Contacts come oldest first, whatever order is asked for."""
    asking(patch, mailing_lists.list_emails, order=lambda _: "asc")


@planted("paging")
def pages_begin_one_row_late(patch: pytest.MonkeyPatch) -> None:
    """A page of contacts that does not begin at the first begins one row late."""
    asking(patch, mailing_lists.list_emails, offset=lambda given: given["offset"] + (given["offset"] > 0))


@planted("paging")
def pages_have_no_end(patch: pytest.MonkeyPatch) -> None:
    """How many contacts are wanted is overlooked."""
    asking(patch, mailing_lists.list_emails, limit=lambda _: 100)


def passing(patch: pytest.MonkeyPatch, key: str) -> None:
    """Have a rule of the arguments be overlooked."""
    honest = arguments.first_broken

    def first_broken(*args: Any) -> Any:
        rule = honest(*args)
        return None if rule and rule.key == key else rule

    patch.setattr(arguments, "first_broken", first_broken)


@planted("limit")
def any_number_of_rows_may_be_asked_for(patch: pytest.MonkeyPatch) -> None:
    """A limit above 100 is accepted."""
    passing(patch, "limit.max")


@planted("limit")
def everybody_may_be_unsubscribed_at_once(patch: pytest.MonkeyPatch) -> None:
    """More than 100 addresses may be unsubscribed at once."""
    passing(patch, "emails.max")


@planted("side effect")
def who_unsubscribes_is_removed(patch: pytest.MonkeyPatch) -> None:
    """To unsubscribe an address removes it."""
    honest = behaviour.behaviours[mailing_lists.unsubscribe]

    def unsubscribe(call: Any) -> Json:
        done = honest(call)
        call.store[Contact].remove_where(list_id=next(iter(call.found._rows.values())).id, status=UNSUBSCRIBED)
        return done

    patch.setitem(behaviour.behaviours._functions, mailing_lists.unsubscribe, unsubscribe)


@planted("side effect")
def the_blacklist_unsubscribes(patch: pytest.MonkeyPatch) -> None:
    """Whoever is put on the blacklist is unsubscribed from every list."""
    honest = behaviour.behaviours[blacklist.add]

    def add(call: Any) -> Json:
        done = honest(call)
        barred = {row.email for row in call.store[_blacklisted()].where()}
        for contact in [*call.store[Contact].where()]:
            if contact.email in barred:
                call.store[Contact].change(contact, status=UNSUBSCRIBED)
        return done

    patch.setitem(behaviour.behaviours._functions, blacklist.add, add)


def _blacklisted() -> type:
    from mock_server.services.email.entities import Blacklisted

    return Blacklisted


@planted("side effect")
def who_is_there_is_always_updated(patch: pytest.MonkeyPatch) -> None:
    """`dont_update` is overlooked: who is there already gets the new variables."""
    asking(patch, mailing_lists.add_emails, dont_update=lambda _: False)


@planted("encoding")
def a_flag_written_as_0_is_true(patch: pytest.MonkeyPatch) -> None:
    """In a query, `active=0` means true."""
    patch.setitem(arguments._FLAGS, "0", True)


@planted("encoding")
def json_in_a_form_is_not_decoded(patch: pytest.MonkeyPatch) -> None:
    """An array that is written as JSON into a field of a form is refused as badly formed."""

    def decode(text: str) -> Json:
        raise Undecodable(text)

    patch.setattr(arguments, "decode_field", decode)


@planted("date")
def dates_are_those_of_kyiv(patch: pytest.MonkeyPatch) -> None:
    """An address' details tell the time of another zone."""
    from mock_server.services.email import addresses as served

    patch.setattr(served, "local_time", lambda instant, zone: local_time(instant + 2 * HOUR, zone))


@planted("default")
def templates_are_ones_own_unless_asked_otherwise(patch: pytest.MonkeyPatch) -> None:
    """Templates are the account's own where nobody says whose."""
    asking(patch, templates.list, owner=lambda given: "me" if given["owner"] == "sendpulse" else given["owner"])
