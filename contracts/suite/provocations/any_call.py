"""What every operation can refuse."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from contracts.messages import Answer
from contracts.model import Operation
from contracts.refusals import (
    ACCOUNT_EXPIRED,
    NOT_PERMITTED,
    OVER_QUOTA,
    PLAN_REQUIRED,
    TOO_FAST,
    TOO_LARGE,
    UNAUTHORIZED,
    UNKNOWN_PATH,
)
from contracts.services import documents, oauth
from contracts.services.email import mailing_lists as lists
from contracts.suite.accounts import Account
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.refusals import provokes
from contracts.suite.scenes import ADA

BEYOND_ANY_BOUND: Final = bytes(33 * 1024 * 1024)
"""A body that no server reads."""


@provokes(TOO_LARGE)
def _send_too_much(account: Account, operation: Operation) -> Answer:
    """The body is larger than any server reads."""
    plain = request_of(account.naming_what_is_there(operation), Encoding.JSON, account.authorization)
    return account.exchange(replace(plain, body=BEYOND_ANY_BOUND))


@provokes(UNAUTHORIZED)
def _bring_no_token(account: Account, operation: Operation) -> Answer:
    """The request brings no token and no key, or one that is not good."""
    return account.send(account.naming_what_is_there(operation), authorization="")


@provokes(TOO_FAST)
def _ask_twice_in_a_second_of_one(account: Account, operation: Operation) -> Answer:
    """The account sent more requests in a second than it may, ten unless told otherwise."""
    account.change("limits", algorithm="sliding-window", per_second=1)
    account.get(lists.list)
    return account.send(account.naming_what_is_there(operation))


@provokes(OVER_QUOTA)
def _ask_twice_in_a_minute_of_one(account: Account, operation: Operation) -> Answer:
    """The account sent more requests in a minute, or in a day, than its plan allows."""
    account.change("limits", algorithm="sliding-window", per_minute=1)
    account.get(lists.list)
    return account.send(account.naming_what_is_there(operation))


@provokes(NOT_PERMITTED)
def _do_the_forbidden(account: Account, operation: Operation) -> Answer:
    """The account may not call the operation."""
    account.change("settings", forbidden=[operation.name])
    return account.send(account.naming_what_is_there(operation))


@provokes(ACCOUNT_EXPIRED)
def _outstay(account: Account, operation: Operation) -> Answer:
    """The account's access has ended."""
    account.change("settings", account_expired=True)
    return account.send(account.naming_what_is_there(operation))


@provokes(PLAN_REQUIRED)
def _want_what_the_free_plan_lacks(account: Account, operation: Operation) -> Answer:
    """The account's plan does not include the feature."""
    account.change("plan", category="free")
    case = account.naming_what_is_there(operation)
    wanted = operation.gate.argument if operation.gate else None
    return account.send(replace(case, arguments={wanted: [1]} if wanted else {}))


@provokes(UNKNOWN_PATH, documents.get)
def _read_what_nobody_wrote(account: Account, operation: Operation) -> Answer:
    """There is no document of that name."""
    return account.ask(operation, "nothing.yaml")


@provokes(oauth.INVALID_CLIENT, oauth.issue_token)
def _bring_a_wrong_secret(account: Account, operation: Operation) -> Answer:
    """The client id is unknown, or the secret is not its own."""
    client_id = account.credentials.client_id
    return account.ask(operation, grant_type="client_credentials", client_id=client_id, client_secret=ADA)
