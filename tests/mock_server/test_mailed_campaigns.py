"""What a campaign's recipients see."""

import pytest

from mock_server.core.mails import Content, Message


@pytest.fixture
def mailed(sendpulse):
    """Sends a campaign to contacts and gives its mails."""
    lists, campaigns = sendpulse.client.email.mailing_lists, sendpulse.client.email.campaigns

    def send(contacts, **facts):
        book = lists.create("Readers")
        lists.add_emails(book, contacts)
        mail = {
            "sender_name": "The editors",
            "sender_email": sendpulse.sender,
            "subject": "News",
            "html": "<p>News</p>",
        }
        campaigns.create(list_id=book.id, **mail | facts)
        sendpulse.clock.advance("5m")
        return sendpulse.outbox.messages()

    return send


def test_each_recipient_sees_values_of_its_own(mailed):
    contacts = [
        ("ada@example.com", {"name": "Ada", "Phone": "380501234567", "visits": 7}),
        ("bob@example.com", {"name": "<Bob>"}),
    ]

    ada, bob = mailed(contacts, subject="{{name}}", html="<p>{{Name}}|{{email}}|{{phone}}|{{visits}}</p>")

    assert (ada.subject, ada.html) == ("Ada", "<p>Ada|ada@example.com|380501234567|7</p>")
    assert (bob.subject, bob.html) == ("<Bob>", "<p>&lt;Bob&gt;|bob@example.com||</p>")


def test_content_of_a_campaign_is_kept_once(sendpulse, mailed):
    mailed([f"{number}@example.com" for number in range(20)])

    store = sendpulse.account.store
    assert (store[Content].count(), store[Message].count()) == (1, 20)


def test_name_of_a_list_in_the_mail_that_asks_to_confirm_is_no_template(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("{{email}}")

    lists.add_emails(book, ["ada@example.com"], confirmation="force", sender_email=sendpulse.sender)

    mail = sendpulse.outbox.wait(to="ada@example.com")
    assert mail.subject == "Confirm your subscription to {{email}}"
    assert "{{email}}" in mail.html


def test_recipient_of_a_message_does_something(sendpulse, mailed):
    (mail,) = mailed(["ada@example.com"])

    sendpulse.simulate.act("unsubscribe", {"message": mail.id})

    book = sendpulse.client.email.mailing_lists.list()[0]
    assert sendpulse.client.email.mailing_lists.get_contact(book, "ada@example.com").status == 4
