"""The guard: nothing passes that the user did not allow, too fast, or beyond the budget, whoever asks for it."""

from __future__ import annotations

import json
from base64 import b64encode
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_targets import ScriptedTarget, ScriptedTime

from contracts.catalogue import catalogue
from contracts.messages import Request
from contracts.model import READ, SPENDS, WRITE
from contracts.services import oauth
from contracts.services.automation360 import events
from contracts.services.email import addresses, blacklist, campaigns, mailing_lists, senders, tags, templates, webhooks
from contracts.strategies import Case, case_of, cases
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.scenes import in_base64
from contracts.verify.guard import Forbidden, GuardedTarget, Halt, OutOfBudget, TooFast
from contracts.verify.ledger import Ledger
from contracts.verify.pacing import Pace
from contracts.verify.permits import SPENDING, Permit
from contracts.verify.runs import Run

RUN = Run("a1b2c3d4")
OWN, FOREIGN = 7, 8
OWNED = "me@owner.example"
ALL_OPERATIONS = list(catalogue())
SPENDERS = sorted(operation.name for operation in SPENDING)


def guard_of(folder, target, *, permit=Permit(), budget=1000):  # noqa: B008 - frozen
    time = ScriptedTime()
    ledger = Ledger.begin(folder / f"{len(list(folder.iterdir()))}.jsonl", run=RUN.id)
    ledger.made("email.mailing_list", OWN)
    ledger.made("email.tag", OWN)
    ledger.made("email.webhook", OWN)
    pace = Pace(timing=time.timing())
    return GuardedTarget(target, ledger, pace, run=RUN, permit=permit, budget=budget, timing=time.timing())


def ask(guard, operation, *path, **arguments):
    return guard.send(request_of(case_of(operation, *path, **arguments), Encoding.JSON))


def mark(value):
    """The same, its texts sometimes as the run would write them."""
    if isinstance(value, str):
        return st.sampled_from([value, RUN.name(value), OWNED, RUN.address("x"), in_base64(RUN.address("x"))])
    if isinstance(value, list):
        return st.tuples(*map(mark, value)).map(list)
    if isinstance(value, dict):
        return st.fixed_dictionaries({name: mark(inner) for name, inner in value.items()})
    return st.just(value)


@st.composite
def any_calls(draw):
    """Valid calls of any operation, near to what may pass: many ids and names are the run's."""
    operation = draw(st.sampled_from(ALL_OPERATIONS))
    entities = ("email.mailing_list", "email.tag", "email.webhook", "email.campaign")
    known = {entity: [OWN, FOREIGN] for entity in entities}
    case = draw(cases(operation, {**known, "email": [OWNED, RUN.address("x"), "ada@example.com"]}, spends=True))
    return replace(case, arguments=draw(mark(dict(case.arguments))))


PERMITS = st.builds(
    Permit,
    writes=st.booleans(),
    spending=st.frozensets(st.sampled_from(SPENDERS), max_size=2),
    owned=st.just(frozenset([OWNED])),
)


def texts_in(value):
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_in(inner)] + list(value)
    if isinstance(value, list):
        return [text for inner in value for text in texts_in(inner)]
    return [value] if isinstance(value, str) else []


@given(st.lists(any_calls(), min_size=1, max_size=20), PERMITS)
def test_whatever_is_asked_only_the_runs_own_is_written_and_nothing_is_spent_unasked(tmp_path_factory, calls, permit):
    target = ScriptedTarget()
    guard = guard_of(tmp_path_factory.mktemp("guard"), target, permit=permit)

    for case in calls:
        with suppress(Forbidden, Halt):
            guard.send(request_of(case, Encoding.JSON))

    for case in target.cases:
        gives_what_spends = "confirmation" in case.arguments
        if case.operation.effect is SPENDS or (case.operation is mailing_lists.add_emails and gives_what_spends):
            assert case.operation.name in permit.spending
            assert {text for text in texts_in(dict(case.arguments)) if "@" in text} <= {OWNED}
        elif case.operation.effect is WRITE and case.operation is not oauth.issue_token:
            assert permit.writes
            assert str(FOREIGN) not in case.path.values()
            assert not {text for text in texts_in(dict(case.arguments)) if "ada@" in text and RUN.mark not in text}


@pytest.mark.parametrize("operation", [one for one in ALL_OPERATIONS if one.effect is SPENDS], ids=lambda one: one.name)
def test_what_spends_is_never_called_unless_it_was_named(tmp_path, operation):
    guard = guard_of(tmp_path, ScriptedTarget(), permit=Permit(writes=True, owned=frozenset([OWNED])))

    with pytest.raises(Forbidden, match="sends or costs"):
        guard.send(request_of(case_of(operation, *([OWNED] if "{" in operation.path else [])), Encoding.JSON))


