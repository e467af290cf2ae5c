"""The worlds that come along, each by name on every way in; and what a world of one's own may hold."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests

import mock_server
from mock_server import AccountHandle, MockServer
from mock_server.testing import RunningServer
from mock_server.worldfiles import world_names
from sendpulse_client import ApiError, Client

SECONDS = 60.0
"""No process lives longer, whatever it waits for."""


def news(client: Client, sender: str) -> Any:
    """A campaign to the list that most worlds have."""
    return client.email.campaigns.create(
        sender_name="The editors", sender_email=sender, subject="News", html="<p>News</p>", list_id=1
    )


def code_of(call: Callable[[], object]) -> int | None:
    with pytest.raises(ApiError) as refused:
        call()
    return refused.value.code


def is_fresh(client: Client, sender: str) -> None:
    assert client.email.mailing_lists.list() == []


def is_on_the_free_plan(client: Client, sender: str) -> None:
    book = client.email.mailing_lists.create("Readers")
    assert client.email.mailing_lists.add_emails(book, ["ada@example.com"]) is None
    assert client.email.mailing_lists.get_cost(book).max_emails_per_task == 500


def has_three_contacts(client: Client, sender: str) -> None:
    assert client.email.mailing_lists.get_total(1) == 3
    assert client.email.mailing_lists.get_contact(1, "ada@example.com").variables == {"name": "Ada", "visits": 7}


def has_a_thousand_contacts(client: Client, sender: str) -> None:
    assert client.email.mailing_lists.get(1).active_email_qty == 1000
    assert client.email.mailing_lists.get_contact(1, "reader1000@example.com").variables == {"name": "Reader 1000"}


def has_a_campaign_that_waits(client: Client, sender: str) -> None:
    [campaign] = client.email.campaigns.list(planed=True)
    assert (campaign.id, campaign.status, campaign.all_email_qty) == (1, 14, 3)
    assert campaign.message["sender_email"] == sender


def can_pay_for_nothing(client: Client, sender: str) -> None:
    assert code_of(lambda: news(client, sender)) == 707


def has_its_senders_blocked(client: Client, sender: str) -> None:
    assert code_of(lambda: news(client, "news@shop.example")) == 704
    assert news(client, sender).count == 3


def mails_three_no_more(client: Client, sender: str) -> None:
    reasons = {
        one.email: (one.unsubscribe_by_link, one.unsubscribe_by_user, one.spam_complaint)
        for one in client.smtp.unsubscribed.list()
    }
    assert reasons == {
        "left@example.com": (1, 0, 0),
        "complained@example.com": (0, 0, 1),
        "removed@example.com": (0, 1, 0),
    }
    client.smtp.emails.send(sender=sender, to=["left@example.com"], subject="Your receipt", text="Thank you!")
    assert client.smtp.emails.get_total() == 0


def may_call_no_more(client: Client, sender: str) -> None:
    assert code_of(client.email.mailing_lists.list) == 429


KEPT = {
    "fresh-account": is_fresh,
    "free-plan": is_on_the_free_plan,
    "list-with-contacts": has_three_contacts,
    "list-with-1000-contacts": has_a_thousand_contacts,
    "scheduled-campaign": has_a_campaign_that_waits,
    "exhausted-balance": can_pay_for_nothing,
    "blocked-sender": has_its_senders_blocked,
    "exhausted-quotas": may_call_no_more,
    "suppressed-recipients": mails_three_no_more,
}
"""What each name promises."""


# By name


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.sendpulse(world=name)) for name in world_names()]
)
def test_the_marker_loads_a_world_by_name(sendpulse: AccountHandle, name: str) -> None:
    KEPT[name](sendpulse.client, sendpulse.sender)


@pytest.mark.parametrize("name", world_names())
def test_the_admin_api_loads_a_world_by_name(sendpulse_server: RunningServer, name: str) -> None:
    accounts = f"{sendpulse_server.base_url}/_mock/accounts"
    made = requests.post(accounts, json={"world": name}, timeout=SECONDS).json()
    client = plain_client(made["client_id"], made["client_secret"], sendpulse_server.base_url)

    with closing(client):
        KEPT[name](client, made["sender"])

    requests.delete(f"{accounts}/{made['client_id']}", timeout=SECONDS).raise_for_status()


@pytest.mark.parametrize("name", world_names())
def test_the_command_line_loads_a_world_by_name(name: str) -> None:
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--quiet", "--world", name]
    folder = Path(mock_server.__file__).parent.parent

    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
        assert process.stdout
        try:
            ready = json.loads(process.stdout.readline())
            about = requests.get(f"{ready['url']}/_mock/accounts/{ready['client_id']}", timeout=SECONDS).json()
            with closing(plain_client(ready["client_id"], ready["client_secret"], ready["url"])) as client:
                KEPT[name](client, about["sender"])
        finally:
            process.terminate()


def plain_client(client_id: str, client_secret: str, url: str) -> Client:
    """One that tells of a refusal instead of waiting until it is none."""
    return Client(client_id, client_secret, base_url=url, rate=None, max_retries=0)


# As time passes


@pytest.mark.sendpulse(world="scheduled-campaign", clock="2026-01-31T12:00:00Z")
def test_the_scheduled_campaign_is_sent_a_day_after_the_account_was_made(sendpulse: AccountHandle) -> None:
    sendpulse.clock.set("2026-02-01T11:59:59Z")
    assert len(sendpulse.outbox) == 0

    sendpulse.clock.advance("1m")

    assert [mail.to for mail in sendpulse.outbox] == [f"reader{n}@example.com" for n in (1, 2, 3)]
    assert sendpulse.client.email.campaigns.get(1).status == 3
    assert sendpulse.settings.emails_left == 14_997


@pytest.mark.sendpulse(world="blocked-sender", clock="2026-01-31T12:00:00Z")
def test_the_campaign_of_a_blocked_sender_is_stopped_by_its_moderator(sendpulse: AccountHandle) -> None:
    campaign = news(sendpulse.client, sendpulse.sender)

    sendpulse.clock.advance("2m")

    assert sendpulse.client.email.campaigns.get(campaign).status == 5
    assert len(sendpulse.outbox) == 0


@pytest.mark.sendpulse(world="exhausted-quotas", clock="2026-01-31T12:00:00Z")
def test_the_exhausted_quotas_are_there_again_on_the_next_day(sendpulse: AccountHandle) -> None:
    sendpulse.clock.set("2026-01-31T23:59:59Z")
    may_call_no_more(sendpulse.client, sendpulse.sender)

    sendpulse.clock.set("2026-02-01T00:00:00Z")

    assert sendpulse.client.email.mailing_lists.list() == []


def test_an_account_goes_back_to_its_world_as_it_was_at_first(mock: MockServer) -> None:
    with mock.intercept(world="scheduled-campaign", clock="2026-01-31T12:00:00Z") as account:
        account.clock.advance("2d")
        account.settings.set(blacklisted=["reader1@example.com"])

        mock.emulator.world.reset_account(account.account)

        has_a_campaign_that_waits(account.client, account.sender)
        account.clock.advance("1d1m")
        assert len(account.outbox) == 3


@pytest.mark.parametrize("database", [None, "sqlite:///{tmp_path}/kept.db"])
def test_a_world_is_the_same_in_memory_and_in_a_file(tmp_path: Path, database: str | None) -> None:
    mock = MockServer(database=database and database.format(tmp_path=tmp_path))

    with mock.intercept(world="scheduled-campaign") as account:
        account.clock.advance("1d1m")
        assert account.client.email.campaigns.list()[0].statistics["delivered"] == 3
    with mock.intercept(world="list-with-1000-contacts") as account:
        has_a_thousand_contacts(account.client, account.sender)

    mock.close()


# Written by hand


def test_a_row_is_repeated_with_its_number_and_the_owner_in_its_texts(mock: MockServer, tmp_path: Path) -> None:
    variables = {"who": ["{owner}", "{n}"], "{n}": "{{n}} {other}"}
    contact = {"list_id": 1, "status": 1, "added": {"in": "1s"}, "phone": None, "variables": variables}
    world = written(tmp_path, {"email.contact": [{**contact, "repeat": 2, "email": "{n}.{owner}"}]})

    with mock.intercept(world=world, clock="2026-01-31T12:00:00Z") as account:
        rows = account.state.snapshot()["rows"]["rows"]["email.contact"]

    assert [row["email"] for row in rows] == [f"1.{account.sender}", f"2.{account.sender}"]
    assert rows[1]["variables"] == {"who": [account.sender, "2"], "{n}": "{{n}} {other}"}
    assert rows[0]["added"] == 1_769_860_801_000_000


def test_a_number_stands_for_nothing_where_no_row_is_repeated(mock: MockServer, tmp_path: Path) -> None:
    world = written(tmp_path, {"email.mailing_list": [{"name": "{n} of {owner}", "created": 0}]})

    with mock.intercept(world=world) as account:
        [book] = account.client.email.mailing_lists.list()

    assert book.name == f"{{n}} of {account.sender}"


def test_a_row_may_stand_for_a_hundred_thousand(mock: MockServer, tmp_path: Path) -> None:
    world = written(tmp_path, {"email.tag": [{"repeat": 100_000, "name": "{n}", "color": "#ffffff"}]})

    with mock.intercept(world=world) as account:
        tags = account.client.email.tags.list()

    assert [tags[0].name, tags[-1].name] == ["1", "100000"]


@pytest.mark.parametrize(
    ("when", "created"), [({"in": "1d"}, "2026-02-01 12:00:00"), ({"ago": "2h"}, "2026-01-31 10:00:00")]
)
def test_an_instant_is_told_by_how_far_it_is_away(
    mock: MockServer, tmp_path: Path, when: dict[str, str], created: str
) -> None:
    world = written(tmp_path, {"email.mailing_list": [{"repeat": 1, "name": "Readers {n}", "created": when}]})

    with mock.intercept(world=world, clock="2026-01-31T12:00:00Z") as account:
        [book] = account.client.email.mailing_lists.list()

    assert (book.name, book.creationdate) == ("Readers 1", created)


def test_a_world_may_take_the_owners_sender_away(mock: MockServer, tmp_path: Path) -> None:
    world = written(tmp_path, {"email.sender": [{"email": "{owner}", "name": "Owner", "is_active": False}]})

    with mock.intercept(world=world) as account:
        account.client.email.mailing_lists.create("Readers")
        refused = code_of(lambda: news(account.client, account.sender))

    assert refused == 704


@pytest.mark.parametrize(
    ("world", "told"),
    [
        (
            {"rows": {"email.contact": [{"repeat": 0}]}},
            "repeat of email.contact cannot be 0; give a whole number from 1 to",
        ),
        ({"rows": {"email.contact": [{"repeat": True}]}}, "repeat of email.contact cannot be True"),
        (
            {"rows": {"email.tag": [{"repeat": 100_001, "name": "{n}", "color": "#ffffff"}]}},
            "repeat of email.tag cannot be 100001; give a whole number from 1 to 100000",
        ),
        ({"rows": {"email.contact": [{"repeat": 10**9}]}}, "repeat of email.contact cannot be 1000000000"),
        (
            {"rows": {"email.mailing_list": [{"name": "Readers", "created": {"before": "2h"}}]}},
            'created of email.mailing_list cannot be {\'before\': \'2h\'}; give {"in": "1d"}, {"ago": "2h"}',
        ),
        (
            {"rows": {"email.mailing_list": [{"name": "Readers", "created": {"ago": "a while"}}]}},
            "created of email.mailing_list cannot be {'ago': 'a while'}",
        ),
        ({"rows": {"email.mailing_list": [{"created": {"ago": 7}}]}}, "cannot be {'ago': 7}"),
        ({"rows": {"email.mailing_list": [{"created": {"in": "9999999d"}}]}}, "cannot be {'in': '9999999d'}"),
        ({"rows": {"email.mailing_list": [{"created": {}}]}}, "cannot be {}"),
        (
            {"rows": {"email.mailing_list": [{"repeat": 2, "name": "Readers", "created": 0}]}},
            "email.mailing_list already has a row with name='Readers'",
        ),
        ({"rows": {"email.mailing_list": ["Readers"]}}, "a row of email.mailing_list cannot be 'Readers'"),
        ({"left": {"hour": 0}}, "unknown key of the requests left: 'hour'; use one of: minute, day"),
        ({"left": {"day": -1}}, "the day cannot have -1 requests left; give a number from 0 to"),
        ({"limits": {"per_day": 5}, "left": {"day": 6}}, "give a number from 0 to 5"),
        ({"left": 0}, "the requests left cannot be 0; give an object with minute, day"),
        ({"calls": []}, "must be a JSON object with any of: plan, limits, left, settings, rows"),
    ],
)
def test_what_a_world_cannot_mean_is_told(mock: MockServer, tmp_path: Path, world: object, told: str) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(world), encoding="utf-8")
    accounts = list(mock.emulator.world.accounts())

    with pytest.raises(ValueError, match=re.escape(told)), mock.intercept(world=str(file)):
        pass

    assert list(mock.emulator.world.accounts()) == accounts


def test_a_world_that_does_not_fit_any_more_leaves_its_account_as_it_is(mock: MockServer, tmp_path: Path) -> None:
    file = written(tmp_path, {"email.mailing_list": [{"name": "Readers", "created": 0}]})
    with mock.intercept(world=file, clock="2026-01-31T12:00:00Z") as account:
        account.settings.set(emails_left=7)
        written(tmp_path, {"email.mailing_list": [{"name": "Readers"}]})

        with pytest.raises(ValueError, match="needs the field 'created'"):
            mock.emulator.world.reset_account(account.account)

        assert [book.name for book in account.client.email.mailing_lists.list()] == ["Readers"]
        assert (account.settings.emails_left, account.clock.frozen) == (7, True)


def written(folder: Path, rows: object) -> str:
    file = folder / "mine.json"
    file.write_text(json.dumps({"rows": rows}), encoding="utf-8")
    return str(file)


@pytest.fixture
def mock() -> Any:
    with closing(MockServer()) as made:
        yield made
