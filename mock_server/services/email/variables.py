"""Typed variables of contacts.

A variable's type follows from the first value a list sees under its name; later values are converted to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from contracts.schema import is_date
from mock_server.core.store import Store
from mock_server.services.email.entities import Contact, Variable

PHONE: Final = "phone"
"""In any case of letters, the system variable that is the contact's phone and no variable of the list."""

_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
_PUNCTUATION: Final = re.compile(r"[\s().-]")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")


class Unfit(ValueError):
    """A value that a variable's type does not take."""


def type_of(value: Any) -> str:
    """The type of a variable whose first value this is. Unverified: inferred from what clients send."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    return "date" if isinstance(value, str) and is_date(value) else "string"


def convert(value: Any, kind: str) -> Any:
    """`value` as a variable of type `kind` holds it. Raises `Unfit`."""
    if isinstance(value, list | dict):
        raise Unfit(f"{value!r} is no value of a variable")
    text = str(int(value)) if isinstance(value, bool) else str(value)
    if kind == "number":
        return value if type_of(value) == "number" else _number(text)
    if kind == "date" and not is_date(text):
        raise Unfit(f"{text!r} is no date; a date is YYYY-MM-DD")
    return text


def _number(text: str) -> int | float:
    if not _NUMBER.fullmatch(text):
        raise Unfit(f"{text!r} is no number")
    return float(text) if "." in text else int(text)


def phone_of(value: Any) -> int | None:
    """The digits of a phone number of 7 to 15 digits, else None. Unverified: the vendor's rule is unknown."""
    text = _PUNCTUATION.sub("", str(value))
    return int(text.removeprefix("+")) if _PHONE.fullmatch(text) else None


def _phone(value: Any) -> int:
    phone = phone_of(value)
    if phone is None:
        raise Unfit(f"{value!r} is no phone number")
    return phone


class Variables:
    """The variables of one list, learned as contacts bring them."""

    def __init__(self, store: Store, list_id: int) -> None:
        self._table = store[Variable]
        self._list_id = list_id
        self._types = {variable.name: variable.type for variable in self._table.where(list_id=list_id)}

    def type_of(self, name: str) -> str | None:
        """The type of the variable called `name`, None if the list has none."""
        return self._types.get(name)

    def accept(self, name: str, value: Any) -> Any:
        """`value` as the variable holds it; one the list does not know is added to it. Raises `Unfit`."""
        kind = self._types.get(name)
        if kind is not None:
            return convert(value, kind)
        accepted = convert(value, type_of(value))
        self._types[name] = type_of(value)
        self._table.add(list_id=self._list_id, name=name, type=self._types[name])
        return accepted

    def read(self, given: Mapping[str, Any], *, strict: bool) -> dict[str, Any]:
        """What `given` changes of a contact: ``{"variables": {...}}``, and ``"phone"`` if it brings one.

        Values that do not fit raise `Unfit` when `strict`, and are left out otherwise. Unverified: that adding contacts
        leaves them out; setting variables of one contact is documented to refuse them.
        """
        changes: dict[str, Any] = {"variables": {}}
        for name, value in given.items():
            if value is None:
                continue
            try:
                if name.lower() == PHONE:
                    changes[PHONE] = _phone(value)
                else:
                    changes["variables"][name] = self.accept(name, value)
            except Unfit:
                if strict:
                    raise
        return changes

    def entries(self, contact: Contact) -> list[dict[str, Any]]:
        """A contact's variables as single look-ups show them: name, type and value each."""
        return [
            {"name": name, "type": self._types.get(name, "string"), "value": value}
            for name, value in contact.variables.items()
        ]
