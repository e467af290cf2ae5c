"""Cassettes of vcrpy, Ruby's VCR and PHP-VCR, and of what was made like them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.captures.fields import exchange_with, form_body, headers_in, mapping_in, plain_body, status_in, text_in
from contracts.captures.moments import seconds_of
from contracts.exchanges import Exchange


def exchange_of_entry(entry: Any) -> Exchange:
    """The exchange of one of the interactions. Raises `Unusable`."""
    request, response = mapping_in(entry, "request"), mapping_in(entry, "response")
    return exchange_with(
        text_in(request, "method"),
        text_in(request, "uri", "url"),
        (headers_in(request.get("headers")), _asked(request)),
        (_status(response), headers_in(response.get("headers")), _answered(response)),
        at=seconds_of(entry.get("recorded_at")),
    )


def _asked(request: Mapping[str, Any]) -> bytes | None:
    """The body; PHP-VCR keeps the fields of a form apart."""
    body = plain_body(request.get("body"))
    fields = request.get("post_fields")
    if body is None and isinstance(fields, dict):
        return form_body(fields)
    return body


def _status(response: Mapping[str, Any]) -> int:
    """An object with a ``code`` in most; vcrpy's for httpx and Go's cassettes have it beside."""
    status = response.get("status")
    inside = status.get("code") if isinstance(status, dict) else status
    return status_in(response.get("status_code"), response.get("code"), inside)


def _answered(response: Mapping[str, Any]) -> bytes | None:
    kept = (response[name] for name in ("body", "content") if response.get(name) is not None)
    return plain_body(next(kept, ""))
