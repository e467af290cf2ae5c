"""What clients with declared types insist on in answers of the SMTP service, read from the very bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from strict_shapes import Check, is_array, is_bool, is_date, is_int, is_object, is_text, or_null

pytestmark = pytest.mark.sendpulse(limits="off", clock="2026-01-31T12:00:00Z")

ADA, EVE, GONE = "ada+click@example.com", "eve+bounce@example.com", "gone@example.com"

PLACE = {"browser": is_text, "os": is_text, "ip": is_text, "country": is_text, "action_date": is_date}
FACTS = {
    "id": is_text,
    "sender": is_text,
    "total_size": is_int,
    "sender_ip": is_text,
    "smtp_answer_code": is_int,
    "smtp_answer_code_explain": is_text,
    "smtp_answer_subcode": is_text,
    "smtp_answer_data": is_text,
    "used_ip": is_text,
    "recipient": or_null(is_text),
    "subject": is_text,
    "send_date": is_date,
}
TRACKED = is_object(
    click=is_int,
    open=is_int,
    link=is_array(is_object(url=is_text, screen_resolution=is_text, **PLACE)),
    client_info=is_array(is_object(**PLACE)),
)
UNTRACKED = is_object(click=is_int, open=is_int, link=lambda value: value == [], client_info=lambda value: value == [])
RECORD = is_object(**FACTS, tracking=lambda value: TRACKED(value) or UNTRACKED(value))
BOUNCE = is_object(
    email_to=is_text,
    sender=is_text,
    send_date=is_date,
    subject=is_text,
    smtp_answer_code=is_int,
    smtp_answer_subcode=is_text,
    smtp_answer_data=is_text,
)
REASONS = is_object(
    email=is_text, unsubscribe_by_link=is_int, unsubscribe_by_user=is_int, spam_complaint=is_int, date=is_date
)
DONE = is_object(result=is_bool)
SENT = is_object(result=is_bool, id=is_text)

CHECKS = is_object(
    check_dkim=is_bool, check_spf=is_bool, check_dmarc=is_bool, all_checks=is_bool, spf_txt_needed=is_text
)
DOMAIN = is_object(
    id=is_int,
    user_id=is_int,
    service_type=lambda value: value == 3,
    service_value=is_text,
    status=is_int,
    expire_date=or_null(is_date),
    auto_free_prolong=is_int,
    currency=is_text,
    is_default=is_bool,
    ssl_type=is_int,
    ssl_expired=or_null(is_date),
    ssl_generated=or_null(is_int),
    checks=CHECKS,
)

SHAPES: dict[str, tuple[str, str, Any, Check]] = {
    "GET /smtp/emails": ("GET", "/smtp/emails", None, is_array(RECORD)),
    "GET /smtp/emails, past the end": ("GET", "/smtp/emails?offset=9", None, lambda value: value == []),
    "GET /smtp/emails/{id}": ("GET", "/smtp/emails/{id}", None, is_object(**FACTS, tracking=TRACKED)),
    "POST /smtp/emails/info": ("POST", "/smtp/emails/info", {"emails": ["{id}"]}, is_array(RECORD)),
    "GET /smtp/emails/total": ("GET", "/smtp/emails/total", None, is_object(total=is_int)),
    "GET /smtp/bounces/day": (
        "GET",
        "/smtp/bounces/day",
        None,
        is_object(total=is_int, request_limit=is_int, found=is_int, emails=is_array(BOUNCE)),
    ),
    "GET /smtp/bounces/day, of a day without": (
        "GET",
        "/smtp/bounces/day?date=2026-01-01",
        None,
        is_object(total=is_int, request_limit=is_int, found=is_int, emails=lambda value: value == []),
    ),
    "GET /smtp/bounces/day/total": ("GET", "/smtp/bounces/day/total", None, is_object(total=is_int)),
    "GET /smtp/unsubscribe": ("GET", "/smtp/unsubscribe", None, is_array(REASONS)),
    "POST /smtp/unsubscribe": ("POST", "/smtp/unsubscribe", {"emails": [{"email": ADA}]}, DONE),
    "DELETE /smtp/unsubscribe": ("DELETE", "/smtp/unsubscribe", {"emails": [GONE]}, DONE),
    "GET /smtp/unsubscribe/search": ("GET", f"/smtp/unsubscribe/search?email={GONE}", None, DONE),
    "GET /smtp/ips": ("GET", "/smtp/ips", None, is_array(is_text)),
    "GET /smtp/senders": ("GET", "/smtp/senders", None, is_array(is_text)),
    "GET /v2/email-service/smtp/sender_domains": (
        "GET",
        "/v2/email-service/smtp/sender_domains",
        None,
        is_object(data=is_object(result=is_bool, data=is_array(DOMAIN))),
    ),
    "POST /v2/email-service/smtp/sender_domains/{domain}": (
        "POST",
        "/v2/email-service/smtp/sender_domains/example.net",
        None,
        is_object(data=DONE),
    ),
    "GET /smtp/domains": ("GET", "/smtp/domains", None, is_array(is_text)),
    "POST /smtp/domains": ("POST", "/smtp/domains", {"email": "postmaster@example.net"}, DONE),
    "GET /smtp/domains/{email}": ("GET", "/smtp/domains/postmaster@example.org", None, DONE),
    "POST /smtp/resubscribe": ("POST", "/smtp/resubscribe", {"email": GONE, "sender": "{sender}"}, SENT),
}


@pytest.mark.parametrize("name", SHAPES)
def test_answer_has_the_shape_that_typed_clients_declare(sendpulse, name):
    method, path, body, has_shape = SHAPES[name]
    letter = {
        "subject": "Your receipt",
        "from": {"name": "The editors", "email": sendpulse.sender},
        "to": [{"email": ADA}, {"email": EVE}],
        "html": "PGEgaHJlZj0iaHR0cHM6Ly9leGFtcGxlLmNvbSI+cmVjZWlwdDwvYT4=",
    }
    sent = sendpulse.client.request("POST", "/smtp/emails", json={"email": letter})
    sendpulse.client.smtp.unsubscribed.add([GONE])
    sendpulse.client.smtp.domains.create("postmaster@example.org")
    sendpulse.clock.advance("1h")
    asked = json.loads(json.dumps(body).replace("{id}", sent["id"]).replace("{sender}", sendpulse.sender))

    answer = sendpulse.client.request(method, path.replace("{id}", sent["id"]), json=asked)

    assert SENT(sent)
    assert has_shape(answer), json.dumps(answer, indent=2)
