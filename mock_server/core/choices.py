"""Picking from a list of accepted names, with an error that tells them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

Name = TypeVar("Name", bound=str)


def choose(what: str, given: object, accepted: Iterable[Name]) -> Name:
    """The accepted name that equals `given`, a value of unknown type. ValueError when there is none."""
    names = tuple(accepted)
    for name in names:
        if name == given:
            return name
    raise ValueError(f"unknown {what}: {given!r}; use one of: {', '.join(names)}")
