"""The vendor's own package for Python, unmodified, in process and against the live server: what takes more than a call.

Its single calls are on the wall. On Python 3 its campaigns work only with bytes, and with simplejson, which writes
those as text.
"""

from pathlib import Path
from typing import Any

import pytest
from pysendpulse.pysendpulse import PySendPulse

from mock_server import AccountHandle

ADA, GRACE = "ada@example.com", "grace@example.com"
OPENS, BOUNCES = "ada+click@example.com", "eve+bounce@example.com"
HTML = b'<p>Read <a href="https://example.com/news">the news</a></p>'


@pytest.fixture(params=["sendpulse", "sendpulse_live"])
def account(request: pytest.FixtureRequest) -> AccountHandle:
    return request.getfixturevalue(request.param)


@pytest.fixture
def api(account: AccountHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PySendPulse:
    """The package's only way to another host is its private attribute; in process it keeps the vendor's."""
    monkeypatch.setattr(PySendPulse, "_PySendPulse__api_url", account.base_url)
    return PySendPulse(account.client_id, account.client_secret, "FILE", f"{tmp_path}/")


def test_a_sender_is_added_activated_and_removed(api: PySendPulse, account: AccountHandle) -> None:
    assert api.add_sender(ADA, "Ada") == {"result": True}

    code = account.outbox.wait(to=ADA).extract_code()

    assert api.activate_sender(ADA, code) == {"result": True, "email": ADA}
    assert [(known["email"], known["status"]) for known in api.get_list_of_senders()][1:] == [(ADA, "Active")]
    assert api.delete_sender(ADA) == {"result": True}
    assert api.send_sender_activation_email(ADA)["data"]["http_code"] == 404


def test_what_is_left_to_spend_is_told(api: PySendPulse, account: AccountHandle) -> None:
    account.settings.set(balance={"main": 12.5, "bonus": 0.5, "currency": "EUR"})

    assert api.get_balance() == {"currency": "EUR", "balance_currency": 13}
    assert api.get_balance("eur") == {"currency": "EUR", "balance_currency": 13}


# Campaigns


def test_a_campaign_is_sent_read_and_counted(api: PySendPulse, account: AccountHandle) -> None:
    book = api.add_addressbook("Readers")["id"]
    api.add_emails_to_addressbook(book, [{"email": OPENS, "variables": {"name": "Ada"}}, {"email": BOUNCES}])
    assert api.get_campaign_cost(book)["sent_emails_qty"] == 2

    made = api.add_campaign(
        account.sender, "The editors", "News for {{name}}", HTML, book, "First", {"a.txt": "Attached"}
    )
    account.clock.advance("1h")

    assert (made["status"], made["count"], made["overdraft_price"]) == (13, 2, "0.00")
    [listed] = api.get_list_of_campaigns()
    assert (listed["id"], listed["name"], listed["status"]) == (made["id"], "First", 3)
    assert listed["statistics"]["opening"] == listed["statistics"]["error"] == 1
    assert {row["explain"]: row["count"] for row in api.get_campaign_info(made["id"])["statistics"]["general"]}
    assert sum(api.get_campaign_stat_by_countries(made["id"]).values()) == 1
    assert api.get_campaign_stat_by_referrals(made["id"]) == [{"link": "https://example.com/news", "count": 1}]
    told = api.get_emails_stat_by_campaigns([OPENS])[OPENS]
    assert (told["sent"], told["open"], told["link"]) == (1, 1, 1)
    assert api.get_email_statistic_by_campaigns(BOUNCES)["statistic"]["sent"] == 1
    mail = account.outbox.wait(to=OPENS)
    assert (mail.subject, mail.attachments) == ("News for Ada", {"a.txt": b"Attached"})


def test_a_campaign_is_cancelled_before_it_is_sent(api: PySendPulse, account: AccountHandle) -> None:
    book = api.add_addressbook("Readers")["id"]
    api.add_emails_to_addressbook(book, [{"email": ADA}])
    account.clock.freeze()
    made = api.add_campaign(account.sender, "The editors", "News", HTML, book)

    assert api.cancel_campaign(made["id"]) == {"result": True}

    account.clock.advance("1h")
    assert api.get_campaign_info(made["id"])["status"] == 16
    assert len(account.outbox) == 0


def test_a_campaign_that_is_refused_is_told_by_its_status(api: PySendPulse, account: AccountHandle) -> None:
    book = api.add_addressbook("Readers")["id"]

    told = api.add_campaign(account.sender, "The editors", "News", HTML, book)["data"]

    assert (told["is_error"], told["http_code"]) == (True, 422)


def test_webhooks_tell_what_became_of_a_campaign(api: PySendPulse, account: AccountHandle) -> None:
    """The package cannot register webhooks, so the account's dashboard does."""
    account.client.email.webhooks.create("https://shop.example/hook", ["delivered", "open", "hard_bounces"])
    told: list[dict[str, Any]] = []
    book = api.add_addressbook("Readers")["id"]
    api.add_emails_to_addressbook(book, [{"email": OPENS}, {"email": BOUNCES}])

    with account.webhooks.deliver_to(told.extend):
        made = api.add_campaign(account.sender, "The editors", "News", HTML, book)
        account.clock.advance("1h")

    assert [(event["event"], event["email"]) for event in told] == [
        ("delivered", OPENS),
        ("hard_bounces", BOUNCES),
        ("open", OPENS),
    ]
    assert {int(event["task_id"]) for event in told} == {made["id"]}


# SMTP


def letter_from(account: AccountHandle, **fields: Any) -> dict[str, Any]:
    """A mail as the package's own example writes it; the package puts the HTML into base64."""
    sender = {"name": "The editors", "email": account.sender}
    mail = {"subject": "Receipt 🦉", "html": HTML.decode(), "text": "Thank you!", "from": sender}
    return mail | {"to": [{"name": "Ada", "email": OPENS}], "bcc": [{"name": "Grace", "email": GRACE}]} | fields


def test_a_mail_is_sent_and_looked_at(api: PySendPulse, account: AccountHandle) -> None:
    sent = api.smtp_send_mail(letter_from(account))
    account.clock.advance("1h")

    record = api.smtp_get_email_info_by_id(sent["id"])
    listed = api.smtp_get_list_of_emails()

    assert sent["result"] is True
    assert (record["recipient"], record["smtp_answer_code"], record["tracking"]["click"]) == (OPENS, 250, 1)
    assert [row["recipient"] for row in listed] == [OPENS, GRACE]
    mail = account.outbox.wait(to=GRACE)
    assert (mail.subject, mail.html, mail.text) == ("Receipt 🦉", HTML.decode(), "Thank you!")
    assert mail.headers["To"] == f"Ada <{OPENS}>"


def test_a_template_is_sent(api: PySendPulse, account: AccountHandle) -> None:
    template = account.client.email.templates.create("<p>Hello, {{name}}!</p>", name="Welcome")
    mail = letter_from(account, template={"id": template.real_id, "variables": {"name": "Ada"}})

    assert api.smtp_send_mail_with_template(mail)["result"] is True
    assert account.outbox.wait(to=OPENS).html == "<p>Hello, Ada!</p>"


def test_the_suppression_list_is_written(api: PySendPulse, account: AccountHandle) -> None:
    assert api.smtp_add_emails_to_unsubscribe([{"email": OPENS, "comment": "asked"}, {"email": GRACE}]) == {
        "result": True
    }
    assert api.smtp_delete_emails_from_unsubscribe([GRACE]) == {"result": True}
    api.smtp_send_mail(letter_from(account))

    assert [mail.to for mail in account.outbox] == [GRACE]


def test_a_mail_of_a_stranger_is_told_by_its_status(api: PySendPulse, account: AccountHandle) -> None:
    told = api.smtp_send_mail(letter_from(account, **{"from": {"name": "Eve", "email": "eve@example.com"}}))

    assert (told["data"]["is_error"], told["data"]["http_code"]) == (True, 422)


# Refusals and tokens


def test_a_refusal_is_told_by_its_status(api: PySendPulse) -> None:
    told = api.get_addressbook_info(999)["data"]

    assert (told["is_error"], told["http_code"]) == (True, 404)


def test_a_token_that_was_revoked_is_renewed(api: PySendPulse, account: AccountHandle) -> None:
    account.account.revoke_tokens()

    assert api.get_list_of_addressbooks() == []
    account.journal.assert_called("oauth.issue_token", times=2)
