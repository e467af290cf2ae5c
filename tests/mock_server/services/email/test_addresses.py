"""Addresses across lists, through the front door."""

import json

import pytest

from sendpulse_client import ApiError

pytestmark = pytest.mark.sendpulse(limits="off")

ADA, BOB, STRANGER = "ada@example.com", "bob@example.com", "stranger@example.com"
NOT_FOUND = (404, 502, "Email address not found")
NO_DATA = (422, 8, "No data")


@pytest.fixture
def addresses(sendpulse):
    return sendpulse.client.email.addresses


@pytest.fixture
def lists(sendpulse):
    return sendpulse.client.email.mailing_lists


@pytest.fixture
def books(sendpulse, lists):
    """Three lists: two that have Ada, one of them Bob, too, and an empty one."""
    sendpulse.clock.set("2026-01-31T12:00:00Z", frozen=True)
    readers, writers = lists.create("Readers"), lists.create("Writers")
    lists.create("Nobody")
    lists.add_emails(readers, [(ADA, {"age": 36}), BOB])
    sendpulse.clock.advance(60)
    lists.add_emails(writers, [("ADA@Example.com", {"age": "36"})])
    return [readers, writers]


def refused(call, *arguments, **named):
    """The refusal of a call that must not succeed: status, code and wording."""
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    return caught.value.status, caught.value.code, caught.value.message


def test_address_is_shown_in_each_list_with_typed_variables(sendpulse, books):
    readers, writers = books

    shown = sendpulse.client.request("GET", "/emails/Ada%40Example.com")

    assert shown == [
        {
            "book_id": readers.id,
            "email": ADA,
            "status": 1,
            "status_explain": "Active",
            "variables": [{"name": "age", "type": "number", "value": 36}],
        },
        {
            "book_id": writers.id,
            "email": ADA,
            "status": 0,
            "status_explain": "New",
            "variables": [{"name": "age", "type": "string", "value": "36"}],
        },
    ]


def test_several_addresses_are_shown_by_address_and_unknown_ones_left_out(sendpulse, books):
    readers, writers = books

    shown = sendpulse.client.request("POST", "/emails", json={"emails": [f" {ADA.upper()}", ADA, STRANGER, BOB]})

    assert shown == {
        ADA: [
            {"book_id": readers.id, "status": 1, "variables": [{"name": "age", "type": "number", "value": 36}]},
            {"book_id": writers.id, "status": 0, "variables": [{"name": "age", "type": "string", "value": "36"}]},
        ],
        BOB: [{"book_id": readers.id, "status": 1, "variables": []}],
    }


@pytest.mark.parametrize("path", ["/emails", "/emails/campaigns"])
def test_nobody_known_is_an_empty_object(sendpulse, books, path):
    assert sendpulse.client.request("POST", path, json={"emails": [STRANGER]}) == {}


@pytest.mark.parametrize("path", ["/emails", "/emails/campaigns"])
@pytest.mark.parametrize("body", [None, {}, [], {"emails": []}, {"emails": {}}, {"emails": None}, {"emails": ""}])
def test_no_addresses_are_no_data(sendpulse, books, path, body):
    assert refused(sendpulse.client.request, "POST", path, json=body) == NO_DATA


@pytest.mark.parametrize("path", ["/emails", "/emails/campaigns"])
@pytest.mark.parametrize(
    ("emails", "message"),
    [
        (7, "Argument emails must be array"),
        ("ada", "Argument emails must be array"),
        ([7], "Argument emails is invalid"),
    ],
)
def test_addresses_that_are_none_are_refused(sendpulse, path, emails, message):
    assert refused(sendpulse.client.request, "POST", path, json={"emails": emails}) == (422, 422, message)


def test_several_addresses_may_come_as_a_bare_array(sendpulse, addresses, books):
    shown = sendpulse.client.request("POST", "/emails", json=[ADA, STRANGER])

    assert shown == sendpulse.client.request("POST", "/emails", json={"emails": [ADA]})
    assert sendpulse.journal.entries()[-2].as_json()["arguments"] == {"emails": [ADA, STRANGER]}


