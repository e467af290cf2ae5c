"""Senders and the codes that activate them, through the front door."""

import pytest

from mock_server.mailing.free_mail import is_free_mail
from sendpulse_client import ApiError, NotFound, Sender, ValidationFailed

pytestmark = pytest.mark.sendpulse(limits="off", clock={"now": "2026-01-31T12:00:00Z", "frozen": True})

ADA = "ada+news@example.com"
QUARTER = 15 * 60


@pytest.fixture
def senders(sendpulse):
    return sendpulse.client.email.senders


def code_of(sendpulse, address=ADA):
    """The code that was mailed last."""
    return sendpulse.outbox.wait(to=address).extract_code()


def other_than(code):
    return str(int(code) ^ 1)


def refused(call, *arguments, **named):
    """The refusal of a call that must not succeed: status, code and wording."""
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    return caught.value.status, caught.value.code, caught.value.message


def status_of(senders, address=ADA):
    return next(sender.status for sender in senders.list() if sender.email == address)


def test_account_begins_with_its_owner_as_active_sender(sendpulse, senders):
    assert senders.list() == [Sender(sendpulse.sender, "Owner", "Active", is_allowed_for_smtp=True)]


def test_sender_is_activated_with_the_code_that_was_mailed_to_it(sendpulse, senders):
    senders.create(ADA, "Ada")
    waiting = senders.list()[-1]

    senders.activate(ADA, code_of(sendpulse))

    assert waiting == Sender(ADA, "Ada", "Requested activation", is_allowed_for_smtp=False)
    assert senders.list()[-1] == Sender(ADA, "Ada", "Active", is_allowed_for_smtp=True)


def test_calls_about_codes_name_the_address(sendpulse, senders):
    senders.create(ADA, "Ada")
    sendpulse.clock.advance(QUARTER)

    asked = sendpulse.client.request("GET", f"/senders/{ADA}/code")
    activated = sendpulse.client.request("POST", f"/senders/{ADA}/code", json={"code": code_of(sendpulse)})

    assert asked == activated == {"result": True, "email": ADA}


def test_each_sender_has_five_digits_of_its_own(sendpulse, senders):
    senders.create(ADA, "Ada")
    senders.create("bob@example.com", "Bob")

    codes = {code_of(sendpulse), code_of(sendpulse, "bob@example.com")}

    assert len(codes) == 2
    assert all(code.isdigit() and len(code) == 5 for code in codes)


def test_pending_sender_may_not_ask_contacts_to_confirm_until_it_is_active(sendpulse, senders):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")
    senders.create(ADA, "Ada")
    asked = {"confirmation": "force", "sender_email": ADA}

    before = refused(lists.add_emails, book, ["bob@example.com"], **asked)
    senders.activate(ADA, code_of(sendpulse))
    lists.add_emails(book, ["bob@example.com"], **asked)

    assert before == (422, 1003, "Sender not found")
    assert sendpulse.outbox.wait(to="bob@example.com").sender == ADA


def test_addresses_are_compared_without_case_and_blanks(sendpulse, senders):
    senders.create(" Ada+News@Example.COM ", "Ada")

    senders.activate("ADA+news@example.com ", code_of(sendpulse))

    assert [sender.email for sender in senders.list()] == [sendpulse.sender, ADA]
    assert refused(senders.create, ADA.upper(), "Ada")[1] == 902
    senders.delete(f" {ADA.upper()}")
    assert [sender.email for sender in senders.list()] == [sendpulse.sender]


