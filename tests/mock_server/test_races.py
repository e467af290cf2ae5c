"""Accounts made, removed and used by several threads at once."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread

from mock_server.app import EXTENSION, create_app
from mock_server.core.accounts import Account
from mock_server.core.tokens import make_key
from mock_server.core.world import World
from mock_server.services.email.entities import MailingList

A_MOMENT = 0.05
"""Seconds given to a thread that must not get anywhere: a test fails at once if it does, and passes if it is slow."""

SECONDS = 30.0
"""No thread lives longer, whatever it waits for."""


def world(found: Callable[[Account], None]) -> World:
    return World(perform=lambda *_: None, found=found, load=lambda _: {}, keyfile=make_key)


def test_an_account_is_seen_by_nobody_until_it_has_what_it_starts_with() -> None:
    seen: list[tuple[Account | None, bool]] = []
    is_furnished = Event()

    def found(account: Account) -> None:
        if account.client_id == "fresh":
            other.start()
            other.join(A_MOMENT)
            is_furnished.set()

    several = world(found)
    other = Thread(target=lambda: seen.append((several.account("fresh"), is_furnished.is_set())))
    fresh = several.make_account(client_id="fresh")
    other.join(SECONDS)

    assert seen == [(fresh, True)]


def test_removing_an_account_twice_leaves_the_next_of_that_name_alone() -> None:
    several = world(lambda _: None)
    first = several.make_account(client_id="reused")
    several.remove_account(first)
    second = several.make_account(client_id="reused")

    several.remove_account(first)

    assert several.account("reused") is second


def test_a_request_that_waits_while_its_account_is_removed_does_nothing() -> None:
    app = create_app()
    several = app.extensions[EXTENSION].world
    account = several.make_account()
    headers = {"Authorization": f"Bearer {several.make_api_key(account)}"}
    answers: list[int] = []

    def create() -> None:
        answer = app.test_client().post("/addressbooks", json={"bookName": "Readers"}, headers=headers)
        answers.append(answer.status_code)

    waiting = Thread(target=create)
    with account.lock:
        waiting.start()
        waiting.join(A_MOMENT)
        several.remove_account(account)
    waiting.join(SECONDS)

    assert answers == [401]
    assert account.store[MailingList].count() == 0
