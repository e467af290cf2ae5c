"""Addresses that may send, and the codes that activate them."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Any, Final

from contracts.envelopes import Json
from contracts.refusals import Refusal
from contracts.schema import is_email
from contracts.services.email import senders as api
from mock_server.behaviour import Call, Occasion, refuse, serves, simulates
from mock_server.core.accounts import Account
from mock_server.core.clock import MINUTE
from mock_server.mailing.addresses import plain
from mock_server.mailing.free_mail import is_free_mail
from mock_server.mailing.senders import Sender, sender_named
from mock_server.services.email.recipients import is_barred

OK: Final = {"result": True}

PAUSE: Final = 15 * MINUTE
"""How long to wait after a code was mailed until another is (documented)."""

_POSTMASTER: Final = "no-reply@sendpulse.example"


@serves(api.list)
def list(call: Call) -> Json:
    return [
        {
            "email": sender.email,
            "name": sender.name,
            "status": "Active" if sender.is_active else "Requested activation",
            # Unverified: since the vendor merged the senders of both services, an active one may use either.
            "is_allowed_for_smtp": sender.is_active,
        }
        for sender in call.store[Sender].where()
    ]


@serves(api.create)
def create(call: Call) -> Json:
    senders, address = call.store[Sender], plain(call.body["email"])
    _refuse_unfit(call, address)
    if senders.find(email=address) is not None:
        refuse(api.TAKEN)
    if senders.count() >= call.settings.senders_allowed:
        refuse(api.TOO_MANY)
    _mail_code(call, senders.add(email=address, name=call.body["name"], is_active=False))
    return OK


@serves(api.delete)
def delete(call: Call) -> Json:
    """Remove a sender. Unverified: the owner's address too, and one whose campaigns are not finished."""
    call.store[Sender].remove(_find_sender(call, call.body["email"], missing=api.NOT_FOUND))
    return OK


@serves(api.request_code)
def request_code(call: Call) -> Json:
    """Mail another code. Unverified: an active sender gets one too, which activates nothing."""
    sender = _named_sender(call)
    if sender.code_sent is not None and call.now < sender.code_sent + PAUSE:
        refuse(api.TOO_SOON)
    if not call.settings.has_mail_server(sender.email):
        refuse(api.UNSENT)
    _mail_code(call, sender)
    return OK | {"email": sender.email}


@serves(api.activate)
def activate(call: Call) -> Json:
    sender = _named_sender(call)
    if sender.is_active or sender.code is None:
        refuse(api.NOT_AWAITED)
    if call.body["code"].strip() != sender.code:
        refuse(api.CODE_WRONG)
    call.store[Sender].change(sender, is_active=True, code=None)
    return OK | {"email": sender.email}


@simulates("activate")
def enter_code(account: Account, of: Mapping[str, Any]) -> Occasion | None:
    """The owner of ``{"email": address}`` could enter the code that was mailed there."""
    sender = sender_named(account.store, str(of.get("email", "")))
    if sender is None or sender.is_active:
        return None

    def happen() -> bool:
        account.store[Sender].change(sender, is_active=True, code=None)
        return True

    return Occasion(sender.code_sent or 0, happen)


def _refuse_unfit(call: Call, address: str) -> None:
    if not is_email(address):
        refuse(api.EMAIL_SYNTAX)
    if is_free_mail(address):
        refuse(api.FREE_MAIL)
    if call.settings.has_strict_dmarc(address):
        refuse(api.DMARC)
    if is_barred(call.account, address):
        refuse(api.BLACKLISTED)


def _named_sender(call: Call) -> Sender:
    """The sender that the path names."""
    if not call.path["email"].strip():
        refuse(api.NOT_NAMED)
    return _find_sender(call, call.path["email"], missing=api.UNKNOWN)


def _find_sender(call: Call, address: str, *, missing: Refusal) -> Sender:
    return sender_named(call.store, address) or refuse(missing)


def _mail_code(call: Call, sender: Sender) -> None:
    """Mail a code, which replaces the one before. Without a mail server it is lost, and there is nothing to wait for.

    Unverified: that a sender is added all the same where no mail arrives.
    """
    code = _code(call, sender)
    arrives = call.settings.has_mail_server(sender.email)
    if arrives:
        call.outbox.send(
            at=call.now,
            sender=_POSTMASTER,
            to=sender.email,
            subject="Activate your sender address",
            text=f"Your activation code is {code}. With it {sender.email} may send.",
            html=f"<p>Your activation code is <b>{code}</b>. With it {escape(sender.email)} may send.</p>",
            about={"kind": "activation", "sender_id": sender.id},
        )
    call.store[Sender].change(sender, code=code, code_sent=call.now if arrives else None)


def _code(call: Call, sender: Sender) -> str:
    """Five digits that nobody guesses and every run repeats."""
    seed = f"{call.account.number} {sender.id} {sender.email} {call.now}"
    return str(10_000 + int.from_bytes(sha256(seed.encode()).digest()) % 90_000)
