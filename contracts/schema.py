"""The vocabulary in which declarations are written: functions that return plain JSON Schema (2020-12).

Nothing here goes beyond the standard but seven formats (``email``, ``url``, ``filled``, ``base64``, ``color``,
``date-time-local``, ``date-only``) and six annotations: ``x-id-of`` tells generators which existing objects a value
names, ``x-text-as`` which field of an object a bare string stands for, ``x-array-as`` which field of a body a bare
array stands for, ``x-or-one`` that an item may stand for an array of it, ``x-spends`` that giving the argument makes a
call send or cost something, ``x-presence-first`` that what is missing or blank is refused before anything else is
looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

Schema = dict[str, Any]
"""A JSON Schema. Treat it as frozen: declarations share them."""

_EMAIL: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
_LONGEST_EMAIL: Final = 254
_LONGEST_LOCAL_PART: Final = 64


def is_email(value: object) -> bool:
    """Whether `value` is a syntactically valid address.

    Unverified: the vendor's rule is unknown; this is PHP's ``FILTER_VALIDATE_EMAIL`` without quoted local parts.
    """
    if not isinstance(value, str):
        return True
    local_part, _, _ = value.rpartition("@")
    return (
        len(value) <= _LONGEST_EMAIL and len(local_part) <= _LONGEST_LOCAL_PART and _EMAIL.fullmatch(value) is not None
    )


def is_filled(value: object) -> bool:
    """Whether a string holds more than white space."""
    return not isinstance(value, str) or bool(value.strip())


_URL: Final = re.compile(
    r"[Hh][Tt][Tt][Pp][Ss]?://"
    r"(?:[A-Za-z0-9._~!$&'()*+,;=:%-]*@)?"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])"
    r"(?::(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?"
    r"(?:[/?#][!-~]*)?"
)


def is_url(value: object) -> bool:
    """Whether a string is the address of a web page, with a host and in ASCII. Unverified: the vendor's rule."""
    return not isinstance(value, str) or _URL.fullmatch(value) is not None


_BLANK: Final = r"[ \t\n\r\f\v]"
_DIGIT: Final = rf"(?:[A-Za-z0-9+/]{_BLANK}*)"
_BASE64: Final = rf"{_BLANK}*(?:{_DIGIT}{{4}})*(?:{_DIGIT}{{2}}={_BLANK}*={_BLANK}*|{_DIGIT}{{3}}={_BLANK}*)?"
_PADDED: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_BLANKS: Final = re.compile(f"{_BLANK}+")


def is_base64(value: object) -> bool:
    """Whether a string is base64 of the standard alphabet, padded. White space inside is let pass: Ruby wraps lines."""
    if not isinstance(value, str):
        return True
    digits = _BLANKS.sub("", value)  # what the pattern says, ten times as fast
    return len(digits) % 4 == 0 and _PADDED.fullmatch(digits) is not None


_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")


def is_color(value: object) -> bool:
    """Whether a string is written as a colour, ``#rrggbb``."""
    return not isinstance(value, str) or _COLOR.fullmatch(value) is not None


_DATE: Final = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_MOMENT: Final = re.compile(rf"{_DATE.pattern} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")


def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or _MOMENT.fullmatch(value) is not None


def is_date(value: object) -> bool:
    """Whether a string is written as a day, ``YYYY-MM-DD``. That the month has so many days is not looked at."""
    return not isinstance(value, str) or _DATE.fullmatch(value) is not None


FORMATS: Final[Mapping[str, Callable[[object], bool]]] = {
    "email": is_email,
    "url": is_url,
    "filled": is_filled,
    "base64": is_base64,
    "color": is_color,
    "date-time-local": _is_moment,
    "date-only": is_date,
}
"""What each ``format`` means; values that are no strings are left to ``type``."""

