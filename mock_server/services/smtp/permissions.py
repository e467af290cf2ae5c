"""What an account may do with the SMTP service, and in whose name."""

from __future__ import annotations

from contracts.refusals import Refusal
from contracts.services.smtp import NOT_IN_TARIFF
from mock_server.behaviour import refuse
from mock_server.core.accounts import Account
from mock_server.core.settings import Settings
from mock_server.mailing.addresses import domain_of
from mock_server.mailing.senders import sender_named
from mock_server.services.smtp.entities import SenderDomain


def require_user(account: Account, otherwise: Refusal) -> None:
    """Refuse where the account has not switched SMTP on."""
    if not account.settings.smtp:
        refuse(otherwise)


def require_paid_plan(account: Account) -> None:
    """Refuse what is not for free plans.

    Unverified: the vendor does not say which tariffs allow an operation that some do not.
    """
    if account.plan.is_free("smtp"):
        refuse(NOT_IN_TARIFF)


def may_send(account: Account, address: str) -> bool:
    """Whether mail may go out in the name of `address`: it is an active sender, or at an active domain."""
    sender = sender_named(account.store, address)
    if sender is not None and sender.is_active:
        return True
    domain = account.store[SenderDomain].find(domain=domain_of(address))
    return domain is not None and is_active(account.settings, domain)


def is_active(settings: Settings, domain: SenderDomain) -> bool:
    """Whether mail may go out in the name of a domain: its DNS is right, or somebody there has confirmed it.

    Unverified: how the vendor comes to activate a domain. Here no DNS is asked; a setting says whose is right.
    """
    return domain.is_confirmed or settings.has_authenticated(domain.domain)
