"""Who answers for which host now. What is patched looks here at each call, and does nothing else while nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


class Answering(Protocol):
    """An application, and the hosts that it answers for."""

    app: WSGIApplication
    hosts: frozenset[str]


answering: tuple[Answering, ...] = ()
"""Those that are on, the one started last at the end. Replaced whole, so that it can be read without a lock."""


def app_for(host: str | None) -> WSGIApplication | None:
    """The application that answers for a host, which is given in small letters."""
    host = host and host.removesuffix(".")  # a name that is whole may say so
    for one in reversed(answering):
        if host in one.hosts:
            return one.app
    return None


def add(one: Answering) -> None:
    """Let it answer."""
    global answering  # noqa: PLW0603 - the one place where it changes
    answering = (*answering, one)


def remove(one: Answering) -> bool:
    """Take back its last `add`; whether there was any."""
    global answering  # noqa: PLW0603 - as above
    remaining = list(answering)
    if one not in remaining:
        return False
    del remaining[len(remaining) - 1 - remaining[::-1].index(one)]
    answering = tuple(remaining)
    return True
