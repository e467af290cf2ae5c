"""What is left to spend: mails of the plan, then money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mock_server.core.settings import Settings
from mock_server.core.store import Store, entity

_ONLY: Final = 1


@entity("core.purse")
class Purse:
    """What an account has left: mails that its plan includes, and money. `bonus` is spent before `main`."""

    id: int
    emails_left: int
    main: float
    bonus: float

    @property
    def money(self) -> float:
        return round(self.main + self.bonus, 2)


def purse_of(store: Store, settings: Settings) -> Purse:
    """What is left: what the settings give, until something of it is spent."""
    given = settings.balance
    return store[Purse].get(_ONLY) or Purse(
        id=_ONLY, emails_left=settings.emails_left, main=given.main, bonus=given.bonus
    )


def pay(store: Store, purse: Purse, *, emails: int, money: float) -> Purse:
    """Spend mails of the plan and money, no more than there is of each. Debts, on either side, stay as they are."""
    from_bonus = min(max(0, purse.bonus), money)
    return store[Purse].put(
        Purse(
            id=_ONLY,
            emails_left=max(0, purse.emails_left - emails),
            main=_less(purse.main, money - from_bonus),
            bonus=_less(purse.bonus, from_bonus),
        )
    )


def _less(there: float, spent: float) -> float:
    return max(0.0, round(there - spent, 2)) if spent > 0 else there


def refill(store: Store, settings: Mapping[str, Any]) -> None:
    """What settings (JSON) give anew is there to spend; what they leave out stays as it is."""
    purse = store[Purse].get(_ONLY)
    if purse is not None:
        given = {"emails_left": settings.get("emails_left")} | dict(settings.get("balance", {}))
        changes = {name: value for name, value in given.items() if value is not None and name != "currency"}
        store[Purse].change(purse, **changes)
