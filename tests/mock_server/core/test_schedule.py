"""Work that is due at an instant."""

import logging
from contextlib import suppress

import pytest

from mock_server.core.accounts import Account, AccountRecord
from mock_server.core.schedule import Task
from mock_server.core.store import open_backend

SOON = 20_000
"""Microseconds."""


class Undone(Exception):
    """Ends a transaction badly."""


class Killed(BaseException):
    """Stands for a signal: nothing may catch it."""


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    backend = open_backend(None if request.param == "memory" else f"sqlite:///{tmp_path}/kept.db")
    yield backend.store(1)
    backend.close()


@pytest.fixture
def done():
    return []


@pytest.fixture
def account(store, done):
    def perform(account, task):
        done.append((task.kind, task.due))
        if task.kind == "fail":
            raise Undone(task.payload)
        if task.kind == "killed" and len(done) == 1:
            raise Killed

    record = AccountRecord(id=1, client_id="a", client_secret="b", details={})
    return Account(record, store, perform=perform, save=lambda _: None, knows={"later", "sooner", "soon"}.__contains__)


def test_work_is_done_in_the_order_it_is_due(account, done):
    account.schedule.add(30, "later")
    account.schedule.add(10, "sooner")
    account.schedule.add(99, "not yet")

    account.run_due(50)

    assert done == [("sooner", 10), ("later", 30)]


def test_what_an_undone_request_scheduled_is_never_done_nor_hastens_other_work(account, store, done):
    with suppress(Undone), store.transaction():
        account.schedule.add(10, "undone")
        raise Undone
    account.schedule.add(100, "kept")

    account.run_due(50)
    before = list(done)
    account.run_due(100)

    assert before == []
    assert done == [("kept", 100)]


def test_work_that_failed_is_set_aside_with_its_error_and_stands_in_nobodys_way(account, store, done, caplog):
    account.schedule.add(10, "fail", why="a bug")
    account.schedule.add(20, "next")

    account.run_due(50)
    account.schedule.reload()
    account.run_due(50)

    (kept,) = store[Task].where()
    assert done == [("fail", 10), ("next", 20)]
    assert (kept.kind, kept.due) == ("fail", 10)
    assert kept.error.endswith("Undone: {'why': 'a bug'}")
    assert account.schedule.earliest is None
    assert [(record.levelno, bool(record.exc_info)) for record in caplog.records] == [(logging.ERROR, True)]


def test_work_that_failed_is_told_to_the_test_that_it_belongs_to_once(account, done, caplog):
    account.is_loud = True
    account.schedule.add(10, "fail")
    account.schedule.add(20, "next")

    with pytest.raises(Undone):
        account.run_due(50)
    account.run_due(50)

    assert done == [("fail", 10), ("next", 20)]
    assert caplog.records == []


def test_work_that_a_signal_ended_is_due_again(account, done):
    account.schedule.add(10, "killed")

    with pytest.raises(Killed):
        account.run_due(50)
    account.run_due(50)

    assert done == [("killed", 10), ("killed", 10)]


def test_work_is_done_piece_by_piece_for_those_who_ask(account, done):
    account.schedule.add(10, "sooner")
    account.schedule.add(20, "later")

    counts = [account.run_due(50, most=1) for _ in range(3)]

    assert counts == [1, 1, 0]
    assert done == [("sooner", 10), ("later", 20)]


def test_work_may_schedule_more_work_that_is_due_at_once(account, store):
    left = ["second", "third"]

    def perform(account, task):
        kinds.append(task.kind)
        if left:
            account.schedule.add(task.due, left.pop(0))

    kinds = []
    account._perform = perform
    account.schedule.add(10, "first")

    account.run_due(50)

    assert kinds == ["first", "second", "third"]
    assert store[Task].count() == 0


def test_waiting_does_what_falls_due_meanwhile(account, done):
    account.schedule.add(account.clock.now() + SOON, "soon")

    found = account.wait(lambda: done[0] if done else None, 30)

    assert found[0] == "soon"


def test_waiting_on_a_clock_that_stands_still_does_nothing(account, done):
    account.clock.freeze()
    account.schedule.add(account.clock.now() + 1, "soon")

    found = account.wait(lambda: done[0] if done else None, 0.05)

    assert found is None
    assert account.until_due == float("inf")


def test_waiting_for_what_was_due_long_ago_takes_no_time(account, done):
    account.schedule.add(10, "sooner")

    assert account.wait(lambda: done[0] if done else None, 0) == ("sooner", 10)


def test_snapshot_with_work_that_nobody_knows_is_refused_whole(account, store):
    account.schedule.add(10, "later")
    before = account.snapshot()
    task = {"id": 7, "due": 5, "kind": "dance", "payload": {}}

    with pytest.raises(ValueError, match=r"core\.task 7 cannot be 'dance'"):
        account.restore({"rows": {"rows": {"core.task": [task]}}})

    assert account.snapshot()["rows"] == before["rows"]
    assert account.schedule.earliest == 10


def test_snapshot_brings_work_back(account, done):
    account.schedule.add(10, "later")
    snapshot = account.snapshot()
    account.run_due(50)

    account.restore(snapshot)
    account.run_due(50)

    assert done == [("later", 10), ("later", 10)]


def test_settings_restored_without_rows_are_there_to_spend(account, store):
    account.change_settings({"emails_left": 10, "balance": {"main": 5}})
    account.restore({"rows": {"rows": {"core.purse": [{"id": 1, "emails_left": 3, "main": 1, "bonus": 0}]}}})

    account.restore({"settings": {"emails_left": 10, "balance": {"main": 5}}})

    assert (account.purse.emails_left, account.purse.main) == (10, 5)
