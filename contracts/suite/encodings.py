"""The ways in which real clients write the same arguments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote, urlencode

from contracts.messages import Request
from contracts.strategies import Case


class Encoding(StrEnum):
    """Where and how arguments stand in a request."""

    JSON = "JSON body"
    QUERY = "query string"
    FORM = "form"
    """Arrays and objects are fields that hold JSON, as Python and Ruby clients send them."""
    BRACKETS = "form with brackets"
    """Arrays and objects are fields with names such as ``emails[0][email]``, as PHP knows them."""
    BARE = "bare array"
    """The body is the array that a field would hold, where the operation takes that; other arguments are a query."""

    def held(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """As much of `arguments` as can be written so: in brackets stand texts alone, and no empty array."""
        if self is not Encoding.BRACKETS:
            return dict(arguments)
        kept = {name: _in_brackets(value) if _is_array(value) else value for name, value in arguments.items()}
        return {name: value for name, value in kept.items() if value is not None}


_FORM: Final = "application/x-www-form-urlencoded"


def request_of(case: Case, encoding: Encoding, authorization: str = "") -> Request:
    """The request that makes a call."""
    method, path = case.operation.method, path_of(case)
    match encoding:
        case Encoding.JSON:
            body = json.dumps(case.arguments).encode() if case.arguments else b""
            return Request(method, path, "", "application/json", authorization, body)
        case Encoding.QUERY:
            return Request(method, path, urlencode(_texts(case.arguments)), "", authorization)
        case Encoding.FORM:
            return Request(method, path, "", _FORM, authorization, urlencode(_texts(case.arguments)).encode())
        case Encoding.BRACKETS:
            fields = [field for name, value in case.arguments.items() for field in _bracketed(name, value)]
            return Request(method, path, "", _FORM, authorization, urlencode(fields).encode())
        case Encoding.BARE:
            others = dict(case.arguments)
            body = json.dumps(others.pop(case.operation.array_as or "", [])).encode()
            return Request(method, path, urlencode(_texts(others)), "application/json", authorization, body)


def path_of(case: Case) -> str:
    """The raw path of a call."""
    path = case.operation.path
    for name, value in case.path.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return path


def _texts(arguments: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in arguments.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)


def _bracketed(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if not _is_array(value):
        yield name, _text(value)
        return
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _bracketed(f"{name}[{key}]", item)


def _in_brackets(value: Any) -> Any:
    if isinstance(value, list):
        return [kept for item in value if (kept := _in_brackets(item)) is not None] or None
    if isinstance(value, dict):
        inner = {key: _in_brackets(item) for key, item in value.items() if key.isidentifier() and key.isascii()}
        return {key: kept for key, kept in inner.items() if kept is not None} or None
    return _text(value)


def _is_array(value: Any) -> bool:
    """To PHP, both are."""
    return isinstance(value, list | dict)
