"""The inbox, without JavaScript: what is shown, what buttons do, and what bad input leads to."""

from __future__ import annotations

from email import message_from_bytes, policy
from typing import Any

import pytest
from browser import DEMO, Browser

from mock_server.app import create_app
from mock_server.control import AccountControl


@pytest.fixture
def send(vendor: Any, account: AccountControl) -> Any:
    """Sends a mail through the SMTP service; gives its number in the outbox."""

    def send(to: str = "ada@example.com", **content: Any) -> int:
        account.limits.set("off")
        written = {"from": {"email": account.sender}, "to": [{"email": to}], "subject": "Hi", "text": "Hi", **content}
        answer = vendor("POST", "/smtp/emails", {"email": written})
        assert answer.status_code == 200, answer.text
        return account.outbox.messages(limit=1)[0].id

    return send


def marked(browser: Browser, number: int) -> list[str]:
    """The ways to a message's links, in order."""
    page = browser.get(f"{DEMO}/inbox/{number}/links")
    return [one.attributes["href"] for one in page.all("a") if "/follow/" in one.attributes.get("href", "")]


def test_messages_are_listed_newest_first_in_pages(browser: Browser, send: Any) -> None:
    for number in range(51):
        send(subject=f"Mail {number}")

    first, second = (browser.get(f"{DEMO}/inbox?page={page}") for page in (1, 2))

    assert first.main.one("ol").all("a")[0].text.startswith("Mail 50")
    assert [one.text for one in second.main.one("ol").all("a")] == ["Mail 0 (not opened yet)"]
    assert "51–51 of 51" in second.main.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "2"])
def test_page_that_there_is_not_leads_back(browser: Browser, send: Any, page: str) -> None:
    send()

    shown = browser.get(f"{DEMO}/inbox?page={page}").main.text

    assert "Hi" in shown or "Show the newest messages" in shown


def test_search_stays_in_its_field_and_says_how_much_it_found(browser: Browser, send: Any) -> None:
    send(subject="Apples & pears")
    send(subject="Plums")

    page = browser.get(f"{DEMO}/inbox?q=PEARS+%26")

    assert page.one("input", name="q").attributes["value"] == "PEARS &"
    assert "1 message of 2" in page.main.text
    assert "No message says that" in browser.get(f"{DEMO}/inbox?q=<script>").main.text


def test_message_is_marked_once_it_was_opened_which_is_no_event(browser: Browser, send: Any, vendor: Any) -> None:
    send()
    assert "not opened yet" in browser.get(f"{DEMO}/inbox").main.text

    browser.get(f"{DEMO}/inbox/1")

    assert "not opened yet" not in browser.get(f"{DEMO}/inbox").main.text
    assert vendor("GET", "/smtp/emails").json[0]["tracking"]["open"] == 0


@pytest.mark.parametrize(
    "path", ["0", "2", "9" * 25, "1/nothing", "1/files/1", "1/files/0", "1/follow/1", "2/frame", "-1"]
)
def test_what_is_not_there_is_said(browser: Browser, send: Any, path: str) -> None:
    send()

    assert browser.get(f"{DEMO}/inbox/{path}", status=404).title.startswith("404")


@pytest.mark.parametrize("tab", ["html", "text", "markup", "headers", "source", "files", "links", "events"])
def test_every_tab_is_shown_of_the_emptiest_message(browser: Browser, account: AccountControl, tab: str) -> None:
    account.account.outbox.send(at=0, sender="", to="", subject="", about={})

    page = browser.get(f"{DEMO}/inbox/1/{tab}")

    assert page.main.one("h1").text == "No subject"


def test_link_is_followed_by_its_mark_alone(browser: Browser, send: Any, account: AccountControl) -> None:
    number = send(html="PGEgaHJlZj0iaHR0cHM6Ly9zaG9wLmV4YW1wbGUvIj54PC9hPg==")
    [way] = marked(browser, number)

    forged = browser.get(f"{DEMO}/inbox/{number}/follow/1?mark={'0' * 64}")
    browser.client.head(way)
    followed = browser.get(way)

    assert "Nothing was recorded" in forged.main.text
    assert "It was recorded" in followed.main.text
    assert [entry.operation for entry in account.journal.entries(operation="simulate.click")] == ["simulate.click"]
    assert followed.response.status_code == 200  # nobody is sent on


