"""Where mail comes from: servers, senders, and sender domains by the newer calls and the older ones."""

from __future__ import annotations

import pytest

from mock_server import MockServer
from sendpulse_client import ApiError, SenderDomain

pytestmark = pytest.mark.sendpulse(limits="off", clock={"now": "2026-01-31T12:00:00Z", "frozen": True})

DOMAIN, POSTMASTER = "letters.example.org", "postmaster@letters.example.org"
CHECKS = ("check_dkim", "check_spf", "check_dmarc", "all_checks")


@pytest.fixture
def smtp(sendpulse):
    return sendpulse.client.smtp


def refused(call, *arguments):
    with pytest.raises(ApiError) as caught:
        call(*arguments)
    return caught.value.status, caught.value.code, caught.value.message


def send_from(sendpulse, address):
    sendpulse.client.smtp.emails.send(sender=address, to=["ada@example.com"], subject="News", text="All is well.")


def test_mail_leaves_from_the_address_that_records_tell(sendpulse, smtp):
    send_from(sendpulse, sendpulse.sender)

    [record] = sendpulse.client.request("GET", "/smtp/emails")
    assert smtp.ips.list() == [record["used_ip"]]


def test_senders_are_those_that_are_active(sendpulse, smtp):
    senders = sendpulse.client.email.senders
    senders.create("news@example.com", "The editors")
    waiting = smtp.senders.list()
    senders.activate("news@example.com", sendpulse.outbox.wait(to="news@example.com").extract_code())

    assert waiting == [sendpulse.sender]
    assert smtp.senders.list() == [sendpulse.sender, "news@example.com"]


def test_domain_is_there_once_it_was_added(sendpulse, smtp):
    smtp.sender_domains.create(DOMAIN.upper())

    [domain] = smtp.sender_domains.list()
    assert domain == SenderDomain(
        id=1,
        user_id=sendpulse.account.user_id,
        service_type=3,
        service_value=DOMAIN,
        status=0,
        expire_date=None,
        auto_free_prolong=0,
        currency="USD",
        is_default=False,
        ssl_type=0,
        ssl_expired=None,
        ssl_generated=None,
        checks=domain.checks,
    )
    assert [domain.checks[name] for name in CHECKS] == [False] * 4
    assert domain.checks["spf_txt_needed"].startswith("v=spf1 ")


def test_envelope_is_that_of_the_vendors_pages(sendpulse):
    added = sendpulse.client.request("POST", f"/v2/email-service/smtp/sender_domains/{DOMAIN}")
    listed = sendpulse.client.request("GET", "/v2/email-service/smtp/sender_domains")

    assert added == {"data": {"result": True}}
    assert listed["data"]["result"] is True
    assert [domain["service_value"] for domain in listed["data"]["data"]] == [DOMAIN]


def test_domain_is_active_when_a_setting_says_that_its_dns_is_right(sendpulse, smtp):
    smtp.sender_domains.create(DOMAIN)

    sendpulse.settings.set(authenticated_domains=["Letters.Example.org"])

    [domain] = smtp.sender_domains.list()
    assert domain.status == 1
    assert [domain.checks[name] for name in CHECKS] == [True] * 4


def test_any_address_of_an_active_domain_may_send(sendpulse, smtp):
    smtp.sender_domains.create(DOMAIN)
    before = refused(send_from, sendpulse, f"anybody@{DOMAIN}")
    sendpulse.settings.set(authenticated_domains=[DOMAIN])

    send_from(sendpulse, f"Anybody@{DOMAIN}")

    assert before == (422, 422, "Sender is not valid")
    assert sendpulse.outbox.wait(to="ada@example.com").sender == f"Anybody@{DOMAIN}"


@pytest.mark.parametrize("address", [f"a@sub.{DOMAIN}", "a@example.org", f"a@x{DOMAIN}"])
def test_nobody_at_another_domain_may(sendpulse, smtp, address):
    smtp.sender_domains.create(DOMAIN)
    sendpulse.settings.set(authenticated_domains=[DOMAIN, f"sub.{DOMAIN}"])

    assert refused(send_from, sendpulse, address) == (422, 422, "Sender is not valid")


def test_domain_is_added_once(smtp):
    smtp.sender_domains.create(DOMAIN)
    already = (422, 19, "Email address already exists")

    assert refused(smtp.sender_domains.create, DOMAIN.title()) == already
    assert refused(smtp.domains.create, f"office@{DOMAIN}") == already
    assert len(smtp.sender_domains.list()) == 1


