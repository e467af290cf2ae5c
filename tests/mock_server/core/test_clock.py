"""The clock is moved by its methods, and by a monotonic clock that stands in for the system's."""

import json
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core import clock as clock_module
from mock_server.core.clock import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Clock,
    format_instant,
    local_time,
    parse_duration,
    parse_instant,
)

NOON = parse_instant("2026-01-31T12:00:00Z")
FIRST = parse_instant("0002-01-01T00:00:00Z")
LAST = parse_instant("9998-12-31T23:59:59.999999Z")


class SystemClock:
    """What the system's monotonic clock shows, in a test's hand."""

    def __init__(self) -> None:
        self.nanoseconds = time.monotonic_ns()

    def __call__(self) -> int:
        return self.nanoseconds

    def pass_by(self, microseconds: int) -> None:
        self.nanoseconds += microseconds * 1000


@pytest.fixture
def system(monkeypatch):
    system = SystemClock()
    monkeypatch.setattr(clock_module, "monotonic_ns", system)
    return system


@pytest.fixture
def frozen():
    clock = Clock()
    clock.freeze()
    clock.set(NOON)
    return clock


def test_a_new_clock_shows_real_time():
    assert abs(Clock().now() - time.time_ns() // 1000) < HOUR


def test_running_time_follows_the_system(system):
    clock = Clock()
    start = clock.now()

    system.pass_by(1_234_567)

    assert clock.now() == start + 1_234_567


def test_frozen_time_stands_still(system):
    clock = Clock()
    start = clock.now()

    clock.freeze()
    system.pass_by(HOUR)

    assert clock.frozen
    assert clock.now() == start


def test_unfrozen_time_runs_on_from_where_it_stood(system):
    clock = Clock()
    clock.freeze()
    clock.set(NOON)
    system.pass_by(HOUR)

    clock.unfreeze()
    system.pass_by(SECOND)

    assert not clock.frozen
    assert clock.now() == NOON + SECOND


def test_unfreezing_a_running_clock_changes_nothing(system):
    clock = Clock()
    start = clock.now()

    clock.unfreeze()

    assert clock.now() == start


def test_a_running_clock_runs_on_from_the_instant_it_is_set_to(system):
    clock = Clock()

    clock.set(NOON)
    system.pass_by(MINUTE)

    assert clock.now() == NOON + MINUTE


def test_a_frozen_clock_stays_frozen_at_the_instant_it_is_set_to(system, frozen):
    frozen.set(NOON - DAY)
    system.pass_by(MINUTE)

    assert frozen.frozen
    assert frozen.now() == NOON - DAY


@pytest.mark.parametrize(
    ("seconds", "microseconds"),
    [
        (0, 0),
        (3660, HOUR + MINUTE),
        (0.1, 100_000),
        (0.1 + 0.2, 300_000),
        (1e-6, 1),
        (100_000_000.000001, 100_000_000_000_001),
        (timedelta(days=1, microseconds=1), DAY + 1),
    ],
)
def test_advancing_is_exact_to_the_microsecond(frozen, seconds, microseconds):
    assert frozen.advance(seconds) == NOON + microseconds
    assert frozen.now() == NOON + microseconds
    assert frozen.frozen


def test_a_running_clock_advances_and_runs_on(system):
    clock = Clock()
    start = clock.now()

    assert clock.advance(60) == start + MINUTE
    system.pass_by(1)

    assert clock.now() == start + MINUTE + 1


@pytest.mark.parametrize("seconds", [-1, -1e-6, timedelta(microseconds=-1), float("-inf")])
def test_advancing_backwards_is_refused(frozen, seconds):
    with pytest.raises(ValueError, match="cannot advance by"):
        frozen.advance(seconds)

    assert frozen.now() == NOON


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 10**30])
def test_advancing_by_what_no_calendar_holds_is_refused(frozen, seconds):
    with pytest.raises(ValueError, match="give a number that a calendar can hold"):
        frozen.advance(seconds)


