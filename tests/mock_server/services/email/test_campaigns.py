"""Campaigns and what becomes of them, through the front door, on a clock that only the test moves."""

from base64 import b64encode

import orjson
import pytest

from sendpulse_client import ApiError

NOON = {"now": "2026-01-31T12:00:00Z", "frozen": True}

pytestmark = pytest.mark.sendpulse(limits="off", clock=NOON)

ADA, BOB, EVE = "ada@example.com", "bob@example.com", "eve@example.com"


def base64(text):
    return b64encode(text.encode()).decode()


NEWS = base64('<p>Read <a href="https://example.com/news">the news</a></p>')


@pytest.fixture
def lists(sendpulse):
    return sendpulse.client.email.mailing_lists


@pytest.fixture
def campaigns(sendpulse):
    return sendpulse.client.email.campaigns


def listed(sendpulse, *emails, name="Readers"):
    """The id of a new list of these contacts."""
    lists = sendpulse.client.email.mailing_lists
    book = lists.create(name)
    if emails:
        lists.add_emails(book, emails)
    return book.id


@pytest.fixture
def readers(sendpulse):
    return listed(sendpulse, ADA, BOB)


def send(sendpulse, list_id=None, **changes):
    """A campaign as it should be, in every respect but for `changes`; None leaves a field out."""
    whole = {"sender_name": "The editors", "sender_email": sendpulse.sender, "subject": "News", "body": NEWS}
    body = {**whole, "list_id": list_id, **changes}
    return sendpulse.client.request(
        "POST", "/campaigns", json={name: value for name, value in body.items() if value is not None}
    )


def sent(sendpulse, list_id=None, **changes):
    """The id of a campaign that has taken its way for a minute."""
    number = send(sendpulse, list_id, **changes)["id"]
    sendpulse.clock.advance("1m")
    return number


def refused(call, *arguments, **named):
    """The refusal of a call that must not succeed: status and code."""
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    return caught.value.status, caught.value.code


def outcomes(sendpulse, number):
    """How many mails are at each state."""
    general = sendpulse.client.email.campaigns.get(number).statistics["general"]
    return {row["code"]: row["count"] for row in general}


def mailed(sendpulse):
    """To whom mail left, in order."""
    return [mail.to for mail in sendpulse.outbox]


def test_campaign_that_finds_nobody_left_to_mail_has_no_active_addresses(sendpulse, campaigns, lists, readers):
    number = send(sendpulse, readers)["id"]
    lists.unsubscribe(readers, [ADA])
    lists.delete_emails(readers, [BOB])

    sendpulse.clock.advance("1m")

    assert campaigns.get(number).status == 12
    assert outcomes(sendpulse, number) == {18: 1, 20: 1}
    assert mailed(sendpulse) == []


def test_funds_go_to_those_whom_mail_still_goes_to(sendpulse, campaigns, lists):
    people = [f"reader-{number}@example.com" for number in range(5)]
    book = listed(sendpulse, *people)
    number = send(sendpulse, book)["id"]
    lists.unsubscribe(book, people[:2])
    sendpulse.settings.set(emails_left=3)

    sendpulse.clock.advance("1m")

    assert campaigns.get(number).status == 3
    assert mailed(sendpulse) == people[2:]
    assert sendpulse.settings.emails_left == 0


@pytest.mark.parametrize(
    ("balance", "left"),
    [
        ({"main": 10, "bonus": 10}, {"main": 10, "bonus": 9.99}),
        ({"main": -5, "bonus": 10}, {"main": -5, "bonus": 9.99}),
        ({"main": 10, "bonus": -5}, {"main": 9.99, "bonus": -5}),
        ({"main": 1e308, "bonus": 1e308}, {"main": 1e308, "bonus": 1e308}),
    ],
)
def test_debts_stay_debts_and_fortunes_fortunes(sendpulse, campaigns, readers, balance, left):
    sendpulse.settings.set(emails_left=1, balance=balance)

    number = sent(sendpulse, readers)

    assert campaigns.get(number).status == 3
    assert sendpulse.settings.as_json()["balance"] == {**left, "currency": "USD"}


def test_debts_take_nothing_from_the_plan(sendpulse, campaigns, readers):
    sendpulse.settings.set(emails_left=2, balance={"main": -5, "bonus": 0})

    number = sent(sendpulse, readers)

    assert campaigns.get(number).status == 3
    assert sendpulse.settings.emails_left == 0
    assert sendpulse.settings.balance.main == -5


