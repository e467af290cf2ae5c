"""The account's blacklist, through the front door."""

from base64 import b64encode

import pytest

from sendpulse_client import ValidationFailed

pytestmark = pytest.mark.sendpulse(limits="off")

ADA, BOB = "ada@example.com", "bob+tag@example.org"


@pytest.fixture
def blacklist(sendpulse):
    return sendpulse.client.email.blacklist


def encoded(text):
    return b64encode(text.encode()).decode()


def test_addresses_are_listed_once_in_the_order_in_which_they_came(blacklist):
    blacklist.add([BOB, " Ada@Example.com "], comment="asked for it")
    blacklist.add([ADA, "eve@example.com", ADA])

    assert blacklist.list() == [BOB, ADA, "eve@example.com"]


def test_removing_who_is_not_there_succeeds(blacklist):
    blacklist.add([ADA, BOB])

    blacklist.remove([ADA.upper(), "eve@example.com"])
    blacklist.remove([ADA])

    assert blacklist.list() == [BOB]


def test_all_are_listed_unless_a_limit_says_otherwise(blacklist):
    many = [f"person-{number}@example.com" for number in range(150)]
    blacklist.add(many)

    pages = [blacklist.list(), blacklist.list(limit=0), blacklist.list(limit=2, offset=1), blacklist.list(offset=149)]

    assert pages == [many, many, many[1:3], many[149:]]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"emails": None},
        {"emails": ""},
        {"emails": ADA},
        {"emails": [ADA]},
        {"emails": "YWRh\u000b"},
        {"emails": "////"},
        {"emails": encoded(" , ,")},
        {"emails": encoded("ada@, no address")},
        {"emails": encoded(f"{ADA};{BOB}")},
    ],
)
def test_nobody_named_is_no_data(sendpulse, blacklist, method, body):
    blacklist.add([ADA])

    with pytest.raises(ValidationFailed) as caught:
        sendpulse.client.request(method, "/blacklist", json=body)

    assert (caught.value.status, caught.value.code, caught.value.message) == (422, 8, "No data")
    assert blacklist.list() == [ADA]


def test_bad_addresses_among_good_ones_are_passed_over(sendpulse, blacklist):
    sendpulse.client.request("POST", "/blacklist", json={"emails": encoded(f"no address,{ADA},,ada@,{BOB}\n")})

    assert blacklist.list() == [ADA, BOB]


def test_line_breaks_in_base64_are_passed_over(sendpulse, blacklist):
    lines = "\n".join(encoded(f"{ADA},{BOB}")[at : at + 20] for at in range(0, 60, 20))

    sendpulse.client.request("POST", "/blacklist", json={"emails": f"{lines}\r\n"})

    assert blacklist.list() == [ADA, BOB]


def test_blacklisted_addresses_stay_in_their_lists(sendpulse, blacklist):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")
    lists.add_emails(book, [ADA])

    blacklist.add([ADA])

    assert lists.get_total(book) == 1
