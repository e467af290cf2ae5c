"""Which operations a run is about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase

from contracts.catalogue import catalogue
from contracts.model import Effect, Operation


@dataclass(frozen=True, slots=True)
class Selection:
    """Operations by service, by globs on their names, and by effect; what is left empty selects all.

    Raises `ValueError` for a service or a glob that nothing answers to.
    """

    services: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()

    def __post_init__(self) -> None:
        known = {operation.service.name for operation in catalogue()}
        _refuse_unknown("service", (name for name in self.services if name not in known), known)
        all_names = [operation.name for operation in catalogue()]
        unknown = (glob for glob in self.names if not any(fnmatchcase(name, glob) for name in all_names))
        _refuse_unknown("operation", unknown, all_names)

    def __contains__(self, operation: Operation) -> bool:
        return (
            (not self.services or operation.service.name in self.services)
            and (not self.names or any(fnmatchcase(operation.name, glob) for glob in self.names))
            and (not self.effects or operation.effect in self.effects)
        )

    @property
    def operations(self) -> list[Operation]:
        """What is selected, in the order of the catalogue."""
        return [operation for operation in catalogue() if operation in self]


def _refuse_unknown(what: str, unknown: Iterable[str], known: Iterable[str]) -> None:
    for name in unknown:
        near = get_close_matches(name, known, 3)
        raise ValueError(f"no {what} is called {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
