"""The ways in which real clients write the same arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from contracts.messages import Request
from contracts.model import Operation
from contracts.strategies import Case
from contracts.suite.serialising import is_serialisable, serialised


class Encoding(StrEnum):
    """Where and how arguments stand in a request."""

    JSON = "JSON body"
    QUERY = "query string"
    FORM = "form"
    """Arrays and objects are fields that hold JSON, as Python and Ruby clients send them."""
    BRACKETS = "form with brackets"
    """Arrays and objects are fields with names such as ``emails[0][email]``, as PHP knows them."""
    PARTS = "multipart form"
    """The same in parts, where lists of texts are fields with names such as ``emails[]``."""
    TEXTS = "JSON body with JSON texts"
    """Arrays and objects are texts that hold JSON."""
    SERIALISED = "JSON body with PHP-serialised texts"
    """Arrays and objects are texts as PHP's ``serialize`` writes them."""
    SERIALISED_FORM = "form with PHP-serialised texts"
    BARE = "bare array"
    """The body is the array that a field would hold, where the operation takes that; other arguments are a query."""

    def held(self, case: Case) -> Case:
        """A call with as much of its arguments as can be written so.

        Outside of JSON stand texts alone, which make no difference where the contract names a type; no brackets hold an
        empty array; and where a text is as good as anything, no array can be told from the text that it is written as.
        """
        typed = case.operation.arguments["properties"]
        kept = {
            name: self._held(value, is_typed="type" in typed.get(name, {})) for name, value in case.arguments.items()
        }
        return replace(case, arguments={name: value for name, value in kept.items() if value is not None})

    def _held(self, value: Any, *, is_typed: bool) -> Any:
        """What can be written of a value; None for nothing."""
        if self in _IN_BRACKETS:
            return _in_brackets(value) if _is_array(value) or not is_typed else value
        if self in _AS_TEXTS and _is_array(value) and not is_typed:
            return None
        if self in _SERIALISED and not is_serialisable(value):
            return None
        return value if is_typed or self in _TYPED else _text(value)


_IN_BRACKETS: Final = {Encoding.BRACKETS, Encoding.PARTS}
_SERIALISED: Final = {Encoding.SERIALISED, Encoding.SERIALISED_FORM}
_AS_TEXTS: Final = {Encoding.QUERY, Encoding.FORM, Encoding.BARE, Encoding.TEXTS, *_SERIALISED}
_TYPED: Final = {Encoding.JSON, Encoding.TEXTS, Encoding.SERIALISED}


def usual_encoding(operation: Operation) -> Encoding:
    """How the vendor documents the arguments of an operation: in the query of a GET, else as JSON."""
    return Encoding.QUERY if operation.method == "GET" else Encoding.JSON


JSON_TYPE: Final = "application/json"
FORM_TYPE: Final = "application/x-www-form-urlencoded"
_BOUNDARY: Final = "----e1c5a70f2d6b"


def request_of(case: Case, encoding: Encoding, authorization: str = "") -> Request:
    """The request that makes a call."""
    written = _WRITTEN[encoding](case)
    return Request(
        case.operation.method, path_of(case), written.query, written.content_type, authorization, written.body
    )


def path_of(case: Case, *, as_they_are: str = "") -> str:
    """The raw path of a call, in which some characters may stand as they are; all others of a value are escaped."""
    path = case.operation.path
    for name, value in case.path.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=as_they_are))
    return path


class _Written(NamedTuple):
    """The parts of a request that hold arguments."""

    query: str = ""
    content_type: str = ""
    body: bytes = b""


def _json(case: Case) -> _Written:
    return _Written("", JSON_TYPE, json.dumps(case.arguments).encode() if case.arguments else b"")


def _query(case: Case) -> _Written:
    return _Written(urlencode(_texts(case.arguments)))


def _form(case: Case) -> _Written:
    return _Written("", FORM_TYPE, urlencode(_texts(case.arguments)).encode())


def _bracketed_form(case: Case) -> _Written:
    return _Written("", FORM_TYPE, urlencode(_fields(case.arguments)).encode())


def _parts(case: Case) -> _Written:
    body = _in_parts(_with_empty_brackets(_fields(case.arguments)))
    return _Written("", f"multipart/form-data; boundary={_BOUNDARY}", body)


def _json_texts(case: Case) -> _Written:
    return _json(_with_arrays_as(json.dumps, case))


def _serialised_texts(case: Case) -> _Written:
    return _json(_with_arrays_as(serialised, case))


def _serialised_form(case: Case) -> _Written:
    return _form(_with_arrays_as(serialised, case))


def _bare(case: Case) -> _Written:
    others = dict(case.arguments)
    body = json.dumps(others.pop(case.operation.array_as or "", [])).encode()
    return _Written(urlencode(_texts(others)), JSON_TYPE, body)


_WRITTEN: Final[Mapping[Encoding, Callable[[Case], _Written]]] = {
    Encoding.JSON: _json,
    Encoding.QUERY: _query,
    Encoding.FORM: _form,
    Encoding.BRACKETS: _bracketed_form,
    Encoding.PARTS: _parts,
    Encoding.TEXTS: _json_texts,
    Encoding.SERIALISED: _serialised_texts,
    Encoding.SERIALISED_FORM: _serialised_form,
    Encoding.BARE: _bare,
}


def _with_arrays_as(text_of: Callable[[Any], str], case: Case) -> Case:
    texts = {name: text_of(value) if _is_array(value) else value for name, value in case.arguments.items()}
    return replace(case, arguments=texts)


def _texts(arguments: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(value) for name, value in arguments.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)


def _fields(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [field for name, value in arguments.items() for field in _bracketed(name, value)]


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


_IN_LIST: Final = re.compile(r"(?P<list>.*)\[[0-9]+\]")


def _with_empty_brackets(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The same with ``[]`` for each number at the end of a name, which counts by itself."""
    return [(f"{found['list']}[]" if (found := _IN_LIST.fullmatch(name)) else name, text) for name, text in fields]


def _in_parts(fields: list[tuple[str, str]]) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; name="
    parts = [f'{head}"{name}"\r\n\r\n{text}\r\n' for name, text in fields]
    return "".join([*parts, f"--{_BOUNDARY}--\r\n"]).encode()
