"""What clients with declared types insist on, read from the very bytes, as Go's decoder reads them.

Missing keys and null pass there, other types than the declared one do not: least of all PHP's ``[]`` for no object.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from strict_shapes import (
    Check,
    is_anything,
    is_array,
    is_bool,
    is_date,
    is_decimal,
    is_int,
    is_language,
    is_map,
    is_number,
    is_object,
    is_quoted_number,
    is_text,
    is_url,
    or_null,
)

pytestmark = pytest.mark.sendpulse(limits="off")

ADA = "ada@example.com"
IN_BASE64 = "PHA+SGVsbG88L3A+"

DONE = is_object(result=is_bool)
VARIABLES = is_array(is_object(name=is_text, type=is_text, value=is_anything))
COUNTERS = {"sent": is_int, "open": is_int, "link": is_int}
SUMMARY = {
    "id": is_text,
    "real_id": is_int,
    "name": is_text,
    "name_slug": is_text,
    "lang": is_language,
    "meta_description": is_text,
    "full_description": or_null(is_text),
    "category": is_text,
    "category_info": is_object(
        id=is_int, name=is_text, meta_description=is_text, full_description=is_text, code=is_text, sort=is_int
    ),
    "tags": is_map(is_text),
    "mark": or_null(is_text),
    "mark_count": or_null(is_int),
    "owner": is_text,
    "created": is_date,
    "preview": is_url,
    "is_structure": is_bool,
    "is_structured": is_bool,
}
OWN = SUMMARY | {"id": is_quoted_number}

SHAPES: dict[str, tuple[str, str, Any, Check]] = {
    "GET /emails/{email}": (
        "GET",
        f"/emails/{ADA}",
        None,
        is_array(is_object(book_id=is_int, email=is_text, status=is_int, status_explain=is_text, variables=VARIABLES)),
    ),
    "POST /emails": (
        "POST",
        "/emails",
        {"emails": [ADA]},
        is_object(**{ADA: is_array(is_object(book_id=is_int, status=is_int, variables=VARIABLES))}),
    ),
    "POST /emails, nobody known": ("POST", "/emails", {"emails": ["nobody"]}, is_map(is_anything)),
    "GET /emails/{email}/details": (
        "GET",
        f"/emails/{ADA}/details",
        None,
        is_array(is_object(list_name=is_text, list_id=is_int, add_date=is_date, source=is_text)),
    ),
    "GET /emails/{email}/campaigns": (
        "GET",
        f"/emails/{ADA}/campaigns",
        None,
        is_object(
            statistic=is_object(**COUNTERS),
            blacklist=is_bool,
            addressbooks=is_array(is_object(id=is_int, address_book_name=is_text)),
        ),
    ),
    "POST /emails/campaigns": (
        "POST",
        "/emails/campaigns",
        {"emails": [ADA]},
        is_object(
            **{
                ADA: is_object(
                    **COUNTERS,
                    statistic=is_object(**COUNTERS),
                    adressbooks=is_array(is_object(id=is_int, name=is_text)),
                    blacklist=is_bool,
                )
            }
        ),
    ),
    "POST /emails/campaigns, nobody known": (
        "POST",
        "/emails/campaigns",
        {"emails": ["nobody"]},
        is_map(is_anything),
    ),
    "DELETE /emails/{email}": ("DELETE", f"/emails/{ADA}", None, DONE),
    "POST /template": ("POST", "/template", {"body": IN_BASE64}, is_object(result=is_bool, real_id=is_int)),
    "POST /template/edit/{id}": ("POST", "/template/edit/1", {"body": IN_BASE64}, DONE),
    "GET /template/{template_id}": ("GET", "/template/1", None, is_object(**OWN, body=is_text)),
    "GET /template/slug/{name_slug}": ("GET", "/template/slug/hello", None, is_object(**OWN, body=is_text)),
    "GET /templates": ("GET", "/templates", None, is_array(is_object(**SUMMARY))),
    "GET /templates of one's own": ("GET", "/templates?owner=me", None, is_array(is_object(**OWN))),
}


@pytest.mark.parametrize("name", SHAPES)
def test_answer_has_the_shape_that_typed_clients_declare(sendpulse, name):
    method, path, body, has_shape = SHAPES[name]
    lists = sendpulse.client.email.mailing_lists
    lists.add_emails(lists.create("Readers"), [(ADA, {"age": 36, "born": "1815-12-10"})])
    sendpulse.client.email.templates.create("<p>Hello</p>", name="Hello", lang="ua")

    answer = sendpulse.client.request(method, path, json=body)

    assert has_shape(answer), json.dumps(answer, indent=2)


def test_every_template_of_the_service_has_that_shape_when_looked_at_alone(sendpulse):
    for offered in sendpulse.client.request("GET", "/templates"):
        whole = sendpulse.client.request("GET", f"/template/{offered['id']}", query={"owner": "sendpulse"})

        assert is_object(**SUMMARY, body=is_text)(whole), json.dumps(whole, indent=2)


MESSAGE = {
    "sender_name": is_text,
    "sender_email": is_text,
    "subject": is_text,
    "attachments": is_text,
    "list_id": is_int,
}
FACTS = {
    "id": is_int,
    "name": is_text,
    "status": is_int,
    "all_email_qty": is_int,
    "tariff_email_qty": is_int,
    "paid_email_qty": is_int,
    "overdraft_price": is_number,
    "overdraft_currency": is_text,
    "company_price": is_decimal,
    "is_sms": is_bool,
    "is_viber": is_bool,
    "send_date": is_date,
}
BREAKDOWN = is_object(
    general=is_array(is_object(code=is_int, count=is_int, explain=is_text)),
    clicks=is_array(is_object(url=is_text, count=is_int)),
)
RECIPIENT = {"global_status": is_int, "detail_status": is_int}
CREATED = is_object(
    id=is_int,
    status=is_int,
    count=is_int,
    tariff_email_qty=is_int,
    overdraft_price=is_decimal,
    ovedraft_currency=is_text,
)

CAMPAIGN_SHAPES: dict[str, tuple[str, str, Any, Check]] = {
    "GET /campaigns": (
        "GET",
        "/campaigns",
        None,
        is_array(is_object(**FACTS, message=is_object(**MESSAGE), statistics=is_map(is_int))),
    ),
    "GET /campaigns, past the end": ("GET", "/campaigns?offset=9", None, lambda value: value == []),
    "GET /campaigns/{id}": (
        "GET",
        "/campaigns/1",
        None,
        is_object(**FACTS, message=is_object(**MESSAGE, body=is_text), statistics=BREAKDOWN),
    ),
    "PATCH /campaigns/{id}": ("PATCH", "/campaigns/2", {"name": "New"}, is_object(result=is_bool, id=is_int)),
    "DELETE /campaigns/{id}": ("DELETE", "/campaigns/2", None, DONE),
    "GET /campaigns/{id}/countries": ("GET", "/campaigns/1/countries", None, is_map(is_int)),
    "GET /campaigns/{id}/countries, of a draft": ("GET", "/campaigns/2/countries", None, lambda value: value == {}),
    "GET /campaigns/{id}/referrals": (
        "GET",
        "/campaigns/1/referrals",
        None,
        is_array(is_object(link=is_text, count=is_int)),
    ),
    "GET /campaigns/{id}/email/{email}": (
        "GET",
        f"/campaigns/1/email/{ADA}",
        None,
        is_object(**RECIPIENT, send_date=is_date, sent_date=is_date),
    ),
    "GET /campaigns/{id}/email/{email}, still queued": (
        "GET",
        f"/campaigns/3/email/{ADA}",
        None,
        is_object(**RECIPIENT, send_date=or_null(is_date), sent_date=or_null(is_date)),
    ),
    "GET /addressbooks/{id}/campaigns": (
        "GET",
        "/addressbooks/1/campaigns",
        None,
        is_array(is_object(task_id=is_int, task_status=is_int, task_name=is_text)),
    ),
}


@pytest.mark.parametrize("balance", [{}, {"main": 1, "bonus": 0.5}])
@pytest.mark.parametrize("name", CAMPAIGN_SHAPES)
@pytest.mark.sendpulse(clock="2026-01-31T12:00:00Z")
def test_answer_about_campaigns_has_the_shape_that_typed_clients_declare(sendpulse, name, balance):
    method, path, body, has_shape = CAMPAIGN_SHAPES[name]
    lists, campaigns = sendpulse.client.email.mailing_lists, sendpulse.client.email.campaigns
    sendpulse.settings.set(**({"emails_left": 0, "balance": balance} if balance else {}))
    book = lists.create("Readers")
    lists.add_emails(book, [ADA])
    mail = {"sender_name": "The editors", "sender_email": sendpulse.sender, "subject": "News", "list_id": book.id}
    campaigns.create(html='<a href="https://example.com">News</a>', **mail)
    sendpulse.clock.advance("1h")
    sendpulse.simulate.click(ADA)
    campaigns.create(html="Draft", is_draft=True, **mail)
    made = sendpulse.client.request("POST", "/campaigns", json={"body": IN_BASE64, **mail})

    answer = sendpulse.client.request(method, path, json=body)

    assert CREATED(made)
    assert has_shape(answer), json.dumps(answer, indent=2)
