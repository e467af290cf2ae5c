"""Webhooks: registered through the front door, and what they are told."""

from __future__ import annotations

import pytest

from mock_server.core.clock import parse_instant
from mock_server.mailing.bounces import Reply
from mock_server.mailing.reactions import place_of
from mock_server.services.email import notifications
from mock_server.services.email.entities import Webhook as Registration
from sendpulse_client import ApiError, NotFound, Webhook

NOON = "2026-01-31T12:00:00Z"
AT = 1769860800
HOOK = "https://hooks.example.com/mail"
PATH = "/v2/email-service/webhook"

pytestmark = pytest.mark.sendpulse(limits="off", clock=NOON)


@pytest.fixture
def hooks(sendpulse):
    return sendpulse.client.email.webhooks


@pytest.fixture
def lists(sendpulse):
    return sendpulse.client.email.mailing_lists


@pytest.fixture
def book(lists):
    return lists.create("Readers")


def refused(call, *arguments, **named):
    """The refusal of a call that must not succeed: status and body."""
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    return caught.value.status, caught.value.response.json()


def invalid(message):
    return 422, {"success": False, "data": {"message": message, "error_code": 422}}


def test_each_action_is_registered_by_itself(sendpulse, hooks):
    answer = sendpulse.client.request("POST", PATH, json={"url": HOOK, "actions": ["open", "spam"]})

    user_id = sendpulse.account.user_id
    assert answer == {
        "success": True,
        "data": [
            {"id": 1, "user_id": user_id, "url": HOOK, "action": "open"},
            {"id": 2, "user_id": user_id, "url": HOOK, "action": "spam"},
        ],
    }
    assert sendpulse.client.request("GET", PATH) == answer
    assert sendpulse.client.request("GET", f"{PATH}/2") == {"success": True, "data": answer["data"][1]}


def test_registering_again_brings_what_is_there(hooks):
    first = hooks.create(HOOK, ["open"])

    again = hooks.create(HOOK, ["open", "open", "spam"])

    assert again[0] == first[0]
    assert hooks.list() == again


def test_moved_webhook_keeps_its_action_whatever_actions_are_sent(sendpulse, hooks):
    (made,) = hooks.create(HOOK, ["open"])

    answer = sendpulse.client.request(
        "PUT", f"{PATH}/{made.id}", json={"url": "http://elsewhere.example.com", "actions": ["spam"]}
    )

    assert answer == {"success": True, "data": [True]}
    assert hooks.get(made) == Webhook(made.id, "http://elsewhere.example.com", "open", made.user_id)


def test_webhook_cannot_be_moved_onto_another(hooks):
    hooks.create(HOOK, ["open"])
    (other,) = hooks.create("https://other.example.com", ["open"])

    assert refused(hooks.update, other, HOOK) == invalid("Webhook already exists")
    hooks.update(other, "https://other.example.com")


def test_deleted_webhook_is_gone(sendpulse, hooks):
    (made,) = hooks.create(HOOK, ["open"])

    assert sendpulse.client.request("DELETE", f"{PATH}/{made.id}") == {"success": True, "data": [True]}

    assert hooks.list() == []
    with pytest.raises(NotFound, match="Webhook not found"):
        hooks.get(made)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("number", ["7", "0", "seven"])
