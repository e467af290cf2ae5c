"""The pace: whatever the threads want, the server's limit holds, however it counts."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scripted import TOO_FAST, ScriptedTransport, VirtualTime, answer, client_over

from sendpulse_client import Timing
from sendpulse_client._throttle import Pacer

RATE = 10
JITTER = 0.029  # seconds: just below what the pacer's margin bears
PROMPT = (0.0, 0.0, 0.0)

untimed = settings(deadline=None)

thinking = st.floats(0, 0.3) | st.just(0.0)
lateness = st.floats(0, 0.5) | st.floats(0, 0.02)
journeys_of_requests = st.lists(st.tuples(thinking, lateness, st.floats(0, JITTER)), min_size=1, max_size=60)


def departures(journeys: list[tuple[float, float, float]]) -> list[float]:
    """When requests leave whose caller thinks for some time first and wakes up late from its sleep."""
    now = oversleep = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds + oversleep

    pacer = Pacer(RATE, Timing(monotonic=lambda: now, sleep=sleep))
    left = []
    for thought, late, _jitter in journeys:
        now += thought
        oversleep = late
        pacer.wait()
        left.append(now)
    return left


def sliding_window_admits(instants: list[float]) -> bool:
    return all(sum(start <= other < start + 1 for other in instants) <= RATE for start in instants)


def fixed_window_admits(instants: list[float]) -> bool:
    seconds = [int(instant) for instant in instants]
    return all(seconds.count(second) <= RATE for second in seconds)


def token_bucket_admits(instants: list[float]) -> bool:
    level, before = float(RATE), instants[0]
    for instant in instants:
        level = min(RATE, level + (instant - before) * RATE) - 1
        before = instant
        if level < 0:
            return False
    return True


def gcra_admits(instants: list[float]) -> bool:
    interval, burst = 1 / RATE, 5
    expected = instants[0]
    for instant in instants:
        if instant < expected - (burst - 1) * interval:
            return False
        expected = max(expected, instant) + interval
    return True


@pytest.mark.parametrize("admits", [sliding_window_admits, fixed_window_admits, token_bucket_admits, gcra_admits])
def test_every_algorithm_notices_a_burst(admits) -> None:  # type: ignore[no-untyped-def]
    assert not admits([0.5] * 11)


@untimed
@given(journeys_of_requests, st.floats(0, 1))
def test_paced_requests_pass_every_algorithm(journeys: list[tuple[float, float, float]], phase: float) -> None:
    left = departures(journeys)

    arrived = [phase + instant + jitter for instant, (_thought, _late, jitter) in zip(left, journeys, strict=True)]

    assert sliding_window_admits(arrived)
    assert fixed_window_admits(arrived)
    assert token_bucket_admits(arrived)
    assert gcra_admits(arrived)


@untimed
@given(journeys_of_requests)
@example([PROMPT, (0.0, 0.3, 0.0), *[PROMPT] * 10])
def test_eleven_departures_leave_room_for_the_jitter(journeys: list[tuple[float, float, float]]) -> None:
    left = departures(journeys)

    assert all(last - first > 1.03 - 1e-9 for first, last in zip(left, left[RATE:], strict=False))


@untimed
@given(st.lists(st.floats(0, 0.009), min_size=100, max_size=100))
def test_small_lateness_costs_no_throughput(lateness_of_each: list[float]) -> None:
    left = departures([(0.0, late, 0.0) for late in lateness_of_each])

    assert (len(left) - 1) / (left[-1] - left[0]) >= 9.5


def test_first_request_does_not_wait() -> None:
    time = VirtualTime()

    Pacer(RATE, time.timing).wait()

    assert time.sleeps == []


def test_rate_sets_the_pace() -> None:
    time = VirtualTime()
    pacer = Pacer(2, time.timing)
    started = time.now

    for _ in range(5):
        pacer.wait()

    assert time.now - started == pytest.approx(4 * 0.52)


def test_no_rate_means_no_waiting() -> None:
    time = VirtualTime()
    pacer = Pacer(None, time.timing)

    for _ in range(100):
        pacer.wait()

    assert time.sleeps == []


@pytest.mark.parametrize("rate", [RATE, None])
def test_pacer_holds_off_as_long_as_told(rate: float | None) -> None:
    time = VirtualTime()
    pacer = Pacer(rate, time.timing)

    pacer.hold_off(3)
    pacer.wait()

    assert time.sleeps == [3]


@pytest.mark.parametrize("rate", [0, -1])
def test_impossible_rate_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match=f"rate={rate}"):
        Pacer(rate, Timing())


def test_refusal_holds_off_the_other_threads_too() -> None:
    time = VirtualTime(chance=0.75)
    client = client_over(ScriptedTransport(TOO_FAST, answer([])), time, max_retries=1)

    client.request("GET", "/addressbooks")

    assert client._pacer._next >= 1000 + 0.75 + 0.1


def test_token_request_takes_no_turn() -> None:
    time = VirtualTime()
    client = client_over(ScriptedTransport(answer([])), time)

    client.request("GET", "/addressbooks")

    assert time.sleeps == []
