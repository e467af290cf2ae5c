"""Settings: what an account has where nothing is said, and the bounds of what may be said."""

import pytest

from sendpulse_client import ApiError

pytestmark = pytest.mark.sendpulse(limits="off")

AT_FIRST = {
    "balance": {"main": 0, "bonus": 0, "currency": "USD"},
    "emails_left": 15_000,
    "senders_allowed": 3,
    "smtp": True,
    "blacklisted": [],
    "undeliverable_domains": [],
    "strict_dmarc_domains": [],
    "authenticated_domains": [],
    "forbidden": [],
    "time_zone": "UTC",
    "campaigns_per_hour": 5,
    "webhook_hosts": [],
    "plan_ended": False,
    "account_expired": False,
    "sending_limited": False,
    "moderation": "off",
    "reactions": {
        "seed": 0,
        "bounce": 0,
        "softbounce": 0,
        "spam": 0,
        "unsubscribe": 0,
        "open": 0,
        "click": 0,
    },
    "events": [],
    "smtp_webhooks": [],
    "positions": {},
}


def test_account_has_the_usual_settings_at_first(sendpulse):
    assert sendpulse.settings.as_json() == AT_FIRST


@pytest.mark.parametrize("name", ["emails_left", "senders_allowed", "campaigns_per_hour"])
def test_there_may_be_none_of_what_is_counted_but_no_fewer(sendpulse, name):
    sendpulse.settings.set(**{name: 0})
    assert sendpulse.settings.as_json()[name] == 0

    with pytest.raises(ValueError, match=f"setting '{name}' cannot be -1; it takes "):
        sendpulse.settings.set(**{name: -1})


@pytest.mark.parametrize("share", ["bounce", "softbounce", "spam", "unsubscribe", "open", "click"])
def test_share_lies_between_none_and_all(sendpulse, share):
    for bound in (0, 0.5, 1):
        sendpulse.settings.set(reactions={share: bound})
        assert sendpulse.settings.as_json()["reactions"] == {**AT_FIRST["reactions"], share: bound}

    for beyond in (-0.01, 1.01):
        with pytest.raises(ValueError, match=f"setting 'reactions' cannot be {{'{share}': {beyond}}}; it takes "):
            sendpulse.settings.set(reactions={share: beyond})


@pytest.mark.parametrize(
    "settings",
    [
        {"balance": {"main": 1, "debts": 1}},
        {"reactions": {"open": 1, "reply": 1}},
        {"smtp_webhooks": [{"url": "https://app.example.com", "events": []}]},
        {"smtp_webhooks": [{"url": "https://app.example.com", "events": ["opened"], "secret": "x"}]},
        {"smtp_webhooks": [{"url": "https://app.example.com", "events": ["seen"]}]},
        {"positions": {"revival": "sometimes"}},
        {"positions": {"weather": "fine"}},
        {"moderation": "on"},
        {"smtp": 1},
    ],
)
def test_setting_that_cannot_be_is_named_with_what_it_takes(sendpulse, settings):
    (name,) = settings

    with pytest.raises(ValueError, match=rf"^setting '{name}' cannot be .*; it takes "):
        sendpulse.settings.set(**settings)

    assert sendpulse.settings.as_json() == AT_FIRST


def test_first_setting_that_does_not_fit_is_named(sendpulse):
    with pytest.raises(ValueError, match=r"^setting 'emails_left' cannot be -1"):
        sendpulse.settings.set(smtp=False, emails_left=-1, moderation="on")


def test_positions_are_added_to_those_taken_before(sendpulse):
    sendpulse.settings.set(positions={"revival": "revives"})
    sendpulse.settings.set(positions={"list_status": "seen"})

    assert sendpulse.settings.as_json()["positions"] == {"revival": "revives", "list_status": "seen"}


@pytest.mark.parametrize("domain", ["example.invalid", "EXAMPLE.INVALID", "full.example.com", "Full.Example.Com"])
def test_domains_without_a_mail_server_are_known_in_any_case_of_letters(sendpulse, domain):
    sendpulse.settings.set(undeliverable_domains=["FULL.example.com"])
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")

    with pytest.raises(ApiError) as caught:
        lists.add_emails(book, [f"ada@{domain}"], confirmation="force", sender_email=sendpulse.sender)

    assert caught.value.code == 1005
    lists.add_emails(book, ["ada@a.full.example.com"], confirmation="force", sender_email=sendpulse.sender)
    assert sendpulse.outbox.wait(to="ada@a.full.example.com")
