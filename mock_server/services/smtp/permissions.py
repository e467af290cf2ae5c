"""What an account may do with the SMTP service, and in whose name."""

from __future__ import annotations

from contracts.refusals import Refusal
from contracts.services.smtp import NOT_IN_TARIFF
from mock_server.behaviour import refuse
from mock_server.core.accounts import Account
from mock_server.core.store import Store
from mock_server.mailing.senders import sender_named


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


def may_send(store: Store, address: str) -> bool:
    """Whether mail may go out in the name of `address`: it is an active sender of the account."""
    sender = sender_named(store, address)
    return sender is not None and sender.is_active
