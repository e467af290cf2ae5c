"""What known clients write instead of the plain form: one table of habits, each with whose it is and what it means."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from contracts.messages import Request
from contracts.schema import Schema
from contracts.services.smtp import emails
from contracts.strategies import Case
from contracts.suite.encodings import FORM_TYPE, JSON_TYPE, Encoding, path_of, request_of, usual_encoding

Write = Callable[[Case], Request]
Mean = Callable[[Case], Case | None]


@dataclass(frozen=True, slots=True)
class Habit:
    """One way of writing calls.

    Attributes:
        name: what it is called.
        told: what is written, in a sentence.
        clients: whose habit it is; the SDKs of the vendor by their languages.
        write: the request that a call becomes.
        means: the call as which that has to be understood: as much of it as can be written so; None if it cannot be.
    """

    name: str
    told: str
    clients: str
    write: Write
    means: Mean


HABITS: Final[dict[str, Habit]] = {}
"""Every habit, by its name."""


def plain_request(case: Case) -> Request:
    """The request that a call is to whoever follows the vendor's documents."""
    return request_of(case, usual_encoding(case.operation))


def _as_it_is(case: Case) -> Case:
    return case


def habit(clients: str, *, means: Mean = _as_it_is) -> Callable[[Write], Write]:
    """Make a function the habit of some clients; its docstring tells what is written."""

    def register(write: Write) -> Write:
        name = write.__name__.replace("_", " ").replace("json", "JSON")
        HABITS[name] = Habit(name, (write.__doc__ or "").strip(), clients, write, means)
        return write

    return register


def _register(encoding: Encoding, clients: str, told: str) -> None:
    def held(case: Case) -> Case | None:
        is_other = encoding is not usual_encoding(case.operation)
        fits = case.operation.array_as in case.arguments if encoding is Encoding.BARE else True
        return encoding.held(case) if is_other and fits else None

    def write(case: Case) -> Request:
        return request_of(held(case) or case, encoding)

    HABITS[str(encoding)] = Habit(str(encoding), told, clients, write, held)


_register(Encoding.JSON, "node, aiosendpulse", "The arguments of a GET in its body, as JSON.")
_register(Encoding.QUERY, "php, java", "The arguments of any method in the query.")
_register(Encoding.FORM, "py, rb, cs", "A form; arrays and objects are fields that hold JSON.")
_register(Encoding.BRACKETS, "java, rb, cs, objc, php before 2020", "A form with fields such as `emails[0][email]`.")
_register(Encoding.PARTS, "php from 2020 to 2023", "Parts of `multipart/form-data`, lists as `emails[]`.")
_register(Encoding.TEXTS, "py, n8n", "JSON whose arrays and objects are texts that hold JSON.")
_register(Encoding.SERIALISED, "node, php before 2023", "JSON whose arrays and objects are PHP-serialised texts.")
_register(Encoding.SERIALISED_FORM, "java, objc", "A form whose arrays and objects are PHP-serialised texts.")
_register(Encoding.BARE, "php", "A bare array as the body, where a field of it is meant.")


# Paths


@habit("php, rb, java, cs, py")
def doubled_slash(case: Case) -> Request:
    """Two slashes after the host."""
    return _at(case, f"/{path_of(case)}")


@habit("py, java, go, the vendor's skills")
def slash_at_the_end(case: Case) -> Request:
    """A slash after the path."""
    return _at(case, f"{path_of(case)}/")


@habit("py")
def slashes_at_both_ends(case: Case) -> Request:
    """Two slashes after the host, and more after the path."""
    return _at(case, f"/{path_of(case)}//")


@habit("all but php 3 and SendPulser")
def raw_path(case: Case) -> Request:
    """`@`, `+` and the like stand in the path as they are."""
    return _at(case, path_of(case, as_they_are="@+:,!$'()*;=&~"))


def _at(case: Case, path: str) -> Request:
    return replace(plain_request(case), path=path)


# Types of content


def _with_arguments(case: Case) -> Case | None:
    return case if case.arguments else None


@habit("some SDKs, on DELETE", means=_with_arguments)
def json_without_a_type(case: Case) -> Request:
    """JSON without `Content-Type`."""
    return replace(request_of(case, Encoding.JSON), content_type="")


@habit("curl, and libraries that fill it in", means=_with_arguments)
def json_as_a_form(case: Case) -> Request:
    """JSON under the type of a form."""
    return replace(request_of(case, Encoding.JSON), content_type=FORM_TYPE)


@habit("fetch of browsers and Node", means=_with_arguments)
def json_as_text(case: Case) -> Request:
    """JSON under the type that a text is given."""
    return replace(request_of(case, Encoding.JSON), content_type="text/plain;charset=UTF-8")


@habit("cs")  # Unverified: it is what .NET fills in.
def json_with_a_charset(case: Case) -> Request:
    """JSON whose type names a charset."""
    return replace(request_of(case, Encoding.JSON), content_type="application/json; charset=utf-8")


def _as_a_form(case: Case) -> Case | None:
    return _with_arguments(Encoding.FORM.held(case))


@habit("all SDKs, on DELETE", means=_as_a_form)
def form_without_a_type(case: Case) -> Request:
    """A form without `Content-Type`."""
    return replace(request_of(Encoding.FORM.held(case), Encoding.FORM), content_type="")


# What JSON looks like


@habit("php")
def escaped_slashes(case: Case) -> Request:
    """JSON in which slashes are escaped, as PHP writes it."""
    request = request_of(case, Encoding.JSON)
    return replace(request, body=request.body.replace(b"/", rb"\/"))


@habit("node")
def json_in_utf8(case: Case) -> Request:
    """JSON in which no letter is escaped."""
    body = json.dumps(case.arguments, ensure_ascii=False).encode() if case.arguments else b""
    return Request(case.operation.method, path_of(case), "", JSON_TYPE, body=body)


