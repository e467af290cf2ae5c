"""Troubles with tokens: where most clients in use have their bugs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from contracts.services import oauth
from mock_server.control import AccountControl
from mock_server.core.faults import CALLS
from mock_server.scenarios.courses import (
    asks_for_tokens,
    bears_tokens,
    calls_often,
    goes_on,
    has_new_token,
    is_refused_once,
    is_turned_away,
    loses_its_token,
)
from mock_server.scenarios.declarations import scenario

LIFETIME: Final = 3600
"""Seconds for which a token is good."""

MANY: Final = 4
"""Calls at once that make a storm."""

SLOW, VERY_SLOW = 0.1, 1.0
"""Seconds that a token takes: long enough for threads to meet, and for an impatient client to give up."""

PATIENCE: Final = 6
"""So many times a client may ask an endpoint that is down: five repetitions."""

LONG: Final = 30
"""So many requests does a trouble last that a good client does not sit out; then even a bad one comes to an end."""

_WARM: Final = "let a client that has a token already make a call"


@scenario(
    try_it=_WARM,
    good="asks for a token again, and makes its call with that",
    known="PHP SDK (its pull request 34): after one failure its guard against loops stays set, and it never asks again",
    expects=(has_new_token, goes_on, is_refused_once, asks_for_tokens(3)),
)
def token_refresh_fails_once(account: AccountControl) -> None:
    """The token that a client has is refused, and the first request for another is answered 500."""
    account.account.revoke_tokens()
    _go_wrong(account, {"status": 500})


@scenario(
    try_it=_WARM,
    good="asks for one new token, and makes the same call with it",
    known="Java SDK: it repeats the call without any token; Python's keeps a token without the time it ends",
    expects=(loses_its_token, goes_on, is_refused_once, asks_for_tokens(1)),
)
def expired_stored_token(account: AccountControl) -> None:
    """An hour passes, so that the token which a client keeps has expired."""
    account.clock.advance(LIFETIME + 1)


@scenario(
    try_it=_WARM,
    good="asks for one new token although the old one should be good, and makes the same call with it",
    known="aiosendpulse: it asks its store again, which holds the same token",
    expects=(loses_its_token, goes_on, is_refused_once, asks_for_tokens(1)),
)
def revoked_token(account: AccountControl) -> None:
    """The token that a client has is refused before its time."""
    account.account.revoke_tokens()


@scenario(
    try_it=f"let {MANY} threads or more of a client that has a token already make a call at once",
    good="lets one thread ask for a new token, while the others wait for it",
    known="all SDKs: each thread or process that is refused asks for a token of its own",
    expects=(loses_its_token, calls_often(MANY), goes_on, asks_for_tokens(2)),
)
def refresh_storm(account: AccountControl) -> None:
    """The token expires while many threads use it, and a new one takes a moment."""
    account.clock.advance(LIFETIME + 1)
    _go_wrong(account, *[{"latency": SLOW}] * LONG)


@scenario(
    try_it="let a client that has a token already make calls until one is served, three at most",
    good="looks whether the answer holds a token, keeps nothing else, and asks again for the next call",
    known="SDKs that keep whatever the answer has in the token's place; PHP SDK 3 and aiosendpulse look",
    expects=(has_new_token, goes_on, is_refused_once, bears_tokens),
)
def error_body_saved_as_token(account: AccountControl) -> None:
    """The request for a new token is answered 200, with an error in place of the token."""
    account.account.revoke_tokens()
    _go_wrong(account, {"answer": {"error": "server_error", "message": "Try later"}})


@scenario(
    try_it=_WARM,
    good="waits for the answer longer than usual, and does not ask a second time meanwhile",
    known="clients with one short time-out for all that they ask",
    expects=(has_new_token, goes_on, asks_for_tokens(1)),
)
def slow_token_endpoint(account: AccountControl) -> None:
    """The token that a client has is refused, and another takes its time."""
    account.account.revoke_tokens()
    _go_wrong(account, *[{"latency": VERY_SLOW}] * 3)


@scenario(
    try_it=f"{_WARM}, and expect it to fail",
    good=f"asks {PATIENCE} times at most, with longer pauses each time, and then tells whoever called",
    known="clients that ask until they get a token",
    expects=(has_new_token, asks_for_tokens(PATIENCE)),
    rules=("no_back_off",),
)
def token_endpoint_down(account: AccountControl) -> None:
    """The token that a client has is refused, and the request for another is answered 503 for a while."""
    account.account.revoke_tokens()
    _go_wrong(account, *[{"status": 503}] * LONG)


@scenario(
    try_it="make three calls or more",
    good="reckons from `expires_in` and its own clock, and leaves the claims inside of a token alone",
    known="clients that read `exp` out of the token, or keep a date beside it",
    expects=(calls_often(3), goes_on, asks_for_tokens(2)),
)
def clock_skew(account: AccountControl) -> None:
    """The server's clock is two hours behind the client's, and the token that the client has is refused."""
    now = datetime.fromisoformat(account.clock.now)
    account.account.revoke_tokens()
    account.clock.set((now - timedelta(hours=2)).isoformat())


@scenario(
    try_it="make one call, and expect it to fail",
    good="asks for one new token, tries once more, and then tells whoever called",
    known="the SDKs for PHP, Python, Node, Java, C#, Ruby and Go: each new token takes their guard against loops away",
    expects=(is_turned_away(401, most=2), asks_for_tokens(2)),
)
def unauthorized_loop(account: AccountControl) -> None:
    """Every call is answered 401, however new its token."""
    account.faults.add(*[{"status": 401}] * LONG, operation=CALLS)


def _go_wrong(account: AccountControl, *script: Mapping[str, Any]) -> None:
    """Plan what becomes of requests for tokens."""
    account.faults.add(*script, operation=oauth.issue_token.name)
