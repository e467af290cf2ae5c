"""Each limiter is held against its rule, told a second time as a function of everything admitted before."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.core.clock import MINUTE, SECOND, format_instant, parse_instant
from mock_server.core.limiter import ALGORITHMS, FixedWindow

NOON = parse_instant("2026-01-31T12:00:00Z")


# The rules: may a request at `now` be admitted, after those `admitted` (ascending, none later than `now`)?


def sliding_window_allows(admitted, now, limit):
    return sum(now - SECOND < instant for instant in admitted) < limit


def fixed_window_allows(admitted, now, limit):
    second = format_instant(now)[:19]
    return sum(format_instant(instant)[:19] == second for instant in admitted) < limit


def token_bucket_allows(admitted, now, limit):
    return _traffic_is_within(burst=limit, rate=limit, admitted=admitted, now=now)


def gcra_allows(admitted, now, limit):
    return _traffic_is_within(burst=max(1, limit // 2), rate=limit, admitted=admitted, now=now)


def _traffic_is_within(burst, rate, admitted, now):
    # A full bucket lets through, in any stretch of time, its capacity and what flows in meanwhile, never more.
    traffic = [*admitted, now]
    return all(
        (len(traffic) - index) * SECOND <= burst * SECOND + rate * (now - since) for index, since in enumerate(traffic)
    )


def strictest_allows(admitted, now, limit):
    return all(rule(admitted, now, limit) for name, rule in RULES.items() if name != "strictest")


RULES = {
    "sliding-window": sliding_window_allows,
    "fixed-window": fixed_window_allows,
    "token-bucket": token_bucket_allows,
    "gcra": gcra_allows,
    "strictest": strictest_allows,
}

every_algorithm = pytest.mark.parametrize("algorithm", ALGORITHMS)

limits = st.integers(1, 12)
starts = st.integers(-10 * SECOND, 10 * SECOND) | st.integers(NOON, NOON + SECOND)
gaps = (
    st.sampled_from(
        [0, 0, 1, SECOND - 1, SECOND, SECOND + 1, *(SECOND // n + d for n in (2, 3, 10) for d in (-1, 0, 1))]
    )
    | st.integers(0, SECOND // 4)
    | st.integers(0, 3 * SECOND)
)


@st.composite
def passing_time(draw):
    """Instants that never go backwards, in crowds and with gaps about the size of a second and its parts."""
    instants = [draw(starts)]
    for gap in draw(st.lists(gaps, max_size=60)):
        instants.append(instants[-1] + gap)
    return instants


def admitted_by(limiter, instants):
    return [instant for instant in instants if _admits(limiter, instant)]


def _admits(limiter, instant):
    fits = limiter.fits(instant)
    if fits:
        limiter.count(instant)
    return fits


def crowd_admitted_by(limiter, instant):
    """How many of many requests at one instant are admitted."""
    return len(admitted_by(limiter, [instant] * 100))


@every_algorithm
@given(instants=passing_time(), limit=limits)
@example(instants=[NOON] * 30, limit=10)
@example(instants=[NOON + n * SECOND // 20 for n in range(60)], limit=10)
@example(instants=[NOON + SECOND // 2 + n * SECOND // 20 for n in range(60)], limit=10)
@example(instants=[NOON + n * SECOND // 7 for n in range(30)], limit=7)
def test_a_request_is_admitted_exactly_when_the_rule_allows_it(algorithm, instants, limit):
    limiter = ALGORITHMS[algorithm](limit)
    admitted = []

    for now in instants:
        allowed = RULES[algorithm](admitted, now, limit)

        assert _admits(limiter, now) == allowed
        if allowed:
            admitted.append(now)


@given(instants=passing_time(), limit=limits)
def test_no_second_of_the_sliding_window_holds_more_than_its_limit(instants, limit):
    admitted = admitted_by(ALGORITHMS["sliding-window"](limit), instants)

    assert all(later - earlier >= SECOND for earlier, later in zip(admitted, admitted[limit:], strict=False))


@every_algorithm
@given(start=starts)
def test_a_client_that_sends_one_request_each_tenth_of_a_second_is_never_refused(algorithm, start):
    instants = [start + n * SECOND // 10 for n in range(40)]

    assert admitted_by(ALGORITHMS[algorithm](10), instants) == instants


@every_algorithm
@given(instants=passing_time(), limit=limits, wait=gaps)
def test_what_is_left_is_what_would_be_admitted_at_once(algorithm, instants, limit, wait):
    limiter = ALGORITHMS[algorithm](limit)
    admitted_by(limiter, instants)
    now = instants[-1] + wait

    left = limiter.left(now)

    assert crowd_admitted_by(limiter, now) == left
    assert limiter.left(now) == 0


@every_algorithm
@given(before=passing_time(), waits=st.lists(gaps, max_size=30), limit=limits)
def test_a_restored_limiter_decides_as_the_one_whose_state_it_was(algorithm, before, waits, limit):
    limiter, restored = ALGORITHMS[algorithm](limit), ALGORITHMS[algorithm](limit)
    admitted_by(limiter, before)
    after = [before[-1] + sum(waits[: n + 1]) for n in range(len(waits))]

    restored.restore(json.loads(json.dumps(limiter.state())))

    assert admitted_by(restored, after) == admitted_by(limiter, after)


@pytest.mark.parametrize(
    ("algorithm", "at_once"),
    [("sliding-window", 10), ("fixed-window", 10), ("token-bucket", 10), ("gcra", 5), ("strictest", 5)],
)
def test_of_a_crowd_at_one_instant_only_so_many_are_admitted(algorithm, at_once):
    assert crowd_admitted_by(ALGORITHMS[algorithm](10), NOON) == at_once


def test_gcra_admits_one_at_a_time_when_half_the_limit_is_less():
    assert crowd_admitted_by(ALGORITHMS["gcra"](1), NOON) == 1


# Ten requests in the last moment of a second and ten in the next: where the rules part ways.


@pytest.mark.parametrize(
    ("algorithm", "admitted"),
    [("sliding-window", 0), ("fixed-window", 10), ("token-bucket", 0), ("gcra", 0), ("strictest", 0)],
)
def test_only_calendar_seconds_admit_twice_the_limit_across_their_boundary(algorithm, admitted):
    limiter = ALGORITHMS[algorithm](10)
    crowd_admitted_by(limiter, NOON - 1)

    assert crowd_admitted_by(limiter, NOON) == admitted


def test_the_sliding_window_is_free_again_exactly_one_second_later():
    limiter = ALGORITHMS["sliding-window"](10)
    crowd_admitted_by(limiter, NOON)

    assert limiter.left(NOON + SECOND - 1) == 0
    assert limiter.left(NOON + SECOND) == 10


@pytest.mark.parametrize("algorithm", ["token-bucket", "gcra"])
def test_an_empty_bucket_gains_a_token_in_exactly_a_tenth_of_a_second(algorithm):
    limiter = ALGORITHMS[algorithm](10)
    crowd_admitted_by(limiter, NOON)

    assert not limiter.fits(NOON + SECOND // 10 - 1)
    assert limiter.fits(NOON + SECOND // 10)


# A clock set back.


@every_algorithm
@given(instants=passing_time(), limit=limits, back=st.integers(SECOND, 10 * SECOND))
def test_nobody_is_locked_out_by_a_clock_set_back_to_before_it_all(algorithm, instants, limit, back):
    limiter = ALGORITHMS[algorithm](limit)
    admitted_by(limiter, instants)
    now = instants[0] - back

    admitted = crowd_admitted_by(limiter, now)

    assert admitted == ALGORITHMS[algorithm](limit).left(now)


@given(instants=st.lists(st.integers(0, 4 * SECOND) | st.integers(0, 40).map(lambda n: n * SECOND // 10), max_size=60))
def test_of_the_last_few_requests_the_sliding_window_forgets_those_in_the_future_when_time_jumps_about(instants):
    limiter = ALGORITHMS["sliding-window"](3)
    remembered = []

    for now in instants:
        past = [instant for instant in remembered if instant <= now]
        allowed = sliding_window_allows(past, now, 3)

        assert limiter.left(now) == 3 - sum(now - SECOND < instant for instant in past)
        assert _admits(limiter, now) == allowed
        if allowed:
            remembered = [*past, now][-3:]


def test_a_clock_set_back_and_forth_without_a_request_forgets_nothing():
    limiter = ALGORITHMS["strictest"](10)
    crowd_admitted_by(limiter, NOON)

    limiter.fits(NOON - MINUTE)
    limiter.left(NOON - MINUTE)

    assert not limiter.fits(NOON)


def test_a_clock_set_back_inside_a_fixed_window_gives_nothing_back():
    minute = FixedWindow(2, MINUTE)
    crowd_admitted_by(minute, NOON + 30 * SECOND)

    assert not minute.fits(NOON)
    assert minute.fits(NOON - 1)


def test_the_strictest_heeds_the_calendar_second_where_a_clock_set_back_lets_the_others_forget():
    limiter = ALGORITHMS["strictest"](10)
    crowd_admitted_by(limiter, NOON + SECOND - 1)

    assert crowd_admitted_by(limiter, NOON) == 5
    assert not limiter.fits(NOON + SECOND // 2)


def test_a_lowered_limit_leaves_nothing_rather_than_less():
    minute = FixedWindow(5, MINUTE)
    crowd_admitted_by(minute, NOON)

    minute.limit = 3

    assert minute.left(NOON) == 0
    assert not minute.fits(NOON)
