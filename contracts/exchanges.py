"""One request with its answer, made from whatever a program holds: our values, those of HTTP libraries, plain ones."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlencode, urlsplit

from contracts.messages import Answer, Request

DOMAIN: Final = "sendpulse.com"
"""Which, with all below it, is the vendor's."""

VENDOR: Final = f"api.{DOMAIN}"
"""The host of the vendor's API."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, its answer, and how much of them is known.

    Attributes:
        host: where the request went, with the port where that is not the scheme's own; empty where nobody knows.
        at: when it was sent, in seconds since 1970; None where nobody knows.
        is_request_whole: whether the body and the headers of the request are known, and not just method and address.
        is_answer_whole: whether the body of the answer is known.
    """

    request: Request
    answer: Answer
    host: str = ""
    at: float | None = None
    is_request_whole: bool = True
    is_answer_whole: bool = True


def exchange_of(request: Any, response: Any) -> Exchange:
    """An exchange of two values of any library. Raises `TypeError` for what is neither, or has not been read yet.

    A request is ours, or has `method`, `url`, `headers` and `body` or `content`, or is a mapping with such keys, or a
    tuple of method, address and perhaps body. An answer is ours, or has `status_code` or `status`, `headers` and
    `content`, `body` or `data`, or is a mapping with such keys, or a tuple of status and body. A body that is no text
    and no bytes is the JSON that it stands for.
    """
    asked, host, is_whole = _request_of(request)
    answer, is_read = _answer_of(response)
    return Exchange(asked, answer, host, is_request_whole=is_whole, is_answer_whole=is_read)


def json_of(exchange: Exchange) -> Any:
    """The decoded body of the answer; None where it is no JSON."""
    try:
        return exchange.answer.json()
    except (ValueError, RecursionError):
        return None


def request_to(
    method: str, url: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
) -> tuple[Request, str]:
    """A request to a URL, or to a path alone, and the host it goes to."""
    target = urlsplit(url)
    known = {name.lower(): value for name, value in headers}
    asked = Request(
        method.upper(),
        target.path or "/",
        target.query,
        known.get("content-type", ""),
        known.get("authorization", ""),
        body,
    )
    return asked, _host_of(target)


def is_among(hosts: Collection[str], host: str) -> bool:
    """Whether a host is one of some, in any case, and with whatever port unless one is named."""
    known = {one.lower() for one in hosts}
    return host in known or host.partition(":")[0] in known


def media_type_of(content_type: str) -> str:
    """What a ``Content-Type`` says, without its parameters."""
    return content_type.partition(";")[0].strip().lower()


def answer_with(status: int, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Answer:
    """An answer. The parameters of its ``Content-Type``, which bear no meaning for JSON, are left out."""
    known = {name.lower(): value for name, value in headers}
    if "content-type" in known:
        known["content-type"] = media_type_of(known["content-type"])
    return Answer(status, known, body)


def _host_of(target: SplitResult) -> str:
    try:
        port = target.port
    except ValueError:  # a number beyond all ports
        port = None
    host = target.hostname or ""
    return host if port in {None, {"http": 80, "https": 443}.get(target.scheme)} else f"{host}:{port}"


def _request_of(given: Any) -> tuple[Request, str, bool]:
    if isinstance(given, Request):
        return given, "", True
    if isinstance(given, tuple) and len(given) in {2, 3}:
        given = dict(zip(("method", "url", "body"), given, strict=False))
    method, url = (_first(given, *names) for names in (("method",), ("url", "uri", "path")))
    if method is None or url is None:
        raise TypeError(f"a request has a method and a url, which a {type(given).__name__} has not")
    body, is_known, is_json = _body_of(given)
    asked, host = request_to(_text(method), _with_params(str(url), given), _headers_of(given, is_json=is_json), body)
    return asked, host, is_known


def _with_params(url: str, given: Any) -> str:
    params = given.get("params") if isinstance(given, Mapping) else None
    return f"{url}{'&' if '?' in url else '?'}{urlencode(params, doseq=True)}" if params else url


def _answer_of(given: Any) -> tuple[Answer, bool]:
    if isinstance(given, Answer):
        return answer_with(given.status, given.headers.items(), given.body), True
    if isinstance(given, tuple) and len(given) == 2:
        given = dict(zip(("status", "body"), given, strict=True))
    status = _first(given, "status_code", "status")
    if isinstance(status, bool) or not isinstance(status, int | str) or not str(status).strip()[:3].isdigit():
        raise TypeError(f"an answer has a status, which a {type(given).__name__} has not")
    body, is_known, is_json = _body_of(given)
    return answer_with(int(str(status).strip()[:3]), _headers_of(given, is_json=is_json), body), is_known


def _first(given: Any, *names: str) -> Any:
    for name in names:
        value = given.get(name) if isinstance(given, Mapping) else getattr(given, name, None)
        if value is not None:
            return value
    return None


def _headers_of(given: Any, *, is_json: bool) -> list[tuple[str, str]]:
    headers = _first(given, "headers") or {}
    pairs = headers.items() if hasattr(headers, "items") else headers
    implied = [("Content-Type", "application/json")] if is_json else []
    return [*implied, *((_text(name), _text(value)) for name, value in pairs)]


def _body_of(given: Any) -> tuple[bytes, bool, bool]:
    """The bytes, whether they are known, and whether they are JSON that stood there as a value."""
    try:
        body = _first(given, "content", "body", "data", "json")
    except RuntimeError as unread:  # httpx: the body was streamed, or is still to come
        raise TypeError(f"read it before it is checked: {unread}") from None
    if callable(body):  # a method of that name: `requests.Response.json` where there is no content
        body = None
    if body is None:
        return b"", True, False
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass"), True, False
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body), True, False
    if isinstance(body, dict | list | int | float):
        return json.dumps(body).encode(), True, True
    return b"", False, False  # a file or a stream: reading it would take it away from whoever sends it


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