FORBIDDEN = {
    "a list of somebody else": case_of(mailing_lists.delete, FOREIGN),
    "a list without a name of ours": case_of(mailing_lists.create, bookName="Readers"),
    "a list without a name": case_of(mailing_lists.create),
    "a name that is no text": case_of(mailing_lists.create, bookName=[RUN.name("x")]),
    "another's address": case_of(mailing_lists.add_emails, OWN, emails=["ada@example.com"]),
    "another's address in JSON": case_of(mailing_lists.add_emails, OWN, emails='[{"email": "ada@example.com"}]'),
    "another's address in PHP": case_of(mailing_lists.add_emails, OWN, emails='a:1:{i:0;s:5:"a@b.c";}'),
    "another's address, quoted": case_of(mailing_lists.add_emails, OWN, emails=['"ada"@example.com']),
    "another's address behind ours": case_of(mailing_lists.add_emails, OWN, emails=[f"{RUN.address('x')},a@b.c"]),
    "another's tag": case_of(mailing_lists.add_emails, OWN, emails=[RUN.address("x")], tags=[OWN, FOREIGN]),
    "another's tags as text": case_of(mailing_lists.add_emails, OWN, emails=[RUN.address("x")], tags=f"[{FOREIGN}]"),
    "checked for money": case_of(mailing_lists.add_emails, OWN, emails=[], check_emails=True),
    "a mail to ask for consent": case_of(mailing_lists.add_emails, OWN, emails=[], confirmation="force"),
    "a contact everywhere": case_of(addresses.delete, "ada@example.com"),
    "no address everywhere": case_of(addresses.delete, "@example.com"),
    "another's blacklist": case_of(blacklist.remove, emails=in_base64(RUN.address("x"), "ada@example.com")),
    "the whole blacklist": case_of(blacklist.remove),
    "a blacklist in no base64": case_of(blacklist.add, emails="%%%"),
    "a webhook for others": case_of(webhooks.create, url="https://hooks.example.com", actions=["open"]),
    "a template": case_of(templates.create, name=RUN.name("x"), body=b64encode(b"x").decode()),
    "a phone": case_of(tags.pin_to_phone, phone="+380501234567", tags=[OWN]),
    "a sender": case_of(senders.delete, email="me@owner.example"),
    "no sender": case_of(senders.delete),
    "a campaign": case_of(campaigns.cancel, 1),
}


@pytest.mark.parametrize("case", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_is_not_the_runs_own_is_not_touched(tmp_path, case):
    target = ScriptedTarget()
    guard = guard_of(tmp_path, target, permit=Permit(writes=True))

    with pytest.raises(Forbidden):
        guard.send(request_of(case, Encoding.JSON))

    assert target.cases == []
    assert guard.ledger.calls == 0


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "/no/such/path"),
        Request("HEAD", "/addressbooks"),
        Request("POST", "/addressbooks", body=b"bookName=emu-a1b2c3d4-x"),
        Request("PUT", f"/addressbooks/{OWN}", body=b'[{"name": "x"}]'),
    ],
)
def test_what_is_not_understood_is_not_sent(tmp_path, request_):
    guard = guard_of(tmp_path, ScriptedTarget(), permit=Permit(writes=True))

    with pytest.raises(Forbidden, match="nobody knows"):
        guard.send(request_)


def test_a_query_is_judged_as_a_body_is(tmp_path):
    guard = guard_of(tmp_path, ScriptedTarget(), permit=Permit(writes=True))

    with pytest.raises(Forbidden):
        guard.send(Request("POST", f"/addressbooks/{OWN}/emails", "confirmation=force", body=b'{"emails": []}'))


def test_a_campaign_goes_to_lists_of_owned_addresses_alone(tmp_path):
    permit = Permit(writes=True, spending=frozenset(["email.campaigns.create"]), owned=frozenset([OWNED]))
    guard = guard_of(tmp_path, ScriptedTarget(), permit=permit)
    guard.ledger.made("email.mailing_list", 9)
    campaign = {"name": RUN.name("x"), "sender_email": OWNED}
    ask(guard, mailing_lists.add_emails, OWN, emails=[OWNED])
    ask(guard, mailing_lists.add_emails, 9, emails=[RUN.address("x")])

    ask(guard, campaigns.create, **campaign, list_id=OWN)
    with pytest.raises(Forbidden, match="nobody"):
        ask(guard, campaigns.create, **campaign, list_id=[OWN, 9])
    with pytest.raises(Forbidden):
        ask(guard, campaigns.create, **campaign, list_id=f"{OWN},{FOREIGN}")


def test_an_event_reaches_nobody_but_the_owner(tmp_path):
    permit = Permit(spending=frozenset(["automation360.events.trigger"]), owned=frozenset([OWNED]))
    guard = guard_of(tmp_path, ScriptedTarget(), permit=permit)

    ask(guard, events.trigger, RUN.name("event"), email=OWNED)
    for other in ({"email": "ada@example.com"}, {"email": OWNED, "phone": "+380"}, {"email": RUN.address("x")}, {}):
        with pytest.raises(Forbidden):
            ask(guard, events.trigger, RUN.name("event"), **other)
    with pytest.raises(Forbidden):
        ask(guard, events.trigger, "purchase", email=OWNED)


