"""What holds for every page: hostile content is shown safely, nothing comes from elsewhere, no script is needed."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import pytest
from browser import DEMO, Browser, Page

from contracts.catalogue import catalogue
from mock_server.control import AccountControl
from mock_server.services.email.entities import Campaign, Contact, MailingList

HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "breaks out": "\"'></textarea></title></script><svg onload=alert(1)>",
    "right to left": "invoice\u202egnp.exe\u2066\u200f",
    "control": "a\x00b\x1b[31mc\x7f\u0085d\x07",
    "half a character": "half \ud800 of one",
    "long": "x" * 10_000,
    "templates": "{{ 7 * 7 }}{% raise %}",
}
PAGES = (
    "overview",
    "inbox",
    "requests",
    "requests?refused=yes&text=a",
    "requests/1",
    "requests/3",
    "strays",
    "strays/1",
    "lists",
    "lists/1",
    "campaigns",
    "campaigns/1",
    "senders",
    "data/templates",
    "data/tags",
    "data/blacklist",
    "data/webhooks",
    "limits",
    "faults",
    "api",
    "api/email.campaigns.create",
    "settings",
    "accounts",
)
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
ELSEWHERE = re.compile(
    r"""(?:src|href|action|srcset|poster|data|formaction)\s*=\s*["']?\s*(?:[a-z]+:|//)""", re.IGNORECASE
)
INLINE = re.compile(r"<style|\sstyle\s*=|<script(?![^>]*\ssrc=)|<[^>]*\son\w+\s*=", re.IGNORECASE)


def fill(account: AccountControl, vendor: Any, text: str) -> None:
    """Have `text` stand wherever somebody else can make it stand."""
    store = account.account.store
    book = store[MailingList].add(name=text, created=0)
    store[Contact].add(
        list_id=book.id, email="ada@example.com", status=2, added=0, phone=None, variables={"name": text, text[:9]: 1}
    )
    store[Campaign].add(
        name=text,
        status=1,
        created=0,
        sender_name=text,
        sender_email="a@b.example",
        subject=text,
        body=text,
        list_ids=[book.id],
        test_addresses=[],
        attachments={text[:99]: ""},
    )
    account.account.outbox.send(at=0, sender=text, to=text, subject=text, text=text, html=text, about={})
    vendor("POST", "/addressbooks", {"bookName": text.replace("\ud800", "")})
    vendor("POST", "/senders", {"email": "news@shop.example", "name": text.replace("\ud800", "")})
    vendor("GET", f"/nothing/{text[:500].encode(errors='replace').decode()}?a={b64encode(b'x').decode()}")
    vendor("POST", "/tags", {"name": text.replace("\ud800", "")[:50]})


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_content_is_shown_safely(browser: Browser, account: AccountControl, vendor: Any, text: str) -> None:
    fill(account, vendor, text)
    browser.client.get("/addressbooks", headers={"Authorization": f"Bearer {text[:99]!a}"})

    for path in PAGES:
        page = browser.get(f"{DEMO}/{path}")

        assert not INLINE.search(page.source)
        assert not UNSEEN.search(page.source)
        assert not [one for one in page if any(name.startswith("on") for name in one.attributes)]
        assert not page.main.all("script") + page.main.all("img")
        assert "49" not in page.title


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_comes_from_elsewhere(
    browser: Browser, account: AccountControl, vendor: Any, path: str
) -> None:
    fill(account, vendor, "https://elsewhere.example/")
    browser.client.get("/addressbooks")

    page = browser.get(f"{DEMO}/{path}")

    assert not ELSEWHERE.search(page.source)
    assert not [one.tag for one in page if one.tag in {"iframe", "object", "embed", "base", "style"}]


@pytest.mark.parametrize("path", PAGES)
def test_page_can_be_read_and_used_without_a_mouse(
    browser: Browser, account: AccountControl, vendor: Any, path: str
) -> None:
    fill(account, vendor, "Readers")
    browser.client.get("/addressbooks")

    page = browser.get(f"{DEMO}/{path}")

    assert page.one("html").attributes["lang"] == "en"
    assert len(page.all("h1")) == 1
    assert page.one("a", class_="skip").attributes["href"] == "#main"
    assert unlabelled(page) == []
    assert nameless_buttons(page) == []
    assert repeated_ids(page) == []


def unlabelled(page: Page) -> list[dict[str, str]]:
    labelled = {label.attributes.get("for") for label in page.all("label")}
    wrapped = {id(field) for label in page.all("label") for field in label if field.tag in {"input", "select"}}
    fields = [
        one for one in page if one.tag in {"input", "select", "textarea"} and one.attributes.get("type") != "hidden"
    ]
    return [
        field.attributes
        for field in fields
        if field.attributes.get("id") not in labelled
        and id(field) not in wrapped
        and "aria-label" not in field.attributes
    ]


def nameless_buttons(page: Page) -> list[dict[str, str]]:
    return [
        one.attributes
        for one in page
        if one.tag in {"a", "button"} and not one.text + one.attributes.get("aria-label", "")
    ]


def repeated_ids(page: Page) -> list[str]:
    ids = [one.attributes["id"] for one in page if "id" in one.attributes]
    return sorted({name for name in ids if ids.count(name) > 1})


@pytest.mark.parametrize("path", PAGES)
def test_every_form_that_changes_something_is_ours_and_needs_no_script(
    browser: Browser, account: AccountControl, vendor: Any, path: str
) -> None:
    fill(account, vendor, "Readers")
    browser.client.get("/addressbooks")

    page = browser.get(f"{DEMO}/{path}")

    for form in page.all("form", method="post"):
        assert form.attributes["action"].startswith("/_mock/ui/")
        assert [field for field in form.all("input", name="token") if field.attributes["value"]]
        assert form.all("button")
    for link in page.all("a"):
        assert not link.attributes["href"].endswith(("/clear", "/remove", "/delete", "/reset"))


@pytest.mark.parametrize("path", PAGES)
def test_every_link_leads_to_a_page(browser: Browser, account: AccountControl, vendor: Any, path: str) -> None:
    fill(account, vendor, "Readers")
    browser.client.get("/addressbooks")
    page = browser.get(f"{DEMO}/{path}")

    for link in page.main.all("a")[:30]:
        browser.get(link.attributes["href"])


@pytest.mark.parametrize(
    "path", ["requests/99", "strays/99", "lists/99", "campaigns/99", "api/email.campaigns.crate", "no"]
)
def test_what_is_not_there_is_said_not_to_be(browser: Browser, path: str) -> None:
    page = browser.get(f"{DEMO}/{path}", status=404)

    assert page.main.one("h1").text
    assert page.main.all("a")[-1].attributes["href"].startswith("/_mock/ui")


def test_page_of_an_operation_stands_for_each(browser: Browser) -> None:
    for operation in catalogue():
        page = browser.get(f"{DEMO}/api/{operation.name}")

        assert operation.path in page.main.one("h1").text


@pytest.mark.parametrize(
    "query",
    [
        "?first=9999999999999",
        "?first=-1",
        "?first=x",
        "?text=%00%ff",
        "?status=%E2%80%AE",
        "?before=99999999999999999999",
    ],
)
@pytest.mark.parametrize("path", ["requests", "lists", "lists/1", "campaigns/1", "senders", "accounts", "api"])
def test_odd_query_does_no_harm(browser: Browser, account: AccountControl, vendor: Any, path: str, query: str) -> None:
    fill(account, vendor, "Readers")

    browser.get(f"{DEMO}/{path}{query}")
