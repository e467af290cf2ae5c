"""Removing what a run made, whether it ended or was killed: by the ids it knows, then by the name that all of it bears.

A call that was under way when the run was killed may have made something of which no answer told. So it does not end
before the listings of every kind that the run may have made show nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from contracts.checks import Failure
from contracts.envelopes import Json
from contracts.strategies import Case, case_of
from contracts.suite.accounts import expect_success
from contracts.verify.guard import LATE, SEARCHES, GuardedTarget, Halt
from contracts.verify.kinds import KINDS, Kind
from contracts.verify.timing import Timing
from contracts.verify.visitors import Visitor

PAUSE: Final = 1.0
"""Seconds between two looks at what shows only later."""

CLEAN: Final = "clean"
"""How a run ends that left nothing."""


class TooMany(Exception):
    """The account has so many objects of a kind that nothing can be made among them within the budget."""


class NotListed(Halt):
    """The target does not list what it has."""


class SomethingLeft(Halt):
    """The target does not remove what it was told to remove."""


def clean_up(visitor: Visitor, guard: GuardedTarget, timing: Timing | None = None) -> None:
    """Remove all that the run made. Raises `Halt` where something may be left; it can be called again."""
    timing = timing or Timing()
    with guard.cleaning():
        for kind in KINDS:
            if guard.ledger.awaited[kind.entity] or guard.ledger.left(kind.entity):
                _clear(kind, visitor, guard, timing)
    guard.ledger.end(CLEAN)


def listed(kind: Kind, visitor: Visitor) -> list[Json]:
    """All objects of a kind that the account has. Raises `NotListed`."""
    return [row for rows in _pages(kind, visitor) for row in rows]


def survey(kind: Kind, visitor: Visitor, guard: GuardedTarget) -> None:
    """Learn how many pages the account's own objects fill, before the run makes one: so long will removing take.

    Raises `TooMany` where they fill more than the budget allows to look through again and again.
    """
    most = max(guard.left // (3 * SEARCHES), 1)
    pages = 0
    for pages, _ in enumerate(_pages(kind, visitor), 1):
        if pages > most:
            raise TooMany(f"the account has more of {kind.entity} than a budget of {guard.budget} calls can search")
    guard.ledger.surveyed(kind.entity, pages)


def _clear(kind: Kind, visitor: Visitor, guard: GuardedTarget, timing: Timing) -> None:
    for number in guard.ledger.left(kind.entity):
        visitor.send(kind.removal(number))
    there: list[Any] = []
    for round_ in range(LATE if kind.is_late else SEARCHES):
        if round_ and kind.is_late:
            timing.sleep(PAUSE)
        there = _ours(kind, visitor, guard)
        if not there and _is_settled(kind, guard, round_):
            return
        for number in there:
            visitor.send(kind.removal(number))
    raise SomethingLeft(f"{len(there)} of {kind.entity} are still listed although they were removed")


def _ours(kind: Kind, visitor: Visitor, guard: GuardedTarget) -> list[Any]:
    """The ids of what the run made and the listing shows; what it shows no more is gone."""
    there = [*guard.ours_in(kind, listed(kind, visitor))]
    for number in guard.ledger.left(kind.entity):
        if number not in there:
            guard.ledger.gone(kind.entity, number)
    return there


def _is_settled(kind: Kind, guard: GuardedTarget, round_: int) -> bool:
    """Whether nothing more will show: everything was seen, or what was not seen has had time to come."""
    return (
        not kind.is_late or guard.ledger.seen[kind.entity] >= guard.ledger.awaited[kind.entity] or round_ >= LATE // 2
    )


def _pages(kind: Kind, visitor: Visitor) -> Iterator[list[Json]]:
    """Page after page, to one that brings nothing new: some servers give fewer than they are asked for."""
    known: set[str] = set()
    while True:
        answer = visitor.send(_page(kind, len(known)))
        try:
            rows = {str(kind.id_of(row)): row for row in kind.rows(expect_success(kind.listing, answer))}
        except (Failure, ValueError, LookupError, TypeError):
            raise NotListed(f"{kind.listing.name} does not list, it answers {answer.status}") from None
        fresh = [row for number, row in rows.items() if number not in known]
        known.update(rows)
        yield fresh
        if not fresh or kind.page is None:
            return


def _page(kind: Kind, offset: int) -> Case:
    if kind.page is None:
        return case_of(kind.listing)
    return case_of(kind.listing, limit=kind.page, offset=offset)
