"""What a campaign costs: first the plan's emails, then money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mock_server.core.accounts import Account
from mock_server.core.purse import Purse

CENTS_A_MAIL: Final = 1
"""Price of one mail beyond the plan. Unverified: the vendor's prices depend on country and plan."""

LARGEST_CAMPAIGN: Final = {"free": 500, "standard": 50_000, "enterprise": 1_000_000}
"""Recipients of one campaign by plan category. The first is documented, the others are Unverified."""

MOST_MONEY: Final = 10**12
"""More than this pays for no more mails. A balance may be set to any number."""

MOST_SUBSCRIBERS: Final = {"free": 500, "standard": 50_000, "enterprise": 1_000_000}
"""Contacts by plan category. The first is documented, the others are Unverified."""

RATES: Final = {"USD": 1.0, "EUR": 0.9, "GBP": 0.8, "UAH": 40.0, "RUR": 90.0, "INR": 85.0, "JPY": 150.0}
"""What a dollar is worth in the currencies that clients name. Made up; Unverified: which there are besides."""


@dataclass(frozen=True, slots=True)
class Quote:
    """What mailing `recipients` would take: mails beyond the plan, their price, and mails that nothing pays for."""

    recipients: int
    beyond_plan: int
    price: float
    unpaid: int
    largest: int


def quote(account: Account, recipients: int) -> Quote:
    """The cost of mailing that many recipients now."""
    purse = account.purse
    beyond_plan = max(0, recipients - purse.emails_left)
    return Quote(
        recipients,
        beyond_plan,
        beyond_plan * CENTS_A_MAIL / 100,
        max(0, beyond_plan - payable(purse)),
        LARGEST_CAMPAIGN[account.plan.category],
    )


def gift(account: Account, recipients: int) -> Quote:
    """What a test takes: nothing."""
    return Quote(recipients, recipients, 0, 0, LARGEST_CAMPAIGN[account.plan.category])


def payable(purse: Purse) -> int:
    """How many mails beyond the plan the money pays for: none where there are debts."""
    return round(100 * min(max(0, purse.money), MOST_MONEY)) // CENTS_A_MAIL