@pytest.mark.parametrize(
    "name", ["no domain", "example", "-a.example.org", "ada@example.com", " ", "пример.рф", "a..b"]
)
def test_what_is_no_domain_is_refused(smtp, name):
    assert refused(smtp.sender_domains.create, name) == (422, 422, "Argument domain is invalid")
    assert smtp.sender_domains.list() == []


def test_older_calls_mail_somebody_at_the_domain(sendpulse, smtp):
    smtp.domains.create(POSTMASTER)

    mail = sendpulse.outbox.wait(to=POSTMASTER)
    assert DOMAIN in mail.subject
    assert len(mail.extract_links()) == 1
    assert smtp.domains.list() == [f"@{DOMAIN}"]
    assert [(domain.service_value, domain.status) for domain in smtp.sender_domains.list()] == [(DOMAIN, 0)]


def test_whoever_was_mailed_can_confirm_the_domain(sendpulse, smtp):
    smtp.domains.create(POSTMASTER)

    sendpulse.simulate.confirm(POSTMASTER)

    [domain] = smtp.sender_domains.list()
    assert (domain.status, domain.checks["all_checks"]) == (1, False)
    send_from(sendpulse, f"anybody@{DOMAIN}")
    with pytest.raises(ValueError, match="nothing to confirm"):
        sendpulse.simulate.confirm(POSTMASTER)


def test_mail_is_sent_once_more_as_long_as_nobody_confirmed(sendpulse, smtp):
    nobody = (422, 21, "No such email address awaiting activation")
    never = refused(smtp.domains.request_confirmation, POSTMASTER)
    smtp.domains.create(POSTMASTER)
    smtp.domains.request_confirmation(POSTMASTER.upper())
    another = refused(smtp.domains.request_confirmation, f"office@{DOMAIN}")
    sendpulse.simulate.confirm(POSTMASTER)
    late = refused(smtp.domains.request_confirmation, POSTMASTER)

    assert never == another == late == nobody
    assert len(sendpulse.outbox.messages(to=POSTMASTER)) == 2


def test_nobody_was_asked_to_confirm_a_domain_of_the_newer_call(smtp):
    smtp.sender_domains.create(DOMAIN)

    assert refused(smtp.domains.request_confirmation, POSTMASTER)[:2] == (422, 21)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({}, (422, 422, "Argument email missing")),
        ({"email": "ada"}, (422, 422, "Argument email is invalid")),
        ({"email": ["ada@example.com"]}, (422, 422, "Argument email is invalid")),
        ({"email": "ada@gmail.com"}, (422, 20, "Using free email services (not allowed)")),
    ],
)
def test_what_cannot_be_added_by_the_older_call_is_refused(sendpulse, smtp, body, refusal):
    assert refused(lambda: sendpulse.client.request("POST", "/smtp/domains", json=body)) == refusal
    assert smtp.domains.list() == []


def test_domain_that_takes_no_mail_is_added_and_asked_nothing(sendpulse, smtp):
    smtp.domains.create("postmaster@nowhere.invalid")

    assert smtp.domains.list() == ["@nowhere.invalid"]
    assert len(sendpulse.outbox) == 0
    with pytest.raises(ValueError, match="nothing to confirm"):
        sendpulse.simulate.confirm("postmaster@nowhere.invalid")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/smtp/ips"),
        ("GET", "/smtp/senders"),
        ("GET", "/v2/email-service/smtp/sender_domains"),
        ("POST", f"/v2/email-service/smtp/sender_domains/{DOMAIN}"),
        ("GET", "/smtp/domains"),
        ("POST", "/smtp/domains?email=postmaster@letters.example.org"),
        ("GET", f"/smtp/domains/{POSTMASTER}"),
    ],
)
def test_account_without_smtp_is_told_so(sendpulse, method, path):
    sendpulse.settings.set(smtp=False)

    assert refused(sendpulse.client.request, method, path) == (
        422,
        400,
        "No such SMTP user, you need to create SMTP account first",
    )


def test_path_of_an_older_go_client_is_none(sendpulse):
    assert refused(sendpulse.client.request, "GET", f"/domains/{POSTMASTER}")[0] == 404


def test_domains_of_one_account_are_not_anothers():
    mock = MockServer()

    with mock.intercept() as first, mock.intercept() as second:
        second.client.smtp.sender_domains.create(DOMAIN)

        assert first.client.smtp.domains.list() == []
        assert second.client.smtp.domains.list() == [f"@{DOMAIN}"]
    mock.close()
