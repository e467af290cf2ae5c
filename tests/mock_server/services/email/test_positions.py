"""What an account answers that takes another position on an open question, as a client sees it."""

from base64 import b64encode

import pytest
import requests

pytestmark = pytest.mark.sendpulse(limits="off", clock={"now": "2026-01-31T12:00:00Z", "frozen": True})

API = "https://api.sendpulse.com"
ADA = "ada@example.com"


@pytest.fixture
def ask(sendpulse):
    """Asks as a client would, and tells status and body."""
    headers = {"Authorization": f"Bearer {sendpulse.api_key}"}

    def ask(method, path, **sent):
        answer = requests.request(method, f"{API}{path}", headers=headers, timeout=5, **sent)
        return answer.status_code, answer.json()

    return ask


@pytest.fixture
def take(sendpulse):
    return lambda question, position: sendpulse.settings.set(positions={question: position})


@pytest.fixture
def book(sendpulse):
    """The number of a list with one contact."""
    lists = sendpulse.client.email.mailing_lists
    made = lists.create("Readers")
    lists.add_emails(made, [ADA])
    return made.id


@pytest.fixture
def campaign(sendpulse, book):
    """The number of a campaign that was sent to the contact."""
    body = b64encode(b"<p>News</p>").decode()
    whole = {"sender_name": "Editors", "sender_email": sendpulse.sender, "subject": "News", "body": body}
    number = sendpulse.client.request("POST", "/campaigns", json={**whole, "list_id": book})["id"]
    sendpulse.clock.advance("1m")
    return number


@pytest.mark.parametrize(
    ("question", "position", "call", "usual", "then"),
    [
        ("missing_campaign", "as_422", ("GET", "/campaigns/99"), 404, 422),
        ("missing_webhook", "as_422", ("GET", "/v2/email-service/webhook/99"), 404, 422),
        ("missing_address", "as_422", ("GET", "/emails/nobody@example.com"), 404, 422),
        ("missing_address", "as_422", ("GET", "/emails/nobody@example.com/details"), 404, 422),
        ("missing_address", "as_422", ("GET", "/emails/nobody@example.com/campaigns"), 404, 422),
        ("missing_address", "as_422", ("DELETE", "/emails/nobody@example.com"), 404, 422),
        ("missing_address", "as_422", ("GET", "/addressbooks/1/emails/nobody@example.com"), 404, 404),
        ("missing_contact", "as_422", ("GET", "/addressbooks/1/emails/nobody@example.com"), 404, 422),
        ("missing_contact", "as_422", ("GET", "/emails/nobody@example.com"), 404, 404),
        ("no_addresses", "as_400", ("POST", "/emails", {"emails": []}), 422, 400),
        ("unknown_currency", "as_404", ("GET", "/balance/shells"), 422, 404),
        ("missing_sender", "as_404", ("DELETE", "/senders", {"email": "nobody@example.com"}), 422, 404),
    ],
)
def test_refusal_travels_with_another_status(ask, take, book, question, position, call, usual, then):
    method, path, *body = call
    before, _ = ask(method, path, json=body[0] if body else None)
    take(question, position)

    after, _ = ask(method, path, json=body[0] if body else None)

    assert (before, after) == (usual, then)


def test_too_many_campaigns_are_too_many_requests(sendpulse, ask, take, book):
    sendpulse.settings.set(campaigns_per_hour=0)
    news = {"sender_name": "E", "sender_email": sendpulse.sender, "subject": "N", "body": "SGk=", "list_id": book}
    assert ask("POST", "/campaigns", json=news)[0] != 429

    take("campaigns_status", "as_429")

    assert ask("POST", "/campaigns", json=news)[0] == 429


def test_missing_address_has_another_code(ask, take, book):
    take("missing_address_code", "as_17")

    assert ask("GET", "/emails/nobody@example.com")[1]["error_code"] == 17
    assert ask("GET", f"/addressbooks/{book}/emails/nobody@example.com")[1]["error_code"] != 17


@pytest.mark.parametrize(
    ("position", "blank", "missing"), [(None, 201, 422), ("by_validator", 422, 422), ("by_table", 201, 201)]
)
def test_blank_name_and_missing_one_are_told_apart_or_not(ask, take, book, position, blank, missing):
    if position:
        take("blank_names", position)

    for method, path, name in (("POST", "/addressbooks", "bookName"), ("PUT", f"/addressbooks/{book}", "name")):
        assert ask(method, path, json={name: " "})[1]["error_code"] == blank
        assert ask(method, path, json={})[1]["error_code"] == missing


def test_webhooks_come_in_another_envelope(ask, take, sendpulse):
    sendpulse.client.email.webhooks.create("https://hooks.example.org/", ["open"])
    usual = ask("GET", "/v2/email-service/webhook")[1]
    assert usual.keys() > {"data"}

    take("webhook_envelope", "data")
    assert ask("GET", "/v2/email-service/webhook")[1] == {"data": usual["data"]}
    take("webhook_envelope", "bare")

    assert ask("GET", "/v2/email-service/webhook")[1] == usual["data"]


