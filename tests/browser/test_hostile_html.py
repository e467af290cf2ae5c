"""A hostile mail, in a real browser: nothing in it runs, nothing leaves, nothing around it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from attacks import ATTACKS, NAUGHTY, SEEN_BY_ANYBODY, attack

WAYS = "all => all.map(one => [one.href, one.target])"
PRESSED = (
    "form, input, button, select, textarea, iframe, object, embed, base, link, meta[http-equiv], svg, math, script"
)
TABS = ("html", "text", "markup", "headers", "source", "files", "links", "events")


def send(sendpulse: Any, **content: Any) -> int:
    """Send a mail through the SMTP service; gives its number in the outbox."""
    written = {"sender": sendpulse.sender, "to": ["ada@example.com"], "subject": "Hi", "html": "x", **content}
    sendpulse.client.smtp.emails.send(**written)
    return sendpulse.outbox.messages(limit=1)[0].id


@pytest.fixture
def numbers(sendpulse_live: Any, canary: Any) -> dict[str, int]:
    """The mails with attacks, by name."""
    sendpulse_live.limits.set("off")
    return {name: send(sendpulse_live, html=attack(name, canary.url), subject=name) for name in ATTACKS}


def test_no_attack_runs_calls_out_or_reaches_the_page(
    visitor: Any, canary: Any, numbers: dict[str, int], home: str
) -> None:
    page = visitor.page
    for name, number in numbers.items():
        page.goto(f"{home}/inbox/{number}/html")
        page.frame_locator("iframe.letter").locator("main").wait_for(state="attached")
        assert (page.url, page.title()) == (f"{home}/inbox/{number}/html", f"{name} · sendpulse-mock")
        assert page.evaluate("window.hacked") is None, name
        page.goto(f"{home}/inbox/{number}/frame")
        assert page.url == f"{home}/inbox/{number}/frame", name
        assert page.locator(PRESSED).count() == 0, name
        ways = page.locator("a[href], area[href]").evaluate_all(WAYS)
        own = f"{home}/inbox/{number}/follow/"
        assert [href for href, target in ways if not href.startswith(own) or target != "_blank"] == [], name
    page.wait_for_load_state("networkidle")

    assert canary.heard == []
    assert visitor.abroad(home.partition("/_mock")[0]) == []
    assert visitor.troubles == []
    assert len(visitor.context.pages) == 1


def test_frame_has_an_origin_of_its_own(visitor: Any, sendpulse_live: Any, home: str) -> None:
    number = send(sendpulse_live, html="<p>Hi</p>")

    answer = visitor.page.goto(f"{home}/inbox/{number}/frame")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:;")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    visitor.page.goto(f"{home}/inbox/{number}")
    frame = visitor.page.locator("iframe.letter")
    assert frame.get_attribute("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    assert frame.evaluate("frame => frame.contentDocument") is None


class Raw(BaseHTTPRequestHandler):
    """Shows each attack as it is."""

    canary: str

    def do_GET(self) -> None:
        name = self.path.strip("/")
        self.send_response(200 if name in ATTACKS else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if name in ATTACKS:
            self.wfile.write(f"<!doctype html>{attack(name, self.canary)}".encode())

    def log_message(self, *_: object) -> None:
        """Nothing is said."""


@pytest.fixture
def raw(canary: Any) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Raw,), {"canary": canary.url}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_attacks_reach_the_canary_from_a_page_that_is_shown_as_it_is(visitor: Any, canary: Any, raw: str) -> None:
    for name in SEEN_BY_ANYBODY:
        page = visitor.context.new_page()
        page.goto(f"{raw}/{name}")
    page.wait_for_load_state("networkidle")

    assert {name for name in SEEN_BY_ANYBODY if any(f"/{name}" in line for line in canary.heard)} == SEEN_BY_ANYBODY


@pytest.mark.parametrize("kind", NAUGHTY)
def test_names_and_subjects_are_text_wherever_they_are_shown(
    sendpulse_live: Any, visitor: Any, home: str, kind: str
) -> None:
    evil = NAUGHTY[kind]
    number = send(
        sendpulse_live,
        subject=evil[:900],
        text=evil,
        sender=(sendpulse_live.sender, evil[:200]),
        reply_to=("reply@example.com", evil[:200]),
        attachments={evil[:200]: b"x"},
    )

    page = visitor.page
    for path in ("/inbox", "/overview", *(f"/inbox/{number}/{tab}" for tab in TABS)):
        page.goto(f"{home}{path}")
        assert page.evaluate("window.hacked") is None
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path

    assert visitor.troubles == []
    assert visitor.abroad(home.partition("/_mock")[0]) == []