@pytest.mark.parametrize("written", [ADA, "ada%2Bnews%40example.com", "ada+news%40example.com"])
def test_plus_in_a_path_is_a_plus(sendpulse, senders, written):
    senders.create(ADA, "Ada")

    sendpulse.client.request("POST", f"/senders/{written}/code", json={"code": code_of(sendpulse)})

    assert status_of(senders) == "Active"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, 422, "Argument email missing"),
        ({"email": None, "name": "Ada"}, 422, "Argument email missing"),
        ({"email": ADA}, 422, "Argument name missing"),
        ({"email": 7}, 422, "Argument name missing"),
        ({"email": " ", "name": "Ada"}, 903, "Sender email address not specified"),
        ({"email": 7, "name": " "}, 901, "Sender name not specified"),
        ({"email": ADA, "name": ""}, 901, "Sender name not specified"),
        ({"email": 7, "name": "Ada"}, 422, "Argument email is invalid"),
        ({"email": ADA, "name": ["Ada"]}, 422, "Argument name is invalid"),
        ({"email": "ada@", "name": "Ada"}, 906, "Email address syntax error"),
        (
            {"email": "ada@gmail.com", "name": "Ada"},
            97,
            "Invalid email address type. Using free email services is not allowed.",
        ),
    ],
)
def test_sender_needs_an_address_of_its_own_and_a_name(sendpulse, senders, body, code, message):
    assert refused(sendpulse.client.request, "POST", "/senders", json=body) == (422, code, message)
    assert len(senders.list()) == 1
    assert not sendpulse.outbox.messages()


@pytest.mark.parametrize(
    ("domain", "free"),
    [
        ("gmail.com", True),
        ("Mail.RU", True),
        ("yandex.com.tr", True),
        ("yahoo.co.uk", True),
        ("outlook.de", True),
        ("ukr.net", True),
        ("icloud.com", True),
        ("gmx.at", True),
        ("web.de", True),
        ("proton.me", True),
        ("hotmail.com", True),
        ("live.net", True),
        ("outlook.co.id", True),
        ("outlook.org", False),
        ("gmx.museum", False),
        ("example.com", False),
        ("news.gmail.com", False),
        ("mygmail.com", False),
        ("outlook.example.com", False),
    ],
)
def test_free_mailbox_providers_are_known_in_every_country(domain, free):
    assert is_free_mail(f"ada@{domain}") is free


def test_domain_with_a_strict_dmarc_policy_may_not_send(sendpulse, senders):
    sendpulse.settings.set(strict_dmarc_domains=["Bank.example"])

    refusal = refused(senders.create, "ada@bank.example", "Ada")

    assert refusal == (422, 422, "DMARC policy error. Please, use another sender domain.")
    senders.create("ada@news.bank.example", "Ada")


def test_address_on_the_service_s_blacklist_or_the_account_s_may_not_send(sendpulse, senders):
    sendpulse.settings.set(blacklisted=["Eve@Example.com"])
    sendpulse.client.email.blacklist.add(["mallory@example.com"])

    refusals = [refused(senders.create, address, "X") for address in ("eve@example.com", "Mallory@example.com")]

    assert refusals == [(422, 904, "This email in blacklist")] * 2


def test_pending_sender_is_taken_and_another_account_s_is_not(sendpulse, senders):
    senders.create(ADA, "Ada")

    assert refused(senders.create, ADA, "Ada again") == (422, 902, "Email already in use")
    assert refused(senders.create, sendpulse.sender, "Me") == (422, 902, "Email already in use")
    senders.create("owner-1000000@example.com", "Somebody else's")


def test_owner_counts_among_the_senders_that_the_plan_allows(sendpulse, senders):
    sendpulse.settings.set(senders_allowed=2)
    senders.create(ADA, "Ada")

    assert refused(senders.create, "bob@example.com", "Bob") == (422, 905, "Sender address quota reached")
    senders.delete(sendpulse.sender)
    senders.create("bob@example.com", "Bob")


def test_another_code_is_mailed_after_fifteen_minutes_and_replaces_the_first(sendpulse, senders):
    senders.create(ADA, "Ada")
    first = code_of(sendpulse)

    sendpulse.clock.advance(QUARTER - 0.000001)
    too_soon = refused(senders.request_code, ADA)
    sendpulse.clock.advance(0.000001)
    senders.request_code(ADA)

    assert too_soon == (422, 1004, "The activation code has been sent. Wait 15 minutes to retry")
    assert [message.to for message in sendpulse.outbox.messages()] == [ADA, ADA]
    assert refused(senders.activate, ADA, first) == (422, 422, "Argument code is invalid")
    assert refused(senders.request_code, ADA)[1] == 1004
    senders.activate(ADA, code_of(sendpulse))


