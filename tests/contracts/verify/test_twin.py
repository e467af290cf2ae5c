"""The twin run: it finds what was planted, in few steps, finds nothing between equals, and writes down the way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from math import inf
from typing import Any

import pytest

from bench.differences import PLANTED, emulator_with
from bench.twin import TABLE, beside
from contracts.messages import Answer
from contracts.services.email import campaigns, mailing_lists
from contracts.strategies import case_of
from contracts.suite.encodings import Encoding
from contracts.suite.laboratories import AdminLaboratory
from contracts.suite.targets import WSGITarget
from contracts.verify.cleanup import clean_up
from contracts.verify.findings import Severity
from contracts.verify.guard import GuardedTarget, OutOfBudget
from contracts.verify.ledger import Ledger
from contracts.verify.pacing import Pace
from contracts.verify.permits import Permit
from contracts.verify.places import Identity
from contracts.verify.runs import Run
from contracts.verify.twin.births import Births
from contracts.verify.twin.differences import Comparison
from contracts.verify.twin.divergences import Divergence
from contracts.verify.twin.machine import Twin
from contracts.verify.twin.scripts import curl_script, pytest_file
from contracts.verify.twin.sides import FreshSide, SharedSide
from contracts.verify.twin.steps import Step, reference, request_by
from contracts.verify.visitors import Visitor
from mock_server import MockServer
from mock_server.app import make_emulator

RUN = Run("a1b2c3d4")
BY_NAME = {planted.name: planted for planted in PLANTED}
QUICK = (
    "a_list_is_created_with_201",
    "a_taken_name_is_a_409",
    "lists_tell_who_owns_them",
    "totals_are_texts",
    "a_taken_name_has_the_code_of_an_empty_one",
)
"""Those that are found within few walks; `bench.twin` looks for all of them."""


def found(name: str, **options: Any) -> Divergence:
    divergence = beside(emulator_with(BY_NAME[name]), **options).run()
    assert divergence is not None
    return divergence


@pytest.mark.parametrize("name", QUICK)
def test_planted_difference_is_found_in_few_steps(name):
    divergence = found(name)

    assert len(divergence.steps) <= 4
    assert divergence.finding.severity in {Severity.ERROR, Severity.WARNING}
    assert divergence.finding.expected.startswith("emulator: ")
    assert divergence.finding.seen.startswith("copy: ")


def test_there_are_thirty_differences_and_the_documentation_tells_all_of_them():
    told = {row["name"]: row for row in json.loads(TABLE.read_text(encoding="utf-8"))}

    assert told.keys() == BY_NAME.keys()
    assert len(BY_NAME) == 30
    assert {name: told[name]["what"] for name in told} == {name: planted.what for name, planted in BY_NAME.items()}
    assert sum(row["steps"] is not None for row in told.values()) >= 29


@pytest.mark.parametrize("seed", range(3))
def test_equals_do_not_differ(seed):
    assert beside(make_emulator(), seed=seed, walks=15).run() is None


def test_ids_that_are_counted_otherwise_are_no_difference():
    ahead = AdminLaboratory(WSGITarget(make_emulator()))
    honest = ahead.new_account

    def new_account(**options: Any) -> Any:
        """One whose lists and webhooks begin at other numbers."""
        made = honest(**options)
        rows = ahead._ask("GET", f"/accounts/{made.client_id}/state")["rows"]
        rows["next_ids"] |= {"email.mailing_list": 40, "email.webhook": 6000, "email.tag": 70}
        ahead._ask("PUT", f"/accounts/{made.client_id}/state", {"rows": rows})
        return made

    ahead.new_account = new_account  # type: ignore[method-assign]
    here = FreshSide("here", AdminLaboratory(WSGITarget(make_emulator())))

    assert Twin(here, FreshSide("ahead", ahead), walks=30).run() is None


def test_same_seed_finds_the_same():
    once, again = (found("totals_are_texts", seed=5) for _ in range(2))

    assert [str(passed.action) for passed in once.steps] == [str(passed.action) for passed in again.steps]
    assert once.finding.fingerprint == again.finding.fingerprint


def test_accepted_difference_lets_others_be_found():
    first = found("lists_tell_who_owns_them")
    twin = beside(emulator_with(BY_NAME["lists_tell_who_owns_them"]), walks=5)

    assert twin.run(accepted=[first.finding.fingerprint]) != first


def test_account_that_is_somebodys_is_left_as_it_was(tmp_path):
    mock = MockServer()
    with mock.intercept() as sendpulse:
        sendpulse.limits.set("off")
        lists = sendpulse.client.email.mailing_lists
        lists.create("Readers")
        before = [(book.id, book.name) for book in lists.list()]
        ledger = Ledger.begin(tmp_path / "ledger.jsonl", run=RUN.id)
        target = WSGITarget(mock.emulator)
        guard = GuardedTarget(target, ledger, Pace(per_second=inf), run=RUN, permit=Permit(writes=True), budget=20_000)
        side = SharedSide("theirs", Visitor(guard, Identity(sendpulse.client_id, sendpulse.client_secret)), guard)
        here = FreshSide("here", AdminLaboratory(WSGITarget(make_emulator())))

        divergence = Twin(here, side, walks=30).run()

        assert divergence is None
        assert [(book.id, book.name) for book in lists.list()] == before
        changed = {entry.operation for entry in sendpulse.journal.entries() if entry.method != "GET"}
    ledger.close()
    mock.close()
    assert changed > {"email.mailing_lists.create", "email.mailing_lists.delete", "email.mailing_lists.add_emails"}
    assert not any(name.startswith(("email.senders", "email.campaigns", "email.templates")) for name in changed)


def test_budget_that_is_spent_ends_the_walks(tmp_path):
    mock = MockServer()
    with mock.intercept() as sendpulse:
        sendpulse.limits.set("off")
        ledger = Ledger.begin(tmp_path / "ledger.jsonl", run=RUN.id)
        guard = GuardedTarget(
            WSGITarget(mock.emulator), ledger, Pace(per_second=inf), run=RUN, permit=Permit(writes=True), budget=60
        )
        visitor = Visitor(guard, Identity(sendpulse.client_id, sendpulse.client_secret))
        here = FreshSide("here", AdminLaboratory(WSGITarget(make_emulator())))

        with pytest.raises(OutOfBudget):
            Twin(here, SharedSide("theirs", visitor, guard)).run()

        clean_up(visitor, guard)
        assert ledger.calls <= 60
        assert sendpulse.client.email.mailing_lists.list() == []
    ledger.close()
    mock.close()


def test_script_for_curl_shows_the_difference(tmp_path):
    divergence = found("totals_are_texts")
    mock = MockServer()

    with mock.serve() as server:
        demo = mock.emulator.world.demo
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "SENDPULSE_BASE_URL": server.base_url,
            "SENDPULSE_CLIENT_ID": demo.client_id,
            "SENDPULSE_CLIENT_SECRET": demo.client_secret,
        }
        ended = subprocess.run(
            ["sh", "-euc", curl_script(divergence, side=0)], capture_output=True, text=True, env=environment, check=True
        )
    mock.close()

    assert ended.stdout.splitlines()[-1] == f"{divergence.answers[0].body.decode()} 200"


def test_file_for_pytest_demands_what_the_other_side_answered(tmp_path):
    divergence = found("a_taken_name_is_a_409")
    (tmp_path / "test_difference.py").write_text(pytest_file(divergence), encoding="utf-8")

    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_difference.py"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )

    assert ended.returncode == 1
    assert "assert 422 == 409" in ended.stdout


def answer(body: bytes, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, body)


def differences(one: bytes, other: bytes, status: int = 200, **options: Any) -> list[tuple[str, str]]:
    comparison = Comparison(mailing_lists.list, Births(), **options)
    return [
        (difference.kind.value, difference.place)
        for difference in comparison.differences(answer(one, status), answer(other, status))
    ]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (b'[{"name": "a"}]', b'[{"name": "a"}]', []),
        (b'[{"name": "a", "id": 1}]', b'[{"name": "a", "id": 77}]', []),
        (b'[{"name": "a"}]', b'[{"name": "b"}]', [("value", "*.name")]),
        (b'[{"name": "a"}]', b'[{"name": 1}]', [("type", "*.name")]),
        (b'[{"name": "a"}]', b"[{}]", [("missing", "*.name")]),
        (b"[{}]", b'[{"name": "a"}]', [("extra", "*.name")]),
        (b'[{"name": "a"}]', b"[]", [("missing", "*")]),
        (b'[{"name": "a"}, {"name": "b"}]', b'[{"name": "b"}, {"name": "a"}]', [("order", "")]),
        (b'{"a": {}}', b'{"a": []}', [("type", "a")]),
        (b"{}", b"no JSON", [("type", "")]),
        (b"1", b"true", [("type", "")]),
        (b'{"access_token": "a"}', b'{"access_token": "b"}', []),
        (b'{"access_token": "a"}', b'{"access_token": 1}', [("type", "access_token")]),
    ],
)
def test_answers_are_compared_value_by_value(one, other, expected):
    assert differences(one, other) == expected


def test_refusals_differ_in_code_or_in_wording():
    one = b'{"message": "No", "error_code": 1}'

    assert differences(one, b'{"message": "No", "error_code": 2}', 422) == [("code", "error_code")]
    assert differences(one, b'{"message": "No.", "error_code": 1}', 422) == [("wording", "message")]


@pytest.mark.parametrize(("tolerance", "expected"), [(0, [("value", "*.creationdate")]), (5, [])])
def test_dates_may_be_apart_where_time_passes_by_itself(tolerance, expected):
    one, other = (b'[{"creationdate": "2026-01-31 12:00:0%d"}]' % second for second in (1, 4))

    assert differences(one, other, tolerance=tolerance) == expected


def test_what_is_each_sides_own_is_no_difference():
    own = ({"one@example.com": "<owner>"}, {"other@example.com": "<owner>"})

    assert differences(b'["one@example.com"]', b'["other@example.com"]', own=own) == []
    assert differences(b'["one@example.com"]', b'["one@example.com"]', own=own) == [("value", "*")]


def test_objects_are_the_same_by_order_of_birth():
    births = Births()
    births.meet("email.mailing_list", 1, 10)
    births.meet("email.mailing_list", 2, "11")

    assert births.agree("email.mailing_list", 2, 11)
    assert not births.agree("email.mailing_list", 1, 11)
    assert births.agree("email.mailing_list", 3, 12)
    assert not births.agree("email.mailing_list", 3, 10)
    assert births.names(1) == {"<email.mailing_list 1>": 10, "<email.mailing_list 2>": "11"}


def test_call_names_objects_by_what_each_side_calls_them():
    first = reference("email.mailing_list", 1)
    step = Step(case_of(campaigns.create, list_id=[first], name="News"), Encoding.JSON)
    look = Step(case_of(mailing_lists.get, first), Encoding.QUERY)

    assert request_by(step, {first: 7}, "").body == b'{"list_id": [7], "name": "News"}'
    assert request_by(look, {first: 7}, "").path == "/addressbooks/7"
