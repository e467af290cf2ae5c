"""What people do with the inbox, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from visitors import PATIENCE, Visitor

from mock_server import MockServer

expect: Any = pytest.importorskip("playwright.sync_api", reason="there is no Playwright: pip install '.[dev]'").expect
expect.set_options(timeout=PATIENCE)

HTML = """<h1>Thank you, Ada</h1>
<p>Your order is on its way. <a href="https://shop.example/orders/7?from=mail&amp;lang=en">Follow it</a></p>"""


def send(sendpulse: Any, **content: Any) -> str:
    written = {"sender": sendpulse.sender, "to": ["ada@example.com"], "subject": "Your order", "html": HTML, **content}
    return str(sendpulse.client.smtp.emails.send(**written))


def test_mail_appears_without_reload_and_its_link_is_followed_and_counted(
    sendpulse_live: Any, visitor: Visitor, home: str
) -> None:
    page, emails = visitor.page, sendpulse_live.client.smtp.emails
    page.goto(f"{home}/inbox")
    expect(page.get_by_role("heading", name="Nothing was sent yet")).to_be_visible()
    page.evaluate("window.isTheSamePage = true")

    key = send(sendpulse_live)
    arrived = page.get_by_role("link", name="Your order")
    expect(arrived).to_be_visible()
    assert page.evaluate("window.isTheSamePage")

    arrived.click()
    letter = page.frame_locator("iframe.letter")
    expect(letter.get_by_role("heading", name="Thank you, Ada")).to_be_visible()
    assert emails.get(key).tracking["open"] == 0

    with visitor.context.expect_page() as opened:
        letter.get_by_role("link", name="Follow it").click()
    expect(opened.value.get_by_text("It was recorded that the recipient followed this link.")).to_be_visible()
    going_on = opened.value.get_by_role("link", name="Go on to shop.example")
    assert going_on.get_attribute("href") == "https://shop.example/orders/7?from=mail&lang=en"
    assert going_on.get_attribute("rel") == "noopener noreferrer"

    tracking = emails.get(key).tracking
    assert (tracking["open"], tracking["click"]) == (1, 1)
    [click] = sendpulse_live.journal.entries(operation="simulate.click")
    assert click.arguments == {"message": 1, "url": "https://shop.example/orders/7?from=mail&lang=en"}
    page.get_by_role("link", name="Events").click()
    expect(page.locator(".timeline").first).to_contain_text("Link followed")
    page.get_by_role("link", name="simulate.click").click()
    expect(page.get_by_role("main")).to_contain_text("shop.example/orders/7")
    assert visitor.troubles == []
    assert visitor.abroad(sendpulse_live.base_url) == []


def test_campaign_is_clicked_in_its_mail(sendpulse_live: Any, visitor: Visitor, home: str) -> None:
    email = sendpulse_live.client.email
    book = email.mailing_lists.create("Readers")
    email.mailing_lists.add_emails(book, ["ada@example.com"])
    email.campaigns.create(
        sender_name="The editors", sender_email=sendpulse_live.sender, subject="News", html=HTML, list_id=book.id
    )
    sendpulse_live.clock.advance("5m")
    visitor.page.goto(f"{home}/inbox/1")

    with visitor.context.expect_page() as opened:
        visitor.page.frame_locator("iframe.letter").get_by_role("link", name="Follow it").click()
    expect(opened.value.get_by_text("It was recorded")).to_be_visible()

    statistics = email.campaigns.list()[0].statistics
    assert (statistics["opening"], statistics["link_redirected"]) == (1, 1)
    expect(visitor.page.locator(".facts")).to_contain_text("Link redirected")


def test_address_is_confirmed_by_the_link_of_its_mail(sendpulse_live: Any, visitor: Visitor, home: str) -> None:
    lists = sendpulse_live.client.email.mailing_lists
    book = lists.create("Readers")
    lists.add_emails(book, ["ada@example.com"], confirmation="force", sender_email=sendpulse_live.sender)
    visitor.page.goto(f"{home}/inbox/1")

    with visitor.context.expect_page() as opened:
        visitor.page.frame_locator("iframe.letter").get_by_role("link", name="this link").click()

    expect(opened.value.get_by_text("The recipient has confirmed the address by this link.")).to_be_visible()
    assert lists.get_total(book, active=True) == 1


def test_buttons_make_the_recipient_do_something(sendpulse_live: Any, visitor: Visitor, home: str) -> None:
    key = send(sendpulse_live)
    page = visitor.page
    page.goto(f"{home}/inbox/1")

    page.get_by_role("button", name="Open").click()
    expect(page.locator("#notices")).to_contain_text("The recipient opens it: done.")
    page.get_by_role("button", name="Report spam").click()
    expect(page.locator("#notices")).to_contain_text("The recipient reports it as spam: done.")
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.locator("#notices")).to_contain_text("The recipient leaves by its link: done.")

    assert sendpulse_live.client.smtp.emails.get(key).tracking["open"] == 1
    acted = [entry.operation for entry in sendpulse_live.journal if "simulate" in str(entry.operation)]
    assert acted == ["simulate.open", "simulate.spam", "simulate.unsubscribe"]


def test_messages_are_searched_and_deleted(sendpulse_live: Any, visitor: Visitor, home: str) -> None:
    for name in ("apples", "pears", "plums"):
        send(sendpulse_live, subject=f"Some {name}")
    page = visitor.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{home}/inbox")
    messages = page.get_by_role("listitem").filter(has=page.locator("a.whole"))

    page.keyboard.press("/")
    page.keyboard.type("PEARS some")
    page.keyboard.press("Enter")
    expect(messages).to_have_count(1)
    expect(messages).to_contain_text("Some pears")

    messages.get_by_role("link").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("#notices")).to_contain_text("The message was deleted.")
    page.get_by_role("link", name="Inbox").first.click()
    expect(messages).to_have_count(2)


def test_keys_lead_through_the_inbox(sendpulse_live: Any, visitor: Visitor, home: str) -> None:
    for number in range(3):
        send(sendpulse_live, subject=f"Mail {number}")
    page = visitor.page
    page.goto(f"{home}/inbox")

    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mail 1")).to_be_visible()
    page.keyboard.press("j")
    expect(page.get_by_role("heading", name="Mail 0")).to_be_visible()
    page.keyboard.press("k")
    expect(page.get_by_role("heading", name="Mail 1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Inbox")).to_be_visible()


def test_file_and_source_are_downloaded_and_never_shown(sendpulse_live: Any, visitor: Visitor, home: str) -> None:
    evil = b"<script>window.top.hacked = 1</script>"
    send(sendpulse_live, attachments={"page.html": evil})
    page = visitor.page

    page.goto(f"{home}/inbox/1/files")
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="Download page.html").click()
    assert downloaded.value.suggested_filename == "page.html"
    assert downloaded.value.path().read_bytes() == evil
    with page.expect_download() as downloaded:
        page.get_by_role("link", name=".eml").click()
    assert downloaded.value.path().read_bytes() == sendpulse_live.outbox.find(1).source


def test_code_is_copied(sendpulse_live: Any, visitor: Visitor, home: str) -> None:
    send(sendpulse_live, html="<p>Your code is 482913</p>")
    visitor.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visitor.page
    page.goto(f"{home}/inbox/1")

    page.get_by_role("button", name="Copy the code").click()

    expect(page.get_by_text("Copied").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "482913"


def test_attached_picture_is_shown_and_one_from_elsewhere_is_not(
    sendpulse_live: Any, visitor: Visitor, home: str
) -> None:
    picture = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f00050001ff"
        "56c72f0d0000000049454e44ae426082"
    )
    html = '<img src="cid:dot.png" alt="here"><img src="https://shop.example/pixel.gif" alt="elsewhere">'
    send(sendpulse_live, html=html, attachments={"dot.png": picture})
    page = visitor.page

    page.goto(f"{home}/inbox/1")

    letter = page.frame_locator("iframe.letter")
    expect(letter.get_by_alt_text("here", exact=True)).to_have_js_property("naturalWidth", 1)
    assert letter.get_by_alt_text("elsewhere").get_attribute("src") is None
    expect(page.get_by_text("1 picture or style from elsewhere is not loaded")).to_be_visible()
    assert visitor.abroad(sendpulse_live.base_url) == []


@pytest.fixture
def locked() -> Iterator[Any]:
    """An account on a server with an admin key."""
    server = MockServer(admin_key="sesame")
    with server.live() as sendpulse:
        yield sendpulse
    server.close()


def test_link_is_followed_from_a_frame_behind_the_admin_key(locked: Any, visitor: Visitor) -> None:
    send(locked)
    page = visitor.page
    page.goto(f"{locked.base_url}/_mock/ui/{locked.client_id}/inbox/1")
    page.get_by_label("Admin key").fill("sesame")
    page.get_by_role("button", name="Sign in").click()

    with visitor.context.expect_page() as opened:
        page.frame_locator("iframe.letter").get_by_role("link", name="Follow it").click()

    expect(opened.value.get_by_text("It was recorded that the recipient followed this link.")).to_be_visible()
