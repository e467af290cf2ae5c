"""Addresses that no mail goes to. Those who left by a link, complained, or were taken off by the account's owner.

Unverified: that an address whose mail comes back is not among them. The vendor's list has no such reason.
"""

from __future__ import annotations

from mock_server.core.accounts import Account
from mock_server.core.clock import Instant
from mock_server.core.store import Store
from mock_server.mailing.addresses import plain
from mock_server.services.smtp.entities import Suppressed

BY_LINK, BY_USER, COMPLAINED = "by_link", "by_user", "complained"


def suppressed(store: Store, address: str) -> Suppressed | None:
    """The entry of an address, if no mail goes to it."""
    return store[Suppressed].find(email=plain(address))


def suppress(account: Account, address: str, reason: str, at: Instant, comment: str = "") -> None:
    """Let no more mail go to an address. One that was suppressed before has another reason now."""
    table, known = account.store[Suppressed], suppressed(account.store, address)
    if known is None:
        table.add(email=plain(address), at=at, comment=comment, **{reason: True})
    else:
        table.change(known, at=at, comment=comment or known.comment, **{reason: True})
