"""The vendor's numbers for what becomes of addresses and mails, as its documentation lists them, on the wire."""

import pytest

pytestmark = pytest.mark.sendpulse(limits="off", clock={"now": "2026-01-31T12:00:00Z", "frozen": True})

OF_ADDRESSES = {
    0: "New",
    1: "Active",
    2: "Confirmation requested",
    3: "Activation requested",
    4: "Unsubscribed",
    5: "Rejected by administrator",
    6: "Unsubscribed from all",
    7: "Activation mail sent",
    8: "Blocked by the user",
    9: "Sending errors",
    10: "Blocked by host",
    11: "Blocked by sender name",
    12: "Blocked by address",
    13: "Deleted by the user",
    14: "Temporarily unavailable",
}

OF_MAILS = {
    0: "In queue",
    1: "Sent",
    2: "Delivered",
    3: "Opened",
    4: "Link redirected",
    5: "User unsubscribed",
    6: "No such address",
    7: "Temporarily unavailable",
    8: "Unavailable",
    9: "Refused as spam by the server",
    10: "Mailbox full",
    11: "Marked as spam by the user",
    12: "Delivery failure",
    16: "Invalid address",
    17: "Temporarily blocked",
    18: "Disable by administrator",
    20: "Already unsubscribed",
}

CAMPAIGN = {
    "id": 1,
    "name": "News",
    "status": 3,
    "created": 0,
    "sender_name": "Editors",
    "sender_email": "owner@example.com",
    "subject": "News",
    "body": "<p>News</p>",
    "list_ids": [1],
    "test_addresses": [],
    "attachments": {},
}


def test_status_of_an_address_is_explained(sendpulse):
    contact = {"list_id": 1, "added": 0, "phone": None, "variables": {}}
    rows = {
        "email.mailing_list": [{"id": 1, "name": "Readers", "created": 0}],
        "email.contact": [{**contact, "email": f"{status}@example.com", "status": status} for status in OF_ADDRESSES],
    }

    sendpulse.state.restore({"rows": {"rows": rows}})

    listed = sendpulse.client.request("GET", "/addressbooks/1/emails")
    assert {one["status"]: one["status_explain"] for one in listed} == OF_ADDRESSES


@pytest.fixture
def mailed(sendpulse):
    """A campaign with one mail at each state."""
    states = [{"campaign_id": 1, "list_id": 1, "email": f"{state}@example.com", "status": state} for state in OF_MAILS]
    sendpulse.state.restore({"rows": {"rows": {"email.campaign": [CAMPAIGN], "email.delivery": states}}})


def test_status_of_a_mail_is_explained(sendpulse, mailed):
    campaign = sendpulse.client.email.campaigns.get(1)
    blocked = sendpulse.client.request("GET", "/campaigns/1/email/17@example.com")

    told = {row["code"]: (row["count"], row["explain"]) for row in campaign.statistics["general"]}
    assert told == {state: (1, explained) for state, explained in OF_MAILS.items()}
    assert (blocked["detail_status"], blocked["detail_status_explain"]) == (17, "Temporarily blocked")


def test_mails_that_did_not_arrive_are_errors(sendpulse, mailed):
    (listed,) = sendpulse.client.request("GET", "/campaigns")

    assert listed["statistics"]["error"] == len({6, 7, 8, 9, 10, 12, 16, 17})
    assert listed["statistics"]["unsubscribe"] == 1
