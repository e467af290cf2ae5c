"""What recipients, and the servers of their mail, do with a mail: told by the address, or drawn by the seed.

An address tells it in its local part: ``ada+open@…`` opens, ``ada+open-2h+click-3h@…`` opens after two hours and
clicks after three. Where it tells nothing, the setting `reactions` decides: by a digest of seed, mailing and address,
never by chance, so that the same past leads to the same future.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from typing import Final, NamedTuple

from mock_server.core.clock import DAY, HOUR, MINUTE, Instant, parse_duration
from mock_server.core.settings import Reactions

BOUNCE, SOFT_BOUNCE, SPAM, UNSUBSCRIBE, OPEN, CLICK = "bounce", "softbounce", "spam", "unsubscribe", "open", "click"

FAILURES: Final = frozenset({BOUNCE, SOFT_BOUNCE})
"""What happens to mail that never arrives."""

_TOLD: Final = re.compile(rf"({SOFT_BOUNCE}|{BOUNCE}|{SPAM}|{UNSUBSCRIBE}|{OPEN}|{CLICK})(?:-([0-9.dhms]+))?", re.ASCII)

_USUAL: Final = {
    BOUNCE: 0,
    SOFT_BOUNCE: 0,
    OPEN: MINUTE,
    CLICK: 2 * MINUTE,
    UNSUBSCRIBE: 3 * MINUTE,
    SPAM: 4 * MINUTE,
}
"""After what time each happens where nothing is said; the mail itself takes none."""

NEVER: Final = 10_000 * 365 * DAY
"""No clock gets that far; what an address says may be longer than any number that is kept."""

_DELAYS: Final = (MINUTE, 5 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, DAY, 2 * DAY)
"""After what time people open what the seed lets them open. Few, so that many do it in one piece of work."""


class Reaction(NamedTuple):
    """Something that happens `after` microseconds."""

    event: str
    after: Instant


def reactions_of(rates: Reactions, mailing: int | str, email: str) -> list[Reaction]:
    """What follows a mail to an address, in no order; a bounce at once means it never arrived.

    `mailing` is the campaign, or what else tells the mail from others to the same address.
    """
    local_part, _, _ = email.partition("@")
    told = [*_told(local_part)] if "+" in local_part else []
    if told or not rates.any:
        return told
    return [*_drawn(rates, mailing, email)]


def _told(local_part: str) -> Iterator[Reaction]:
    for tag in local_part.split("+")[1:]:
        found = _TOLD.fullmatch(tag)
        if found is not None:
            event, delay = found.groups()
            yield Reaction(event, _duration(delay, _USUAL[event]))


def _duration(text: str | None, otherwise: Instant) -> Instant:
    try:
        return otherwise if text is None else min(parse_duration(text), NEVER)
    except ValueError:  # an address is no place to complain
        return otherwise


def _drawn(rates: Reactions, mailing: int | str, email: str) -> Iterator[Reaction]:
    lots = draws(f"{rates.seed}/{mailing}/{email}")
    fate = next(lots)
    if fate < rates.bounce + rates.softbounce:
        yield Reaction(BOUNCE if fate < rates.bounce else SOFT_BOUNCE, 0)
        return
    delay = _DELAYS[int(next(lots) * len(_DELAYS))]
    if next(lots) < rates.open:
        yield Reaction(OPEN, delay)
        if next(lots) * rates.open < rates.click:  # only who opens can click, and all together click as often as said
            yield Reaction(CLICK, delay + MINUTE)
    if next(lots) < rates.unsubscribe:
        yield Reaction(UNSUBSCRIBE, delay + 2 * MINUTE)
    if next(lots) < rates.spam:
        yield Reaction(SPAM, delay + 3 * MINUTE)


def draws(text: str) -> Iterator[float]:
    """Numbers from 0 to 1, always the same of one text; sixteen of them."""
    digest = blake2b(text.encode(errors="replace")).digest()
    return (int.from_bytes(digest[start : start + 4], "big") / 2**32 for start in range(0, len(digest), 4))


class Place(NamedTuple):
    """Where, and with what, a mail is opened."""

    country: str
    device: str
    platform: str
    browser: str
    browser_version: str


_COUNTRIES: Final = ("UA", "UA", "UA", "PL", "PL", "US", "US", "DE", "GB", "ES", "BR", "TR")
_MACHINES: Final = (
    ("Desktop", "Windows", "Chrome", "126"),
    ("Desktop", "Windows", "Firefox", "127"),
    ("Desktop", "macOS", "Safari", "17"),
    ("Phone", "Android", "Chrome Mobile", "126"),
    ("Phone", "iOS", "Mobile Safari", "17"),
)


@cache
def _places() -> list[Place]:
    return [Place(country, *machine) for country in _COUNTRIES for machine in _MACHINES]


def place_of(email: str) -> Place:
    """Where the owner of an address reads mail: nowhere else, however often."""
    places = _places()
    return places[int(next(draws(email)) * len(places))]
