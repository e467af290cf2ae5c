"""The pictures of the pages that these documents show: every page, light and dark, wide and narrow.

Run it from a checkout with the `dev` extra and Chromium: ``python docs/screenshots.py``.
"""

from __future__ import annotations

import shutil
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any, Final

from mock_server import MockServer

FOLDER: Final = Path(__file__).parent / "screenshots"
WIDTHS: Final = {"wide": (1440, 900), "narrow": (390, 844)}
THEMES: Final = ("light", "dark")
FLAGS: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
NOON: Final = "2026-11-23T12:00:00Z"

LINK: Final = "link"
"""The page that tells where a link of a message leads."""

NEWS: Final = """<html><head><style>td { font-family: Georgia, serif } .go { background: #4453d6; color: #fff;
padding: 10px 18px; border-radius: 6px; text-decoration: none }</style></head>
<body style="background: #eef1f6; margin: 0"><table width="100%" cellpadding="24"><tr><td align="center">
<table width="100%" bgcolor="#ffffff" cellpadding="24" style="border-radius: 8px; max-width: 520px"><tr><td>
<h1 style="margin: 0 0 12px">Dear {{name}}</h1>
<p>The leaves are falling, and the autumn issue is out: twelve walks, four recipes, and a letter from the sea.</p>
<p style="margin: 24px 0"><a class="go" href="https://paper.example/autumn?ref=mail">Read it</a></p>
<p style="color: #666; font-size: 12px"><a href="{{unsubscribe}}">Leave this list</a></p>
</td></tr></table></td></tr></table></body></html>"""

ORDER: Final = """<div style="font-family: system-ui, sans-serif; max-width: 32rem; margin: 0 auto; padding: 24px">
<h1 style="font-size: 22px">Thank you, Ada</h1><p>We have your order, and it leaves us tomorrow.</p>
<table width="100%" cellpadding="10" style="border-collapse: collapse">
<tr style="border-bottom: 1px solid #ddd"><td>A field notebook</td><td align="right">12.00</td></tr>
<tr style="border-bottom: 1px solid #ddd"><td>Two pencils, soft</td><td align="right">3.60</td></tr>
<tr><td><b>In all</b></td><td align="right"><b>15.60</b></td></tr></table>
<p><a href="https://shop.example/orders/A4711">Follow your order</a></p>
<img src="https://shop.example/pixel.gif" width="1" height="1" alt=""></div>"""


def furnish(sendpulse: Any) -> None:
    """Let an account have something of everything."""
    client, clock = sendpulse.client, sendpulse.clock
    sendpulse.limits.set("off")
    _mail_the_news(sendpulse)
    lists, book = client.email.mailing_lists, client.email.mailing_lists.list()[0]
    lists.add_emails(book, ["mary@example.com"], confirmation="force", sender_email=sendpulse.sender)
    client.email.senders.create("news@example.com", "The editors")
    clock.advance("4m")
    written = {"sender": (sendpulse.sender, "The shop"), "subject": "Your order A4711", "html": ORDER}
    client.smtp.emails.send(
        to=[("ada@example.com", "Ada")], text="Thank you, Ada.", attachments={"invoice.pdf": b"%PDF-1.4"}, **written
    )
    client.smtp.emails.send(
        to=["grace@example.com"], **written | {"subject": "Your code", "html": "It is <b>482913</b>."}
    )
    client.email.blacklist.add(["eve@example.com"], comment="asked us to")
    sendpulse.limits.set("sliding-window")
    sendpulse.faults.add({"status": 503}, {"pass": 2}, operation="email.mailing_lists.list")
    for step in (lists.list, lambda: lists.create(""), lists.list):
        _try(step)
    clock.advance("90s")


def _mail_the_news(sendpulse: Any) -> None:
    email = sendpulse.client.email
    email.webhooks.create("http://127.0.0.1:9/events", ["open", "redirect"])
    book = email.mailing_lists.create("Readers")
    readers = {
        "ada+click": "Ada",
        "grace+open": "Grace",
        "edsger": "Edsger",
        "barbara+bounce": "Barbara",
        "alan": "Alan",
    }
    email.mailing_lists.add_emails(book, [(f"{box}@example.com", {"name": name}) for box, name in readers.items()])
    email.campaigns.create(
        name="Autumn",
        sender_name="The editors",
        sender_email=sendpulse.sender,
        subject="The autumn issue, {{name}}",
        html=NEWS,
        list_id=book.id,
        attachments={"programme.pdf": b"%PDF-1.4"},
    )
    sendpulse.clock.advance("20m")


def _try(step: Any) -> None:
    from sendpulse_client import SendPulseError

    try:
        step()
    except SendPulseError:
        """That is what it was for."""


def paths(sendpulse: Any) -> dict[str, str]:
    """Every page of a furnished account, by name, below the account's own address."""
    order = next(mail.id for mail in sendpulse.outbox if mail.subject == "Your order A4711")
    tabs = ("text", "markup", "headers", "source", "files", "links", "events")
    request = next(
        entry.id for entry in reversed(list(sendpulse.journal)) if entry.operation == "email.mailing_lists.create"
    )
    return {
        "overview": "/overview",
        "inbox": "/inbox",
        "inbox-search": "/inbox?q=autumn+ada",
        "message": f"/inbox/{order}",
        **{f"message-{tab}": f"/inbox/{order}/{tab}" for tab in tabs},
        "newsletter": "/inbox/1",
        LINK: f"/inbox/{order}/links",
        "requests": "/requests",
        "request": f"/requests/{request}",
        "strays": "/strays",
        "lists": "/lists",
        "list": "/lists/1",
        "campaigns": "/campaigns",
        "campaign": "/campaigns/1",
        "senders": "/senders",
        "data": "/data",
        "templates": "/data/templates",
        "tags": "/data/tags",
        "blacklist": "/data/blacklist",
        "webhooks": "/data/webhooks",
        "limits": "/limits",
        "faults": "/faults",
        "api": "/api",
        "operation": "/api/smtp.emails.send",
        "settings": "/settings",
        "accounts": "/accounts",
        "unknown": "/inbox/999",
    }


def main(names: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(exist_ok=True)
    server = MockServer()
    with server.live(client_id="the-paper", clock=NOON) as sendpulse, sync_playwright() as playwright:
        furnish(sendpulse)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        home = f"{sendpulse.base_url}/_mock/ui/{sendpulse.client_id}"
        for theme in THEMES:
            for width, (across, down) in WIDTHS.items():
                page = browser.new_page(viewport={"width": across, "height": down}, color_scheme=theme)
                for name, path in paths(sendpulse).items():
                    if not names or name in names:
                        page.goto(f"{home}{path}", wait_until="load")
                        if name == LINK:  # by which one comes with a mark
                            page.goto(
                                sendpulse.base_url + page.get_by_role("link", name="Follow").get_attribute("href")
                            )
                        _take(page, FOLDER / f"{name}-{theme}-{width}.webp")
                page.close()
        browser.close()
    server.close()


def _take(page: Any, file: Path) -> None:
    """A picture of what is seen, in a format that is small."""
    if page.locator("iframe").count():  # it is drawn by a process of its own
        page.frame_locator("iframe").locator("main").wait_for()
        page.screenshot()
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": 82})
    file.write_bytes(b64decode(taken["data"]))
    session.detach()


if __name__ == "__main__":
    main(sys.argv[1:])
