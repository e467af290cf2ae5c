"""What PHP's ``serialize`` makes of a value: the other way than `contracts.decoding` goes, and apart from it."""

from __future__ import annotations

import re
from typing import Any, Final

_WHOLE: Final = re.compile(r"-?[0-9]+")


def is_serialisable(value: Any) -> bool:
    """Whether PHP holds the value as it is: it reads keys that are whole numbers as such, and has 64 bits for those."""
    if isinstance(value, dict):
        return all(is_serialisable(item) and not _WHOLE.fullmatch(key) for key, item in value.items())
    if isinstance(value, list):
        return all(map(is_serialisable, value))
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def serialised(value: Any) -> str:
    """The text; lengths in it are those of UTF-8."""
    match value:
        case None:
            return "N;"
        case bool() | int() | float():
            return f"{_NUMBERS[type(value)]}:{int(value) if isinstance(value, bool) else value!r};"
        case str():
            return f's:{len(value.encode())}:"{value}";'
        case _:
            items = [*(value.items() if isinstance(value, dict) else enumerate(value))]
            return f"a:{len(items)}:{{{''.join(serialised(key) + serialised(item) for key, item in items)}}}"


_NUMBERS: Final = {bool: "b", int: "i", float: "d"}