def test_code_is_good_until_it_is_replaced(sendpulse, senders):
    senders.create(ADA, "Ada")

    sendpulse.clock.advance("365d")

    senders.activate(ADA, code_of(sendpulse))


def test_wrong_code_activates_nobody_and_the_right_one_stays_good(sendpulse, senders):
    senders.create(ADA, "Ada")
    code = code_of(sendpulse)

    refusal = refused(senders.activate, ADA, other_than(code))

    assert refusal == (422, 422, "Argument code is invalid")
    assert status_of(senders) == "Requested activation"
    senders.activate(ADA, f" {code} ")


def test_code_activates_once(sendpulse, senders):
    senders.create(ADA, "Ada")
    code = code_of(sendpulse)
    senders.activate(ADA, code)

    assert refused(senders.activate, ADA, code) == (422, 21, "No such email address awaiting activation")


def test_active_sender_awaits_no_activation_even_with_another_code(sendpulse, senders):
    senders.request_code(sendpulse.sender)

    code = code_of(sendpulse, sendpulse.sender)

    assert refused(senders.activate, sendpulse.sender, code)[1] == 21
    assert status_of(senders, sendpulse.sender) == "Active"


def test_code_is_lost_where_no_mail_arrives(sendpulse, senders):
    sendpulse.settings.set(undeliverable_domains=["nowhere.example"])

    senders.create("ada@nowhere.example", "Ada")

    assert status_of(senders, "ada@nowhere.example") == "Requested activation"
    assert not sendpulse.outbox.messages()
    assert refused(senders.request_code, "ada@nowhere.example") == (422, 1005, "Error sending confirmation")
    assert refused(senders.activate, "ada@nowhere.example", "12345")[1] == 422
    sendpulse.settings.set(undeliverable_domains=[])
    senders.request_code("ada@nowhere.example")
    senders.activate("ada@nowhere.example", code_of(sendpulse, "ada@nowhere.example"))


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, 1104, "Activation code not specified"),
        ({"code": " "}, 1104, "Activation code not specified"),
        ({"code": ""}, 1104, "Activation code not specified"),
        ({"code": 12345}, 422, "Argument code must be string"),
    ],
)
def test_activation_needs_a_code(sendpulse, senders, body, code, message):
    senders.create(ADA, "Ada")

    refusal = refused(sendpulse.client.request, "POST", f"/senders/{ADA}/code", json=body)

    assert refusal == (422, code, message)


@pytest.mark.parametrize("path", ["/senders//code", "/senders/%20/code"])
def test_code_of_nobody_is_refused(sendpulse, path):
    asked = refused(sendpulse.client.request, "GET", path)
    activated = refused(sendpulse.client.request, "POST", path, json={"code": "12345"})

    assert asked == activated == (422, 1101, "Email address not specified")


def test_stranger_is_missing_in_a_path_and_a_bad_value_in_a_body(senders):
    with pytest.raises(NotFound) as asked:
        senders.request_code(ADA)
    with pytest.raises(NotFound) as activated:
        senders.activate(ADA, "12345")
    with pytest.raises(ValidationFailed) as deleted:
        senders.delete(ADA)

    assert [caught.value.code for caught in (asked, activated, deleted)] == [1003] * 3


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, 422, "Argument email missing"),
        ({"email": " "}, 903, "Sender email address not specified"),
        ({"email": [ADA]}, 422, "Argument email must be string"),
        ({"email": "no address"}, 1003, "Sender not found"),
    ],
)
def test_deletion_names_a_sender(sendpulse, body, code, message):
    assert refused(sendpulse.client.request, "DELETE", "/senders", json=body) == (422, code, message)


def test_sender_that_comes_back_gets_another_code_at_once(sendpulse, senders):
    senders.create(ADA, "Ada")
    first = code_of(sendpulse)
    senders.delete(Sender(ADA))
    senders.create(ADA, "Ada")

    assert code_of(sendpulse) != first
    assert refused(senders.activate, ADA, first)[2] == "Argument code is invalid"