def test_date_of_a_mail_has_one_name(ask, take, campaign):
    path = f"/campaigns/{campaign}/email/{ADA}"
    both = ask("GET", path)[1]

    take("sent_date_key", "sent_date")
    assert ask("GET", path)[1] == {name: value for name, value in both.items() if name != "send_date"}
    take("sent_date_key", "send_date")

    assert ask("GET", path)[1] == {name: value for name, value in both.items() if name != "sent_date"}


def test_statistics_of_campaigns_are_rows(ask, take, campaign):
    (usual,) = ask("GET", "/campaigns")[1]
    take("campaign_statistics", "array")

    (row,) = ask("GET", "/campaigns")[1]

    assert [(one["code"], one["count"]) for one in row["statistics"]] == [*enumerate(usual["statistics"].values())]
    assert {**row, "statistics": None} == {**usual, "statistics": None}


def test_numbers_are_texts(ask, take, book):
    (usual,) = ask("GET", "/addressbooks")[1]
    take("numbers", "texts")

    (row,) = ask("GET", "/addressbooks")[1]

    assert row == {name: str(value) for name, value in usual.items()}
    assert ask("GET", f"/addressbooks/{book}")[1] == [row]


def test_list_has_status_2(ask, take, book):
    take("list_status", "seen")

    assert [row["status"] for row in ask("GET", "/addressbooks")[1]] == [2]


def test_counters_of_many_addresses_stand_in_one_place(ask, take, campaign):
    def counted():
        return ask("POST", "/emails/campaigns", json={"emails": [ADA]})[1][ADA]

    usual = counted()
    assert usual["statistic"] == {"sent": 1, "open": 0, "link": 0}

    take("statistic_of_many", "flat")
    assert counted() == {name: value for name, value in usual.items() if name != "statistic"}
    take("statistic_of_many", "nested")

    assert counted() == {name: value for name, value in usual.items() if name not in {"sent", "open", "link"}}


def test_plain_addresses_are_refused_and_objects_are_not(ask, take, book):
    take("plain_addresses", "refused")

    assert ask("POST", f"/addressbooks/{book}/emails", json={"emails": [{"email": "a@example.com"}]})[0] == 200
    assert ask("POST", f"/addressbooks/{book}/emails", json={"emails": ["b@example.com"]})[0] == 422
    assert ask("DELETE", f"/addressbooks/{book}/emails", json={"emails": ["a@example.com"]})[0] == 200


@pytest.mark.parametrize(
    ("position", "flag", "told"),
    [
        (None, "true", (200, {"total": 0})),
        ("digits", "1", (200, {"total": 0})),
        ("digits", "0", (200, {"total": 1})),
        ("digits", "true", 422),
        ("anything", "yes", (200, {"total": 0})),
        ("anything", "0", (200, {"total": 1})),
        ("anything", "false", (200, {"total": 1})),
        ("anything", "", (200, {"total": 1})),
    ],
)
def test_flag_is_written_as_the_vendor_takes_it(ask, take, book, position, flag, told):
    if position:
        take("active_flag", position)

    answer = ask("GET", f"/addressbooks/{book}/emails/total", params={"active": flag})

    assert (answer if isinstance(told, tuple) else answer[0]) == told
    assert ask("GET", f"/addressbooks/{book}/emails/total") == (200, {"total": 1})


def test_templates_are_listed_of_whom_nobody_said(ask, take, sendpulse):
    sendpulse.client.email.templates.create("<p>Hi</p>", name="Mine")
    theirs, mine = ask("GET", "/templates")[1], ask("GET", "/templates?owner=me")[1]

    take("template_owner", "me")
    assert ask("GET", "/templates")[1] == mine
    assert ask("GET", "/templates?owner=sendpulse")[1] == theirs
    take("template_owner", "everybody")

    assert ask("GET", "/templates")[1] == [*theirs, *mine]
    assert ask("GET", "/templates?owner=me")[1] == mine


def test_whoever_left_is_new_when_added_again(ask, take, book, sendpulse):
    lists = sendpulse.client.email.mailing_lists
    lists.unsubscribe(book, [ADA])
    lists.add_emails(book, [ADA])
    assert lists.get_contact(book, ADA).status == 4

    take("revival", "revives")
    lists.add_emails(book, [ADA.upper(), "bob@example.com"])

    assert [lists.get_contact(book, one).status for one in (ADA, "bob@example.com")] == [0, 0]


def test_serialized_fields_are_refused_where_addresses_are_added(ask, take, book):
    serialized = 'a:1:{i:0;s:13:"bob@example.c";}'
    take("serialized_fields", "refused")

    assert ask("POST", f"/addressbooks/{book}/emails", json={"emails": serialized})[0] == 422
    assert ask("POST", f"/addressbooks/{book}/emails", json={"emails": '["bob@example.com"]'})[0] == 200
    assert ask("POST", "/emails", json={"emails": serialized})[0] == 200
