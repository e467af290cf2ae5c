"""Transactional mail: sent, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from contracts.decoding import decode_base64_text
from contracts.envelopes import Json
from contracts.schema import is_email
from contracts.services.smtp import NO_SMTP_USER, USER_NEEDED
from contracts.services.smtp import emails as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.core.clock import local_time
from mock_server.mailing.addresses import plain
from mock_server.mailing.attachments import all_in_base64
from mock_server.mailing.templates import find_template
from mock_server.services.smtp.entities import Delivery, Email
from mock_server.services.smtp.letters import Letter, Person
from mock_server.services.smtp.outcomes import email_of
from mock_server.services.smtp.pages import limit_of, page_of
from mock_server.services.smtp.permissions import require_paid_plan, require_user
from mock_server.services.smtp.records import record_of, record_without_recipient
from mock_server.services.smtp.sending import accept

_FILTERS: Final = ("from", "to", "sender", "recipient")


@serves(api.send)
def send(call: Call) -> Json:
    return {"result": True, "id": accept(call.account, _letter(call), call.now).key}


@serves(api.list)
def list(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    require_paid_plan(call.account)
    has_country = call.query.get("country", "").lower() != "off"
    wanted = {name: call.query[name] for name in _FILTERS if call.query.get(name)}
    if wanted:
        page = page_of(_matching(call, wanted), call.query)
    else:
        page = call.store[Delivery].page(limit_of(call.query), call.query["offset"])
    return [record_of(call.account, delivery, has_country=has_country) for delivery in page]


@serves(api.get_total)
def get_total(call: Call) -> Json:
    require_user(call.account, NO_SMTP_USER)
    require_paid_plan(call.account)
    return {"total": call.store[Delivery].count()}


@serves(api.get)
def get(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    email = call.store[Email].find(key=call.path["id"]) or refuse(api.NO_SUCH_EMAIL)
    return next(_records(call, [email]))


@serves(api.get_many)
def get_many(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    keys = dict.fromkeys(call.body["emails"])
    found = [email for key in keys if (email := call.store[Email].find(key=key))]
    return [*_records(call, found or refuse(api.NO_SUCH_EMAILS))]


def _matching(call: Call, wanted: Mapping[str, str]) -> Iterator[Delivery]:
    """The deliveries that keep every filter; a day stands for all of it."""
    recipient = {"recipient": plain(wanted["recipient"])} if "recipient" in wanted else {}
    sender, since, until = plain(wanted.get("sender", "")), wanted.get("from", ""), wanted.get("to", "")
    for delivery in call.store[Delivery].where(**recipient):
        sent = local_time(delivery.sent, call.settings.time_zone)
        if sent < since or (until and sent[: len(until)] > until):
            continue
        if not sender or email_of(call.account, delivery).sender == sender:
            yield delivery


def _records(call: Call, emails: Iterable[Email]) -> Iterator[Json]:
    """A record for each recipient; one without, of a mail whose recipients were all suppressed."""
    for email in emails:
        deliveries = [*call.store[Delivery].where(email_id=email.id)]
        for delivery in deliveries:
            yield record_of(call.account, delivery)
        if not deliveries:
            yield record_without_recipient(call.account, email)


def _letter(call: Call) -> Letter:
    given = call.body["email"]
    template = given.get("template", {})
    is_template = template.get("id", "") != ""  # clients fill in nothing for an id that nobody chose
    html, text = decode_base64_text(given.get("html", "")), given.get("text", "")
    if is_template:
        body = _template_body(call, template["id"])
        html = html if html.strip() else body  # what the call brings goes before the template, as in a campaign
    elif not html.strip() and not text.strip():
        refuse(api.TEMPLATE_ID_MISSING if "template" in given else api.BODY_MISSING)
    return Letter(
        sender=_person(given["from"]),
        to=_people(given["to"]),
        cc=_people(given.get("cc", ())),
        bcc=_people(given.get("bcc", ())),
        reply_to=_reply_to(given.get("reply_to", {})),
        subject=given["subject"],
        html=html,
        text=text,
        attachments=all_in_base64(given.get("attachments", {}), given.get("attachments_binary", {})),
        variables=template.get("variables", {}) if is_template else None,
    )


def _template_body(call: Call, reference: int | str) -> str:
    design = find_template(call.store, reference) or refuse(api.TEMPLATE_NOT_FOUND)
    # Unverified: that a template which is still rendered counts as empty.
    return design.body if design.body.strip() and not design.is_rendering else refuse(api.TEMPLATE_EMPTY)


def _person(given: Mapping[str, Any]) -> Person:
    return Person(given["email"], given.get("name", ""))


def _people(given: Iterable[Mapping[str, Any]]) -> tuple[Person, ...]:
    return tuple(map(_person, given))


def _reply_to(given: Mapping[str, Any]) -> Person | None:
    """Whom to answer; nobody where only white space is given, as clients do who leave it out."""
    address = given.get("email", "").strip()
    if not address:
        return None
    return Person(address, given.get("name", "")) if is_email(address) else refuse(api.REPLY_TO_INVALID)
