"""What mails cost, and how many a campaign may have, as users of each plan see it."""

import pytest

from mock_server.services.email.entities import Contact
from sendpulse_client import ApiError

pytestmark = pytest.mark.sendpulse(limits="off", clock={"now": "2026-01-31T12:00:00Z", "frozen": True})


@pytest.fixture
def lists(sendpulse):
    return sendpulse.client.email.mailing_lists


@pytest.fixture
def readers(lists):
    book = lists.create("Readers")
    lists.add_emails(book, [f"reader-{number}@example.com" for number in range(5)])
    return book


def cost(sendpulse, book):
    return sendpulse.client.request("GET", f"/addressbooks/{book.id}/cost")


@pytest.mark.parametrize(("plan", "most"), [("free", 500), ("standard", 50_000), ("enterprise", 1_000_000)])
def test_plan_decides_how_many_a_campaign_and_an_account_may_reach(sendpulse, readers, plan, most):
    sendpulse.plan.set(plan)

    assert cost(sendpulse, readers)["max_emails_per_task"] == most
    assert sendpulse.client.email.balance.get_detail().email["maximum_subscribers"] == most


@pytest.mark.parametrize(
    ("left", "money", "told"),
    [
        (5, 0, {"overdraftAllEmailsPrice": 0, "addressesDeltaFromBalance": 0, "addressesDeltaFromTariff": 0}),
        (4, 0, {"overdraftAllEmailsPrice": 0.01, "addressesDeltaFromBalance": 1, "addressesDeltaFromTariff": 1}),
        (2, 0.02, {"overdraftAllEmailsPrice": 0.03, "addressesDeltaFromBalance": 1, "addressesDeltaFromTariff": 3}),
        (2, 0.03, {"overdraftAllEmailsPrice": 0.03, "addressesDeltaFromBalance": 0, "addressesDeltaFromTariff": 3}),
        (0, -1, {"overdraftAllEmailsPrice": 0.05, "addressesDeltaFromBalance": 5, "addressesDeltaFromTariff": 5}),
    ],
)
def test_mail_beyond_the_plan_costs_a_cent(sendpulse, readers, left, money, told):
    sendpulse.settings.set(emails_left=left, balance={"main": money})

    answer = cost(sendpulse, readers)

    assert answer.items() >= told.items()
    assert answer["result"] is (told["addressesDeltaFromBalance"] == 0)


def fill(sendpulse, book, number):
    contacts = sendpulse.account.store[Contact]
    for one in range(number):
        contacts.add(list_id=book.id, email=f"{one}@example.com", status=1, added=0, phone=None, variables={})


@pytest.mark.parametrize(("money", "unpaid"), [(15.04, 1), (15.05, 0), (1e15, 0)])
def test_money_pays_for_as_many_mails_as_it_has_cents(sendpulse, readers, money, unpaid):
    sendpulse.settings.set(emails_left=0, balance={"main": money})
    fill(sendpulse, readers, 1500)

    answer = cost(sendpulse, readers)

    assert (answer["overdraftAllEmailsPrice"], answer["addressesDeltaFromBalance"]) == (15.05, unpaid)


@pytest.mark.sendpulse(plan="free")
def test_free_plan_sends_to_five_hundred_and_no_more(sendpulse, readers):
    fill(sendpulse, readers, 495)
    campaign = {"sender_name": "Editors", "sender_email": sendpulse.sender, "subject": "News", "body": "PGI+SGk8L2I+"}

    made = sendpulse.client.request("POST", "/campaigns", json={**campaign, "list_id": readers.id})

    assert made["count"] == 500
    sendpulse.clock.advance("15m")
    sendpulse.client.email.mailing_lists.add_emails(readers, ["one-more@example.com"])
    with pytest.raises(ApiError) as caught:
        sendpulse.client.request("POST", "/campaigns", json={**campaign, "list_id": readers.id})
    assert caught.value.code == 708