def test_bare_array_is_no_body_where_none_is_meant(sendpulse, books):
    assert refused(sendpulse.client.request, "POST", "/emails/campaigns", json=[ADA]) == NO_DATA


def test_details_tell_when_the_address_came_in_the_account_s_time_zone(sendpulse, books):
    sendpulse.settings.set(time_zone="Europe/Kyiv")

    details = sendpulse.client.request("GET", f"/emails/{ADA}/details")

    assert details == [
        {"list_name": "Readers", "list_id": books[0].id, "add_date": "2026-01-31 14:00:00", "source": "api"},
        {"list_name": "Writers", "list_id": books[1].id, "add_date": "2026-01-31 14:01:00", "source": "api"},
    ]


def test_deleted_address_is_in_no_list(addresses, lists, books):
    addresses.delete("ADA@example.com")

    assert [lists.get_total(book) for book in books] == [1, 0]
    assert refused(addresses.get, ADA) == NOT_FOUND
    assert refused(addresses.delete, ADA) == NOT_FOUND


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("GET", "/details"), ("GET", "/campaigns")])
@pytest.mark.parametrize("email", [STRANGER, "nobody", "%20", "campaigns"])
def test_address_in_no_list_is_not_found(sendpulse, books, method, path, email):
    assert refused(sendpulse.client.request, method, f"/emails/{email}{path}") == NOT_FOUND


def test_address_of_another_account_is_not_found(sendpulse_server, addresses, books):
    other = sendpulse_server.account()

    assert refused(other.client.email.addresses.get, ADA) == NOT_FOUND
    assert addresses.get(ADA)


def test_campaigns_to_an_address_are_counted(sendpulse, lists, books):
    keen, idle = "keen+click@example.com", "idle@example.com"
    readers = books[0]
    lists.add_emails(readers, [keen, idle])
    for name in ("First", "Second"):
        sendpulse.client.email.campaigns.create(
            sender_name="Owner",
            sender_email=sendpulse.sender,
            subject="News",
            html='<p><a href="https://example.com/">News</a></p>',
            list_id=readers.id,
            name=name,
        )
        sendpulse.clock.advance(86400)
    counters = {keen: {"sent": 2, "open": 2, "link": 2}, idle: {"sent": 2, "open": 0, "link": 0}}

    single = sendpulse.client.request("GET", "/emails/Keen%2BClick@example.com/campaigns")
    several = sendpulse.client.request("POST", "/emails/campaigns", json={"emails": [keen, STRANGER, idle]})

    assert single == {
        "statistic": counters[keen],
        "blacklist": False,
        "addressbooks": [{"id": readers.id, "address_book_name": "Readers"}],
    }
    assert several == {
        address: {
            **counters[address],
            "statistic": counters[address],
            "blacklist": False,
            "adressbooks": [{"id": readers.id, "name": "Readers"}],
        }
        for address in (keen, idle)
    }


def test_blacklisted_address_is_told(sendpulse, addresses, books):
    rows = sendpulse.state.snapshot()["rows"]["rows"]
    sendpulse.state.restore({"rows": {"rows": rows | {"email.blacklisted": [{"email": ADA}]}}})

    told = {email: row.blacklist for email, row in addresses.get_campaigns_of_many([ADA, BOB]).items()}

    assert told == {ADA: True, BOB: False}
    assert addresses.get_campaigns(ADA).blacklist is True


def test_address_that_got_nothing_has_zeros(addresses, books):
    statistics = addresses.get_campaigns(ADA)

    assert (statistics.sent, statistics.open, statistics.link, statistics.blacklist) == (0, 0, 0, False)
    assert addresses.get_campaigns_of_many([ADA]) == {ADA: statistics}


@pytest.mark.parametrize(
    "body",
    [
        {"emails": json.dumps([ADA, BOB])},
        {"emails": f'a:2:{{i:0;s:{len(ADA)}:"{ADA}";i:1;s:{len(BOB)}:"{BOB}";}}'},
    ],
)
def test_several_addresses_may_come_as_text(sendpulse, books, body):
    assert list(sendpulse.client.request("POST", "/emails", json=body)) == [ADA, BOB]
