"""What a run made is removed, known by its id or by its name alone, and nothing else is."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl

import pytest
from scripted_targets import ScriptedTarget, ScriptedTime

from contracts.messages import Answer
from contracts.services.email import blacklist, mailing_lists, tags, webhooks
from contracts.strategies import case_of
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.scenes import in_base64
from contracts.suite.targets import WSGITarget
from contracts.verify.cleanup import CLEAN, NotListed, SomethingLeft, clean_up
from contracts.verify.guard import GuardedTarget
from contracts.verify.kinds import MAKERS
from contracts.verify.ledger import Ledger
from contracts.verify.pacing import Pace
from contracts.verify.permits import Permit
from contracts.verify.places import Identity
from contracts.verify.runs import Run
from contracts.verify.visitors import Visitor
from mock_server import MockServer

RUN = Run("a1b2c3d4")


class Bench:
    """An account of the emulator, a guarded way to it whose sleep moves the account's clock, and a second way round."""

    def __init__(self, sendpulse, app, folder):
        self.sendpulse = sendpulse
        self.time = ScriptedTime()
        self.path = folder / "a.jsonl"
        Ledger.begin(self.path, run=RUN.id).close()
        self.target = WSGITarget(app)
        self.open()

    def open(self):
        self.ledger = Ledger.resume(self.path)
        timing = self.time.timing()
        timing = type(timing)(timing.wall, timing.monotonic, self.sleep, timing.new_run)
        self.guard = GuardedTarget(
            self.target,
            self.ledger,
            Pace(timing=timing),
            run=RUN,
            permit=Permit(writes=True),
            budget=500,
            timing=timing,
        )
        self.visitor = Visitor(self.guard, Identity(self.sendpulse.client_id, self.sendpulse.client_secret))
        self.timing = timing

    def sleep(self, seconds):
        self.time.sleep(seconds)
        self.sendpulse.clock.advance(seconds)

    def clean_up(self):
        clean_up(self.visitor, self.guard, self.timing)

    def lose_answer(self, case):
        """As a kill while the call is under way: it is done, and nobody hears of it."""
        self.ledger.will_call(case.operation.name, "now", makes=MAKERS[case.operation].entity)
        assert self.target.send(request_of(case, Encoding.JSON, f"Bearer {self.sendpulse.api_key}")).status == 200


CREATED = {
    "a list": case_of(mailing_lists.create, bookName=RUN.name("x")),
    "a tag": case_of(tags.create, name=RUN.name("x"), color="#000000"),
    "webhooks": case_of(webhooks.create, url=RUN.hook("x"), actions=["open", "spam"]),
    "blacklisted": case_of(blacklist.add, emails=in_base64(RUN.address("x"), RUN.address("y"))),
}


@pytest.fixture
def bench(tmp_path):
    server = MockServer()
    frozen = {"now": "2026-01-31T12:00:00Z", "frozen": True}
    with server.intercept(credentials="strict", limits="off", clock=frozen) as sendpulse:
        email = sendpulse.client.email
        email.mailing_lists.create("Readers")
        email.mailing_lists.create("emu-another-x")
        email.tags.create("VIP", color="#0080ff")
        sendpulse.client.email.webhooks.create("https://hooks.example.com", ["open"])
        sendpulse.client.email.blacklist.add(["gone@example.com"])
        sendpulse.clock.advance(1)
        yield Bench(sendpulse, server.emulator, tmp_path)
    server.close()


def all_there_is(sendpulse):
    rows = sendpulse.state.snapshot()["rows"]["rows"]
    return {entity: list(rows[entity]) for entity in sorted(rows)}


@pytest.mark.parametrize("case", CREATED.values(), ids=CREATED)
@pytest.mark.parametrize("way", ["known by id", "known by name"])
def test_what_was_made_is_removed_and_all_else_stays(bench, case, way):
    before = all_there_is(bench.sendpulse)
    if way == "known by id":
        assert bench.visitor.send(case).status == 200
    else:
        bench.lose_answer(case)

    bench.open()
    bench.clean_up()

    assert all_there_is(bench.sendpulse) == before
    assert (bench.ledger.remaining, bench.ledger.ended) == (0, CLEAN)


def test_what_lies_beyond_the_first_page_is_found(bench):
    for number in range(250):
        bench.sendpulse.client.email.mailing_lists.create(f"Readers {number}")
    before = all_there_is(bench.sendpulse)
    for number in range(3):
        bench.lose_answer(case_of(mailing_lists.create, bookName=RUN.name(str(number))))

    bench.clean_up()

    assert all_there_is(bench.sendpulse) == before


def guard_of(folder, target):
    ledger = Ledger.begin(folder / "b.jsonl", run=RUN.id)
    ledger.will_call("email.mailing_lists.create", "now", makes="email.mailing_list")
    timing = ScriptedTime().timing()
    return GuardedTarget(
        target, ledger, Pace(timing=timing), run=RUN, permit=Permit(writes=True), budget=99, timing=timing
    )


def test_what_stays_although_it_was_removed_is_told(tmp_path):
    guard = guard_of(tmp_path, ScriptedTarget(lambda _: (200, [{"id": 5, "name": RUN.name("x")}])))

    with pytest.raises(SomethingLeft, match=r"1 of email\.mailing_list"):
        clean_up(Visitor(guard, Identity(api_key="key")), guard)

    assert guard.ledger.ended is None


@pytest.mark.parametrize("answered", [(500, {}), (200, {"message": "none"}), (200, [5])])
def test_what_is_not_listed_is_not_believed_to_be_gone(tmp_path, answered):
    guard = guard_of(tmp_path, ScriptedTarget(lambda _: answered))

    with pytest.raises(NotListed, match="it answers"):
        clean_up(Visitor(guard, Identity(api_key="key")), guard)


def test_a_server_that_gives_smaller_pages_than_asked_for_is_read_to_its_end(tmp_path):
    rows = [{"id": number, "name": f"Readers {number}"} for number in range(1, 120)]
    rows.append({"id": 120, "name": RUN.name("x")})

    class Stingy:
        def send(self, request):
            if request.method == "DELETE":
                rows.pop()
                return Answer(200, {}, b'{"result": true}')
            offset = int(dict(parse_qsl(request.query))["offset"])
            return Answer(200, {}, json.dumps(rows[offset : offset + 50]).encode())

    guard = guard_of(tmp_path, Stingy())

    clean_up(Visitor(guard, Identity(api_key="key")), guard)

    assert len(rows) == 119


def test_what_lost_its_name_is_known_by_its_id_and_not_believed_to_be_gone(tmp_path):
    listed = (200, [{"id": 5, "name": ""}])
    guard = guard_of(
        tmp_path, ScriptedTarget(lambda case: listed if case.operation is mailing_lists.list else (500, {}))
    )
    guard.ledger.made("email.mailing_list", 5)

    with pytest.raises(SomethingLeft):
        clean_up(Visitor(guard, Identity(api_key="key")), guard)
