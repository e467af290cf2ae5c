"""Sender domains as older clients know them: confirmed by a mail to an address there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any, Final

from contracts.envelopes import Json
from contracts.services.smtp import USER_NEEDED
from contracts.services.smtp import domains as api
from mock_server.behaviour import Call, Occasion, refuse, serves, simulates
from mock_server.core.accounts import Account
from mock_server.mailing.addresses import domain_of, plain
from mock_server.mailing.free_mail import is_free_mail
from mock_server.services.smtp.entities import SenderDomain
from mock_server.services.smtp.permissions import require_user

OK: Final = {"result": True}

_LINK: Final = "https://confirm.sendpulse.example/domains/{id}"
_POSTMASTER: Final = "no-reply@sendpulse.example"


@serves(api.list)
def list(call: Call) -> Json:
    """Unverified: that those are among them that nobody has confirmed yet."""
    require_user(call.account, USER_NEEDED)
    return [f"@{domain.domain}" for domain in call.store[SenderDomain].where()]


@serves(api.create)
def create(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    domains, address = call.store[SenderDomain], plain(call.body["email"])
    if is_free_mail(address):
        refuse(api.FREE_MAIL)
    if domains.find(domain=domain_of(address)) is not None:
        refuse(api.TAKEN)
    _ask(call, domains.add(domain=domain_of(address), asked=address))
    return OK


@serves(api.request_confirmation)
def request_confirmation(call: Call) -> Json:
    """Unverified: that there is nothing to wait for between two mails."""
    require_user(call.account, USER_NEEDED)
    _ask(call, _awaited(call.account, call.path["email"]) or refuse(api.NOT_AWAITED))
    return OK


@simulates("confirm")
def confirm(account: Account, of: Mapping[str, Any]) -> Occasion | None:
    """Follow the link that was mailed to the address ``of["email"]``, to confirm its domain."""
    domain = _awaited(account, str(of.get("email", "")))
    if domain is None or domain.asked_at is None:
        return None
    return Occasion(domain.asked_at, partial(_confirm, account, domain))


def _confirm(account: Account, domain: SenderDomain) -> bool:
    account.store[SenderDomain].change(domain, is_confirmed=True)
    return True


def _awaited(account: Account, address: str) -> SenderDomain | None:
    """The domain that waits for that address to confirm it."""
    domain = account.store[SenderDomain].find(domain=domain_of(address))
    is_awaited = domain is not None and domain.asked == plain(address) and not domain.is_confirmed
    return domain if is_awaited else None


def _ask(call: Call, domain: SenderDomain) -> None:
    """Mail the link that confirms a domain. Without a mail server it is lost. Unverified: that this is no refusal."""
    if domain.asked is None or not call.settings.has_mail_server(domain.asked):
        return
    link = _LINK.format(id=domain.id)
    call.outbox.send(
        at=call.now,
        sender=_POSTMASTER,
        to=domain.asked,
        subject=f"Confirm the domain {domain.domain}",
        text=f"Follow this link to let mail go out in the name of {domain.domain}: {link}",
        html=f'<p>Follow <a href="{link}">this link</a> to let mail go out in the name of {escape(domain.domain)}.</p>',
        about={"kind": "domain", "domain_id": domain.id},
    )
    call.store[SenderDomain].change(domain, asked_at=call.now)
