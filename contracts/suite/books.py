"""A small model of mailing lists and contacts: what the vendor promises, in as few words as possible."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from contracts.schema import is_date, is_email

NOON: Final = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - as the vendor writes it, without a zone
NEW, ACTIVE, UNSUBSCRIBED = 0, 1, 4

ACTIVATION: Final = 60_000_000
"""Microseconds until a new contact is active."""


class Unfit(ValueError):
    """A value that a variable's type does not take."""


@dataclass
class Person:
    """One contact of one list."""

    email: str
    joined: int
    left: bool = False
    phone: int | None = None
    variables: dict[str, Any] = field(default_factory=dict)

    def status(self, now: int) -> int:
        """Nothing is kept: a contact is new until its time has come, unless it left."""
        if self.left:
            return UNSUBSCRIBED
        return ACTIVE if now >= self.joined + ACTIVATION else NEW


@dataclass
class Book:
    """One mailing list; `created` and all instants here are microseconds since the suite's noon."""

    name: str
    created: int = 0
    people: dict[str, Person] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def find(self, address: str) -> Person | None:
        """The contact with an address, in any case of letters."""
        return self.people.get(plain(address))

    def add(self, address: str, given: dict[str, Any], now: int, *, update: bool) -> None:
        """Add somebody or, if that is wanted, update who is there. Bad addresses and values are passed over."""
        if not is_email(plain(address)):
            return
        person = self.find(address)
        if person is None:
            person = self.people[plain(address)] = Person(plain(address), now)
        elif not update:
            return
        for name, value in given.items():
            try:
                self.describe(person, {name: value})
            except Unfit:
                continue

    def describe(self, person: Person, given: dict[str, Any]) -> None:
        """Set variables, all or none; ``phone``, in any case of letters, is the contact's phone. Raises `Unfit`."""
        phones = [phone_of(value) for name, value in given.items() if name.lower() == "phone"]
        given = {name: value for name, value in given.items() if name.lower() != "phone"}
        fitting = {name: fit(value, self.types.get(name) or type_of(value)) for name, value in given.items()}
        self.types = {name: type_of(value) for name, value in given.items()} | self.types
        person.variables |= fitting
        person.phone = next(iter(phones), person.phone)

    def listed(self, now: int, *, active: bool = False, inactive: bool = False) -> list[dict[str, Any]]:
        """What listing shows, oldest first; `active` and `inactive` both, or neither, ask for everybody."""
        everybody = active == inactive
        return [
            shown(person, now)
            for person in self.people.values()
            if everybody or (person.status(now) == ACTIVE) == active
        ]

    def row(self, now: int) -> dict[str, Any]:
        """The list as lists of lists show it, but for its id."""
        active = len(self.listed(now, active=True))
        return {
            "name": self.name,
            "creationdate": str(NOON + timedelta(seconds=self.created // 1_000_000)),
            "all_email_qty": len(self.people),
            "active_email_qty": active,
            "inactive_email_qty": len(self.people) - active,
            "active_phones_quantity": sum(person.phone is not None for person in self.people.values()),
        }


def plain(address: str) -> str:
    """An address as it is kept."""
    return address.strip().lower()


def shown(person: Person, now: int) -> dict[str, Any]:
    """A contact as a list shows it, without the wording of its status, which nobody documents."""
    phone = {} if person.phone is None else {"phone": person.phone}
    return {"email": person.email, **phone, "status": person.status(now), "variables": person.variables}


def type_of(value: object) -> str:
    """The type that a first value gives a variable."""
    if isinstance(value, str):
        return "date" if is_date(value) else "string"
    return "number"


def fit(value: Any, kind: str) -> Any:
    """A value as a variable of that type keeps it. Raises `Unfit`."""
    if kind == "number":
        return _number(value)
    if kind == "date" and not (isinstance(value, str) and is_date(value)):
        raise Unfit
    return str(value)


def phone_of(value: str) -> int:
    """The digits of a phone number. Raises `Unfit`."""
    digits = "".join(sign for sign in value if sign.isdigit())
    if not digits:
        raise Unfit
    return int(digits)


def _number(value: Any) -> Any:
    try:
        return value if type_of(value) == "number" else int(value)
    except ValueError:
        raise Unfit from None