def test_time_ends_with_the_calendar(frozen):
    frozen.set(LAST)

    with pytest.raises(ValueError, match="outside the years 2 to 9998"):
        frozen.advance(0.000001)

    assert frozen.now() == LAST


def test_time_begins_with_the_calendar(frozen):
    frozen.set(FIRST)

    with pytest.raises(ValueError, match="outside the years 2 to 9998"):
        frozen.set(FIRST - 1)

    assert frozen.now() == FIRST


def test_each_account_has_its_own_time(frozen):
    other = Clock()
    other.set(NOON + DAY)

    assert frozen.now() == NOON
    assert not other.frozen


def test_a_frozen_clock_comes_back_from_its_state(frozen):
    restored = Clock.of_state(json.loads(json.dumps(frozen.state())))

    assert restored.frozen
    assert restored.now() == NOON


def test_a_running_clock_comes_back_from_its_state_as_far_from_real_time(system):
    clock = Clock()
    clock.advance(3660)
    state = json.loads(json.dumps(clock.state()))
    system.pass_by(MINUTE)

    restored = Clock.of_state(state)

    assert state == {"offset": HOUR + MINUTE}
    assert restored.now() == clock.now()


@pytest.mark.parametrize("state", [{}, {"offset": "1h"}, {"frozen_at": None}])
def test_what_is_no_state_of_a_clock_is_refused(state):
    with pytest.raises(ValueError, match="is no state of a clock"):
        Clock.of_state(state)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("1970-01-01T00:00:00.5Z", SECOND // 2),
        ("1970-01-01T00:00:00.1234567Z", 123_456),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01T03:00:00+03:00", 0),
        ("1969-12-31T18:30:00-05:30", 0),
        ("2026-01-31T12:00:00Z", 1_769_860_800 * SECOND),
    ],
)
def test_an_instant_is_read_from_rfc_3339(text, instant):
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31T12:00Z",
        "2026-01-31 12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-01-31T12:00:00.Z",
        "2026-01-31T12:00:00+0300",
        "2026-W05-6T12:00:00Z",
        "٢٠٢٦-01-31T12:00:00Z",
        "2026-01-31T12:00:00Z\n",
    ],
)
def test_what_is_no_instant_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="is no instant; write RFC 3339, such as"):
        parse_instant(text)


def test_an_instant_is_written_with_six_digits():
    assert format_instant(NOON) == "2026-01-31T12:00:00.000000Z"
    assert format_instant(FIRST) == "0002-01-01T00:00:00.000000Z"


@given(instant=st.integers(FIRST, LAST))
def test_an_instant_survives_writing_and_reading(instant):
    assert parse_instant(format_instant(instant)) == instant


def test_years_have_four_digits():
    assert local_time(parse_instant("0999-05-05T00:00:00Z"), "UTC") == "0999-05-05 00:00:00"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
def test_the_calendar_is_wide_enough_for_every_zone_and_for_time_to_run_on(zone):
    assert local_time(FIRST, zone)[:4] in {"0001", "0002"}
    assert local_time(LAST + HOUR, zone)[:4] in {"9998", "9999"}


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [
        ("1h1m", HOUR + MINUTE),
        ("90s", 90 * SECOND),
        ("2d", 2 * DAY),
        ("1.5h", 90 * MINUTE),
        ("250ms", 250_000),
        ("1m250ms", MINUTE + 250_000),
        ("0.1s", 100_000),
        ("0s", 0),
    ],
)
def test_a_duration_is_the_sum_of_its_quantities(text, microseconds):
    assert parse_duration(text) == microseconds


@pytest.mark.parametrize("text", ["", "1", "h", "1h 1m", "-1s", "1.s", ".5s", "1e3s", "1w", "1H", "1s\n", "١s"])
def test_what_is_no_duration_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match="is no duration; write quantities of d, h, m, s, ms, such as 1h1m"):
        parse_duration(text)
