"""Lanes do not wait for one another; an attempt ends, whatever the receiver does."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock

import pytest

from mock_server.core.courier import MOST_THREADS, Attempt, Lanes

SECONDS = 30.0
A_MOMENT = 0.05


class Worked:
    """What was done, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self._lock = Lock()

    def __call__(self, name: str, *, after: Event | None = None) -> Callable[[], None]:
        def work() -> None:
            if after is not None:
                assert after.wait(SECONDS)
            with self._lock:
                self.done.append(name)

        return work


def finish(lanes: Lanes, lane: str) -> None:
    """Wait until all that is in a lane is done."""
    is_done = Event()
    lanes.add(lane, is_done.set)
    assert is_done.wait(SECONDS)


def test_lane_keeps_its_order() -> None:
    lanes, worked = Lanes(), Worked()
    for number in range(100):
        lanes.add("only", worked(str(number)))

    finish(lanes, "only")

    assert worked.done == [str(number) for number in range(100)]


def test_lane_does_not_wait_for_another() -> None:
    lanes, worked, gate = Lanes(), Worked(), Event()
    lanes.add("slow", worked("slow", after=gate))
    lanes.add("quick", worked("quick"))
    finish(lanes, "quick")

    gate.set()
    finish(lanes, "slow")

    assert worked.done == ["quick", "slow"]


def test_more_lanes_than_threads_are_all_worked() -> None:
    lanes, worked, gate = Lanes(), Worked(), Event()
    for number in range(3 * MOST_THREADS):
        lanes.add(number, worked("done", after=gate))
    assert worked.done == []

    gate.set()
    for number in range(3 * MOST_THREADS):
        finish(lanes, number)

    assert len(worked.done) == 3 * MOST_THREADS


def test_work_that_fails_does_not_stop_its_lane(caplog: pytest.LogCaptureFixture) -> None:
    lanes, worked = Lanes(), Worked()
    lanes.add("only", lambda: 1 / 0)
    lanes.add("only", worked("next"))

    finish(lanes, "only")

    assert worked.done == ["next"]
    assert "division by zero" in caplog.text


def test_cleared_lanes_forget_what_was_not_begun() -> None:
    lanes, worked, gate = Lanes(), Worked(), Event()
    begun = Event()
    lanes.add("one", lambda: (begun.set(), gate.wait(SECONDS)))
    assert begun.wait(SECONDS)
    lanes.add("one", worked("forgotten"))

    lanes.clear()
    gate.set()
    lanes.add("one", worked("kept"))
    finish(lanes, "one")

    assert worked.done == ["kept"]


def test_attempt_that_does_not_end_has_failed_and_is_cut_off() -> None:
    over, attempt = Event(), Attempt()

    def hang(_url: str, _body: bytes, attempt: Attempt) -> int:
        attempt.cut_by(over.set)
        over.wait(SECONDS)
        return 200

    attempt.make(hang, "", b"", A_MOMENT)

    assert (attempt.status, attempt.error) == (None, "no whole answer in 0.05 s")
    assert over.is_set()


def test_attempt_that_connects_too_late_posts_nothing() -> None:
    gate, posted, is_refused = Event(), Event(), Event()

    def connect_late(_url: str, _body: bytes, attempt: Attempt) -> int:
        gate.wait(SECONDS)
        try:
            attempt.cut_by(lambda: None)
        except TimeoutError:
            is_refused.set()
            raise
        posted.set()
        return 200

    attempt = Attempt()
    attempt.make(connect_late, "", b"", A_MOMENT)
    gate.set()

    assert is_refused.wait(SECONDS)
    assert not posted.is_set()
    assert attempt.status is None


@pytest.mark.parametrize("failure", [ValueError("no"), SystemExit("no"), KeyboardInterrupt("no")])
def test_attempt_tells_why_its_receiver_failed(failure: BaseException) -> None:
    def fail(_url: str, _body: bytes, _attempt: Attempt) -> int:
        raise failure

    attempt = Attempt()
    attempt.make(fail, "", b"", SECONDS)

    assert attempt.error == f"{type(failure).__name__}: no"


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (199, "answered 199"),
        (200, None),
        (204, None),
        (299, None),
        (300, "answered 300; redirects are not followed"),
        (399, "answered 399; redirects are not followed"),
        (400, "answered 400"),
        (404, "answered 404"),
        (500, "answered 500"),
    ],
)
def test_attempt_has_arrived_if_it_was_answered_so(status: int, error: str | None) -> None:
    attempt = Attempt()

    attempt.make(lambda *_: status, "", b"", SECONDS)

    assert (attempt.status, attempt.error) == (status, error)


def test_attempt_says_that_a_redirect_is_not_followed() -> None:
    attempt = Attempt()

    attempt.make(lambda *_: 307, "", b"", SECONDS)

    assert attempt.error == "answered 307; redirects are not followed"


def test_reason_is_told_in_a_thousand_characters_at_most() -> None:
    def fail(_url: str, _body: bytes, _attempt: Attempt) -> int:
        raise ValueError("x" * 5000)

    attempt = Attempt()
    attempt.make(fail, "", b"", SECONDS)

    assert attempt.error == ("ValueError: " + "x" * 5000)[:1000]


def test_eight_lanes_are_worked_at_once() -> None:
    lanes, gate, at_once, lock = Lanes(), Event(), [0, 0], Lock()
    is_full = Event()

    def work() -> None:
        with lock:
            at_once[0] += 1
            at_once[1] = max(at_once)
            if at_once[0] == 8:
                is_full.set()
        assert gate.wait(SECONDS)
        with lock:
            at_once[0] -= 1

    for number in range(20):
        lanes.add(number, work)
    assert is_full.wait(SECONDS)
    gate.set()
    for number in range(20):
        finish(lanes, number)

    assert at_once[1] == 8
