"""Money, and what the account pays for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from contracts.envelopes import Json
from contracts.services.email import balance as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.core.clock import local_time
from mock_server.services.email.entities import Contact
from mock_server.services.email.prices import MOST_SUBSCRIBERS, RATES

LONGEST_MONTH: Final = timedelta(days=31)


@serves(api.get)
def get(call: Call) -> Json:
    return {"currency": call.settings.balance.currency, "balance_currency": call.account.purse.money}


@serves(api.get_in_currency)
def get_in_currency(call: Call) -> Json:
    wanted, own = _code(call.path["currency"]), _code(call.settings.balance.currency)
    if wanted == own:
        return {"currency": wanted, "balance_currency": call.account.purse.money}
    if wanted not in RATES:
        refuse(api.CURRENCY_INVALID)
    worth = call.account.purse.money * RATES[wanted] / RATES.get(own, 1.0)
    return {"currency": wanted, "balance_currency": round(worth, 2)}


@serves(api.get_detail)
def get_detail(call: Call) -> Json:
    purse = call.account.purse
    return {
        "balance": {
            "main": f"{purse.main:.2f}",
            "bonus": f"{purse.bonus:.2f}",
            "currency": call.settings.balance.currency,
        },
        "email": {
            "tariff_name": _tariff(call, "email"),
            "finished_time": _end_of_plan(call),
            "emails_left": purse.emails_left,
            "maximum_subscribers": MOST_SUBSCRIBERS[call.account.plan.category],
            "current_subscribers": call.store[Contact].count(),
            "is_unique_type": False,
        },
        **({"smtp": _service_plan(call, "smtp")} if call.settings.smtp else {}),
        **({"push": _service_plan(call, "push")} if _has_plan(call, "push") else {}),
    }


def _code(currency: str) -> str:
    """Seen in a Go client: rubles are answered under their former code."""
    return {"RUB": "RUR"}.get(currency.upper(), currency.upper())


def _service_plan(call: Call, service: str) -> dict[str, Any]:
    # Unverified: that a plan renews itself unless it has ended.
    return {
        "tariff_name": _tariff(call, service),
        "end_date": _end_of_plan(call),
        "auto_renew": int(not call.settings.plan_ended),
    }


def _has_plan(call: Call, service: str) -> bool:
    return any(plan.service == service for plan in call.account.plan.services or ())


def _tariff(call: Call, service: str) -> str:
    """The service's own plan where plans were given one by one, the account's category otherwise. Unverified names."""
    plan = call.account.plan
    if plan.services is None:
        return plan.category.title()
    return next((known.tariff for known in plan.services if known.service == service), "free").title()


def _end_of_plan(call: Call) -> str:
    """The first moment of the next month; of this month, where the plan has ended. Unverified: plans go by month."""
    today = date.fromisoformat(local_time(call.now, call.settings.time_zone)[:10])
    first = today.replace(day=1)
    end = first if call.settings.plan_ended else (first + LONGEST_MONTH).replace(day=1)
    return f"{end} 00:00:00"
