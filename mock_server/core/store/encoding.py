"""How a row's values are written in SQLite, and come back equal.

SQLite has 64-bit integers, text that is valid Unicode, floats without NaN, and NULL. Such values are kept as they are.
JSON fields are kept as text. Whatever else a field may hold (longer integers, strings with lone surrogates, NaN) is
kept as JSON in a BLOB, which nothing else uses. Inside JSON, tuples come back as lists and keys as strings: use these.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mock_server.core.store.entities import Entity, Kind, Row

_decode = json.JSONDecoder().raw_decode
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
_escaped = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Encoding:
    """Rows of one entity, to SQLite's values and back."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self._columns = (*entity.fields, *entity.computed)
        self._json = frozenset(name for name, kind in entity.kinds.items() if kind is Kind.JSON)
        self._bool = tuple(name for name, kind in entity.kinds.items() if kind is Kind.BOOL)

    def values(self, row: Row) -> list[Any]:
        """The values of a row in the order of its columns."""
        return [self._value(name, getattr(row, name)) for name in self._columns]

    def differences(self, before: Row, after: Row) -> dict[str, Any]:
        """The values of the columns in which two rows differ, by field or property."""
        pairs = ((name, getattr(before, name), getattr(after, name)) for name in self._columns)
        return {name: self._value(name, new) for name, old, new in pairs if old != new}

    def row(self, values: Sequence[Any]) -> Any:
        """The row whose fields have these values."""
        if bytes in map(type, values):
            values = [_decode(value.decode())[0] if type(value) is bytes else value for value in values]
        fields = dict(zip(self._entity.fields, values, strict=True))
        for name in self._json:
            if fields[name] is not None:
                fields[name] = _decode(fields[name])[0]
        for name in self._bool:
            if fields[name] is not None:
                fields[name] = bool(fields[name])
        return self._entity.cls(**fields)

    def row_with_defaults(self, values: Mapping[str, Any]) -> Any:
        """The row whose fields have these values, by name; a field without one has its default."""
        given = [field for field in self._entity.fields if field not in values]
        fresh = {field: self._value(field, self._entity.defaults[field]()) for field in given}
        return self.row([{**fresh, **values}[field] for field in self._entity.fields])

    def _value(self, name: str, value: Any) -> Any:
        if name in self._json and value is not None:
            return _text(value)
        return encoded(value)


def encoded(value: Any) -> Any:
    """A single value of a field that is not JSON."""
    if value is None:
        return None
    if isinstance(value, str):
        fits = _is_unicode(value)
    elif isinstance(value, int):
        fits = -(2**63) <= value < 2**63
    else:
        fits = isinstance(value, float) and value == value  # noqa: PLR0124 - NaN is the one that differs from itself
    return value if fits else _escaped(value).encode()


def key_of(values: Sequence[Any]) -> str:
    """A text for values that equal one another in Python, and only for those."""
    return _escaped(
        [int(value) if isinstance(value, float) and value.is_integer() else _plain(value) for value in values]
    )


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _text(value: Any) -> str | bytes:
    text = _compact(value)
    return text if _is_unicode(text) else _escaped(value)


def _is_unicode(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
