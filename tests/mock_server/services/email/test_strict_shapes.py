"""What clients with declared types insist on, read from the very bytes, as Go's decoder reads them.

Missing keys and null pass there, other types than the declared one do not: least of all PHP's ``[]`` for no object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.sendpulse(limits="off")

ADA = "ada@example.com"
IN_BASE64 = "PHA+SGVsbG88L3A+"

Check = Callable[[Any], bool]


def is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def is_quoted_number(value: Any) -> bool:
    return is_text(value) and value.isdigit()


def is_date(value: Any) -> bool:
    return is_text(value) and re.fullmatch(r"[1-9]\d{3}-\d\d-\d\d \d\d:\d\d:\d\d", value) is not None


def is_language(value: Any) -> bool:
    """ISO 639-1, of the languages there are."""
    return value in {"en", "ru", "uk", "tr", "es", "pt"}


def is_url(value: Any) -> bool:
    return is_text(value) and all(urlsplit(value)[:3])


def is_anything(_: Any) -> bool:
    return True


def or_null(check: Check) -> Check:
    return lambda value: value is None or check(value)


def is_object(**fields: Check) -> Check:
    """An object that has each of these fields."""
    return lambda value: (
        isinstance(value, dict) and all(name in value and check(value[name]) for name, check in fields.items())
    )


def is_array(check: Check) -> Check:
    """An array with something in it, else nothing would be shown."""
    return lambda value: isinstance(value, list) and value != [] and all(map(check, value))


def is_map(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(map(check, value.values()))


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
