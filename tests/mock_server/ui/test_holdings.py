"""What an account holds, and what its recipients, senders and moderators are made to do by buttons."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest
from browser import DEMO, Browser

from mock_server.control import AccountControl
from mock_server.mailing.senders import Sender
from mock_server.services.email.entities import Campaign, Contact, Delivery
from mock_server.services.email.statuses import ACTIVE, CONFIRMATION_REQUESTED, CampaignStatus

CAMPAIGN = f"{DEMO}/campaigns/1"
BODY = b64encode(b'<a href="https://shop.example/sale">Sale</a>').decode()


@pytest.fixture
def sent(account: AccountControl, vendor: Any) -> Delivery:
    """A campaign that one reader has had."""
    account.clock.freeze()
    create(account, vendor)
    account.clock.advance("1m")
    return delivery(account)


def create(account: AccountControl, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    vendor("POST", "/addressbooks/1/emails", {"emails": ["ada@example.com"]})
    account.clock.advance("1m")
    campaign = {"sender_name": "Owner", "sender_email": account.sender, "subject": "Sale", "body": BODY, "list_id": 1}
    vendor("POST", "/campaigns", campaign | {"name": "Spring"})


def delivery(account: AccountControl) -> Delivery:
    [found] = account.account.store[Delivery].where()
    return found


@pytest.mark.parametrize(
    ("event", "became"),
    [
        ("open", "Opened"),
        ("click", "Link redirected"),
        ("unsubscribe", "User unsubscribed"),
        ("spam", "Marked as spam by the user"),
        ("bounce", "No such address"),
        ("softbounce", "Mailbox full"),
    ],
)
def test_a_recipient_is_made_to_do_something(
    browser: Browser, account: AccountControl, sent: Delivery, event: str, became: str
) -> None:
    form = browser.get(CAMPAIGN).form("/simulate", email=sent.email)

    page = browser.send(form, {"event": event})

    assert page.response.request.path == CAMPAIGN
    assert page.notices == [f"Done: {event} ada@example.com, campaign 1."]
    assert became in page.main.text
    assert account.journal.entries(operation=f"simulate.{event}")


def test_a_click_counts_in_the_statistics(browser: Browser, sent: Delivery) -> None:
    page = browser.send(browser.get(CAMPAIGN).form("/simulate"), {"event": "click"})

    tiles = [tile.text for tile in page.main.all("li", class_="tile")]
    assert tiles[2:5] == ["1 100 % Delivered", "1 100 % Opened", "1 100 % Clicked"]
    assert "https://shop.example/sale 1" in page.main.text


@pytest.mark.parametrize(
    "of", [{"event": "explode"}, {"event": "open", "campaign": "x"}, {"event": "open", "email": "nobody@example.com"}]
)
def test_what_cannot_happen_is_told(browser: Browser, sent: Delivery, of: dict[str, str]) -> None:
    page = browser.send(browser.get(CAMPAIGN).form("/simulate"), of)

    assert page.notices
    assert "Done" not in page.notices[0]


def test_buttons_offer_only_what_can_happen(browser: Browser, account: AccountControl, sent: Delivery) -> None:
    account.simulate.open("ada@example.com")

    buttons = browser.get(CAMPAIGN).form("/simulate").all("button")

    assert [button.text for button in buttons] == ["Open", "Click", "Unsubscribe", "Spam"]


@pytest.mark.parametrize(
    ("verdict", "status"), [("approve", CampaignStatus.CREATED), ("reject", CampaignStatus.BLOCKED)]
)
def test_a_moderator_is_made_to_decide(
    browser: Browser, account: AccountControl, vendor: Any, verdict: str, status: int
) -> None:
    account.clock.freeze()
    account.settings.set(moderation="ask")
    create(account, vendor)
    account.clock.advance("2m")

    browser.send(browser.get(CAMPAIGN).form("/simulate"), {"event": verdict})

    [campaign] = account.account.store[Campaign].where()
    assert campaign.status == status


def test_an_approved_campaign_goes_its_way(browser: Browser, account: AccountControl, vendor: Any) -> None:
    account.clock.freeze()
    account.settings.set(moderation="ask")
    create(account, vendor)
    account.clock.advance("2m")
    browser.send(browser.get(CAMPAIGN).form("/simulate"), {"event": "approve"})

    account.clock.advance("1m")

    [campaign] = account.account.store[Campaign].where()
    assert campaign.status == CampaignStatus.SENT
    assert delivery(account).is_delivered


def test_nobody_decides_about_a_campaign_that_is_sent(account: AccountControl, sent: Delivery) -> None:
    with pytest.raises(ValueError, match="nothing to approve"):
        account.simulate.approve(1)


def test_a_sender_is_activated(browser: Browser, account: AccountControl, vendor: Any) -> None:
    vendor("POST", "/senders", {"email": "news@shop.example", "name": "News"})
    page = browser.get(f"{DEMO}/senders")

    page = browser.send(page.form("/simulate"))

    assert page.notices == ["Done: activate news@shop.example."]
    assert all(sender.is_active for sender in account.account.store[Sender].where())


def test_an_active_sender_has_nothing_to_activate(account: AccountControl) -> None:
    with pytest.raises(ValueError, match="nothing to activate"):
        account.simulate.activate(account.sender)


def test_a_contact_is_made_to_confirm(browser: Browser, account: AccountControl, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    contact = {"emails": ["ada@example.com"], "confirmation": "force", "sender_email": account.sender}
    vendor("POST", "/addressbooks/1/emails", contact)
    waiting = account.account.store[Contact].find(list_id=1, email="ada@example.com")

    browser.send(browser.get(f"{DEMO}/lists/1").form("/simulate"))

    confirmed = account.account.store[Contact].find(list_id=1, email="ada@example.com")
    assert waiting is not None
    assert confirmed is not None
    assert (waiting.status, confirmed.status) == (CONFIRMATION_REQUESTED, ACTIVE)


def test_contacts_are_paged_and_found(browser: Browser, account: AccountControl, vendor: Any) -> None:
    vendor("POST", "/addressbooks", {"bookName": "Readers"})
    vendor("POST", "/addressbooks/1/emails", {"emails": [f"reader{number}@example.com" for number in range(120)]})
    account.clock.advance("1m")

    first = browser.get(f"{DEMO}/lists/1")
    second = browser.get(first.one("a", rel="next").attributes["href"])
    exact = browser.get(f"{DEMO}/lists/1?text=READER7@example.com")
    some = browser.get(f"{DEMO}/lists/1?text=reader11")
    active = browser.get(f"{DEMO}/lists/1?status={ACTIVE}")
    none = browser.get(f"{DEMO}/lists/1?status=9")

    assert "1–50 of 120" in first.main.text
    assert "51–100 of 120" in second.main.text
    assert [len(page.main.all("td", class_="name")) for page in (first, exact, some, active, none)] == [
        50,
        1,
        11,
        50,
        0,
    ]


def test_webhooks_are_listed_and_delivered_again(
    browser: Browser, account: AccountControl, sent: Delivery, vendor: Any
) -> None:
    told: list[Any] = []
    vendor("POST", "/v2/email-service/webhook/", {"url": "https://shop.example/hook", "actions": ["open"]})
    with account.webhooks.deliver_to(told.extend):
        account.simulate.open("ada@example.com")
        account.clock.advance("2m")
        page = browser.send(browser.get(f"{DEMO}/data/webhooks").form("/replay"))

    assert page.notices == ["Delivery 1 was made once more, as 2: delivered."]
    assert [event["event"] for event in told] == ["open", "open"]


def test_overview_counts_and_tells_how_to_connect(browser: Browser, account: AccountControl, sent: Delivery) -> None:
    page = browser.get(f"{DEMO}/overview", Host="localhost:8480")

    tiles = [tile.text for tile in page.main.all("a", class_="tile")]
    assert "1 Messages" in tiles
    assert "1 Contacts" in tiles
    assert "curl http://localhost:8480/oauth/access_token" in page.main.text
