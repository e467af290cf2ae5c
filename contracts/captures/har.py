"""HAR, what browsers and proxies save: every body as text or base64, every entry with its time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.captures.fields import (
    Unusable,
    exchange_with,
    form_body,
    from_base64,
    headers_in,
    mapping_in,
    plain_body,
    status_in,
    text_in,
)
from contracts.captures.moments import seconds_of
from contracts.exchanges import Exchange


def exchange_of_entry(entry: Any) -> Exchange:
    """The exchange of one of the ``entries``. Raises `Unusable`."""
    request, response = mapping_in(entry, "request"), mapping_in(entry, "response")
    headers, answered = headers_in(request.get("headers")), headers_in(response.get("headers"))
    content = response.get("content")
    if not isinstance(content, dict):
        content = {}
    if content.get("mimeType"):
        answered = [("content-type", str(content["mimeType"])), *answered]
    posted = request.get("postData")
    body = _posted(posted) if isinstance(posted, dict) else b""
    if isinstance(posted, dict) and posted.get("mimeType"):
        headers = [("content-type", str(posted["mimeType"])), *headers]
    return exchange_with(
        text_in(request, "method"),
        text_in(request, "url"),
        (headers, body),
        (status_in(response.get("status")), answered, _content(content, response)),
        at=seconds_of(entry.get("startedDateTime")),
    )


def _posted(posted: Mapping[str, Any]) -> bytes:
    text, params = posted.get("text"), posted.get("params")
    if isinstance(text, str) and text:
        return from_base64(text) if posted.get("encoding") == "base64" else text.encode("utf-8", "surrogatepass")
    if isinstance(params, list):
        fields = [item for item in params if isinstance(item, dict) and "name" in item]
        return form_body({str(item["name"]): item.get("value") for item in fields})
    return b""


def _content(content: Mapping[str, Any], response: Mapping[str, Any]) -> bytes | None:
    """The body of the answer; None where the browser did not keep it."""
    text = content.get("text")
    if text is None:
        is_empty = response.get("bodySize") == 0 or content.get("size") == 0
        return b"" if is_empty else None
    if not isinstance(text, str):
        raise Unusable("a body is no text")
    return from_base64(text) if content.get("encoding") == "base64" else plain_body(text)