def test_unknown_webhook_is_not_found(sendpulse, method, number):
    answer = refused(sendpulse.client.request, method, f"{PATH}/{number}", json={"url": 5})

    assert answer == (404, {"success": False, "data": {"message": "Webhook not found", "error_code": 404}})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"actions": ["open"]}, "Argument url missing"),
        ({"url": "", "actions": ["open"]}, "Argument url missing"),
        ({"url": 5, "actions": ["open"]}, "Argument url must be string"),
        ({"url": "example.com", "actions": ["open"]}, "Argument url is invalid"),
        ({"url": "https://", "actions": ["open"]}, "Argument url is invalid"),
        ({"url": "ftp://example.com/", "actions": ["open"]}, "Argument url is invalid"),
        ({"url": "http://example.com:99999/", "actions": ["open"]}, "Argument url is invalid"),
        ({"url": "http://example.com/ HTTP/1.1\r\nX: y", "actions": ["open"]}, "Argument url is invalid"),
        ({"url": HOOK}, "Argument actions missing"),
        ({"url": HOOK, "actions": []}, "Argument actions is invalid"),
        ({"url": HOOK, "actions": 5}, "Argument actions must be array"),
        ({"url": HOOK, "actions": ["opened"]}, "Argument actions is invalid"),
        ({"url": HOOK, "actions": ["open", 5]}, "Argument actions is invalid"),
    ],
)
def test_bad_registration_is_refused(sendpulse, hooks, body, message):
    assert refused(sendpulse.client.request, "POST", PATH, json=body) == invalid(message)
    assert hooks.list() == []


def test_what_any_call_is_refused_with_looks_as_it_does_everywhere(sendpulse, hooks):
    sendpulse.settings.set(forbidden=["email.webhooks.list"])
    sendpulse.limits.set("sliding-window", per_minute=1)

    assert refused(hooks.list) == (403, {"message": "Unauthorized action.", "error_code": 800})
    assert refused(hooks.list) == (429, {"message": "Too many requests", "error_code": 429})


def test_forms_and_slashes_of_real_clients_work(sendpulse, hooks):
    import requests

    answer = requests.post(
        f"https://api.sendpulse.com{PATH}/",
        data={"url": HOOK, "actions[]": ["open", "spam"]},
        headers={"Authorization": f"Bearer {sendpulse.api_key}"},
        timeout=5,
    )

    assert answer.status_code == 200
    assert [row["action"] for row in answer.json()["data"]] == ["open", "spam"]


def test_account_sees_its_own_webhooks_alone(sendpulse_server, hooks):
    hooks.create(HOOK, ["open"])
    other = sendpulse_server.account()

    assert other.client.email.webhooks.list() == []


def test_new_contacts_are_told_of_once(sendpulse, hooks, lists, book):
    hooks.create(HOOK, ["new_emails"])
    lists.add_emails(book, [("ada@example.com", {"city": "London"}), "bob@example.com", "no address"])

    lists.add_emails(book, ["ada@example.com"])

    assert sendpulse.webhooks.events() == [
        {
            "event": "new_emails",
            "timestamp": f"{AT}",
            "email": "ada@example.com",
            "book_id": "1",
            "source": "address book",
            "variables": {"city": "London"},
        },
        {
            "event": "new_emails",
            "timestamp": f"{AT}",
            "email": "bob@example.com",
            "book_id": "1",
            "source": "address book",
            "variables": [],
        },
    ]


def test_new_contacts_are_not_told_of_when_that_is_asked(sendpulse, hooks, lists, book):
    hooks.create(HOOK, ["new_emails"])

    lists.add_emails(book, ["ada@example.com"], disable_webhook=True)

    assert sendpulse.webhooks.events() == []


def test_deleted_and_unsubscribed_contacts_are_told_of(sendpulse, hooks, lists, book):
    hooks.create(HOOK, ["delete", "unsubscribe"])
    lists.add_emails(book, ["ada@example.com", "bob@example.com"])

    lists.unsubscribe(book, ["ada@example.com", "stranger@example.com"])
    lists.delete_emails(book, ["bob@example.com"])

    assert sendpulse.webhooks.events("unsubscribe") == [
        {
            "event": "unsubscribe",
            "timestamp": f"{AT}",
            "task_id": "0",
            "email": "ada@example.com",
            "from_all": "0",
            "reason": None,
            "book_id": "1",
            "categories": "",
        }
    ]
    assert sendpulse.webhooks.events("delete") == [
        {"event": "delete", "timestamp": f"{AT}", "email": "bob@example.com", "book_id": "1"}
    ]


