"""Work is done when it falls due, while nobody asks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from queue import Queue
from typing import Any

import pytest

from mock_server import MockServer
from mock_server.behaviour import works
from mock_server.core.accounts import Account
from mock_server.core.clock import SECOND
from mock_server.core.schedule import Task
from mock_server.core.tokens import make_key
from mock_server.core.world import World
from mock_server.serving.ticker import Ticker
from mock_server.testing import AccountHandle

SOON = SECOND // 50
PATIENCE = 30.0
"""Seconds for which a test waits for what it waits for; a failure takes so long."""

A_MOMENT = 0.05
"""Seconds given to what must not happen."""


class Worker:
    """Does work by telling its kind; what is called ``fail`` fails."""

    def __init__(self) -> None:
        self._done: Queue[str] = Queue()

    def __call__(self, _: Account, task: Task) -> None:
        self._done.put(task.kind)
        if task.kind == "fail":
            raise ValueError(task.payload)

    def next(self) -> str:
        return self._done.get(timeout=PATIENCE)

    @property
    def is_idle(self) -> bool:
        return self._done.empty()


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def world(worker: Worker) -> Iterator[World]:
    made = made_world(worker)
    yield made
    made.close()


def made_world(worker: Worker, database: str | None = None) -> World:
    return World(perform=worker, found=lambda _: None, load=lambda _: {}, keyfile=make_key, database=database)


def schedule(account: Account, kind: str, after: int = SOON) -> None:
    """As a request does."""
    with account.lock:
        with account.store.transaction():
            account.schedule.add(account.clock.now() + after, kind)
        account.stir()


def test_work_is_done_when_it_falls_due(world: World, worker: Worker) -> None:
    with Ticker(world):
        schedule(world.demo, "later", 2 * SOON)
        schedule(world.demo, "sooner", SOON)
        schedule(world.make_account(), "soonest", 0)

        assert [worker.next() for _ in range(3)] == ["soonest", "sooner", "later"]


def test_work_scheduled_earlier_is_done_after_a_restart(tmp_path: Any, worker: Worker) -> None:
    database = f"sqlite:///{tmp_path}/kept.db"
    first = made_world(worker, database)
    schedule(first.make_account(client_id="forgotten"), "kept", 0)
    first.close()
    second = made_world(worker, database)

    with Ticker(second):
        assert worker.next() == "kept"

    second.close()


def test_new_database_has_nothing_to_do(tmp_path: Any, worker: Worker, caplog: pytest.LogCaptureFixture) -> None:
    fresh = made_world(worker, f"sqlite:///{tmp_path}/kept.db")

    with Ticker(fresh):
        schedule(fresh.demo, "first", 0)
        assert worker.next() == "first"

    fresh.close()
    assert caplog.records == []


def test_account_whose_clock_stands_still_has_time(world: World, worker: Worker) -> None:
    frozen = world.make_account(clock="2026-01-31T12:00:00Z")

    with Ticker(world):
        schedule(frozen, "later", 1)
        threading.Event().wait(A_MOMENT)
        assert worker.is_idle

        with frozen.lock:
            frozen.clock.unfreeze()
            frozen.catch_up()
        assert worker.next() == "later"


def test_clock_that_is_set_back_gives_time(world: World, worker: Worker) -> None:
    with Ticker(world):
        schedule(world.demo, "later", SOON)
        with world.demo.lock:
            world.demo.clock.set(world.demo.clock.now() - 3600 * SECOND)
            world.demo.catch_up()
        schedule(world.make_account(), "other", 2 * SOON)
        assert worker.next() == "other"

        world.demo.advance(3600)
        assert worker.next() == "later"


def test_failure_is_logged_once_and_stops_nothing(
    world: World, worker: Worker, caplog: pytest.LogCaptureFixture
) -> None:
    with Ticker(world):
        schedule(world.demo, "fail", 0)
        schedule(world.demo, "next", SOON)

        assert [worker.next(), worker.next()] == ["fail", "next"]
        threading.Event().wait(A_MOMENT)

    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert worker.is_idle


def test_broken_account_stops_no_other(
    world: World, worker: Worker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> int:
        raise OSError("the disk is gone")

    monkeypatch.setattr(world.demo, "run_due", broken)
    with Ticker(world):
        schedule(world.demo, "never", 0)
        schedule(world.make_account(), "other", SOON)

        assert worker.next() == "other"

    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_removed_account_does_nothing(world: World, worker: Worker) -> None:
    removed = world.make_account()

    with Ticker(world) as ticker:
        schedule(removed, "never", SOON)
        world.remove_account(removed)
        schedule(world.demo, "other", 2 * SOON)
        assert worker.next() == "other"
        assert ticker._awaited == {}

    assert worker.is_idle


def test_account_of_a_test_in_this_process_is_left_to_that_test(world: World, worker: Worker) -> None:
    loud = world.make_account()
    loud.is_loud = True

    with Ticker(world):
        schedule(loud, "never", 0)
        schedule(world.demo, "other", SOON)
        assert worker.next() == "other"

    assert worker.is_idle


def test_several_tickers_do_everything_once(world: World, worker: Worker) -> None:
    with Ticker(world), Ticker(world), Ticker(world):
        for number in range(20):
            schedule(world.demo, str(number), SOON + number)
        done = [worker.next() for _ in range(20)]

    assert done == [str(number) for number in range(20)]
    assert worker.is_idle


def test_requests_come_in_between_pieces_of_work(world: World) -> None:
    asked, had_its_turn = threading.Event(), threading.Event()

    def perform(account: Account, task: Task) -> None:
        if task.due == 0:
            other.start()
            asked.wait(PATIENCE)

    def ask() -> None:
        asked.set()
        with world.demo.lock:
            had_its_turn.set()

    other = threading.Thread(target=ask)
    world.demo._perform = perform
    with world.demo.lock:
        for due in range(3):
            world.demo.schedule.add(due, "work")

    with Ticker(world):
        world.demo.stir()
        assert had_its_turn.wait(PATIENCE)
        other.join(PATIENCE)


def test_stopping_ends_the_thread_at_once_whatever_is_still_to_come(world: World, worker: Worker) -> None:
    before = threading.active_count()
    ticker = Ticker(world)
    ticker.start()
    schedule(world.demo, "in a year", 365 * 86_400 * SECOND)
    schedule(world.demo, "in a thousand years", 365_000 * 86_400 * SECOND)

    ticker.stop()
    schedule(world.demo, "never", 0)

    assert threading.active_count() == before
    assert worker.is_idle


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set by the work called ``test.mark``."""
    marked = threading.Event()
    monkeypatch.setitem(works._functions, "test.mark", lambda _: marked.set())
    return marked


