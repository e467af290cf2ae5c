"""Leaves out of a way to a difference what it does not need, once Hypothesis can make it no smaller."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from contracts.verify.twin.divergences import Diverged, Divergence
from contracts.verify.twin.steps import Pause, Step, in_usual_encoding, references_in, renamed
from contracts.verify.twin.walks import Walk


@dataclass(frozen=True, slots=True)
class Chosen:
    """A step that somebody chose, and references to what came into being by it."""

    action: Step | Pause
    born: tuple[str, ...]


def shortest(divergence: Divergence, new_walk: Callable[[], AbstractContextManager[Walk]]) -> Divergence:
    """The same difference at the end of a way of which no single step can be left out, written in the usual way."""
    best, way = divergence, _chosen(divergence)
    position = len(way) - 1
    while position >= 0:
        shorter = way[:position] + way[position + 1 :]
        found = _follow(shorter, divergence, new_walk)
        if found:
            best, way = found, _chosen(found)
        position = min(position, len(way)) - 1
    for index, step in enumerate(way):
        if isinstance(step.action, Step):
            plain = Chosen(in_usual_encoding(step.action), step.born)
            found = _follow([*way[:index], plain, *way[index + 1 :]], divergence, new_walk)
            if found:
                best, way = found, _chosen(found)
    return best


def _chosen(divergence: Divergence) -> list[Chosen]:
    """The steps without readings; what one of those showed was born by the step before it."""
    way: list[Chosen] = []
    for passed in divergence.steps:
        if passed.is_reading:
            way[-1] = Chosen(way[-1].action, (*way[-1].born, *passed.born))
        else:
            way.append(Chosen(passed.action, passed.born))
    return way


def _follow(
    way: Sequence[Chosen], wanted: Divergence, new_walk: Callable[[], AbstractContextManager[Walk]]
) -> Divergence | None:
    """Go a way again: the difference, if it is at the end."""
    names: dict[str, str] = {}
    with new_walk() as walk:
        try:
            for step in way:
                seen = len(walk.passed)
                if not _go(step, walk, names):
                    return None
                born = [name for passed in walk.passed[seen:] for name in passed.born]
                names |= zip(step.born, born, strict=False)
        except Diverged as diverged:
            found = diverged.divergence
            return found if found.finding.fingerprint == wanted.finding.fingerprint else None
    return None


def _go(step: Chosen, walk: Walk, names: dict[str, str]) -> bool:
    """Take one step, unless it is about something that was never made."""
    if isinstance(step.action, Pause):
        walk.pause(step.action.seconds)
        return True
    needed = {name for name in references_in(step.action) if " " in name}
    if not needed <= names.keys():
        return False
    walk.take(renamed(step.action, names))
    return True
