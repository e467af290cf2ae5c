"""Pace: so many calls a second, whoever makes them, and however often a run begins again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise

import pytest
from scripted_targets import ScriptedTime

from contracts.verify.pacing import Busy, Pace


def starts_of(pace: Pace, time: ScriptedTime, calls: int) -> list[float]:
    starts = []
    for _ in range(calls):
        pace.wait()
        starts.append(time.now)
    return starts


def test_calls_start_at_even_distances():
    time = ScriptedTime()

    starts = starts_of(Pace(per_second=8, timing=time.timing()), time, 20)

    assert all(later - earlier == pytest.approx(1 / 8) for earlier, later in pairwise(starts))


def test_a_call_that_takes_long_is_not_waited_for_twice():
    time = ScriptedTime()
    pace = Pace(per_second=8, timing=time.timing())
    pace.wait()
    time.now += 3

    pace.wait()
    pace.wait()

    assert time.slept == [pytest.approx(1 / 8)]


def test_threads_share_one_pace():
    time = ScriptedTime()
    pace = Pace(per_second=8, timing=time.timing())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: pace.wait(), range(40)))

    assert sum(time.slept) == pytest.approx(39 / 8)


def test_a_run_that_begins_waits_for_the_last_call_of_the_one_before(tmp_path):
    time = ScriptedTime()
    before = Pace(tmp_path / "here.lock", per_second=8, timing=time.timing())
    before.wait()
    before.close()
    slept = len(time.slept)

    with closing(Pace(tmp_path / "here.lock", per_second=8, timing=time.timing())) as after:
        after.wait()

    assert time.slept[slept:] == [pytest.approx(1 / 8)]


def test_two_runs_at_once_are_refused(tmp_path):
    running = Pace(tmp_path / "here.lock")

    with pytest.raises(Busy, match="another run"):
        Pace(tmp_path / "here.lock")
    running.close()

    Pace(tmp_path / "here.lock").close()
