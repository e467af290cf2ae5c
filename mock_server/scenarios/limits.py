"""Troubles with limits."""

from __future__ import annotations

from contracts.refusals import TOO_FAST
from mock_server.control import AccountControl
from mock_server.core.faults import CALLS
from mock_server.core.throttle import OFF, Limits
from mock_server.scenarios.courses import goes_on, is_turned_away
from mock_server.scenarios.declarations import scenario


@scenario(
    try_it="make a call",
    good="waits a second and more before it makes the same call again: what was turned away did nothing",
    known="the vendor sends no `Retry-After`; clients that count on it repeat at once, or fail on the header",
    expects=(is_turned_away(429, most=2), goes_on),
    rules=("no_back_off",),
)
def _429_without_retry_after(account: AccountControl) -> None:
    """Two calls are turned away as too fast, and nothing says when to come back."""
    account.faults.add({"refuse": TOO_FAST.code}, {"refuse": TOO_FAST.code}, operation=CALLS)


@scenario(
    try_it="make a call, and expect it to fail",
    good="tells whoever called, or waits for the next minute; it does not knock until then",
    known="clients that take every 429 for the limit of the second",
    expects=(is_turned_away(429, most=3),),
)
def minute_quota_used_up(account: AccountControl) -> None:
    """The plan's requests of this minute are used up, by other clients of the account."""
    if account.account.throttle.limits.algorithm == OFF:
        account.limits.set(Limits().algorithm)
    with account.account.lock:
        account.account.throttle.leave(account.account.clock.now(), {"minute": 0})