def test_live_server_does_what_falls_due_without_a_request(
    sendpulse_live: AccountHandle, mark: threading.Event
) -> None:
    schedule(sendpulse_live.account, "test.mark")

    assert mark.wait(PATIENCE)


def test_no_thread_of_a_live_server_stays(mark: threading.Event) -> None:
    before, mock = threading.active_count(), MockServer()

    with mock.live() as account:
        schedule(account.account, "test.mark", 3600 * SECOND)
        assert threading.active_count() > before

    mock.close()
    assert threading.active_count() == before
    assert not mark.is_set()


def test_intercepted_account_does_what_falls_due_when_its_test_looks(
    sendpulse: AccountHandle, mark: threading.Event
) -> None:
    schedule(sendpulse.account, "test.mark", 0)

    assert len(sendpulse.outbox) == 0
    assert mark.is_set()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work called ``test.fail`` has a bug."""

    def fail(_: object) -> None:
        raise ZeroDivisionError("our bug")

    monkeypatch.setitem(works._functions, "test.fail", fail)


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize(
    "look",
    [
        lambda account: account.clock.advance(1),
        lambda account: account.outbox.messages(),
        lambda account: account.journal.wait(0),
        lambda account: account.client.email.mailing_lists.list(),
    ],
    ids=["advance", "outbox", "wait", "request"],
)
def test_bug_in_scheduled_work_reaches_the_test_once(
    sendpulse: AccountHandle, look: Callable[[AccountHandle], object]
) -> None:
    schedule(sendpulse.account, "test.fail", 0)

    with pytest.raises(ZeroDivisionError, match="our bug"):
        look(sendpulse)
    look(sendpulse)

    (kept,) = sendpulse.state.snapshot()["rows"]["rows"]["core.task"]
    assert kept["error"] == "ZeroDivisionError: our bug"


@pytest.mark.usefixtures("failing")
def test_bug_in_scheduled_work_fails_no_request_to_a_server(sendpulse_live: AccountHandle) -> None:
    with sendpulse_live.account.lock:
        sendpulse_live.account.schedule.add(0, "test.fail")

    assert sendpulse_live.client.email.mailing_lists.list() == []
    assert sendpulse_live.state.snapshot()["rows"]["rows"]["core.task"][0]["error"]
