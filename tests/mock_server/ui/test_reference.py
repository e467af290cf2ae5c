"""The reference and its forms: each operation can be tried, and what came of it is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from browser import DEMO, Browser, Page, fields_of
from flask import Flask

from contracts.catalogue import catalogue
from contracts.model import Operation
from mock_server.control import AccountControl, JournalControl
from mock_server.services.email.entities import MailingList

CREATE = f"{DEMO}/api/email.mailing_lists.create"


def tried(browser: Browser, page: Page, **values: str) -> Page:
    [form] = [form for form in page.main.all("form") if "/api/" in form.attributes["action"]]
    return browser.send(form, values)


def status_of(page: Page) -> str:
    return page.one("div", class_="outcome").all("span")[0].text


def test_a_call_is_sent_as_the_account_and_stands_in_the_journal(browser: Browser, account: AccountControl) -> None:
    page = tried(browser, browser.get(CREATE), arguments='{"bookName": "Readers"}')

    [entry] = account.journal.entries()
    assert status_of(page) == "200"
    assert account.account.store[MailingList].find(name="Readers") is not None
    assert (entry.operation, entry.status) == ("email.mailing_lists.create", 200)
    assert f"Request {entry.id}" in page.main.text


def test_what_was_sent_stays_filled_in(browser: Browser) -> None:
    page = tried(
        browser,
        browser.get(f"{DEMO}/api/email.mailing_lists.rename"),
        **{"path-id": "77", "arguments": '{"name": "</textarea>"}'},
    )

    kept = {name: value for form in page.main.all("form") for name, value in fields_of(form).items()}
    assert status_of(page) == "404"
    assert kept["path-id"] == "77"
    assert kept["arguments"] == '{"name": "</textarea>"}'


@pytest.mark.parametrize("arguments", ["{", "no json", '"text"', "7", "null", "[" * 100_000])
def test_arguments_that_are_no_json_object_are_told_and_sent_nowhere(
    browser: Browser, account: AccountControl, arguments: str
) -> None:
    page = tried(browser, browser.get(CREATE), arguments=arguments)

    assert page.notices[0].startswith("The arguments are no JSON")
    assert len(account.journal) == 0
    assert page.one("textarea").raw.removeprefix("\n") == arguments


@pytest.mark.parametrize("operation", list(catalogue()), ids=lambda operation: operation.name)
def test_the_example_of_each_operation_is_understood(
    app: Flask, browser: Browser, account: AccountControl, vendor: Any, operation: Operation
) -> None:
    world = app.extensions["sendpulse_mock"].world
    account.limits.set("off")
    vendor("POST", "/addressbooks", {"bookName": "Writers"})
    vendor("POST", "/addressbooks/1/emails", {"emails": ["ada@example.com"]})

    page = tried(browser, browser.get(f"{DEMO}/api/{operation.name}"))

    entries = [*account.journal, *JournalControl(world.nobody)]
    *_, entry = (entry for entry in entries if entry.operation == operation.name)
    assert entry.operation == operation.name
    assert status_of(page) == str(entry.status)
    assert entry.status < 400 or b"Argument" not in entry.answer, entry.answer


def test_the_secret_is_filled_in_on_the_way_and_never_shown(browser: Browser, account: AccountControl) -> None:
    page = tried(browser, browser.get(f"{DEMO}/api/oauth.issue_token"))

    assert status_of(page) == "200"
    assert "[redacted]" in page.main.text
    assert account.client_secret not in page.source
    assert "eyJ" not in page.source


@pytest.mark.parametrize("step", [{"reset": True}, {"truncate": 5}, {"malformed": True}, {"status": 503}])
def test_a_planned_fault_is_met_by_a_tried_call_too(
    browser: Browser, account: AccountControl, step: dict[str, Any]
) -> None:
    account.faults.add(step)

    page = tried(browser, browser.get(CREATE), arguments=json.dumps({"bookName": "Readers"}))

    assert page.one("div", class_="outcome").text
    assert account.faults.unmet() == []


def test_what_one_account_tried_is_not_shown_to_another(app: Flask, browser: Browser) -> None:
    page = tried(browser, browser.get(CREATE), arguments='{"bookName": "Readers"}')
    app.extensions["sendpulse_mock"].world.make_account(client_id="other")
    query = page.response.request.query_string.decode()

    other = browser.get(f"/_mock/ui/other/api/email.mailing_lists.create?{query}")

    assert not other.main.all("div", class_="outcome")


def test_a_reference_page_shows_arguments_answers_and_refusals(browser: Browser) -> None:
    text = browser.get(f"{DEMO}/api/email.mailing_lists.create").main.text

    assert "bookName required body string" in text
    assert "203 Name already in use" in text
    assert "429" in text


def test_operations_are_found_by_what_they_do(browser: Browser) -> None:
    page = browser.get(f"{DEMO}/api?text=BLACKLIST")

    assert {link.text.split()[-1] for link in page.main.all("a", class_="whole")} >= {"/blacklist"}
    assert "/campaigns" not in page.main.text


def test_a_misspelt_operation_is_told_what_was_meant(browser: Browser) -> None:
    page = browser.get(f"{DEMO}/api/email.campaigns.crate", status=404)

    assert "email.campaigns.create" in page.main.text
