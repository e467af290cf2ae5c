"""The journal as a page: filtered, paged, one request in full."""

from __future__ import annotations

import smtplib
from typing import Any

from browser import DEMO, Browser
from flask import Flask

from mock_server.control import AccountControl
from mock_server.services.email.entities import MailingList
from mock_server.serving.smtp import SmtpServer

REQUESTS = f"{DEMO}/requests"


def listed(browser: Browser, query: str = "") -> list[str]:
    """The requests that a page lists, as they are read."""
    page = browser.get(f"{REQUESTS}{query}")
    return [link.text for link in page.main.all("a", class_="whole")]


def test_requests_are_listed_newest_first(browser: Browser, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    vendor("GET", "/addressbooks/7")

    assert listed(browser) == ["GET /addressbooks/7", "POST /addressbooks"]


def test_requests_are_found_by_what_is_known_of_them(browser: Browser, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    vendor("GET", "/addressbooks/7")
    vendor("GET", "/addressbooks")

    assert listed(browser, "?operation=email.mailing_lists.create") == ["POST /addressbooks"]
    assert listed(browser, "?status=404") == ["GET /addressbooks/7"]
    assert listed(browser, "?code=213") == ["GET /addressbooks/7"]
    assert listed(browser, "?refused=yes") == ["GET /addressbooks/7"]
    assert listed(browser, "?text=bookname") == ["POST /addressbooks"]
    assert listed(browser, "?text=nowhere") == []


def test_the_filter_stays_as_it_was_filled_in(browser: Browser, vendor: Any) -> None:
    vendor("GET", "/addressbooks/7")

    page = browser.get(f"{REQUESTS}?text=a%22b&status=404&refused=yes")

    assert page.one("input", id="text").attributes["value"] == 'a"b'
    assert "checked" in page.one("input", name="refused").attributes
    assert [option.text for option in page.one("select", id="status").all("option", selected="")] == ["404"]


def test_older_requests_are_a_page_away(browser: Browser, account: AccountControl, vendor: Any) -> None:
    account.limits.set("off")
    for number in range(60):
        vendor("GET", f"/addressbooks/{number + 1}")

    first = browser.get(REQUESTS)
    second = browser.get(first.one("a", rel="next").attributes["href"])

    assert len(first.main.all("a", class_="whole")) == 50
    assert len(second.main.all("a", class_="whole")) == 10
    assert second.main.all("a", class_="whole")[-1].text == "GET /addressbooks/1"


def test_a_refusal_tells_its_reason_and_evidence(browser: Browser, vendor: Any) -> None:
    vendor("GET", "/addressbooks/7")

    page = browser.get(f"{REQUESTS}/1")

    assert "book.not_found Book not found" in page.main.text
    assert "documented" in page.main.text
    assert "A refused request changes nothing." in page.main.text


def test_a_path_that_is_none_is_told_what_was_meant(browser: Browser, vendor: Any) -> None:
    vendor("GET", "/adressbooks")

    assert "did you mean GET /addressbooks" in browser.get(f"{REQUESTS}/1").main.text


def test_a_request_shows_the_rows_it_added_changed_and_removed(browser: Browser, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    vendor("PUT", "/addressbooks/1", {"name": "Friends"})
    vendor("DELETE", "/addressbooks/1")

    added, changed, removed = (browser.get(f"{REQUESTS}/{number}").main.text for number in (1, 2, 3))

    assert "added email.mailing_list 1" in added
    assert 'changed email.mailing_list 1 name "Readers" "Friends"' in changed
    assert "removed email.mailing_list 1" in removed


def test_a_request_can_be_sent_again_from_a_shell_without_its_secrets(
    browser: Browser, account: AccountControl
) -> None:
    credentials = {
        "grant_type": "client_credentials",
        "client_id": account.client_id,
        "client_secret": account.client_secret,
    }
    token = browser.client.post("/oauth/access_token", json=credentials).json["access_token"]
    browser.client.get("/addressbooks?limit=1", headers={"Authorization": f"Bearer {token}"})

    asked, listed = (browser.get(f"{REQUESTS}/{number}") for number in (1, 2))

    assert account.client_secret not in asked.source
    assert token not in asked.source
    assert "curl -X POST" in asked.main.text
    assert "[redacted]" in asked.main.text
    assert '-H "Authorization: Bearer $SENDPULSE_TOKEN"' in listed.main.text
    assert "--data-urlencode limit=1" in listed.main.text


def test_what_shells_would_misread_is_quoted(browser: Browser, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "it's $(rm) `rm`"})

    assert """'{"bookName": "it'"'"'s $(rm) `rm`"}'""" in browser.get(f"{REQUESTS}/1").main.text


def test_simulated_events_are_listed_among_requests(browser: Browser, account: AccountControl, vendor: Any) -> None:
    vendor("POST", "/senders", {"email": "news@shop.example", "name": "News"})
    account.simulate.activate("news@shop.example")

    assert listed(browser)[0].startswith("activate simulated")
    assert "changed email.sender" in browser.get(f"{REQUESTS}/2").main.text


def test_mail_by_smtp_is_listed_among_requests(app: Flask, browser: Browser, account: AccountControl) -> None:
    with (
        SmtpServer(app.extensions["sendpulse_mock"].world, stand_in=account.account) as server,
        smtplib.SMTP(server.host, server.port, timeout=30) as connection,
    ):
        connection.login("anybody", "anything")
        connection.sendmail(account.sender, ["ada@example.com"], "Subject: News\n\nAll is well.")

    assert listed(browser)[0].startswith("SMTP mailto:ada@example.com")
    page = browser.get(f"{REQUESTS}/1").main.text
    assert "added smtp.email" in page
    assert "curl" not in page


def test_what_came_without_a_token_has_a_page_of_its_own(app: Flask, browser: Browser) -> None:
    app.test_client().get("/addressbooks", headers={"Authorization": "Bearer nonsense"})

    page = browser.get(f"{DEMO}/strays")

    assert [link.text for link in page.main.all("a", class_="whole")] == ["GET /addressbooks"]
    assert "Unauthorized" in browser.get(f"{DEMO}/strays/1").main.text


def test_requests_are_forgotten_on_demand(browser: Browser, account: AccountControl, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})

    page = browser.send(browser.get(REQUESTS).form("/requests/clear"))

    assert page.notices == ["The journal is empty. Its numbers go on."]
    assert len(account.journal) == 0
    assert account.account.store[MailingList].count() == 1
