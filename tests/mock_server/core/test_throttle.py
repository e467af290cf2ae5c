"""The throttle: one decision for the second's limit and the quotas of minute and day."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.clock import DAY, MINUTE, SECOND, parse_instant
from mock_server.core.plans import QUOTAS, Plan
from mock_server.core.throttle import ALGORITHM_NAMES, Limits, Throttle, Verdict

NOON = parse_instant("2026-01-31T12:00:00Z")
MIDNIGHT = parse_instant("2026-02-01T00:00:00Z")
STANDARD = Plan("standard").quota


def throttle_with(**limits):
    return Throttle(Limits(**limits), STANDARD)


def verdicts(throttle, *instants):
    return [throttle.admit(instant).name for instant in instants]


def test_the_eleventh_request_of_a_second_is_too_fast():
    throttle = Throttle(Limits(), STANDARD)

    assert verdicts(throttle, *[NOON] * 11) == ["ADMITTED"] * 10 + ["TOO_FAST"]
    assert verdicts(throttle, NOON + SECOND) == ["ADMITTED"]


def test_the_minutes_quota_is_free_again_with_the_next_calendar_minute():
    throttle = throttle_with(per_minute=3)
    last_moment = NOON + MINUTE - 1

    assert verdicts(throttle, NOON, last_moment, last_moment, last_moment) == ["ADMITTED"] * 3 + ["OVER_QUOTA"]
    assert verdicts(throttle, NOON + MINUTE) == ["ADMITTED"]


def test_the_days_quota_is_free_again_at_midnight_utc():
    throttle = throttle_with(per_day=3)

    assert verdicts(throttle, MIDNIGHT - DAY, NOON, MIDNIGHT - MINUTE) == ["ADMITTED"] * 3
    assert verdicts(throttle, MIDNIGHT - 1, MIDNIGHT) == ["OVER_QUOTA", "ADMITTED"]


def test_a_request_both_too_fast_and_over_quota_is_too_fast():
    throttle = throttle_with(per_second=2, per_minute=2)

    assert verdicts(throttle, NOON, NOON, NOON, NOON + SECOND) == ["ADMITTED"] * 2 + ["TOO_FAST", "OVER_QUOTA"]


def test_a_request_that_is_too_fast_uses_up_no_quota():
    throttle = throttle_with(per_second=1, per_minute=5, per_day=7)

    verdicts(throttle, *[NOON] * 50)

    assert throttle.left(NOON) == {"second": 0, "minute": 4, "day": 6}


def test_a_request_over_the_minutes_quota_uses_up_neither_second_nor_day():
    throttle = throttle_with(per_second=5, per_minute=1, per_day=7)

    verdicts(throttle, *[NOON] * 50)

    assert throttle.left(NOON) == {"second": 4, "minute": 0, "day": 6}


def test_a_request_over_the_days_quota_uses_up_neither_second_nor_minute():
    throttle = throttle_with(per_second=5, per_minute=7, per_day=1)

    verdicts(throttle, *[NOON] * 50)

    assert throttle.left(NOON) == {"second": 4, "minute": 6, "day": 0}


def test_off_admits_everything_and_counts_nothing():
    throttle = throttle_with(algorithm="off", per_second=1, per_minute=1, per_day=1)

    assert set(verdicts(throttle, *[NOON] * 50)) == {"ADMITTED"}
    assert throttle.left(NOON) == {"second": None, "minute": None, "day": None}

    throttle.configure(Limits(per_minute=5, per_day=7), STANDARD)
    assert throttle.left(NOON) == {"second": 10, "minute": 5, "day": 7}


@pytest.mark.parametrize(("algorithm", "at_once"), [("gcra", 5), ("strictest", 5), ("fixed-window", 10), ("off", 50)])
def test_the_algorithm_decides_how_many_pass_at_once(algorithm, at_once):
    throttle = throttle_with(algorithm=algorithm)

    assert verdicts(throttle, *[NOON] * 50).count("ADMITTED") == at_once


@given(
    instants=st.lists(st.integers(0, 8).map(lambda n: n * 20 * SECOND) | st.integers(0, 3 * MINUTE), max_size=60).map(
        sorted
    )
)
def test_what_is_admitted_and_nothing_else_is_counted(instants):
    throttle = throttle_with(per_second=2, per_minute=4, per_day=9)
    admitted = []

    for now in instants:
        second = sum(now - SECOND < instant for instant in admitted)
        minute = sum(now // MINUTE == instant // MINUTE for instant in admitted)
        expected = (
            Verdict.TOO_FAST if second == 2 else Verdict.OVER_QUOTA if minute == 4 or len(admitted) == 9 else None
        )

        assert throttle.left(now) == {"second": 2 - second, "minute": 4 - minute, "day": 9 - len(admitted)}
        assert throttle.admit(now) is (expected or Verdict.ADMITTED)
        if expected is None:
            admitted.append(now)


def test_quotas_follow_the_plan_where_none_are_set():
    throttle = throttle_with(per_day=7)

    throttle.configure(throttle.limits, QUOTAS["enterprise"])

    assert throttle.as_json() == {"algorithm": "sliding-window", "per_second": 10, "per_minute": 3_000, "per_day": 7}


def test_a_quota_that_is_unset_is_the_plans_again():
    throttle = throttle_with(per_minute=5, per_day=7)

    throttle.configure(throttle.limits.changed({"per_minute": None}), STANDARD)

    assert throttle.as_json() == {"algorithm": "sliding-window", "per_second": 10, "per_minute": 2_000, "per_day": 7}


def test_other_limits_keep_what_was_counted_in_minute_and_day():
    throttle = Throttle(Limits(), STANDARD)
    verdicts(throttle, *[NOON] * 10)

    throttle.configure(Limits("gcra", per_second=20, per_minute=15, per_day=8), STANDARD)

    assert throttle.left(NOON) == {"second": 10, "minute": 5, "day": 0}


def test_other_quotas_keep_what_was_counted_in_the_second():
    throttle = Throttle(Limits(), STANDARD)
    verdicts(throttle, *[NOON] * 10)

    throttle.configure(Limits(per_minute=100), QUOTAS["free"])

    assert verdicts(throttle, NOON) == ["TOO_FAST"]


@pytest.mark.parametrize("algorithm", ["sliding-window", "fixed-window", "token-bucket", "gcra", "strictest"])
def test_a_clock_set_back_a_day_locks_nobody_out(algorithm):
    throttle = throttle_with(algorithm=algorithm, per_second=1, per_minute=1, per_day=1)
    verdicts(throttle, NOON)

    assert verdicts(throttle, NOON + SECOND, NOON - DAY) == ["OVER_QUOTA", "ADMITTED"]


@pytest.mark.parametrize("algorithm", ALGORITHM_NAMES)
def test_a_restored_throttle_goes_on_counting_where_the_other_stood(algorithm):
    limits = Limits(algorithm, per_minute=30, per_day=40)
    throttle, restored = Throttle(limits, STANDARD), Throttle(limits, STANDARD)
    verdicts(throttle, *[NOON] * 3)

    restored.restore(json.loads(json.dumps(throttle.state())))

    assert restored.left(NOON) == throttle.left(NOON)


def test_a_change_leaves_the_limits_it_does_not_name():
    limits = Limits("gcra", per_second=20, per_day=7)

    assert limits.changed({"per_minute": 5}) == Limits("gcra", per_second=20, per_minute=5, per_day=7)
    assert limits.changed({}) == limits


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"algorithm": "leaky"}, "unknown algorithm: 'leaky'; use one of: sliding-window, .*, off"),
        ({"algorithm": None}, "unknown algorithm: None"),
        ({"per_second": 0}, "per_second is 0; give an integer of at least 1"),
        ({"per_second": None}, "per_second is None"),
        ({"per_second": True}, "per_second is True"),
        ({"per_minute": 1.5}, "per_minute is 1.5"),
        ({"per_day": "100"}, "per_day is '100'"),
        (
            {"per_hour": 5},
            "unknown key of the limits: 'per_hour'; use one of: algorithm, per_second, per_minute, per_day",
        ),
    ],
)
def test_limits_that_cannot_be_are_refused_with_the_offending_value(changes, message):
    with pytest.raises(ValueError, match=message):
        Limits().changed(changes)


def test_so_many_requests_can_be_left_as_the_quota_allows():
    throttle = throttle_with(per_minute=20, per_day=50)

    throttle.leave(NOON, {"minute": 20, "day": 0})
    assert throttle.left(NOON) == {"second": 10, "minute": 20, "day": 0}
    throttle.leave(NOON, {"day": 50})
    assert throttle.left(NOON)["day"] == 50

    for left in ({"minute": 21}, {"day": -1}, {"day": 51}, {"minute": True}, {"minute": 1.0}):
        with pytest.raises(ValueError, match=r"requests left; give a number from 0 to (20|50)$"):
            throttle.leave(NOON, left)
