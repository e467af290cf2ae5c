"""What recipients do: told by any address without harm, drawn alike by equal seeds, about as often as the rates say."""

from __future__ import annotations

import re
from itertools import combinations
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.core.clock import DAY, HOUR, MINUTE, SECOND
from mock_server.core.settings import Reactions
from mock_server.mailing.reactions import FAILURES, NEVER, Reaction, draws, place_of, reactions_of

NOTHING = Reactions()
USUAL = {
    "open": MINUTE,
    "click": 2 * MINUTE,
    "unsubscribe": 3 * MINUTE,
    "spam": 4 * MINUTE,
    "bounce": 0,
    "softbounce": 0,
}
"""As docs/howto/campaigns.md tells them."""

UNITS = {"ms": SECOND // 1000, "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}
EVENTS = sorted(USUAL)
PIECES = (*EVENTS, "+", "-", ".", "1", "9" * 30, "0.5", "h", "d", "ms", "٣", "é", "\x00", "\ud800", "OPEN", "@", " ")

durations = st.lists(st.tuples(st.integers(0, 5000), st.sampled_from(sorted(UNITS))), min_size=1, max_size=3)
tags = st.tuples(st.sampled_from(EVENTS), st.none() | durations)


def told(local_part: str) -> list[Reaction]:
    return reactions_of(NOTHING, 1, f"{local_part}@example.com")


def written(event: str, duration: list[tuple[int, str]] | None) -> str:
    return event if duration is None else f"{event}-" + "".join(f"{number}{unit}" for number, unit in duration)


def meant(event: str, duration: list[tuple[int, str]] | None) -> Reaction:
    if duration is None:
        return Reaction(event, USUAL[event])
    return Reaction(event, sum(number * UNITS[unit] for number, unit in duration))


@given(st.lists(st.sampled_from(PIECES)).map("".join) | st.text())
@example("+open-" + "9" * 5000 + "d")
@example("+open-" + "0." * 40)
@example("+open-1" * 40)
@example("")
def test_no_local_part_is_too_strange(local_part):
    for reaction in told(local_part):
        assert reaction.event in EVENTS
        assert 0 <= reaction.after <= NEVER


@pytest.mark.parametrize(
    "piece", ["+open", "+", "+open-1h", "+softbounce-", "1", "1d", ".1", "1.", "+open-1d1", "s", "bounce", "-"]
)
def test_long_local_parts_take_time_in_step_with_their_length(piece):
    def seconds(length: int) -> float:
        address = "ada+open-" + piece * (length // len(piece))
        start = process_time()
        told(address)
        return process_time() - start

    once = min(seconds(20_000) for _ in range(3))
    tenfold = min(seconds(200_000) for _ in range(3))

    assert tenfold < max(40 * once, 0.1)


@given(st.text(st.characters(exclude_characters="+@")), st.lists(tags, max_size=5))
def test_what_is_told_combines_in_its_order(name, wanted):
    assert told("+".join([name, *(written(*tag) for tag in wanted)])) == [meant(*tag) for tag in wanted]


@pytest.mark.parametrize("pair", [*combinations(EVENTS, 2)])
def test_two_events_do_not_disturb_each_other(pair):
    first, second = pair

    both = told(f"ada+{first}-90s+{second}")

    assert both == [Reaction(first, 90 * SECOND), Reaction(second, USUAL[second])]


@pytest.mark.parametrize(
    "local_part",
    [
        "open",
        "bounce",
        "spam",
        "open+news",
        "ada.open",
        "+opened",
        "ada+reopen",
        "ada-open",
        "ada+open_1h",
        "a+open.1h",
    ],
)
def test_only_a_whole_tag_tells_something(local_part):
    assert told(local_part) == []


@pytest.mark.parametrize("nonsense", ["", "h", "1", "1x", "1h1", ".", "1.h", "-1h", "1,5h", "٣h"])
def test_time_that_is_none_leaves_no_reaction_or_its_usual_time(nonsense):
    assert told(f"ada+click-{nonsense}") in ([], [Reaction("click", USUAL["click"])])


def test_who_tells_what_to_do_is_not_drawn():
    certain = Reactions(bounce=1)

    assert reactions_of(certain, 1, "ada+open@example.com") == [Reaction("open", MINUTE)]
    assert reactions_of(certain, 1, "ada+news@example.com") == [Reaction("bounce", 0)]
    assert reactions_of(certain, 1, "ada@example.com") == [Reaction("bounce", 0)]


RATES = {"bounce": 0.1, "softbounce": 0.05, "open": 0.4, "click": 0.15, "unsubscribe": 0.03, "spam": 0.02}


def crowd(rates: Reactions, campaign: int = 1) -> list[list[Reaction]]:
    return [reactions_of(rates, campaign, f"reader-{number}@example.com") for number in range(10_000)]


def test_rates_come_about_as_often_as_they_say():
    reactions = crowd(Reactions(**RATES))

    events = [reaction.event for several in reactions for reaction in several]
    arrived = 10_000 - events.count("bounce") - events.count("softbounce")
    for event, share in RATES.items():
        among = 10_000 if event in FAILURES else arrived
        assert events.count(event) == pytest.approx(share * among, rel=0.2), event


@pytest.mark.parametrize("event", ["bounce", "softbounce", "open", "unsubscribe", "spam"])
def test_what_is_certain_happens_to_all(event):
    assert all([reaction.event for reaction in several] == [event] for several in crowd(Reactions(**{event: 1})))


def test_each_follows_at_most_once_and_nobody_clicks_unopened():
    for several in crowd(Reactions(**RATES)):
        after = dict(several)
        assert len(after) == len(several)
        assert "click" not in after or after["click"] > after["open"]
        assert after.keys() <= FAILURES or not after.keys() & FAILURES


def test_equal_seeds_draw_alike_and_others_otherwise():
    one, same, other = (crowd(Reactions(seed=seed, **RATES)) for seed in (7, 7, 8))

    assert one == same
    assert one != other
    assert crowd(Reactions(seed=7, **RATES), campaign=2) != one


@given(st.text())
def test_lots_lie_between_nothing_and_one(text):
    lots = [*draws(text)]

    assert len(lots) == 16
    assert all(0 <= lot < 1 for lot in lots)
    assert re.fullmatch("[A-Z]{2}", place_of(text).country)


def test_who_leaves_or_complains_does_so_a_while_after_the_mail_could_be_opened():
    certain = Reactions(open=1, click=1, unsubscribe=1, spam=1)

    for several in crowd(certain)[:1000]:
        after = dict(several)
        assert after["click"] - after["open"] == MINUTE
        assert after["unsubscribe"] - after["open"] == 2 * MINUTE
        assert after["spam"] - after["open"] == 3 * MINUTE


def test_people_open_after_a_minute_or_days_and_each_delay_is_as_likely():
    opened = [reaction.after for (reaction,) in crowd(Reactions(open=1))]

    delays = [MINUTE, 5 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, DAY, 2 * DAY]
    assert sorted({*opened}) == delays
    for delay in delays:
        assert opened.count(delay) == pytest.approx(10_000 / 8, rel=0.2)


def test_people_read_in_many_places_and_one_always_in_the_same():
    places = [place_of(f"reader-{number}@example.com") for number in range(3000)]

    assert places[7] == place_of("reader-7@example.com")
    assert {place.country for place in places} == {"UA", "PL", "US", "DE", "GB", "ES", "BR", "TR"}
    assert len({*places}) == 8 * 5
    assert sum(place.country == "UA" for place in places) == pytest.approx(3000 / 4, rel=0.2)
    assert {(place.device, place.platform, place.browser, place.browser_version) for place in places} == {
        ("Desktop", "Windows", "Chrome", "126"),
        ("Desktop", "Windows", "Firefox", "127"),
        ("Desktop", "macOS", "Safari", "17"),
        ("Phone", "Android", "Chrome Mobile", "126"),
        ("Phone", "iOS", "Mobile Safari", "17"),
    }
