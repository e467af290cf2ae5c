"""What somebody may have meant who named an operation, or a path, that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from contracts.catalogue import Catalogue, catalogue
from contracts.model import Operation

_LONGEST_COMPARED: Final = 200
"""Characters of a path that are compared: the time grows with their square."""


def operation_named(name: str) -> Operation:
    """The vendor's operation of that name. Raises `ValueError`, with a name that is close, if there is none."""
    from difflib import get_close_matches

    known = catalogue().by_name
    if name in known:
        return known[name]
    close = get_close_matches(name[:_LONGEST_COMPARED], known, n=1, cutoff=0)[0]
    raise ValueError(f"unknown operation: {name!r}; did you mean {close!r}?")


def closest_operation(operations: Catalogue, method: str, path: str) -> Operation:
    """The operation whose method and path are most like those of a request that meant none."""
    return _closest(operations, method, path[:_LONGEST_COMPARED])


def likeness(operation: Operation, method: str, path: str) -> float:
    """How like an operation's method and path are to those of a request: 1 for the same, 0 for nothing in common."""
    from difflib import SequenceMatcher

    given = path[:_LONGEST_COMPARED].strip("/").split("/")
    meant = f"{operation.method} {'/'.join(_filled(operation.path, given))}"
    return SequenceMatcher(a=meant, b=f"{method} {'/'.join(given)}", autojunk=False).ratio()


@lru_cache(maxsize=256)
def _closest(operations: Catalogue, method: str, path: str) -> Operation:
    from difflib import SequenceMatcher

    given = path.strip("/").split("/")
    request = SequenceMatcher(b=f"{method} {'/'.join(given)}", autojunk=False)

    def likeness(operation: Operation) -> float:
        request.set_seq1(f"{operation.method} {'/'.join(_filled(operation.path, given))}")
        return request.ratio()

    return max(operations, key=likeness)


def _filled(template: str, given: list[str]) -> Iterator[str]:
    """A path's segments, with a request's own in place of the parameters: an id is neither like nor unlike."""
    for position, segment in enumerate(template.strip("/").split("/")):
        is_parameter = segment.startswith("{") and position < len(given)
        yield given[position] if is_parameter else segment