PATTERNS: Final[Mapping[str, str]] = {
    "url": f"^{_URL.pattern}$",
    "filled": r"\S",
    "base64": f"^{_BASE64}$",
    "color": f"^{_COLOR.pattern}$",
    "date-time-local": f"^{_MOMENT.pattern}$",
    "date-only": f"^{_DATE.pattern}$",
}
"""The formats of our own as regular expressions, for validators that know only the standard ones."""

anything: Final[Schema] = {}
boolean: Final[Schema] = {"type": "boolean"}
number: Final[Schema] = {"type": "number"}
string: Final[Schema] = {"type": "string"}
filled: Final[Schema] = {"type": "string", "format": "filled"}
email: Final[Schema] = {"type": "string", "format": "email"}
url: Final[Schema] = {"type": "string", "format": "url"}
base64: Final[Schema] = {"type": "string", "format": "base64"}
color: Final[Schema] = {"type": "string", "format": "color"}
moment: Final[Schema] = {"type": "string", "format": "date-time-local"}
"""A moment as the vendor writes it: ``YYYY-MM-DD HH:MM:SS`` in the account's time zone."""


def integer(*, min: int | None = None, max: int | None = None, default: int | None = None) -> Schema:  # noqa: A002 - the vendor's rule names
    """A whole number within bounds, both inclusive."""
    bounds = {"minimum": min, "maximum": max, "default": default}
    return {"type": "integer", **{keyword: value for keyword, value in bounds.items() if value is not None}}


def one_of(*values: str, default: str | None = None) -> Schema:
    """One of a few strings."""
    return {"type": "string", "enum": list(values), **({} if default is None else {"default": default})}


def const(value: object) -> Schema:
    """Exactly this value."""
    return {"const": value}


def array(items: Schema, *, min: int | None = None, max: int | None = None) -> Schema:  # noqa: A002 - the vendor's rule names
    """An array of `items`, its length within bounds."""
    bounds = {"minItems": min, "maxItems": max}
    return {"type": "array", "items": items, **{key: value for key, value in bounds.items() if value is not None}}


def obj(required: Mapping[str, Schema] | None = None, /, **optional: Schema) -> Schema:
    """An object: required fields first, then optional ones. Their order is the order of the vendor's checks."""
    schema: Schema = {"type": "object", "properties": {**(required or {}), **optional}}
    return {**schema, "required": list(required)} if required else schema


or_one: Final[Schema] = {"x-or-one": True}
"""Joined to an array with ``|``: a bare item means an array of it, and so do items in one text, joined by commas."""


def mapping(values: Schema, *, max: int | None = None) -> Schema:  # noqa: A002 - the vendor's rule names
    """An object with any keys, at most so many, whose values all keep one schema."""
    bound = {} if max is None else {"maxProperties": max}
    return {"type": "object", "additionalProperties": values, **bound}


further: Final[Schema] = {"additionalProperties": {}}
"""Joined to an object with ``|``: it may have any other fields too, which are taken as they come."""


def either(*schemas: Schema) -> Schema:
    """Any of several shapes."""
    return {"anyOf": list(schemas)}


def when(field: str, *, requires: str) -> Schema:
    """Joined to an object with ``|``: where `field` is given, `requires` must be too."""
    return {"dependentRequired": {field: [requires]}}


def needs_one_of(*groups: tuple[str, ...]) -> Schema:
    """Joined to an object with ``|``: of each group one field must be given, else the first is what is missing."""
    return {"allOf": [{"anyOf": [{"required": [name]} for name in group]} for group in groups]}


presence_first: Final[Schema] = {"x-presence-first": True}
"""Joined to an object with ``|``: its missing and blank fields are told before any other broken rule."""

spends: Final[Schema] = {"x-spends": True}
"""Joined to an argument's schema with ``|``: a call that gives it reaches strangers or costs money."""


def text_as(field: str) -> Schema:
    """Joined to an object with ``|``: a bare string is accepted too, and means the object with just that `field`."""
    return {"x-text-as": field}


def array_as(field: str) -> Schema:
    """Joined to a body with ``|``: a bare array is accepted too, and means the body with just that `field`."""
    return {"x-array-as": field}


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, {"type": "null"}]}
