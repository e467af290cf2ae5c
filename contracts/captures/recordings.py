"""What the recorder of `responses` writes: answers, and of the requests no more than method and address."""

from __future__ import annotations

from typing import Any

from contracts.captures.fields import exchange_with, headers_in, mapping_in, plain_body, status_in, text_in
from contracts.exchanges import Exchange


def exchange_of_entry(entry: Any) -> Exchange:
    """The exchange of one of the ``responses``. Raises `Unusable`."""
    response = mapping_in(entry, "response")
    headers = headers_in(response.get("headers"))
    if isinstance(response.get("content_type"), str):
        headers = [*headers, ("content-type", response["content_type"])]
    body = response.get("body")
    return exchange_with(
        text_in(response, "method"),
        text_in(response, "url"),
        ([], None),
        (status_in(response.get("status")), headers, plain_body("" if body is None else body)),
        is_request_whole=False,
    )
