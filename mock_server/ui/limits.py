"""Limits and clock: how much is left of second, minute and day, what time it is, and what is going to happen."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from flask import Response, request

from mock_server.control import AccountControl
from mock_server.core.clock import SECOND, format_instant
from mock_server.core.plans import CATEGORIES
from mock_server.core.schedule import Task
from mock_server.core.throttle import ALGORITHM_NAMES
from mock_server.ui.accounts import account_pages, current
from mock_server.ui.actions import acts, done
from mock_server.ui.fields import number_or_text
from mock_server.ui.live import live_page

pages: Final = account_pages("limits")

_COMING: Final = 20
ALGORITHMS: Final = {
    "sliding-window": "at most 10 in any second",
    "fixed-window": "at most 10 in each calendar second",
    "token-bucket": "a bucket of 10, refilled at 10 a second",
    "gcra": "10 a second, at most 5 at one instant",
    "strictest": "what all of them let through",
    "off": "nothing is limited",
}
"""What each rule means, with the vendor's ten a second."""


class Gauge(NamedTuple):
    """How much of one window is used."""

    name: str
    limit: int
    left: int | None

    @property
    def used(self) -> int:
        return 0 if self.left is None else self.limit - self.left

    @property
    def tone(self) -> str:
        """Whether it is time to worry."""
        share = self.used / self.limit
        return "bad" if share >= 1 else "warn" if share >= 0.8 else "good"


@pages.get("/limits")
def show() -> Response:
    clock = current().account.clock
    return live_page("limits", _about, beat=clock.now() // SECOND)


def _about() -> dict[str, Any]:
    account = current()
    with account.account.lock:
        limits = account.limits.as_json()
        now = account.account.clock.now()
        return {
            "limits": limits,
            "gauges": _gauges(limits),
            "algorithms": {name: ALGORITHMS[name] for name in ALGORITHM_NAMES},
            "set": account.account.throttle.limits,
            "categories": CATEGORIES,
            "plan": account.plan.as_json(),
            "clock_now": format_instant(now),
            "now": now,
            **_coming(account),
        }


def _gauges(limits: dict[str, Any]) -> list[Gauge]:
    windows = {"second": "per_second", "minute": "per_minute", "day": "per_day"}
    return [Gauge(name, limits[limit], limits["left"][name]) for name, limit in windows.items()]


def _coming(account: AccountControl) -> dict[str, Any]:
    tasks = list(account.account.store[Task].where())
    waiting = sorted((task for task in tasks if task.error is None), key=lambda task: (task.due, task.id))
    return {
        "coming": waiting[:_COMING],
        "later": len(waiting[_COMING:]),
        "failed": [task for task in tasks if task.error is not None][:_COMING],
    }


@pages.post("/limits")
@acts("limits.show")
def change() -> None:
    given = request.form
    quotas = {name: given.get(name, "").strip() for name in ("per_second", "per_minute", "per_day")}
    changes = {name: number_or_text(text) if text else None for name, text in quotas.items()}
    current().limits.change({"algorithm": given.get("algorithm", ""), **changes})
    done("The limits are changed.")


@pages.post("/plan")
@acts("limits.show")
def set_plan() -> None:
    current().plan.set(request.form.get("category", ""))
    done("The plan is changed, and the quotas of minute and day with it.")


@pages.post("/clock/advance")
@acts("limits.show")
def advance() -> None:
    by = request.form.get("by", "").strip()
    try:
        now = current().clock.advance(by)
    except OverflowError:
        raise ValueError(f"a clock cannot advance by {by!r}; send a span that a calendar can hold") from None
    done(f"It is {now[:19].replace('T', ' ')} UTC now. All that was due by then is done.")


@pages.post("/clock/frozen")
@acts("limits.show")
def freeze() -> None:
    frozen = request.form.get("frozen") == "yes"
    current().clock.set(frozen=frozen)
    done("Time stands still." if frozen else "Time runs on.")


@pages.post("/clock/now")
@acts("limits.show")
def set_now() -> None:
    text = request.form.get("now", "").strip()
    current().clock.set(_as_rfc_3339(text))
    done("The clock is set.")


def _as_rfc_3339(text: str) -> str:
    """An instant as people write it, with a space or without an offset, which means UTC."""
    text = text.replace(" UTC", "Z").replace(" ", "T")
    date, _, time = text.partition("T")
    if time.count(":") == 1:  # what a browser's own field for date and time leaves out
        time += ":00"
    return f"{date}T{time}" if time.upper().endswith("Z") or "+" in time or "-" in time else f"{date}T{time}Z"
