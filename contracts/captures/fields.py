"""What the formats have in common: headers in several shapes, bodies in several encodings."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from contracts.decoding import Undecodable, decode_base64
from contracts.exchanges import Exchange, answer_with, request_to

LARGEST: Final = 64 * 1024 * 1024
"""Bytes to which a compressed body may grow."""


class Unusable(ValueError):
    """An entry holds no exchange that can be judged. The message says why."""


def mapping_in(entry: Any, name: str) -> Mapping[str, Any]:
    """A member that has to be an object."""
    value = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(value, dict):
        raise Unusable(f"it has no {name}")
    return value


def text_in(entry: Mapping[str, Any], *names: str) -> str:
    """The first of some members, which has to be text."""
    for name in names:
        value = entry.get(name)
        if isinstance(value, str) and value:
            return value
    raise Unusable(f"it has no {names[0]}")


def status_in(*candidates: Any) -> int:
    """The first of some values that is a status: 200, "200", "200 OK"."""
    for value in candidates:
        text = _text(value).strip()[:3]
        if len(text) == 3 and text.isascii() and text.isdigit() and int(text) >= 100:
            return int(text)
    raise Unusable("it was not answered")


def headers_in(value: Any) -> list[tuple[str, str]]:
    """Headers as a mapping, of texts or of lists of them, or as a list of names and values."""
    if isinstance(value, dict):
        return [(str(name), _text(_newest(item))) for name, item in value.items()]
    pairs = value if isinstance(value, list) else []
    named = [item for item in pairs if isinstance(item, dict) and isinstance(item.get("name"), str)]
    return [(item["name"], _text(item.get("value", ""))) for item in named]


def _newest(item: Any) -> Any:
    return (item[-1] if item else "") if isinstance(item, list) else item


def _text(value: Any) -> str:
    """A value as text; nothing of what has parts, which in YAML may be without end."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def from_base64(text: str) -> bytes:
    """Bytes that a file holds as base64."""
    try:
        return decode_base64(text)
    except Undecodable:
        raise Unusable("a body is no base64") from None


def plain_body(value: Any) -> bytes | None:
    """The bytes of a body as cassettes keep it; None where it is not there."""
    if isinstance(value, dict) and not value.keys().isdisjoint({"string", "base64_string"}):
        encoded = value.get("base64_string")
        return from_base64(encoded) if isinstance(encoded, str) else plain_body(value.get("string"))
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, bytes):
        return value
    if value is None:
        return None
    raise Unusable("a body is no text")


def form_body(fields: Mapping[str, Any]) -> bytes:
    """The body that a form is sent as."""
    return urlencode([(str(name), _text(value)) for name, value in fields.items()]).encode()


def exchange_with(
    method: str,
    url: str,
    asked: tuple[list[tuple[str, str]], bytes | None],
    answered: tuple[int, list[tuple[str, str]], bytes | None],
    *,
    at: float | None = None,
    is_request_whole: bool = True,
) -> Exchange:
    """The exchange of an entry; headers and body of the request, status, headers and body of the answer."""
    headers, body = asked
    status, answer_headers, answer_body = answered
    try:
        request, host = request_to(method, url, headers, decompressed(headers, body or b""))
    except ValueError as error:
        raise Unusable(f"its address is none: {error}") from None
    answer = answer_with(status, answer_headers, decompressed(answer_headers, answer_body or b""))
    return Exchange(
        request,
        answer,
        host,
        at,
        is_request_whole=is_request_whole,
        is_answer_whole=answer_body is not None,
    )


def decompressed(headers: list[tuple[str, str]], body: bytes) -> bytes:
    """The body without the encodings that its headers name; as it is where it has been decoded already."""
    named = [value for name, value in headers if name.lower() == "content-encoding"]
    for encoding in reversed(list(_split(",".join(named)))):
        body = _decode(encoding, body)
    return body


def _split(named: str) -> Iterator[str]:
    yield from (encoding.strip().lower() for encoding in named.split(",") if encoding.strip())


def _decode(encoding: str, body: bytes) -> bytes:
    if encoding in {"gzip", "x-gzip"}:
        return _inflate(body, zlib.MAX_WBITS | 16) if body.startswith(b"\x1f\x8b") else body
    if encoding == "deflate":
        return body if _is_text(body) else _inflate(body, zlib.MAX_WBITS if body[:1] == b"\x78" else -zlib.MAX_WBITS)
    if encoding == "br":
        return body if _is_text(body) else _from_brotli(body)
    if encoding != "identity" and not _is_text(body):
        raise Unusable(f"its encoding, {encoding[:20]!r}, is not known")
    return body


def _is_text(body: bytes) -> bool:
    """Whether a tool has decoded it and left the header standing: answers are JSON, or pages."""
    return not body or body.lstrip()[:1] in {b"{", b"[", b"<", b'"'}


def _inflate(body: bytes, window: int) -> bytes:
    inflating = zlib.decompressobj(window)
    try:
        plain = inflating.decompress(body, LARGEST)
    except zlib.error:
        raise Unusable("a compressed body is broken") from None
    return _whole(plain, is_whole=inflating.eof, is_large=bool(inflating.unconsumed_tail))


def _from_brotli(body: bytes) -> bytes:
    try:
        import brotli
    except ModuleNotFoundError:
        raise Unusable("a body is compressed with brotli: pip install brotli") from None
    inflating = brotli.Decompressor()
    try:
        plain: bytes = inflating.process(body, output_buffer_limit=LARGEST)
    except brotli.error:
        raise Unusable("a compressed body is broken") from None
    return _whole(plain, is_whole=inflating.is_finished(), is_large=len(plain) >= LARGEST)


def _whole(plain: bytes, *, is_whole: bool, is_large: bool) -> bytes:
    if is_large:
        raise Unusable(f"a body is larger than {LARGEST} bytes")
    if not is_whole:
        raise Unusable("a compressed body is broken")
    return plain
