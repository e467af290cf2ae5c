"""What mailing lists refuse."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.email import mailing_lists as lists
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import ADA, GONE


def _readers(account: Account) -> int:
    number: int = account.known["email.mailing_list"][0]
    return number


def _nobody_yet(account: Account) -> int:
    number: int = account.known["email.mailing_list"][1]
    return number


@provokes(lists.NAME_TAKEN, lists.create)
def _make_a_list_twice(account: Account, operation: Operation) -> Answer:
    """Another mailing list of the account has that name."""
    return account.ask(operation, bookName="Readers")


@provokes(lists.NAME_TAKEN, lists.rename)
def _give_a_list_the_name_of_another(account: Account, operation: Operation) -> Answer:
    """Another mailing list of the account has that name."""
    return account.ask(operation, _nobody_yet(account), name="Readers")


@provokes(lists.BADLY_FORMED, lists.add_emails)
def _add_what_does_not_decode(account: Account, operation: Operation) -> Answer:
    """The addresses are a text that holds neither JSON nor a serialised PHP value."""
    return account.ask(operation, _readers(account), emails='[{"email"')


@provokes(lists.SENDER_NOT_FOUND, lists.add_emails)
def _have_a_stranger_ask_for_confirmation(account: Account, operation: Operation) -> Answer:
    """The address that shall ask for confirmation is no active sender of the account."""
    return account.ask(
        operation, _readers(account), emails=[ADA], confirmation="force", sender_email="stranger@example.com"
    )


@provokes(lists.CONFIRMATION_UNSENT, lists.add_emails)
def _ask_where_no_mail_arrives(account: Account, operation: Operation) -> Answer:
    """The mail that asks for confirmation cannot be sent: the domain has no mail server."""
    sender = account.credentials.sender
    return account.ask(
        operation, _readers(account), emails=["ada@nowhere.invalid"], confirmation="force", sender_email=sender
    )


@provokes(lists.TOO_MANY_EMAILS, lists.delete_emails)
def _delete_more_than_a_hundred(account: Account, operation: Operation) -> Answer:
    """More than a hundred addresses are given."""
    return account.ask(operation, _readers(account), emails=[ADA] * 101)


@provokes(lists.NO_EMAILS, lists.delete_emails)
def _delete_who_is_not_there(account: Account, operation: Operation) -> Answer:
    """No address is given, or none of them is in the mailing list."""
    return account.ask(operation, _nobody_yet(account), emails=[ADA])


@provokes(lists.NO_ACTIVE_EMAILS, lists.unsubscribe)
def _unsubscribe_who_is_gone(account: Account, operation: Operation) -> Answer:
    """None of the addresses is active in the mailing list."""
    return account.ask(operation, _readers(account), emails=[GONE])


@provokes(lists.CONTACT_NOT_FOUND, lists.set_variables)
def _describe_who_is_not_there(account: Account, operation: Operation) -> Answer:
    """The address is not in the mailing list."""
    return account.ask(operation, _nobody_yet(account), email=ADA, variables=[])


@provokes(lists.VARIABLE_VALUE_INVALID, lists.set_variables)
def _say_an_age_in_words(account: Account, operation: Operation) -> Answer:
    """A value does not fit the type that the variable has in the mailing list."""
    return account.ask(operation, _readers(account), email=ADA, variables=[{"name": "age", "value": "old"}])


@provokes(lists.VARIABLE_NAME_INVALID, lists.find_by_variable)
def _search_without_a_variable(account: Account, operation: Operation) -> Answer:
    """The name of the variable is blank."""
    return account.ask(operation, _readers(account), " ", "Kyiv")


@provokes(lists.VARIABLE_NOT_FOUND, lists.find_by_variable)
def _search_by_an_unknown_variable(account: Account, operation: Operation) -> Answer:
    """The mailing list has no variable of that name."""
    return account.ask(operation, _readers(account), "height", "2")


@provokes(lists.VARIABLE_NOT_A_DATE, lists.find_by_variable)
def _search_a_birthday_in_words(account: Account, operation: Operation) -> Answer:
    """The variable holds dates, and what is searched for is none."""
    return account.ask(operation, _readers(account), "born", "yesterday")


@provokes(lists.PHONE_INVALID, lists.set_phone)
def _set_a_phone_in_words(account: Account, operation: Operation) -> Answer:
    """The phone is missing or no phone number."""
    return account.ask(operation, _readers(account), email=ADA, phone="by the door")


@provokes(lists.PHONE_OWNER_NOT_FOUND, lists.set_phone)
def _ring_who_is_not_there(account: Account, operation: Operation) -> Answer:
    """The address is missing, no text, or not in the mailing list."""
    return account.ask(operation, _nobody_yet(account), email=ADA, phone="+380501234567")


@provokes(lists.TARIFF_ENDED, lists.get_cost)
def _ask_the_price_without_a_plan(account: Account, operation: Operation) -> Answer:
    """The account's plan has ended."""
    account.change("settings", plan_ended=True)
    return account.ask(operation, _readers(account))


@provokes(lists.BOOK_EMPTY, lists.get_cost)
def _ask_the_price_of_nothing(account: Account, operation: Operation) -> Answer:
    """The mailing list is empty."""
    return account.ask(operation, _nobody_yet(account))


@provokes(lists.NO_SUCH_CONTACT, lists.get_contact)
def _look_at_who_is_not_there(account: Account, operation: Operation) -> Answer:
    """The address is not in the mailing list."""
    return account.ask(operation, _nobody_yet(account), ADA)
