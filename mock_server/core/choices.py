"""Picking from accepted names, with an error that tells them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Name = TypeVar("Name", bound=str)

ANY, STRICT = "any", "strict"
CREDENTIALS: Final = (ANY, STRICT)
"""Whose credentials an account takes that stands in for the user's own: whatever is sent, or its own alone."""


def choose(what: str, given: object, accepted: Iterable[Name]) -> Name:
    """The accepted name that equals `given`, a value of unknown type. ValueError when there is none."""
    names = tuple(accepted)
    for name in names:
        if name == given:
            return name
    raise ValueError(f"unknown {what}: {given!r}; use one of: {', '.join(names)}")


def keys_of(what: str, given: object, accepted: Iterable[Name]) -> dict[Name, Any]:
    """The keys and values of `given`. ValueError when it is no mapping, and for a key that is not accepted."""
    names = tuple(accepted)
    if not isinstance(given, Mapping):
        raise ValueError(f"{what} cannot be {given!r}; give an object with {', '.join(names)}")
    return {choose(f"key of {what}", key, names): value for key, value in given.items()}


def refuse_unknown_options(what: str, given: Mapping[str, Any], accepted: Iterable[str]) -> None:
    """Raise `TypeError`, as Python would for a keyword that is not there, but with those that are."""
    __tracebackhide__ = True
    names = tuple(accepted)
    for name in given:
        if name not in names:
            raise TypeError(f"{what} has no option {name!r}; it takes {', '.join(names)}")
