"""What a scenario is made of, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from mock_server.control import AccountControl

if TYPE_CHECKING:
    from mock_server.scenarios.courses import Course

SetUp = Callable[[AccountControl], None]
Expectation = Callable[["Course"], Iterator[str]]
"""Tells, in a sentence each, what a client should not have done, or should have and did not."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A trouble that clients are known to have, and how it is told who gets over it.

    Attributes:
        name: what it is called: ``token-refresh-fails-once``.
        told: what goes wrong, in a sentence.
        try_it: what the client has to do meanwhile, so that it meets the trouble.
        good: what a good client does.
        known: whose trouble it is, or why to expect it.
        expects: how what came is judged.
        rules: the rules of conduct that must not be broken, by name.
    """

    name: str
    told: str
    try_it: str
    good: str
    known: str
    set_up: SetUp
    expects: tuple[Expectation, ...]
    rules: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What is told of it, as the admin API shows it."""
        told = {"told": self.told, "try": self.try_it, "good": self.good, "known": self.known}
        return {"scenario": self.name, **told}


SCENARIOS: Final[dict[str, Scenario]] = {}
"""Every scenario, by its name."""


def scenario(
    *, try_it: str, good: str, known: str, expects: tuple[Expectation, ...] = (), rules: tuple[str, ...] = ()
) -> Callable[[SetUp], SetUp]:
    """Make a function, which sets an account up, a scenario of its name; its docstring tells what goes wrong."""

    def register(set_up: SetUp) -> SetUp:
        name = set_up.__name__.strip("_").replace("_", "-")
        SCENARIOS[name] = Scenario(name, (set_up.__doc__ or "").strip(), try_it, good, known, set_up, expects, rules)
        return set_up

    return register
