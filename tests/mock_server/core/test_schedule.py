"""Work that is due at an instant."""

from contextlib import suppress

import pytest

from mock_server.core.accounts import Account, AccountRecord
from mock_server.core.store import open_backend


class Undone(Exception):
    """Ends a transaction badly."""


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
        if task.kind == "fail" and len(done) == 1:
            raise Undone

    record = AccountRecord(id=1, client_id="a", client_secret="b", details={})
    return Account(record, store, perform=perform, save=lambda _: None)


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


def test_work_that_failed_is_due_again_and_work_before_it_stays_done(account, done):
    account.schedule.add(10, "fail")
    account.schedule.add(20, "next")

    with pytest.raises(Undone):
        account.run_due(50)
    account.run_due(50)

    assert done == [("fail", 10), ("fail", 10), ("next", 20)]
