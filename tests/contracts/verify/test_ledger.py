"""The ledger: on disk before anything is done, readable after any kill, by its owner alone."""

from __future__ import annotations

import stat
import sys

import pytest

from contracts.verify.ledger import Ledger, LedgerUnusable

HEAD = {"run": "a1b2c3d4", "target": "http://127.0.0.1:1", "account": "0", "budget": 9}


@pytest.fixture
def ledger(tmp_path):
    return Ledger.begin(tmp_path / "runs" / "a1b2c3d4.jsonl", **HEAD)


def test_what_was_noted_is_known_after_a_restart(ledger):
    ledger.will_call("email.mailing_lists.create", "now", makes="email.mailing_list")
    ledger.made("email.mailing_list", 7)
    ledger.will_call("email.mailing_lists.create", "now", makes="email.mailing_list")
    ledger.made("email.mailing_list", 8)
    ledger.gone("email.mailing_list", 7)
    ledger.surveyed("email.mailing_list", 3)

    again = Ledger.resume(ledger.path)

    assert again.head == {"schema": 1, **HEAD}
    assert (again.calls, again.left("email.mailing_list"), again.remaining) == (2, [8], 1)
    assert (again.awaited, again.pages) == ({"email.mailing_list": 2}, {"email.mailing_list": 3})
    assert again.owns("email.mailing_list", "8")
    assert not again.owns("email.mailing_list", 7)


@pytest.mark.parametrize("kept", range(1, 40))
def test_a_torn_last_line_counts_as_a_call_and_harms_nothing(ledger, kept):
    ledger.made("email.mailing_list", 7)
    whole = ledger.path.read_bytes()
    ledger.will_call("email.mailing_lists.list", "now")
    ledger.path.write_bytes(ledger.path.read_bytes()[: len(whole) + kept])

    again = Ledger.resume(ledger.path)
    again.made("email.mailing_list", 8)

    assert again.calls == 1
    assert Ledger.resume(ledger.path).left("email.mailing_list") == [7, 8]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes")
def test_only_its_owner_can_read_it(ledger):
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.path.parent.stat().st_mode) == 0o700


def test_a_ledger_is_never_begun_twice(ledger):
    with pytest.raises(FileExistsError):
        Ledger.begin(ledger.path, **HEAD)


@pytest.mark.parametrize("content", ["", "hello\n", "[]\n", '{"call": 1}\n', '{"schema": 2}\n'])
def test_what_is_no_ledger_is_refused_by_name(tmp_path, content):
    path = tmp_path / "notes.jsonl"
    path.write_text(content)

    with pytest.raises(LedgerUnusable, match=r"notes\.jsonl"):
        Ledger.resume(path)
