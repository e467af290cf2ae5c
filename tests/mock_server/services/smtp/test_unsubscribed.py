"""The suppression list: who gets no mail and why, and the way back."""

from __future__ import annotations

import pytest

from sendpulse_client import ApiError, Suppressed

NOON = "2026-01-31T12:00:00Z"
ADA, BOB, EVE = "ada@example.com", "bob@example.com", "eve@example.com"

pytestmark = pytest.mark.sendpulse(limits="off", clock=NOON)


@pytest.fixture
def unsubscribed(sendpulse):
    return sendpulse.client.smtp.unsubscribed


@pytest.fixture
def send(sendpulse):
    """Mails somebody a receipt."""

    def post(address=ADA):
        emails = sendpulse.client.smtp.emails
        return emails.send(sender=sendpulse.sender, to=[address], subject="Your receipt", text="Thank you!")

    return post


def refused(call, *arguments, **named):
    """The refusal of a call that must not succeed: status and body."""
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    body = caught.value.response.json()
    return caught.value.status, body["error_code"], body["message"]


def reasons(unsubscribed):
    return {
        entry.email: (entry.unsubscribe_by_link, entry.unsubscribe_by_user, entry.spam_complaint)
        for entry in unsubscribed.list()
    }


def test_whoever_is_suppressed_gets_no_mail_until_taken_off(sendpulse, unsubscribed, send):
    unsubscribed.add([f" {ADA.upper()} "], comment="asked for it")
    send()
    suppressed = len(sendpulse.outbox)
    unsubscribed.remove([ADA])
    send()

    assert suppressed == 0
    assert [mail.to for mail in sendpulse.outbox] == [ADA]


def test_the_list_tells_each_reason_and_the_day_of_the_newest(sendpulse, unsubscribed, send):
    for address in (ADA, BOB):
        send(address)
    sendpulse.simulate.unsubscribe(ADA)
    sendpulse.simulate.spam(BOB)
    unsubscribed.add([EVE])
    sendpulse.clock.advance("1d")
    unsubscribed.add([ADA])

    assert reasons(unsubscribed) == {ADA: (1, 1, 0), BOB: (0, 0, 1), EVE: (0, 1, 0)}
    assert [entry.email for entry in unsubscribed.list(date="2026-02-01")] == [ADA]
    assert unsubscribed.list(limit=1, offset=1) == [
        Suppressed(BOB, unsubscribe_by_link=0, unsubscribe_by_user=0, spam_complaint=1, date="2026-01-31 12:00:00")
    ]
    assert [entry.email for entry in unsubscribed.iterate()] == [ADA, BOB, EVE]


def test_an_address_that_leaves_by_itself_gets_no_second_mail(sendpulse, unsubscribed, send):
    leaver = "ada+unsubscribe@example.com"
    send(leaver)
    sendpulse.clock.advance("3m")

    send(leaver)

    assert reasons(unsubscribed) == {leaver: (1, 0, 0)}
    assert len(sendpulse.outbox) == 1


def test_mail_that_comes_back_suppresses_nobody(sendpulse, unsubscribed, send):
    send("ada+bounce@example.com")
    sendpulse.clock.advance("1m")

    assert sendpulse.client.smtp.bounces.get_total() == 1
    assert unsubscribed.list() == []


@pytest.mark.parametrize(
    "body",
    [
        {"emails": [{"email": ADA, "comment": "asked for it"}]},
        [{"email": ADA}],
        {"emails": [ADA]},
        [ADA],
        {"emails": f'[{{"email": "{ADA}"}}]'},
        {"emails": 'a:1:{i:0;a:1:{s:5:"email";s:15:"ada@example.com";}}'},
        {"emails": [{"email": ADA, "comment": None}, {"email": "no address"}, {"email": ADA.upper()}]},
    ],
)
def test_addresses_to_suppress_are_read_in_every_form(sendpulse, unsubscribed, body):
    answer = sendpulse.client.request("POST", "/smtp/unsubscribe", json=body)

    assert answer == {"result": True}
    assert [entry.email for entry in unsubscribed.list()] == [ADA]


@pytest.mark.parametrize("body", [{"emails": [ADA]}, [ADA], {"emails": f'["{ADA}"]'}, {"emails": [BOB, ADA, ADA]}])
def test_addresses_to_let_through_are_read_in_every_form(sendpulse, unsubscribed, body):
    unsubscribed.add([ADA, EVE])

    answer = sendpulse.client.request("DELETE", "/smtp/unsubscribe", json=body)

    assert answer == {"result": True}
    assert [entry.email for entry in unsubscribed.list()] == [EVE]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("body", [None, {}, [], {"emails": []}, {"emails": None}, {"emails": "[]"}])
