"""A run against an account: all is read, the run's own objects live and go, and what differs is found by name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspections import Altered, an_account, inspected, with_body

from contracts.catalogue import Match, catalogue
from contracts.messages import Answer
from contracts.model import READ, SPENDS, WRITE, Effect
from contracts.services.email import mailing_lists
from contracts.verify.findings import Severity
from contracts.verify.lives import LIVES, Stage
from contracts.verify.permits import SPENDING, Permit, objection
from contracts.verify.permits import WRITES as CONFINED
from contracts.verify.plans import plan_of
from contracts.verify.runs import Run
from contracts.verify.selection import Selection

WRITES = Permit(writes=True)


def rows_of(sendpulse):
    rows = sendpulse.state.snapshot()["rows"]["rows"]
    return {kind: kept for kind, kept in rows.items() if kept and not kind.startswith("core.")}


def named(request):
    meant = catalogue().match(request.method, request.path)
    return meant.operation.name if isinstance(meant, Match) else ""


@pytest.mark.parametrize("world", [None, "list-with-contacts", "scheduled-campaign"])
def test_the_emulator_keeps_its_promises_and_nothing_is_left(tmp_path, world):
    with an_account(world=world) as (sendpulse, target):
        before = rows_of(sendpulse)

        run = inspected(sendpulse, target, tmp_path, permit=WRITES)

        assert run.kinds == set()
        assert run.outcome.could_run
        assert rows_of(sendpulse) == before


def test_a_run_without_writes_makes_only_calls_that_read(tmp_path):
    with an_account(world="list-with-contacts") as (sendpulse, target):
        inspected(sendpulse, target, tmp_path)

        called = {entry.operation for entry in sendpulse.journal.entries()} - {"oauth.issue_token"}

    assert {catalogue()[name].effect for name in called} == {READ}
    assert len(called) > 25


def test_every_read_operation_is_asked_where_there_is_something_to_ask_about(tmp_path):
    with an_account(world="scheduled-campaign") as (sendpulse, target):
        sendpulse.client.email.webhooks.create("https://hooks.example.com", ["open"])
        sendpulse.client.email.templates.create("<p>Hello</p>", name="Welcome")
        [book, *_] = sendpulse.client.email.mailing_lists.list()
        contact = {"email": "ada@example.com", "variables": {"age": 36}}
        sendpulse.client.email.mailing_lists.add_emails(book, [contact])
        sendpulse.client.smtp.emails.send(sender=sendpulse.sender, to=["ada@example.com"], subject="Hello", text="Hi")

        run = inspected(sendpulse, target, tmp_path)

    assert run.outcome.skipped == {}


def test_spending_goes_to_the_owner_alone(tmp_path):
    with an_account() as (sendpulse, target):
        permit = Permit(
            writes=True, spending=frozenset(one.name for one in SPENDING), owned=frozenset([sendpulse.sender])
        )

        run = inspected(sendpulse, target, tmp_path, permit=permit)

        assert run.kinds == set()
        assert {message.to for message in sendpulse.outbox.messages()} <= {sendpulse.sender}
        assert run.outcome.is_clean


def each(body, change):
    """The rows of a success, changed."""
    return [change(row) for row in body] if isinstance(body, list) else body


DIFFERENCES = {
    "another type": (
        "email.mailing_lists.list",
        lambda answer: with_body(answer, lambda body: each(body, lambda row: {**row, "id": str(row["id"])})),
        "answer.schema",
    ),
    "another status": ("email.senders.list", lambda answer: replace(answer, status=201), "answer.status"),
    "another media type": (
        "email.tags.list",
        lambda answer: replace(answer, headers={"content-type": "text/html"}),
        "answer.media_type",
    ),
    "a failure": ("email.balance.get", lambda _: Answer(500, {"content-type": "text/html"}, b"oh"), "answer.failure"),
    "no JSON": ("email.balance.get", lambda answer: replace(answer, body=b"{"), "answer.json"),
    "nothing is refused": (
        "email.webhooks.get",
        lambda answer: replace(answer, status=200, body=b'{"success": true, "data": {"id": 1}}'),
        "answer.schema",
    ),
    "a new name does not show": (
        "email.mailing_lists.get",
        lambda answer: with_body(answer, lambda body: each(body, lambda row: {**row, "name": "Readers"})),
        "effect.missing",
    ),
    "other words": (
        "email.mailing_lists.get",
        lambda answer: with_body(answer, lambda body: {**body, "message": "No book"} if "message" in body else body),
        "refusal.wording",
    ),
    "what is gone is there": (
        "email.mailing_lists.get_contact",
        lambda answer: answer if answer.status == 200 else Answer(200, answer.headers, b"{}"),
        "answer.schema",
    ),
}


@pytest.mark.parametrize(("name", "alter", "kind"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_a_difference_is_found_by_its_name(tmp_path, name, alter, kind):
    def altered(request, answer):
        return alter(answer) if named(request) == name and answer.status != 401 else answer

    selection = Selection(names=(f"{name.rpartition('.')[0]}.*",))
    with an_account(world="list-with-contacts") as (sendpulse, target):
        run = inspected(sendpulse, Altered(target, altered), tmp_path, selection=selection, permit=WRITES)

    assert (name, kind) in run.kinds
    assert {about for about, _ in run.kinds} == {name}


def test_a_refused_call_that_changed_something_is_found(tmp_path):
    def altered(request, answer):
        if named(request) == "email.mailing_lists.set_phone" and answer.status == 422:
            [book] = [one for one in sendpulse.client.email.mailing_lists.list() if one.name.startswith("emu-")]
            sendpulse.client.email.mailing_lists.add_emails(book, ["emu-a1b2c3d4-eve@example.com"])
        return answer

    with an_account() as (sendpulse, target):
        selection = Selection(names=("email.mailing_lists.*",), effects=(WRITE,))
        run = inspected(sendpulse, Altered(target, altered), tmp_path, selection=selection, permit=WRITES)

    assert ("email.mailing_lists.list_emails", "effect.refused") in run.kinds


def test_one_429_ends_the_run_at_once_and_says_so(tmp_path):
    calls = []

    def altered(request, answer):
        calls.append(request)
        return Answer(429, {}, b"{}") if named(request) == "email.senders.list" else answer

    with an_account() as (sendpulse, target):
        run = inspected(sendpulse, Altered(target, altered), tmp_path, permit=WRITES)

    assert "too fast" in run.outcome.halted
    assert not run.outcome.could_run
    assert named(calls[-1]) == "email.senders.list"
    assert (run.report.findings[0].kind, run.report.findings[0].severity) == ("run.halted", Severity.ERROR)


def test_a_429_while_something_of_the_runs_is_there_leaves_it_to_a_clean_up(tmp_path):
    def altered(request, answer):
        return Answer(429, {}, b"{}") if named(request) == "email.mailing_lists.add_emails" else answer

    with an_account() as (sendpulse, target):
        run = inspected(sendpulse, Altered(target, altered), tmp_path, permit=WRITES)

        assert not run.outcome.is_clean
        assert run.guard.ledger.left("email.mailing_list")
        assert [book.name for book in sendpulse.client.email.mailing_lists.list()] == ["emu-a1b2c3d4-list"]


def test_a_target_that_gives_no_token_is_told_and_called_no_more(tmp_path):
    with an_account() as (sendpulse, target):
        sendpulse.faults.add({"status": 503}, operation="oauth.issue_token")

        run = inspected(sendpulse, target, tmp_path)

    assert "no token" in run.outcome.halted
    assert run.guard.ledger.calls <= 3


@pytest.mark.parametrize("at", [3, 40, 60])
def test_an_interrupt_cleans_up(tmp_path, at):
    def interrupt(number, _):
        if number == at:
            raise KeyboardInterrupt

    with an_account() as (sendpulse, target):
        before = rows_of(sendpulse)

        run = inspected(sendpulse, target, tmp_path, permit=WRITES, progress=interrupt)

        assert run.outcome.is_interrupted
        assert run.outcome.is_clean
        assert rows_of(sendpulse) == before


def test_an_interrupt_in_the_middle_of_a_life_cleans_up(tmp_path):
    def altered(request, answer):
        if named(request) == "email.mailing_lists.set_phone":
            raise KeyboardInterrupt
        return answer

    with an_account() as (sendpulse, target):
        before = rows_of(sendpulse)

        run = inspected(sendpulse, Altered(target, altered), tmp_path, permit=WRITES)

        assert run.outcome.is_interrupted
        assert rows_of(sendpulse) == before


@pytest.mark.parametrize("budget", [1, 20, 50, 90, 130, 200])
def test_whatever_the_budget_it_is_kept_and_nothing_is_left(tmp_path, budget):
    with an_account(world="list-with-contacts") as (sendpulse, target):
        before, calls = rows_of(sendpulse), len(sendpulse.journal.entries())

        run = inspected(sendpulse, target, tmp_path, permit=WRITES, budget=budget)

        assert len(sendpulse.journal.entries()) - calls <= budget
        assert rows_of(sendpulse) == before
        assert run.outcome.is_clean
        assert run.outcome.could_run
        assert any(finding.kind == "run.budget" for finding in run.report.findings)


def test_an_account_too_large_for_the_budget_is_read_and_not_written_to(tmp_path):
    with an_account() as (sendpulse, target):
        for number in range(700):
            sendpulse.client.email.mailing_lists.create(f"Readers {number}")
        calls = len(sendpulse.journal.entries())

        run = inspected(sendpulse, target, tmp_path, permit=WRITES, budget=100)

        made = [entry for entry in sendpulse.journal.entries()[calls:] if entry.operation == mailing_lists.create.name]
        assert made == []
        assert run.outcome.is_clean


OWNED = frozenset(["me@owner.example"])
SELECTIONS = st.builds(
    Selection,
    services=st.lists(st.sampled_from(["email", "oauth", "automation360"]), max_size=2).map(tuple),
    names=st.lists(st.sampled_from(["email.*", "*.create", "email.tags.*", "*"]), max_size=2).map(tuple),
    effects=st.lists(st.sampled_from(list(Effect)), max_size=2).map(tuple),
)
SPENDERS = st.frozensets(st.sampled_from(sorted(one.name for one in SPENDING)), max_size=3)


@given(SELECTIONS, st.booleans(), SPENDERS, st.integers(1, 1000))
def test_no_plan_holds_what_is_not_allowed(selection, writes, spending, budget):
    permit = Permit(writes=writes, spending=spending, owned=OWNED)
    try:
        plan = plan_of(selection, permit, budget)
    except ValueError:  # what spends needs a list of its own, and may make none
        assert spending
        assert not writes
        return

    spent = {operation.name for operation in plan.operations if operation.effect is SPENDS}
    written = {operation for operation in plan.operations if operation.effect is WRITE}
    assert spent <= spending
    assert writes or not written
    assert written <= set(CONFINED)
    assert plan.mails <= len(spending)


@given(st.sampled_from(LIVES), st.text("0123456789abcdef", min_size=4, max_size=8))
def test_every_step_of_a_life_is_about_the_runs_own(life, name):
    run = Run(name)
    stage = Stage(run, ids=dict.fromkeys(("list", "tagged", "tag", "hook", "blacklist"), 7))

    for step in life.steps:
        assert objection(step.case(stage), WRITES, run, OwnsSeven()) is None


class OwnsSeven:
    def owns(self, _, number):
        return str(number) == "7"
