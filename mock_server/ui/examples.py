"""Examples of arguments: what a call needs at least, with ids of rows that the account really has."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Final

from contracts.model import IdOf, Operation
from contracts.schema import Schema
from contracts.wording import groups_of
from mock_server.control import AccountControl
from mock_server.core.store import entity_named

SECRET: Final = "{client_secret}"  # noqa: S105 - what stands for it
"""What stands for the account's secret in a form, and is replaced by it when the form is sent."""

_FORMATS: Final = {
    "email": "ada@example.com",
    "url": "https://shop.example/hook",
    "filled": "Readers",
    "base64": b64encode(b"<p>Hello</p>").decode(),
    "color": "#4453d6",
    "date-time-local": "2030-01-31 12:00:00",
    "date-only": "2030-01-31",
}
_TYPES: Final = {"string": "text", "integer": 1, "number": 1, "boolean": True, "null": None, "object": {}}


class Examples:
    """Examples for one account."""

    def __init__(self, account: AccountControl) -> None:
        self._account = account
        self._named: dict[str, Any] = {
            "sender_email": account.sender,
            "sender_name": "Owner",
            "currency": "USD",
            "domain": "shop.example",
            "client_id": account.client_id,
            "client_secret": SECRET,
            "grant_type": "client_credentials",
        }

    def of_path(self, operation: Operation) -> dict[str, str]:
        """A value for each parameter of the path."""
        names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
        return {name: str(self._of_param(operation, name)) for name in names}

    def of_arguments(self, operation: Operation) -> dict[str, Any]:
        """The arguments that a call of `operation` needs, beside those in its path."""
        in_path = operation.params.keys()
        whole = {**self._of_object(operation.query), **self._of_object(operation.body)}
        return {name: value for name, value in whole.items() if name not in in_path}

    def _of_param(self, operation: Operation, name: str) -> Any:
        param = operation.params.get(name)
        if isinstance(param, IdOf):
            return self._newest_id(param.entity)
        if name == "email":
            return _FORMATS["email"]
        return self._of(operation.param_schema(name), name)

    def _of_object(self, schema: Schema) -> dict[str, Any]:
        first_of_groups = [group[0] for group in groups_of(schema)]
        needed = dict.fromkeys([*schema.get("required", ()), *first_of_groups])
        return {name: self._of(schema["properties"][name], name) for name in needed}

    def _of(self, schema: Schema, name: str) -> Any:
        if "x-id-of" in schema:
            return self._newest_id(schema["x-id-of"])
        return self._named.get(name) or self._fitting(schema, name)

    def _fitting(self, schema: Schema, name: str) -> Any:
        if "anyOf" in schema:
            return self._of(schema["anyOf"][0], name)
        if "items" in schema:
            return [self._of(schema["items"], name)]
        return self._of_object(schema) if "properties" in schema else _plain(schema)

    def _newest_id(self, entity: str) -> int:
        account = self._account.account
        with account.lock:
            newest = account.store[entity_named(entity).cls].page(1, 0, descending=True)
        return newest[0].id if newest else 1


def _plain(schema: Schema) -> Any:
    match schema:
        case {"default": value} | {"const": value} | {"enum": [value, *_]}:
            return value
        case {"format": str(kind)}:
            return _FORMATS[kind]
        case {"type": "integer" | "number", "minimum": low}:
            return max(low, 1)
        case _:
            return _TYPES[schema.get("type", "string")]