def test_nobody_is_refused(sendpulse, method, body):
    refusal = refused(sendpulse.client.request, method, "/smtp/unsubscribe", json=body)

    assert refusal == (400, 14, "Empty emails")


def test_addresses_that_are_none_are_nobody(sendpulse, unsubscribed):
    assert refused(unsubscribed.add, ["no address", ""]) == (400, 14, "Empty emails")


def test_who_is_not_suppressed_is_not_let_through(unsubscribed):
    unsubscribed.add([ADA])

    assert refused(unsubscribed.remove, [BOB, EVE]) == (400, 17, "Can’t find the email address")
    assert unsubscribed.search(ADA)


def test_searching_tells_yes_and_no(unsubscribed):
    unsubscribed.add([ADA])

    assert unsubscribed.search(ADA.upper())
    assert not unsubscribed.search(BOB)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Empty email parameter"),
        ("?email=", "Empty email parameter"),
        ("?email=ada", "Wrong email parameter"),
        ("?email[]=ada@example.com", "Wrong email parameter"),
    ],
)
def test_searching_for_no_address_is_refused(sendpulse, query, message):
    assert refused(sendpulse.client.request, "GET", f"/smtp/unsubscribe/search{query}") == (422, 422, message)


# The way back


def test_who_follows_the_link_of_the_invitation_gets_mail_again(sendpulse, unsubscribed, send):
    unsubscribed.add([ADA])

    number = unsubscribed.resubscribe(ADA, sender=sendpulse.sender, lang="ua")
    invitation = sendpulse.outbox.wait(to=ADA)
    still = unsubscribed.search(ADA)
    sendpulse.simulate.confirm(ADA)
    send()

    assert still
    assert not unsubscribed.search(ADA)
    assert invitation.subject == "Підпишіться знову"
    assert len(invitation.extract_links()) == 1
    assert sendpulse.client.smtp.emails.get(number).recipient == ADA
    assert len(sendpulse.outbox) == 2
    assert sendpulse.settings.emails_left == 14_999


def test_five_invitations_fit_into_a_day_and_the_sixth_a_day_after_the_first(sendpulse, unsubscribed):
    unsubscribed.add([ADA])

    def invite():
        return unsubscribed.resubscribe(ADA, sender=sendpulse.sender)

    for _ in range(5):
        invite()
        sendpulse.clock.advance("1h")
    sixth = refused(invite)
    sendpulse.clock.advance(19 * 3600 - 0.000001)
    a_moment_early = refused(invite)
    sendpulse.clock.advance(0.000001)
    invite()

    assert sixth == a_moment_early == (422, 422, "No more than 5 are allowed per day")
    assert len(sendpulse.outbox) == 6


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"sender": "owner"}, (422, 422, "Argument email missing")),
        ({"email": "ada@", "sender": "owner"}, (422, 422, "Argument email is invalid")),
        ({"email": ADA}, (422, 422, "Argument sender missing")),
        ({"email": ADA, "sender": " "}, (422, 422, "Argument sender missing")),
        ({"email": ADA, "sender": "owner", "lang": 5}, (422, 422, "Argument lang must be string")),
        ({"email": BOB, "sender": "owner"}, (422, 422, "Blocked email not found")),
        ({"email": ADA, "sender": BOB}, (422, 422, "Sender is not valid")),
    ],
)
def test_invitations_that_do_not_fit_are_refused(sendpulse, unsubscribed, body, refusal):
    unsubscribed.add([ADA])
    given = body | ({"sender": sendpulse.sender} if body.get("sender") == "owner" else {})

    assert refused(sendpulse.client.request, "POST", "/smtp/resubscribe", json=given) == refusal
    assert len(sendpulse.outbox) == 0


def test_without_the_service_nobody_is_invited(sendpulse, unsubscribed):
    unsubscribed.add([ADA])
    sendpulse.settings.set(smtp=False)

    refusal = refused(unsubscribed.resubscribe, ADA, sender=sendpulse.sender)

    assert refusal == (422, 503, "Smtp user not found")


def test_an_invitation_is_followed_once(sendpulse, unsubscribed):
    unsubscribed.add([ADA])
    unsubscribed.resubscribe(ADA, sender=sendpulse.sender)
    sendpulse.simulate.confirm(ADA)
    unsubscribed.add([ADA])

    with pytest.raises(ValueError, match="nothing to confirm"):
        sendpulse.simulate.confirm(ADA)


def test_a_language_that_nobody_knows_is_english(sendpulse, unsubscribed):
    unsubscribed.add([ADA])
    sendpulse.client.request("POST", "/smtp/resubscribe", json={"email": ADA, "sender": sendpulse.sender, "lang": "fr"})

    assert sendpulse.outbox.wait(to=ADA).subject == "Subscribe again"