# Empty bodies, and what stands beside the arguments


def _of_empty_body(case: Case) -> Case:
    return case if case.operation.method == "GET" else replace(case, arguments={})


@habit("node, aiosendpulse, py", means=_of_empty_body)
def empty_object(case: Case) -> Request:
    """`{}` as the body where there are no arguments, or where they stand in the query."""
    return replace(plain_request(_of_empty_body(case)), content_type=JSON_TYPE, body=b"{}")


@habit("php", means=_of_empty_body)
def empty_array(case: Case) -> Request:
    """`[]` as the body where there are no arguments, or where they stand in the query."""
    return replace(plain_request(_of_empty_body(case)), content_type=JSON_TYPE, body=b"[]")


def _without_arguments(case: Case) -> Case | None:
    return replace(case, arguments={}) if case.operation.method == "GET" else None


@habit("py", means=_without_arguments)
def blob_in_the_query(case: Case) -> Request:
    """One blob of JSON as the whole query of a GET, which is not read."""
    query = quote(json.dumps(case.arguments), safe=":,")
    return Request(case.operation.method, path_of(case), query, JSON_TYPE)


def _takes_no_others(case: Case) -> Case | None:
    return None if "additionalProperties" in case.operation.arguments else case


@habit("java, objc, rb", means=_takes_no_others)
def unknown_arguments(case: Case) -> Request:
    """Arguments that nobody knows, in the query beside others."""
    request = plain_request(case)
    unknown = "fromDate=2020-01-01&from_date=&filter[]=1&filter[a][]=2"
    return replace(request, query="&".join(filter(None, [request.query, unknown])))


@habit("none known; PHP reads requests so", means=_with_arguments)
def other_values_in_the_query(case: Case) -> Request:
    """The arguments in the body, and others of the same names in the query: the body wins."""
    return replace(request_of(case, Encoding.JSON), query=urlencode(dict.fromkeys(case.arguments, "9")))


def _with_path(case: Case) -> Case | None:
    return case if case.path.keys() - case.operation.arguments["properties"].keys() else None


@habit("none known; no body wins over the path", means=_with_path)
def other_path_in_the_body(case: Case) -> Request:
    """In the body, values for what stands in the path."""
    others = dict.fromkeys(case.path.keys() - case.operation.arguments["properties"].keys(), "9")
    return request_of(replace(case, arguments={**others, **case.arguments}), Encoding.JSON)


# Values


def _has_typed(case: Case) -> Case | None:
    return case if _changed(case, _typed_as_text) != case.arguments else None


@habit("clients of before 2019", means=_has_typed)
def numbers_as_texts(case: Case) -> Request:
    """JSON in which whole numbers are texts, and flags `"1"` and `"0"`."""
    return request_of(replace(case, arguments=_changed(case, _typed_as_text)), Encoding.JSON)


def _typed_as_text(schema: Schema, value: Any) -> Any:
    if schema.get("type") == "boolean" and isinstance(value, bool):
        return str(int(value))
    return str(value) if schema.get("type") == "integer" and isinstance(value, int) else value


def _has_base64(case: Case) -> Case | None:
    return case if _changed(case, _wrapped) != case.arguments else None


@habit("rb", means=_has_base64)
def broken_base64(case: Case) -> Request:
    """Base64 that is broken into lines; Ruby does it at 60 columns, here it is done at 4 so that it happens."""
    return request_of(replace(case, arguments=_changed(case, _wrapped)), usual_encoding(case.operation))


def _wrapped(schema: Schema, value: Any) -> Any:
    if schema.get("format") != "base64" or not isinstance(value, str):
        return value
    return re.sub(r"(\S{4})", "\\1\n", value)


def _changed(case: Case, change: Callable[[Schema, Any], Any]) -> dict[str, Any]:
    changed: dict[str, Any] = _deep(case.operation.arguments, case.arguments, change)
    return changed


def _deep(schema: Schema, value: Any, change: Callable[[Schema, Any], Any]) -> Any:
    if isinstance(value, Mapping):
        inner, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        return {name: _deep(inner.get(name, others), item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [_deep(schema.get("items", {}), item, change) for item in value]
    return change(schema, value)


def _leaves_out(case: Case) -> Case | None:
    return case if _left_out(case) and not case.operation.array_as else None


def _left_out(case: Case) -> list[str]:
    return [name for name in case.operation.arguments["properties"] if name not in case.arguments]


@habit("py", means=_leaves_out)
def null_for_what_is_not_given(case: Case) -> Request:
    """JSON with `null` for every argument that is left out."""
    nulls = dict.fromkeys(_left_out(case), None)
    return request_of(replace(case, arguments={**case.arguments, **nulls}), Encoding.JSON)


def _is_filtered(case: Case) -> Case | None:
    return _leaves_out(case) if case.operation.method == "GET" else None


@habit("php, java", means=_is_filtered)
def empty_filters(case: Case) -> Request:
    """The arguments of a GET that are left out, as empty texts in its query."""
    return request_of(replace(case, arguments={**case.arguments, **dict.fromkeys(_left_out(case), "")}), Encoding.QUERY)


def _of_archive(case: Case) -> Case | None:
    return replace(case, arguments={}) if case.operation is emails.list else None


@habit("php, node, py", means=_of_archive)
def zeros_of_the_archive(case: Case) -> Request:
    """`GET /smtp/emails` with a limit and an offset of 0, and empty filters, for what is not given."""
    nothing = {"limit": 0, "offset": 0, "from": "", "to": "", "sender": "", "recipient": "", "country": "off"}
    return request_of(replace(case, arguments=nothing), Encoding.QUERY)