@pytest.mark.parametrize("name", ["email.campaigns.update", "email.templates.create", "*"])
def test_what_cannot_be_kept_to_owned_addresses_cannot_be_allowed(name):
    with pytest.raises(ValueError, match="cannot be allowed to spend"):
        Permit(spending=frozenset([name]), owned=frozenset([OWNED]))


def test_spending_without_an_address_of_ones_own_is_a_contradiction():
    with pytest.raises(ValueError, match="--owned"):
        Permit(spending=frozenset(["email.campaigns.create"]))


def test_the_budget_is_never_exceeded_and_what_removing_needs_is_kept_back(tmp_path):
    target = ScriptedTarget(lambda _: (200, {"id": 100 + len(target.cases)}))
    guard = guard_of(tmp_path, target, permit=Permit(writes=True), budget=40)

    with pytest.raises(OutOfBudget):
        [ask(guard, mailing_lists.create, bookName=RUN.name(str(number))) for number in range(100)]
    made = guard.ledger.left("email.mailing_list")
    with guard.cleaning():
        for number in made:
            ask(guard, mailing_lists.delete, number)
        ask(guard, mailing_lists.list)

    assert len(made) > 5
    assert guard.ledger.left("email.mailing_list") == []
    assert len(target.cases) == guard.ledger.calls <= 40


def test_a_large_account_needs_a_larger_reserve(tmp_path):
    guard = guard_of(tmp_path, ScriptedTarget(), permit=Permit(writes=True), budget=40)
    small = guard.reserve("email.mailing_list")

    guard.ledger.surveyed("email.mailing_list", 10)

    assert guard.reserve("email.mailing_list") == small + 3 * 9


@pytest.mark.parametrize(
    ("status", "body"),
    [(429, {}), (429, {"error_code": 429}), (403, {"message": "More than 10", "error_code": 2020202020})],
)
def test_one_refusal_for_speed_is_the_end(tmp_path, status, body):
    target = ScriptedTarget(lambda _: (status, body))
    guard = guard_of(tmp_path, target)

    for _ in range(3):
        with pytest.raises(TooFast):
            ask(guard, mailing_lists.list)

    assert len(target.cases) == 1


def test_a_target_that_fails_is_asked_a_second_time_where_that_is_harmless(tmp_path):
    class Deaf:
        calls = 0

        def send(self, _):
            self.calls += 1
            raise ConnectionResetError

    target = Deaf()
    guard = guard_of(tmp_path, target, permit=Permit(writes=True))

    with pytest.raises(Halt, match="does not answer"):
        ask(guard, mailing_lists.list)
    with pytest.raises(Halt, match="does not answer"):
        ask(guard, mailing_lists.create, bookName=RUN.name("x"))

    assert target.calls == guard.ledger.calls == 3


def test_every_call_is_on_disk_before_it_is_sent(tmp_path, hasty_disk):
    seen, synced = [], []

    def look(_):
        seen.append(json.loads(guard.ledger.path.read_text().splitlines()[-1]))
        synced.append(len(hasty_disk))
        return 200, {"id": 5}

    guard = guard_of(tmp_path, ScriptedTarget(look), permit=Permit(writes=True))
    before = len(hasty_disk)

    ask(guard, mailing_lists.create, bookName=RUN.name("x"))

    assert synced == [before + 1]
    assert len(hasty_disk) == before + 2
    assert [(line["operation"], line["makes"]) for line in seen] == [
        ("email.mailing_lists.create", "email.mailing_list")
    ]
    assert guard.ledger.left("email.mailing_list") == [OWN, 5]


def test_what_bears_the_mark_in_a_listing_is_known_as_the_runs_own(tmp_path):
    rows = [{"id": 4, "name": "Readers"}, {"id": 5, "name": RUN.name("x")}]
    guard = guard_of(tmp_path, ScriptedTarget(lambda _: (200, rows)))

    ask(guard, mailing_lists.list)

    assert guard.ledger.left("email.mailing_list") == [OWN, 5]


def test_an_answer_of_another_shape_teaches_nothing(tmp_path):
    for odd in ({"message": "none"}, [1, None, []], "text", None, [{"id": 5}]):
        guard = guard_of(tmp_path, ScriptedTarget(lambda _, odd=odd: (200, odd)))
        ask(guard, mailing_lists.list)
        assert guard.ledger.left("email.mailing_list") == [OWN]


def test_reads_of_anything_are_free(tmp_path):
    target = ScriptedTarget()
    guard = guard_of(tmp_path, target)

    ask(guard, mailing_lists.get, FOREIGN)
    ask(guard, addresses.get_many, emails=["ada@example.com"])

    assert [case.operation.effect for case in target.cases] == [READ, READ]
    assert isinstance(target.cases[0], Case)
