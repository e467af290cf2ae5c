"""What stands in a recording in place of what was answered.

Only what a contract lists is kept to the letter: fields that it declares, constants, choices, truth values, numbers of
a small range. Ids become references, the same for the same object; secrets become tokens that a key makes of them;
everything else becomes its type.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from contracts.codes import CODES
from contracts.envelopes import Json
from contracts.model import IdOf, Operation
from contracts.schema import FORMATS, Schema
from contracts.strategies import UNKNOWN_ID
from contracts.validation import reference_validator
from contracts.verify.discoveries import CONSTANTS

LONGEST: Final = 3
"""Items of an array that are kept: how many there are is the account's own."""
_SMALL: Final = 1000
_SECRET: Final = re.compile(r"token|secret|key|password|authorization|client_id", re.IGNORECASE)
_NO_SECRET: Final = frozenset({"token_type"})

UNKNOWN: Final = "<unknown>"
"""An id that names nothing."""

_IDS: Final[Mapping[str, str]] = {
    "book_id": "mailing_list",
    "abook_id": "mailing_list",
    "list_id": "mailing_list",
    "task_id": "campaign",
    "real_id": "template",
    "template_id": "template",
    "user_id": "account",
}
"""Fields that hold an id, and of what."""

_OF_RESOURCES: Final[Mapping[str, str]] = {
    "account": "account",
    "email.addresses": "mailing_list",
    "email.campaigns": "campaign",
    "email.mailing_lists": "mailing_list",
    "email.tags": "tag",
    "email.templates": "template",
    "email.webhooks": "webhook",
    "smtp.emails": "mail",
}
"""What a field that is called ``id`` is the id of, by the module of the operation."""

_BY_FORMAT: Final[Mapping[str, str]] = {
    "email": "<email>",
    "url": "<url>",
    "base64": "<base64>",
    "color": "<color>",
    "date-time-local": "<datetime>",
    "date-only": "<date>",
}


class Anonymizer:
    """Puts placeholders in place of values; it remembers which object has which number. `key` makes tokens."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()
        self._numbers: dict[tuple[str, str], int] = {}

    def path(self, operation: Operation, values: Mapping[str, str]) -> dict[str, str]:
        """The values of a path's parameters."""
        return {name: self._in_path(operation, name, value) for name, value in values.items()}

    def arguments(self, operation: Operation, given: Mapping[str, Any]) -> Json:
        """The arguments of a call. Its numbers are the run's own choice, and are kept."""
        properties = operation.arguments["properties"]
        typed = {name: _typed(value, properties.get(name, {})) for name, value in given.items()}
        numbers = {name: value for name, value in typed.items() if isinstance(value, int | float)}
        return self._value(typed, operation.arguments, operation, "") | numbers

    def answer(self, operation: Operation, body: Json) -> Json:
        """The body of a success."""
        return self._value(body, operation.service.envelope.success(operation.returns), operation, "")

    def refusal(self, operation: Operation, body: Json) -> Json:
        """The body of a refusal: the contract's own words where it is declared, else the shape that it has."""
        declared = [operation.service.envelope.refuse(refusal) for refusal in operation.refusals.values()]
        if body in declared:
            return body
        hidden = self._value(body, operation.service.envelope.error, operation, "")
        code = body.get("error_code") if isinstance(body, dict) else None
        return {**hidden, "error_code": code} if code in CODES else hidden

    def _in_path(self, operation: Operation, name: str, value: str) -> str:
        param = operation.params.get(name)
        if isinstance(param, IdOf):
            return UNKNOWN if value == str(UNKNOWN_ID) else self._reference(param.entity.rpartition(".")[2], value)
        if entity := _entity_of(operation, name):
            return self._reference(entity, value)
        if value in CONSTANTS.get(name, ()):
            return value
        return "<email>" if name == "email" else "<string>"

    def _value(self, value: Any, schema: Schema, operation: Operation, name: str) -> Any:
        for choice in schema.get("anyOf", ()):
            if reference_validator(choice).is_valid(value):
                return self._value(value, choice, operation, name)
        kind = next((kind for kind in self._kinds if isinstance(value, kind)), None)
        return None if kind is None else self._kinds[kind](self, value, schema, operation, name)

    def _object(self, value: dict[str, Any], schema: Schema, operation: Operation, _: str) -> dict[str, Any]:
        declared = schema.get("properties", {})
        kept = {
            name: self._value(value[name], inner, operation, name) for name, inner in declared.items() if name in value
        }
        word, inner = ("key", schema["additionalProperties"]) if "additionalProperties" in schema else ("field", {})
        others = [item for name, item in value.items() if name not in declared][:LONGEST]
        numbered = enumerate(others, 1)
        return kept | {f"<{word} {number}>": self._value(item, inner, operation, "") for number, item in numbered}

    def _array(self, value: list[Any], schema: Schema, operation: Operation, name: str) -> list[Any]:
        return [self._value(item, schema.get("items", {}), operation, name) for item in value[:LONGEST]]

    def _truth(self, value: bool, *_: object) -> bool:
        return value

    def _number(self, value: float, schema: Schema, operation: Operation, name: str) -> Any:
        if _is_listed(value, schema):
            return value
        if isinstance(value, int) and (entity := _entity_of(operation, name)):
            return self._reference(entity, value)
        return "<integer>" if isinstance(value, int) else "<number>"

    def _text(self, value: str, schema: Schema, operation: Operation, name: str) -> str:
        if _is_listed(value, schema):
            return value
        if name not in _NO_SECRET and _SECRET.search(name):
            return f"<secret {hmac.new(self._key, value.encode(), 'sha256').hexdigest()[:12]}>"
        if entity := _entity_of(operation, name):
            return f"{self._reference(entity, value)[:-1]} text>"
        return _BY_FORMAT.get(schema.get("format", "")) or _type_of(value)

    def _reference(self, entity: str, value: object) -> str:
        taken = sum(known == entity for known, _ in self._numbers)
        return f"<{entity} {self._numbers.setdefault((entity, str(value)), taken + 1)}>"

    _kinds: Final[Mapping[type, Callable[..., Any]]] = {
        bool: _truth,
        dict: _object,
        list: _array,
        str: _text,
        int: _number,
        float: _number,
    }