def test_recipient_unsubscribes_by_a_button(browser: Browser, send: Any, vendor: Any) -> None:
    number = send(html="PGEgaHJlZj0iaHR0cHM6Ly9zaG9wLmV4YW1wbGUvIj54PC9hPiA=", text="")
    leave = browser.get(f"{DEMO}/inbox/{number}").form("/simulate/unsubscribe")

    assert "done" in browser.send(leave).notices[0]
    assert [one["email"] for one in vendor("GET", "/smtp/unsubscribe").json] == ["ada@example.com"]


def test_what_cannot_happen_any_more_is_said(browser: Browser, send: Any) -> None:
    page = browser.get(f"{DEMO}/inbox/{send()}")
    browser.send(page.form("/simulate/bounce"))

    notice = browser.send(page.form("/simulate/open")).notices[0]

    assert notice == "Nobody counts openings of this message, or not any more."


def test_sender_is_activated_by_its_mail(browser: Browser, vendor: Any) -> None:
    vendor("POST", "/senders", {"email": "news@example.com", "name": "News"})

    browser.send(browser.get(f"{DEMO}/inbox/1").form("/simulate/activate"))

    assert vendor("GET", "/senders").json[-1]["status"] == "Active"


def test_deleted_message_is_gone_and_the_next_one_shown(browser: Browser, send: Any) -> None:
    for subject in ("One", "Two", "Three"):
        send(subject=subject)

    page = browser.send(browser.get(f"{DEMO}/inbox/2").form("/delete"))

    assert page.main.one("h1").text == "One"
    assert "2 messages" in browser.get(f"{DEMO}/inbox").main.text


def test_all_messages_are_deleted(browser: Browser, send: Any, account: AccountControl) -> None:
    send()
    send()

    page = browser.send(browser.get(f"{DEMO}/inbox").form("/clear"))

    assert page.notices == ["2 messages were deleted."]
    assert len(account.outbox) == 0


def test_source_is_downloaded_whole(browser: Browser, send: Any) -> None:
    send(subject="Grüße", text="Dear Ada")

    answer = browser.get(f"{DEMO}/inbox/1/message.eml").response

    assert message_from_bytes(answer.data, policy=policy.default)["Subject"] == "Grüße"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="message-1.eml"')


@pytest.mark.parametrize(
    ("name", "saved"),
    [
        ("invoice.pdf", 'filename="invoice.pdf"'),
        ("Gräfin.pdf", "filename=\"Gr_fin.pdf\"; filename*=UTF-8''Gr%C3%A4fin.pdf"),
        ('a"; x=\r\nSet-Cookie: a=b', 'filename="a_; x=__Set-Cookie_ a=b"'),
        ("../../etc/passwd", 'filename="_.._etc_passwd"'),
        ("\u202egnp.exe", 'filename="_gnp.exe"'),
        ("...", 'filename="file"'),
    ],
)
def test_file_is_saved_under_a_harmless_name_and_never_shown(
    browser: Browser, account: AccountControl, name: str, saved: str
) -> None:
    account.account.outbox.send(at=0, sender="", to="", subject="", about={}, attachments={name: "PHNjcmlwdD4="})

    answer = browser.get(f"{DEMO}/inbox/1/files/1").response

    assert answer.data == b"<script>"
    assert saved in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


def test_long_message_is_cut_and_its_source_is_whole(browser: Browser, account: AccountControl) -> None:
    html = "<p>Very long.</p>" * 600_000
    account.account.outbox.send(at=0, sender="", to="", subject="", html=html, about={})

    page, frame = browser.get(f"{DEMO}/inbox/1"), browser.get(f"{DEMO}/inbox/1/frame")

    assert "Only its beginning is shown" in page.main.text
    assert len(frame.source) < 600_000
    assert len(browser.get(f"{DEMO}/inbox/1/message.eml").response.data) > len(html)


def test_link_behind_an_admin_key_is_shown_to_who_has_its_mark_or_the_key() -> None:
    app = create_app(admin_key="sesame")
    account = AccountControl(app.extensions["sendpulse_mock"].world.demo)
    account.account.outbox.send(
        at=0, sender="", to="", subject="", html='<a href="https://shop.example/">x</a>', about={}
    )
    [way] = marked(Browser(app, Authorization="Bearer sesame"), 1)

    stranger = Browser(app)

    assert "shop.example" in stranger.get(way).main.text
    assert "shop.example" not in stranger.get(way[:-1], status=401).source
    assert "shop.example" not in stranger.get(f"{DEMO}/inbox/1/frame", status=401).source
    app.extensions["sendpulse_mock"].close()
