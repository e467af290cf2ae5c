"""What a function of the admin API is given, how it refuses, how it is found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NoReturn

from contracts.catalogue import Catalogue, declared_in
from contracts.envelopes import Json
from contracts.model import Operation
from contracts.refusals import Refusal, Refused
from mock_server.admin import operations as api
from mock_server.control import AccountControl
from mock_server.core.registry import Registry
from mock_server.core.world import World

LONGEST_MESSAGE: Final = 1000
"""Characters of an error that are told; a bad value may be long."""


@dataclass(frozen=True, slots=True)
class AdminCall:
    """One validated call. `account` is the one its path names, otherwise nobody's; `given` its arguments."""

    world: World
    account: AccountControl
    path: Mapping[str, str]
    given: Mapping[str, Any]


Function = Callable[[AdminCall], Json]
functions: Registry[Operation, Function] = Registry("operation")


def answers(operation: Operation) -> Callable[[Function], Function]:
    """Make a function the one that answers `operation`. A `ValueError` it raises tells the caller what was wrong."""
    return functions.register(operation)


@cache
def operations() -> Catalogue:
    """Every call of the admin API that is declared."""
    return Catalogue(declared_in(api, "admin"))


def refuse(status: int, error: str, hint: str) -> NoReturn:
    """Answer with what was wrong, the offending value in it, and what to send instead."""
    raise Refused(Refusal(f"admin.{status}", status, status, shortened(error), api.OWN, shortened(hint)))


def refuse_as(status: int, told: Exception, hint: str) -> NoReturn:
    """Answer with an error that was written as ``what was wrong; what to do``; `hint` where it tells no remedy."""
    error, _, remedy = str(told).partition("; ")
    refuse(status, error, remedy or hint)


def shortened(text: str) -> str:
    """A text short enough to be shown."""
    return text if len(text) <= LONGEST_MESSAGE else f"{text[:LONGEST_MESSAGE]}…"