def _typed(value: Any, schema: Schema) -> Any:
    """What a text of a query means, where a number or a truth value is meant."""
    if schema.get("type") == "integer" and isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    return value == "1" if schema.get("type") == "boolean" and value in ("0", "1") else value


def _type_of(text: str) -> str:
    """What a text is by its looks."""
    if not text.strip():
        return "<string>"
    return next((_BY_FORMAT[kind] for kind in _LOOKS if FORMATS[kind](text)), "<string>")


_LOOKS: Final = ("email", "url", "date-time-local", "date-only", "color")


def _entity_of(operation: Operation, name: str) -> str | None:
    return _OF_RESOURCES.get(operation.name.rpartition(".")[0]) if name == "id" else _IDS.get(name)


def _is_listed(value: Any, schema: Schema) -> bool:
    """Whether the contract itself lists the value."""
    if "const" in schema or "enum" in schema:
        return value in schema.get("enum", [schema.get("const")])
    least, most = schema.get("minimum"), schema.get("maximum")
    if not isinstance(value, int) or least is None or most is None:
        return False
    return bool(most - least <= _SMALL and least <= value <= most)


_STANDING_FOR: Final[Mapping[str, Any]] = {
    "<string>": "text",
    "<email>": "someone@example.com",
    "<url>": "https://example.com/",
    "<base64>": "PHA+SGVsbG88L3A+",
    "<color>": "#0080ff",
    "<datetime>": "2026-01-31 12:00:00",
    "<date>": "2026-01-31",
    "<integer>": 1,
    "<number>": 1.5,
    UNKNOWN: UNKNOWN_ID,
}
_REFERENCE: Final = re.compile(r"<\w+ (\d+)( text)?>")


def realized(value: Any) -> Any:
    """What a placeholder stands for when a recording is played: the same every time, and of its type."""
    if isinstance(value, list):
        return [realized(item) for item in value]
    if isinstance(value, dict):
        return {name.strip("<>").replace(" ", "_"): realized(item) for name, item in value.items()}
    if isinstance(value, str) and (found := _REFERENCE.fullmatch(value)):
        return found[1] if found[2] else int(found[1])
    return _STANDING_FOR.get(value, value) if isinstance(value, str) else value
