"""The inbox with ten thousand messages: what a page and a search take, as a browser waits for them, and the memory.

Half of the messages are a campaign's, which share a content; half have one of their own. In each turn one more message
has come since the turn before, so that nothing is answered from what was found then.
"""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from time import perf_counter
from typing import Final

from flask.testing import FlaskClient

from bench.figures import TURNS, Figure
from mock_server.app import EXTENSION, create_app
from mock_server.core.accounts import Account
from mock_server.core.inbox import Inbox

MESSAGES: Final = 10_000
NEWS: Final = (
    "<html><head><style>td { font-family: serif } .go { color: #fff }</style></head><body><table>"
    + "<tr><td style='padding: 8px'>Dear <b>{{name}}</b>, the autumn issue &amp; four recipes are out.</td></tr>" * 12
    + "<tr><td><a href='https://example.com/{{number}}'>Order {{number}}</a> <a href='{{unsubscribe}}'>Leave</a>"
    "</td></tr></table></body></html>"
)
ASKED: Final = {
    "newest": "/inbox",
    "deep": "/inbox?page=150",
    "an address": "/inbox?q=reader4711@",
    "what all say": "/inbox?q=recipes+autumn",
    "what a value says": "/inbox?q=order+77123",
    "nothing": "/inbox?q=nowhere",
}


def figures() -> Iterator[Figure]:
    yield from _times("", None)
    with tempfile.TemporaryDirectory() as folder:
        yield from _times(", SQLite", f"sqlite:///{folder}/inbox.db")
    yield Figure("  a message of a campaign in memory", [_weight(_post_campaign)], unit="bytes")
    yield Figure(f"  a message with a content of its own, of {len(NEWS):,} bytes", [_weight(_post_alone)], unit="bytes")
    yield Figure("  what searching those remembers of each", [_remembered()], unit="bytes")


def _times(where: str, database: str | None) -> Iterator[Figure]:
    app = create_app(database=database)
    with closing(app.extensions[EXTENSION]) as emulator:
        account = emulator.world.demo
        _post_campaign(account, MESSAGES // 2)
        _post_alone(account, MESSAGES // 2)
        pages = app.test_client()
        _seconds(pages, account, "/overview")  # imports and templates
        yield Figure(
            f"  the first search of all{where}", [_seconds(pages, account, "/inbox?q=nowhere") * 1000], unit="ms"
        )
        for name, path in ASKED.items():
            turns = [_turn(pages, account, path) * 1000 for _ in range(TURNS)]
            what, goal = ("page", 200) if "q=" not in path else ("search", 100)
            yield Figure(f"inbox of {MESSAGES:,}, {what}: {name}{where}", turns, goal, "ms")


def _turn(pages: FlaskClient, account: Account, path: str) -> float:
    _post_alone(account, 1)
    return _seconds(pages, account, path)


def _seconds(pages: FlaskClient, account: Account, path: str) -> float:
    began = perf_counter()
    answer = pages.get(f"/_mock/ui/{account.client_id}{path}")
    taken = perf_counter() - began
    assert answer.status_code == 200, answer.text
    return taken


def _post_campaign(account: Account, messages: int) -> None:
    outbox, now, about = account.outbox, account.clock.now(), {"kind": "campaign", "campaign": 1}
    with account.store.transaction():
        content = outbox.write(subject="Autumn news for {{name}}", html=NEWS, sender="owner@example.com")
        for number in range(messages):
            values = {"name": f"Reader {number}", "number": 70_000 + number}
            outbox.post(content, at=now, to=f"reader{number}@example.com", variables=values, about=about)


def _post_alone(account: Account, messages: int) -> None:
    now = account.clock.now()
    with account.store.transaction():
        for number in range(messages):
            html = NEWS.replace("{{number}}", str(number))
            address = f"buyer{number}@example.com"
            account.outbox.send(
                at=now, sender="owner@example.com", to=address, subject="Your order", html=html, about={}
            )


def _weight(post: object) -> float:
    """Bytes that each of many messages takes."""
    app = create_app()
    with closing(app.extensions[EXTENSION]) as emulator:
        post(emulator.world.demo, 1)  # type: ignore[operator]
        gc.collect()
        tracemalloc.start()
        post(emulator.world.demo, MESSAGES)  # type: ignore[operator]
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return size / MESSAGES


def _remembered() -> float:
    app = create_app()
    with closing(app.extensions[EXTENSION]) as emulator:
        account = emulator.world.demo
        _post_alone(account, MESSAGES)
        inbox = Inbox(account.outbox, account.store)
        gc.collect()
        tracemalloc.start()
        inbox.page(1, search="nowhere")
        size, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return size / MESSAGES
