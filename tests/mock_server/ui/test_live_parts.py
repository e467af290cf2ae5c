"""Pages that follow what happens: asked for anew, they answer when there is something new, and only then."""

from __future__ import annotations

from typing import Any

import pytest
from browser import DEMO, Browser, Page
from werkzeug.test import TestResponse

from mock_server.control import AccountControl

LIVE = (
    "overview",
    "inbox",
    "requests",
    "lists",
    "campaigns",
    "senders",
    "data/templates",
    "data/webhooks",
    "limits",
    "faults",
)


def part(browser: Browser, path: str, version: str = "") -> TestResponse:
    headers = {"X-Part": "1", "If-None-Match": f'"{version}"'}
    return browser.client.get(f"{DEMO}/{path}", headers=headers)


def version_of(page: Page) -> str:
    [region] = [one for one in page if "data-live" in one.attributes]
    return region.attributes["data-version"]


@pytest.fixture
def account(account: AccountControl) -> AccountControl:
    account.clock.freeze()
    return account


@pytest.mark.parametrize("path", LIVE)
def test_nothing_new_is_told_without_looking(browser: Browser, account: AccountControl, path: str) -> None:
    shown = browser.get(f"{DEMO}/{path}")

    answer = part(browser, path, version_of(shown))

    assert answer.status_code == 304
    assert answer.data == b""


@pytest.mark.parametrize("path", LIVE)
def test_what_is_new_comes_as_the_part_that_changed(
    browser: Browser, account: AccountControl, vendor: Any, path: str
) -> None:
    shown = browser.get(f"{DEMO}/{path}")
    vendor("POST", "/addressbooks", {"bookName": "Readers"})

    answer = part(browser, path, version_of(shown))

    assert answer.status_code == 200
    assert b"<html" not in answer.data
    assert answer.headers["ETag"].strip('"') == version_of(browser.get(f"{DEMO}/{path}"))


def test_a_new_request_appears_without_a_reload(browser: Browser, account: AccountControl, vendor: Any) -> None:
    version = version_of(browser.get(f"{DEMO}/requests"))
    vendor("POST", "/addressbooks", {"bookName": "Readers"})

    answer = part(browser, "requests", version).get_data(as_text=True)

    assert 'id="entry-1"' in answer
    assert 'data-told="Request 1: email.mailing_lists.create answered 200"' in answer


@pytest.mark.parametrize(
    "happen",
    [
        lambda account: account.faults.add({"status": 500}),
        lambda account: account.faults.clear(),
        lambda account: account.limits.set("gcra"),
        lambda account: account.plan.set("free"),
        lambda account: account.clock.advance(1),
        lambda account: account.settings.set(smtp=False),
        lambda account: account.journal.clear(),
        lambda account: account.state.restore(account.state.snapshot()),
    ],
)
def test_whatever_is_done_to_an_account_is_news(browser: Browser, account: AccountControl, happen: Any) -> None:
    version = version_of(browser.get(f"{DEMO}/limits"))

    happen(account)

    assert part(browser, "limits", version).status_code == 200


def test_the_second_goes_on_where_time_does(browser: Browser, account: AccountControl) -> None:
    account.clock.set("2026-01-31T12:00:00Z")

    page = browser.get(f"{DEMO}/limits")

    assert "12:00:00" in page.main.text
    assert "data-frozen" in page.one("body").attributes