def test_test_is_quoted_as_costing_nothing(sendpulse, readers):
    sendpulse.settings.set(emails_left=0)

    quoted = send(sendpulse, readers, is_test=True)

    assert (quoted["count"], quoted["tariff_email_qty"], quoted["overdraft_price"]) == (1, 0, "0.00")


def test_test_goes_to_all_whom_it_names(sendpulse, campaigns, readers):
    number = sent(sendpulse, readers, send_test_only=[f"tester-{number}@example.com" for number in range(1500)])

    assert campaigns.get(number).status == 8
    assert len(sendpulse.outbox) == 1500


def test_cancelled_draft_does_not_stand_against_a_campaign_to_its_list(sendpulse, campaigns, readers):
    draft = send(sendpulse, readers, type="draft")["id"]
    campaigns.cancel(draft)

    assert send(sendpulse, readers)["status"] == 13


DOCTYPE = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">'


@pytest.mark.parametrize(
    ("html", "link"),
    [
        (
            f'{DOCTYPE}<html xmlns="http://www.w3.org/1999/xhtml"><a href="https://e.org/">x</a></html>',
            "https://e.org/",
        ),
        (
            '<img src="https://e.org/logo.png"><A class=x HREF=https://e.org/?a=1&amp;b=2>x</A>',
            "https://e.org/?a=1&b=2",
        ),
        ("<p>Read https://e.org/news, or https://e.org/else.</p>", "https://e.org/news"),
        ('<a title="href" href = " https://e.org/x">x</a>', "https://e.org/x"),
    ],
)
def test_first_link_is_one_that_a_reader_can_follow(sendpulse, campaigns, html, link):
    book = listed(sendpulse, "ada+click@example.com")
    number = send(sendpulse, book, body=base64(html))["id"]

    sendpulse.clock.advance("1h")

    assert [(referral.link, referral.count) for referral in campaigns.get_referrals(number)] == [(link, 1)]


def test_mail_without_links_is_never_followed(sendpulse, campaigns):
    book = listed(sendpulse, "ada+click@example.com")
    number = send(sendpulse, book, body=base64('<img src="https://example.com/logo.png"><p>News</p>'))["id"]

    sendpulse.clock.advance("1h")

    assert campaigns.get_referrals(number) == []
    assert outcomes(sendpulse, number) == {2: 1}


@pytest.mark.parametrize("seen", ["open", "click", "unsubscribe", "spam"])
@pytest.mark.parametrize("bounce", ["bounce", "softbounce"])
def test_mail_that_somebody_saw_no_longer_bounces(sendpulse, campaigns, readers, seen, bounce):
    number = sent(sendpulse, readers)
    getattr(sendpulse.simulate, seen)(ADA)
    before = campaigns.list()

    with pytest.raises(ValueError, match=bounce):
        getattr(sendpulse.simulate, bounce)(ADA)

    assert campaigns.list() == before
    assert campaigns.get_recipient(number, ADA).global_status == 1


def test_reaction_may_be_told_for_a_time_that_never_comes(sendpulse, campaigns):
    book = listed(sendpulse, "ada+open-9999999999999999999999999d@example.com", "bob+open-1d@example.com")
    number = sent(sendpulse, book)

    sendpulse.clock.set("9998-12-31T23:59:00Z")

    assert outcomes(sendpulse, number) == {2: 1, 3: 1}
    orjson.dumps(sendpulse.state.snapshot())  # which knows no larger numbers than a database


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("date", ["9999-12-31 23:59:59", "0001-01-01 00:00:00", "0000-01-01 00:00:00"])
def test_send_date_lies_where_a_clock_can_get(sendpulse, campaigns, readers, zone, date):
    sendpulse.settings.set(time_zone=zone)

    assert refused(send, sendpulse, readers, send_date=date) == (422, 799)
    assert campaigns.list() == []


def test_last_day_of_the_calendar_is_a_send_date_in_every_zone(sendpulse, campaigns, readers):
    send(sendpulse, readers, send_date="9998-12-31 23:59:59")

    sendpulse.settings.set(time_zone="Pacific/Kiritimati")

    assert [campaign.send_date for campaign in campaigns.list()] == ["9999-01-01 13:59:59"]