def test_address_that_is_deleted_everywhere_is_told_of_for_each_list(sendpulse, hooks, lists, book):
    hooks.create(HOOK, ["delete"])
    for known in (book, lists.create("Writers")):
        lists.add_emails(known, ["ada@example.com"])

    sendpulse.client.email.addresses.delete("ada@example.com")

    assert [event["book_id"] for event in sendpulse.webhooks.events()] == ["1", "2"]


def test_refused_call_tells_nothing(sendpulse, hooks, lists, book):
    hooks.create(HOOK, ["new_emails", "unsubscribe"])

    refused(lists.add_emails, book, ["a@nowhere.invalid"], confirmation="force", sender_email=sendpulse.sender)
    refused(lists.unsubscribe, book, ["stranger@example.com"])

    assert sendpulse.webhooks.events() == []


def test_events_are_not_even_made_where_nobody_registered(sendpulse):
    def events():
        yield pytest.fail("nobody asked for this")

    notifications.announce(sendpulse.account, 0, "open", events())

    assert sendpulse.webhooks.events() == []


OF_CAMPAIGN = {"timestamp": f"{AT}", "task_id": "7"}
IN_NUMBERS = {"timestamp": AT, "task_id": 7, "email": "ada@example.com"}
READER = place_of("ada@example.com")
OPENED = OF_CAMPAIGN | {
    "email": "ada@example.com",
    "open_device": READER.device,
    "open_platform": READER.platform,
    "browser_name": READER.browser,
    "browser_ver": READER.browser_version,
}


@pytest.mark.parametrize(
    ("event", "shape"),
    [
        (lambda at, ada: notifications.delivered(at, 7, ada), IN_NUMBERS),
        (lambda at, ada: notifications.opened(at, 7, ada), OPENED),
        (
            lambda at, ada: notifications.redirected(at, 7, ada, "https://shop.example.com/", 3),
            OPENED | {"link_url": "https://shop.example.com/", "link_id": "3"},
        ),
        (
            lambda at, ada: notifications.unsubscribed(at, ada, 5, campaign_id=7, from_all=True, reason="Too many"),
            OF_CAMPAIGN
            | {"email": "ada@example.com", "from_all": "1", "reason": "Too many", "book_id": "5", "categories": ""},
        ),
        (lambda at, ada: notifications.complained(at, 7, ada), OF_CAMPAIGN | {"email": "ada@example.com"}),
        (
            lambda at, ada: notifications.bounced(at, 7, ada, Reply(550, "5.1.1", "no such user")),
            IN_NUMBERS
            | {
                "smtp_server_response_code": 550,
                "smtp_server_response_subcode": "5.1.1",
                "smtp_server_response": "no such user",
            },
        ),
        (
            lambda at, _: notifications.campaign_changed(at, 7, 5, "approve"),
            OF_CAMPAIGN | {"book_id": "5", "status": "approve", "status_explain": "Approved and will be sent"},
        ),
    ],
)
def test_events_have_the_types_of_the_vendor_s_samples(event, shape):
    assert event(parse_instant(NOON), "ada@example.com") == shape


@pytest.mark.parametrize(
    ("stage", "explained"),
    [
        ("approve", "Approved and will be sent"),
        ("approve_part", "Approved in part"),
        ("only_active", "Only active addresses are approved"),
        ("confirm_addresses", "Addresses must be confirmed"),
        ("need_edit", "Needs editing"),
        ("rejected", "Rejected"),
        ("on_moderation", "On moderation"),
        ("sending", "Sending"),
    ],
)
def test_stage_of_a_campaign_is_explained(stage, explained):
    assert notifications.campaign_changed(0, 7, 5, stage)["status_explain"] == explained


@pytest.mark.parametrize("action", ["delivered", "open"])
def test_event_begins_with_its_name(sendpulse, action):
    account = sendpulse.account
    account.store[Registration].add(url=HOOK, action=action)

    notifications.announce(account, 0, action, [notifications.delivered(0, 7, "ada@example.com")])

    assert next(iter(sendpulse.webhooks.events()[0])) == "event"
