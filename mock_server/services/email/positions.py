"""The positions on open questions of bulk email that an account may be set to take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from contracts.envelopes import Json
from contracts.services.email import addresses, balance, campaigns, mailing_lists, senders, templates, webhooks
from mock_server.behaviour import refuse
from mock_server.exchange import Exchange, Proceed
from mock_server.mailing.addresses import plain
from mock_server.positions import answering, refusing, takes, with_status
from mock_server.services.email.entities import Contact
from mock_server.services.email.statuses import NEW, UNSUBSCRIBED

_OF_ADDRESSES: Final = (addresses.get, addresses.get_details, addresses.get_campaigns, addresses.delete)

takes("missing_campaign", "as_422")(with_status(422, campaigns.CAMPAIGN_NOT_FOUND))
takes("missing_webhook", "as_422")(with_status(422, webhooks.WEBHOOK_NOT_FOUND))
takes("missing_address", "as_422")(with_status(422, mailing_lists.NO_SUCH_CONTACT, of=_OF_ADDRESSES))
takes("missing_contact", "as_422")(with_status(422, mailing_lists.NO_SUCH_CONTACT, of=(mailing_lists.get_contact,)))
takes("no_addresses", "as_400")(with_status(400, addresses.NO_DATA))
takes("unknown_currency", "as_404")(with_status(404, balance.CURRENCY_INVALID))
takes("missing_sender", "as_404")(with_status(404, senders.NOT_FOUND))
takes("campaigns_status", "as_429")(with_status(429, campaigns.TOO_MANY_CAMPAIGNS))
takes("missing_address_code", "as_17")(
    refusing(lambda no: replace(no, code=17), mailing_lists.NO_SUCH_CONTACT, of=_OF_ADDRESSES)
)

_UNNAMED: Final = {
    mailing_lists.create: mailing_lists.create.refusals["bookName.required"],
    mailing_lists.rename: mailing_lists.rename.refusals["name.required"],
}


@takes("blank_names", "by_validator")
def leave_blank_names_to_the_validator(exchange: Exchange, proceed: Proceed) -> None:
    missing = _UNNAMED.get(exchange.operation) if exchange.operation else None
    refusing(lambda no: missing or no, mailing_lists.NAME_EMPTY)(exchange, proceed)


takes("blank_names", "by_table")(refusing(lambda _: mailing_lists.NAME_EMPTY, *_UNNAMED.values(), of=[*_UNNAMED]))


def _data_alone(body: Json) -> Json:
    return {"data": body["data"]}


def _bare(body: Json) -> Json:
    return body["data"]


takes("webhook_envelope", "data")(answering(_data_alone, webhooks.list))
takes("webhook_envelope", "bare")(answering(_bare, webhooks.list))


def _without(name: str) -> Any:
    return lambda fields: {key: value for key, value in fields.items() if key != name}


takes("sent_date_key", "sent_date")(answering(_without("send_date"), campaigns.get_recipient))
takes("sent_date_key", "send_date")(answering(_without("sent_date"), campaigns.get_recipient))


def _counters_as_rows(rows: Json) -> Json:
    """Unverified: the codes; whoever asks only looks whether it is an array."""
    return [
        row | {"statistics": [{"code": code, "count": count} for code, count in enumerate(row["statistics"].values())]}
        for row in rows
    ]


takes("campaign_statistics", "array")(answering(_counters_as_rows, campaigns.list))


def _numbers_as_texts(rows: Json) -> Json:
    return [{name: str(value) if type(value) is int else value for name, value in row.items()} for row in rows]


takes("numbers", "texts")(answering(_numbers_as_texts, mailing_lists.list, mailing_lists.get))

takes("list_status", "seen")(answering(lambda rows: [row | {"status": 2} for row in rows], mailing_lists.list))


def _each(change: Any) -> Any:
    return lambda by_address: {address: change(told) for address, told in by_address.items()}


def _nested(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name not in told["statistic"]}


takes("statistic_of_many", "flat")(answering(_each(_without("statistic")), addresses.get_campaigns_of_many))
takes("statistic_of_many", "nested")(answering(_each(_nested), addresses.get_campaigns_of_many))


@takes("plain_addresses", "refused")
def want_objects(exchange: Exchange, proceed: Proceed) -> None:
    if exchange.operation is mailing_lists.add_emails:
        emails = exchange.given.get("emails")
        if isinstance(emails, list) and any(isinstance(one, str) for one in emails):
            refuse(mailing_lists.add_emails.refusals["emails.*.array"])
    proceed(exchange)


@takes("active_flag", "digits")
def want_digits(exchange: Exchange, proceed: Proceed) -> None:
    if exchange.operation is mailing_lists.get_total and str(exchange.given.get("active", "1")) not in {"0", "1"}:
        refuse(mailing_lists.get_total.refusals["active.boolean"])
    proceed(exchange)


@takes("active_flag", "anything")
def take_any_flag(exchange: Exchange, proceed: Proceed) -> None:
    given = exchange.given.get("active")
    if exchange.operation is mailing_lists.get_total and given is not None:
        exchange.replace_given(active=str(given) not in {"0", "false", ""})
    proceed(exchange)


@takes("template_owner", "me")
def list_own_templates(exchange: Exchange, proceed: Proceed) -> None:
    if exchange.operation is templates.list and "owner" not in exchange.given:
        exchange.replace_given(owner=templates.ME)
    proceed(exchange)


@takes("template_owner", "everybody")
def list_all_templates(exchange: Exchange, proceed: Proceed) -> None:
    is_asked = exchange.operation is templates.list and "owner" not in exchange.given
    proceed(exchange)
    if is_asked:
        theirs = exchange.payload
        list_own_templates(exchange, proceed)
        exchange.payload = [*theirs, *exchange.payload]


@takes("revival", "revives")
def revive(exchange: Exchange, proceed: Proceed) -> None:
    """Whoever is added again is as new."""
    proceed(exchange)
    if exchange.operation is mailing_lists.add_emails:
        account = exchange.account
        with account.lock, account.store.transaction():
            for entry in exchange.arguments["emails"]:
                email, list_id = plain(str(entry.get("email"))), int(exchange.params["id"])
                contact = account.store[Contact].find(list_id=list_id, email=email)
                if contact is not None and contact.status == UNSUBSCRIBED:
                    account.store[Contact].change(contact, status=NEW)


@takes("serialized_fields", "refused")
def refuse_serialized_fields(exchange: Exchange, proceed: Proceed) -> None:
    emails = exchange.given.get("emails")
    if exchange.operation is mailing_lists.add_emails and isinstance(emails, str) and emails.startswith("a:"):
        refuse(mailing_lists.BADLY_FORMED)
    proceed(exchange)
