"""Mailing lists and the contacts in them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from contracts.envelopes import Json
from contracts.schema import is_date, is_email
from contracts.services.email import mailing_lists as api
from mock_server.behaviour import Call, Errand, does, refuse, serves
from mock_server.core.clock import local_time
from mock_server.mailing.senders import Sender, sender_named
from mock_server.mailing.templates import find_template
from mock_server.services.email import confirmations, notifications
from mock_server.services.email.entities import Campaign, Contact, MailingList, Variable
from mock_server.services.email.prices import quote
from mock_server.services.email.sending import UNFINISHED
from mock_server.services.email.statuses import (
    ACTIVE,
    CONFIRMATION_REQUESTED,
    EXPLAINED,
    NEW,
    SENDABLE,
    UNSUBSCRIBED,
)
from mock_server.services.email.tags import pin
from mock_server.services.email.variables import Unfit, Variables, convert, phone_of

OK: Final = {"result": True}

ACTIVATION: Final = "email.activate_contacts"
ACTIVATION_DELAY: Final = 60
"""Seconds until a new address counts as active. Unverified: the vendor checks addresses for an unknown time."""

MOST_AT_ONCE: Final = 100
"""Addresses that one call may delete (documented)."""


@serves(api.create)
def create(call: Call) -> Json:
    _refuse_taken(call, call.body["bookName"])
    return {"id": call.store[MailingList].add(name=call.body["bookName"], created=call.now).id}


@serves(api.list)
def list(call: Call) -> Json:
    return _shown(call, call.store[MailingList].page(call.query["limit"], call.query["offset"]))


@serves(api.get)
def get(call: Call) -> Json:
    return _shown(call, [call.found[MailingList]])


@serves(api.rename)
def rename(call: Call) -> Json:
    book = call.found[MailingList]
    if call.body["name"] != book.name:
        _refuse_taken(call, call.body["name"])
    call.store[MailingList].change(book, name=call.body["name"])
    return OK


@serves(api.delete)
def delete(call: Call) -> Json:
    book = call.found[MailingList]
    if any(campaign.status in UNFINISHED for campaign in _campaigns(call)):
        refuse(api.BOOK_HAS_CAMPAIGN)
    call.store[Contact].remove_where(list_id=book.id)
    call.store[Variable].remove_where(list_id=book.id)
    call.store[MailingList].remove(book)
    return OK


@serves(api.list_variables)
def list_variables(call: Call) -> Json:
    variables = call.store[Variable].where(list_id=call.found[MailingList].id)
    return [{"name": variable.name, "type": variable.type} for variable in variables]


@serves(api.list_emails)
def list_emails(call: Call) -> Json:
    page = call.store[Contact].page(
        call.query["limit"],
        call.query["offset"],
        descending=call.query["order"] == "desc",
        list_id=call.found[MailingList].id,
        **_wanted(call),
    )
    return [_listed(contact) for contact in page]


@serves(api.get_total)
def get_total(call: Call) -> Json:
    return {"total": call.store[Contact].count(list_id=call.found[MailingList].id, **_wanted(call))}


@serves(api.add_emails)
def add_emails(call: Call) -> Json:
    book, contacts = call.found[MailingList], call.store[Contact]
    sender = _confirming_sender(call)
    new = []
    for address, changes in _given(call, book).items():
        contact = contacts.find(list_id=book.id, email=address)
        if contact is None:
            status = CONFIRMATION_REQUESTED if sender else NEW
            fields = {"phone": None} | changes
            new.append(contacts.add(list_id=book.id, email=address, status=status, added=call.now, **fields))
        else:
            _change(call, contact, changes)
        pin(call.store, call.body.get("tags", ()), email=address)
    if sender:
        # Unverified: a template that is not there is no reason to refuse.
        design = find_template(call.store, call.body.get("template_id", ""))
        for contact in new:
            confirmations.ask(call, book, contact, sender, design)
    elif new:
        call.later(ACTIVATION_DELAY, ACTIVATION, first=new[0].id, last=new[-1].id)
    if not call.body.get("disable_webhook", False):
        # Unverified: that contacts are told of when they are added, and not when they confirm.
        events = (notifications.added(call.now, one.email, book.id, one.variables) for one in new)
        notifications.announce(call.account, call.now, "new_emails", events)
    return OK


@serves(api.delete_emails)
def delete_emails(call: Call) -> Json:
    addresses = call.body.get("emails", [])
    if len(addresses) > MOST_AT_ONCE:
        refuse(api.TOO_MANY_EMAILS)
    contacts = _contacts(call, addresses) or refuse(api.NO_EMAILS)
    for contact in contacts:
        call.store[Contact].remove(contact)
    events = (notifications.deleted(call.now, contact.email, contact.list_id) for contact in contacts)
    notifications.announce(call.account, call.now, "delete", events)
    return OK


@serves(api.unsubscribe)
def unsubscribe(call: Call) -> Json:
    active = [contact for contact in _contacts(call, call.body["emails"]) if contact.status in SENDABLE]
    for contact in active or refuse(api.NO_ACTIVE_EMAILS):
        call.store[Contact].change(contact, status=UNSUBSCRIBED)
    events = (notifications.unsubscribed(call.now, contact.email, contact.list_id) for contact in active)
    notifications.announce(call.account, call.now, "unsubscribe", events)
    return OK


@serves(api.set_variables)
def set_variables(call: Call) -> Json:
    contact = _find_contact(call, call.body["email"]) or refuse(api.CONTACT_NOT_FOUND)
    given = {variable["name"]: variable["value"] for variable in call.body["variables"]}
    try:
        changes = Variables(call.store, contact.list_id).read(given, strict=True)
    except Unfit:
        refuse(api.VARIABLE_VALUE_INVALID)
    _change(call, contact, changes)
    return OK


@serves(api.find_by_variable)
def find_by_variable(call: Call) -> Json:
    name, value = call.path["variableName"], call.path["searchValue"]
    if not name.strip():
        refuse(api.VARIABLE_NAME_INVALID)
    book = call.found[MailingList]
    kind = Variables(call.store, book.id).type_of(name) or refuse(api.VARIABLE_NOT_FOUND)
    if kind == "date" and not is_date(value):
        refuse(api.VARIABLE_NOT_A_DATE)
    try:
        wanted = convert(value, kind)
    except Unfit:  # text where numbers are: no contact has it
        return []
    return [
        {"email": contact.email, "status": contact.status, "status_explain": EXPLAINED[contact.status]}
        for contact in call.store[Contact].where(list_id=book.id)
        if contact.variables.get(name) == wanted
    ]


@serves(api.set_phone)
def set_phone(call: Call) -> Json:
    phone = phone_of(call.body["phone"]) or refuse(api.PHONE_INVALID)
    contact = _find_contact(call, call.body["email"]) or refuse(api.PHONE_OWNER_NOT_FOUND)
    call.store[Contact].change(contact, phone=phone)
    return OK


@serves(api.get_cost)
def get_cost(call: Call) -> Json:
    if call.settings.plan_ended:
        refuse(api.TARIFF_ENDED)
    book, contacts = call.found[MailingList], call.store[Contact]
    if not contacts.count(list_id=book.id):
        refuse(api.BOOK_EMPTY)
    cost = quote(call.account, sum(contacts.count(list_id=book.id, status=status) for status in SENDABLE))
    return {
        "cur": call.settings.balance.currency,
        "sent_emails_qty": cost.recipients,
        "overdraftAllEmailsPrice": cost.price,
        "addressesDeltaFromBalance": cost.unpaid,
        "addressesDeltaFromTariff": cost.beyond_plan,
        "max_emails_per_task": cost.largest,
        "result": cost.unpaid == 0,
    }


@serves(api.list_campaigns)
def list_campaigns(call: Call) -> Json:
    page = _campaigns(call)[call.query["offset"] :][: call.query["limit"]]
    return [{"task_id": campaign.id, "task_name": campaign.name, "task_status": campaign.status} for campaign in page]


@serves(api.get_contact)
def get_contact(call: Call) -> Json:
    contact = _find_contact(call, call.path["email"]) or refuse(api.NO_SUCH_CONTACT)
    return {
        "email": contact.email,
        "abook_id": str(contact.list_id),
        "phone": str(contact.phone or ""),
        "status": contact.status,
        "status_explain": EXPLAINED[contact.status],
        "variables": Variables(call.store, contact.list_id).entries(contact),
    }


@does(ACTIVATION)
def activate_contacts(errand: Errand) -> None:
    """New addresses that nobody objected to become active."""
    contacts = errand.store[Contact]
    for number in range(errand.payload["first"], errand.payload["last"] + 1):
        contact = contacts.get(number)
        if contact is not None and contact.status == NEW:
            contacts.change(contact, status=ACTIVE)


def _campaigns(call: Call) -> Any:
    """The campaigns to the list, oldest first."""
    number = call.found[MailingList].id
    return [campaign for campaign in call.store[Campaign].where() if number in campaign.list_ids]


def _refuse_taken(call: Call, name: str) -> None:
    if call.store[MailingList].find(name=name) is not None:
        refuse(api.NAME_TAKEN)


def _shown(call: Call, books: Iterable[MailingList]) -> Json:
    contacts, zone = call.store[Contact], call.settings.time_zone
    everyone_in = contacts.counter("list_id")
    active_in = contacts.counter("list_id", "is_active")
    phones_in = contacts.counter("list_id", "has_phone")

    def shown(book: MailingList) -> Json:
        everyone, active = everyone_in(book.id), active_in(book.id, True)
        return {
            "id": book.id,
            "name": book.name,
            "all_email_qty": everyone,
            "active_email_qty": active,
            "inactive_email_qty": everyone - active,
            # Unverified: when a phone counts as new or as excluded.
            "new_phones_quantity": 0,
            "active_phones_quantity": phones_in(book.id, True),
            "exc_phones_quantity": 0,
            "creationdate": local_time(book.created, zone),
            "status": book.status,
            "status_explain": "Active",
        }

    return [shown(book) for book in books]


def _listed(contact: Contact) -> Json:
    return {
        "email": contact.email,
        **({} if contact.phone is None else {"phone": contact.phone}),
        "status": contact.status,
        "status_explain": EXPLAINED[contact.status],
        "variables": contact.variables,
    }


def _wanted(call: Call) -> dict[str, bool]:
    """The filter of ``active`` and ``not_active``. Unverified: false is taken for "not asked", and both for "all"."""
    active, inactive = call.query.get("active", False), call.query.get("not_active", False)
    return {} if active == inactive else {"is_active": active}


def _find_contact(call: Call, address: str) -> Contact | None:
    return call.store[Contact].find(list_id=call.found[MailingList].id, email=address.strip().lower())


def _contacts(call: Call, addresses: Any) -> Any:
    """The contacts of the list with these addresses, each once."""
    found = (_find_contact(call, address) for address in dict.fromkeys(addresses))
    return [*{contact.id: contact for contact in found if contact}.values()]


def _given(call: Call, book: MailingList) -> dict[str, dict[str, Any]]:
    """What the body changes of each address, in one piece: an address that comes often must not be written as often."""
    variables = Variables(call.store, book.id)
    given: dict[str, dict[str, Any]] = {}
    for entry in call.body["emails"]:
        address = str(entry.get("email") or "").strip().lower()
        if not is_email(address):
            continue  # Unverified: the vendor's answer does not tell what became of a bad address
        if call.body.get("dont_update", False) and (address in given or _find_contact(call, address)):
            continue
        changes = variables.read(entry.get("variables", {}), strict=False)
        earlier = given.setdefault(address, changes)
        if earlier is not changes:
            earlier["variables"].update(changes.pop("variables"))
            earlier.update(changes)
    return given


def _confirming_sender(call: Call) -> Sender | None:
    """The sender that asks new contacts to confirm; None for single opt-in."""
    if "confirmation" not in call.body:
        return None
    sender = sender_named(call.store, call.body["sender_email"])
    return sender if sender and sender.is_active else refuse(api.SENDER_NOT_FOUND)


def _change(call: Call, contact: Contact, changes: dict[str, Any]) -> None:
    call.store[Contact].change(contact, **changes | {"variables": contact.variables | changes["variables"]})
