"""What pages cost when an account holds much: a journal of 10,000 entries, a list and a campaign of 100,000."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final

from flask.testing import FlaskClient

from bench.figures import TURNS, Figure, cost
from mock_server.app import create_app
from mock_server.core.accounts import Account
from mock_server.core.world import DEMO_CLIENT_ID
from mock_server.services.email.entities import Campaign, Contact, Delivery, MailingList

CONTACTS: Final = 100_000
REQUESTS: Final = 10_000
ROOT: Final = f"/_mock/ui/{DEMO_CLIENT_ID}"
PAGES: Final = {
    "page of 50 of 10,000 requests": "requests",
    "10,000 requests searched in vain": "requests?text=nowhere",
    "page of one request": "requests/5000",
    "last page of 100,000 contacts": "lists/1?first=99950",
    "100,000 contacts searched in vain": "lists/1?text=nowhere",
    "page of a campaign to 100,000": "campaigns/1",
}


def figures() -> Iterator[Figure]:
    app = create_app()
    world, client = app.extensions["sendpulse_mock"].world, app.test_client()
    fill(world.demo, client, {"Authorization": f"Bearer {world.make_api_key(world.demo)}"})
    for what, page in PAGES.items():
        yield Figure(what, [looking(client, page) for _ in range(TURNS)], 200, "ms")
    yield Figure("asking whether there is something new", [polling(client) for _ in range(TURNS)], 2, "ms")
    app.extensions["sendpulse_mock"].close()


def fill(account: Account, client: FlaskClient, headers: dict[str, str]) -> None:
    store = account.store
    with store.transaction():
        store[MailingList].add(name="Readers", created=0)
        store[Campaign].add(
            name="News",
            status=3,
            created=0,
            sender_name="Owner",
            sender_email=account.owner,
            subject="News",
            body="<p>News</p>",
            list_ids=[1],
            test_addresses=[],
            attachments={},
        )
        for number in range(CONTACTS):
            facts: dict[str, Any] = {"list_id": 1, "email": f"reader{number}@example.com"}
            store[Contact].add(status=1, added=number, phone=None, variables={}, **facts)
            store[Delivery].add(campaign_id=1, status=2, sent=1, is_delivered=True, **facts)
    account.throttle.configure(account.throttle.limits.changed({"algorithm": "off"}), account.plan.quota)
    for number in range(REQUESTS):
        client.get(f"/addressbooks/1/emails?limit=3&offset={number}", headers=headers)


def looking(client: FlaskClient, page: str) -> float:
    """Milliseconds of CPU for a whole page."""

    def look() -> None:
        assert client.get(f"{ROOT}/{page}").status_code == HTTPStatus.OK

    return cost(look, 1) / 1e3


def polling(client: FlaskClient) -> float:
    """Milliseconds of CPU for a part that has not changed."""
    version = client.get(f"{ROOT}/requests").headers["ETag"]
    headers = {"X-Part": "1", "If-None-Match": version}

    def ask() -> None:
        assert client.get(f"{ROOT}/requests", headers=headers).status_code == HTTPStatus.NOT_MODIFIED

    return cost(ask, 100) / 1e3
