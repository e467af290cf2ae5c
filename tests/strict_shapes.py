"""What clients with declared types insist on, as small checks: Go's decoder, pydantic, schemas that were imported.

Missing keys and null pass in Go, other types than the declared one do not: least of all PHP's ``[]`` for no object.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[Any], bool]


def is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def is_quoted_number(value: Any) -> bool:
    return is_text(value) and value.isdigit()


def is_decimal(value: Any) -> bool:
    return is_text(value) and re.fullmatch(r"\d+\.\d\d", value) is not None


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
