"""Every declared refusal can be provoked, and is worded as declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from contracts.catalogue import catalogue
from contracts.messages import Answer
from contracts.model import IdOf, Operation
from contracts.refusals import (
    ACCOUNT_EXPIRED,
    NOT_PERMITTED,
    OVER_QUOTA,
    PLAN_REQUIRED,
    TOO_FAST,
    TOO_LARGE,
    UNAUTHORIZED,
    UNKNOWN_PATH,
    Refusal,
)
from contracts.services import documents, oauth
from contracts.services.email import mailing_lists as lists
from contracts.strategies import UNKNOWN_ID, path_names
from contracts.suite.accounts import Account, expect_refusal, fresh_account
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.laboratories import Laboratory
from contracts.suite.scenes import ADA, GONE, furnish
from contracts.wording import rules_of

Provocation = Callable[[Account, Operation], Answer]

AWAITING: Final[Mapping[tuple[Operation, Refusal], str]] = {
    (lists.delete, lists.BOOK_HAS_CAMPAIGN): "campaigns are not served yet",
}
"""Declared refusals that nothing can provoke yet, and what they wait for."""

_of_any: dict[Refusal, Provocation] = {}
_of_one: dict[tuple[Operation, Refusal], Provocation] = {}

BEYOND_ANY_BOUND: Final = bytes(33 * 1024 * 1024)
"""A body that no server reads."""


def provokes(refusal: Refusal, *operations: Operation) -> Callable[[Provocation], Provocation]:
    """Make a function, given a furnished account, the way to provoke `refusal`: of `operations`, or of all."""

    def register(provocation: Provocation) -> Provocation:
        if operations:
            _of_one.update({(operation, refusal): provocation for operation in operations})
        else:
            _of_any[refusal] = provocation
        return provocation

    return register


def provocation_of(operation: Operation, refusal: Refusal) -> Provocation | None:
    """How to provoke `refusal` of `operation`; None where that is unknown."""
    if any(isinstance(param, IdOf) and param.refusal is refusal for param in operation.params.values()):
        return _name_what_is_not_there
    return _of_one.get((operation, refusal)) or _of_any.get(refusal)


def unprovoked(operation: Operation) -> set[Refusal]:
    """The refusals of `operation` that neither a broken rule nor a provocation earns, and that are not awaited."""
    by_rule = {operation.refusal_of(rule) for rule in rules_of(operation.arguments)}
    return {
        refusal
        for refusal in set(operation.refusals.values()) - by_rule
        if provocation_of(operation, refusal) is None and (operation, refusal) not in AWAITING
    }


def provocations() -> list[tuple[Operation, Refusal]]:
    """Every refusal of every operation that there is a provocation for."""
    return [
        (operation, refusal)
        for operation in catalogue()
        for refusal in operation.refusals.values()
        if provocation_of(operation, refusal) is not None
    ]


def reached() -> list[tuple[str, str]]:
    """Every refusal that a broken rule or a provocation earns, by the operation's name and the refusal's key."""
    return [
        (operation.name, refusal.key)
        for operation in catalogue()
        for refusal in operation.refusals.values()
        if (operation, refusal) not in AWAITING and refusal not in unprovoked(operation)
    ]


def refusal_is_provoked(laboratory: Laboratory, operation: Operation, refusal: Refusal) -> None:
    """The refusal comes, to the letter."""
    provocation = provocation_of(operation, refusal)
    if provocation is None:
        raise LookupError(f"nothing provokes {refusal} of {operation!r}; declare it with @provokes")
    with fresh_account(laboratory) as account:
        answer = provocation(furnish(account), operation)
        expect_refusal(operation, refusal, answer)
    laboratory.tally.provoked.add((operation.name, refusal.key))


def _readers(account: Account) -> int:
    number: int = account.known["email.mailing_list"][0]
    return number


def _nobody_yet(account: Account) -> int:
    number: int = account.known["email.mailing_list"][1]
    return number


def _name_what_is_not_there(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, *(UNKNOWN_ID for _ in path_names(operation)))


@provokes(TOO_LARGE)
def _send_too_much(account: Account, operation: Operation) -> Answer:
    plain = request_of(account.naming_what_is_there(operation), Encoding.JSON, account.authorization)
    return account.exchange(replace(plain, body=BEYOND_ANY_BOUND))


@provokes(UNAUTHORIZED)
def _bring_no_token(account: Account, operation: Operation) -> Answer:
    return account.send(account.naming_what_is_there(operation), authorization="")


@provokes(TOO_FAST)
def _ask_twice_in_a_second_of_one(account: Account, operation: Operation) -> Answer:
    account.change("limits", algorithm="sliding-window", per_second=1)
    account.get(lists.list)
    return account.send(account.naming_what_is_there(operation))


@provokes(OVER_QUOTA)
def _ask_twice_in_a_minute_of_one(account: Account, operation: Operation) -> Answer:
    account.change("limits", algorithm="sliding-window", per_minute=1)
    account.get(lists.list)
    return account.send(account.naming_what_is_there(operation))


@provokes(NOT_PERMITTED)
def _do_the_forbidden(account: Account, operation: Operation) -> Answer:
    account.change("settings", forbidden=[operation.name])
    return account.send(account.naming_what_is_there(operation))


@provokes(ACCOUNT_EXPIRED)
def _outstay(account: Account, operation: Operation) -> Answer:
    account.change("settings", account_expired=True)
    return account.send(account.naming_what_is_there(operation))


@provokes(PLAN_REQUIRED)
def _want_what_the_free_plan_lacks(account: Account, operation: Operation) -> Answer:
    account.change("plan", category="free")
    case = account.naming_what_is_there(operation)
    wanted = operation.gate.argument if operation.gate else None
    return account.send(replace(case, arguments={wanted: [1]} if wanted else {}))


@provokes(UNKNOWN_PATH, documents.get)
def _read_what_nobody_wrote(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, "nothing.yaml")


@provokes(oauth.INVALID_CLIENT, oauth.issue_token)
def _bring_a_wrong_secret(account: Account, operation: Operation) -> Answer:
    client_id = account.credentials.client_id
    return account.ask(operation, grant_type="client_credentials", client_id=client_id, client_secret=ADA)


@provokes(lists.NAME_TAKEN, lists.create)
def _make_a_list_twice(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, bookName="Readers")


@provokes(lists.NAME_TAKEN, lists.rename)
def _give_a_list_the_name_of_another(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _nobody_yet(account), name="Readers")


@provokes(lists.BADLY_FORMED, lists.add_emails)
def _add_what_does_not_decode(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _readers(account), emails='[{"email"')


@provokes(lists.SENDER_NOT_FOUND, lists.add_emails)
def _have_a_stranger_ask_for_confirmation(account: Account, operation: Operation) -> Answer:
    return account.ask(
        operation, _readers(account), emails=[ADA], confirmation="force", sender_email="stranger@example.com"
    )


@provokes(lists.CONFIRMATION_UNSENT, lists.add_emails)
def _ask_where_no_mail_arrives(account: Account, operation: Operation) -> Answer:
    sender = account.credentials.sender
    return account.ask(
        operation, _readers(account), emails=["ada@nowhere.invalid"], confirmation="force", sender_email=sender
    )


@provokes(lists.TOO_MANY_EMAILS, lists.delete_emails)
def _delete_more_than_a_hundred(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _readers(account), emails=[ADA] * 101)


@provokes(lists.NO_EMAILS, lists.delete_emails)
def _delete_who_is_not_there(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _nobody_yet(account), emails=[ADA])


@provokes(lists.NO_ACTIVE_EMAILS, lists.unsubscribe)
def _unsubscribe_who_is_gone(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _readers(account), emails=[GONE])


@provokes(lists.CONTACT_NOT_FOUND, lists.set_variables)
def _describe_who_is_not_there(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _nobody_yet(account), email=ADA, variables=[])


@provokes(lists.VARIABLE_VALUE_INVALID, lists.set_variables)
def _say_an_age_in_words(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _readers(account), email=ADA, variables=[{"name": "age", "value": "old"}])


@provokes(lists.VARIABLE_NAME_INVALID, lists.find_by_variable)
def _search_without_a_variable(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _readers(account), " ", "Kyiv")


@provokes(lists.VARIABLE_NOT_FOUND, lists.find_by_variable)
def _search_by_an_unknown_variable(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _readers(account), "height", "2")


@provokes(lists.VARIABLE_NOT_A_DATE, lists.find_by_variable)
def _search_a_birthday_in_words(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _readers(account), "born", "yesterday")


@provokes(lists.PHONE_INVALID, lists.set_phone)
def _set_a_phone_in_words(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _readers(account), email=ADA, phone="by the door")


@provokes(lists.PHONE_OWNER_NOT_FOUND, lists.set_phone)
def _ring_who_is_not_there(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _nobody_yet(account), email=ADA, phone="+380501234567")


@provokes(lists.TARIFF_ENDED, lists.get_cost)
def _ask_the_price_without_a_plan(account: Account, operation: Operation) -> Answer:
    account.change("settings", plan_ended=True)
    return account.ask(operation, _readers(account))


@provokes(lists.BOOK_EMPTY, lists.get_cost)
def _ask_the_price_of_nothing(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _nobody_yet(account))


@provokes(lists.NO_SUCH_CONTACT, lists.get_contact)
def _look_at_who_is_not_there(account: Account, operation: Operation) -> Answer:
    return account.ask(operation, _nobody_yet(account), ADA)
