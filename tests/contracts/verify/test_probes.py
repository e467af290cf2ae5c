"""Each probe tells the positions of its question apart: on the emulator, and where that has none, on a tiny target."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from contracts.messages import Answer, Request
from contracts.questions import QUESTIONS
from contracts.services.email import campaigns, mailing_lists, templates
from contracts.suite.accounts import Account, fresh_account
from contracts.suite.laboratories import AdminLaboratory
from contracts.suite.scenes import HELLO, MAIL
from contracts.suite.targets import WSGITarget
from contracts.verify.probes.asked import PROBES, Probe
from contracts.verify.probes.probing import Probing
from contracts.verify.probes.running import Allowance, Observation, chosen, observe
from contracts.verify.probes.windows import Experiment
from contracts.verify.runs import Run
from mock_server.app import make_emulator
from mock_server.core.limiter import ALGORITHMS as LIMITERS
from mock_server.core.settings import Settings
from mock_server.positions import is_taken
from mock_server.services import load_behaviours

EMULATED = [
    (question.name, position)
    for question in QUESTIONS.values()
    if question.is_emulated
    for position in question.positions
]


EVERYTHING = Allowance(writes=True, exceeding=True, spending=True)


@dataclass
class Visit:
    """Who asks."""

    target: Any
    authorization: str


@pytest.fixture
def account() -> Iterator[Account]:
    with fresh_account(AdminLaboratory(WSGITarget(make_emulator()))) as account:
        yield account


def probed(name: str, account: Account) -> Observation:
    """What a probe sees of an account whose clock it moves."""
    visit = Visit(account.laboratory.target, account.authorization)
    passed = [0.0]

    def wait(seconds: float) -> None:
        passed[0] += seconds
        account.laboratory.advance(account.credentials, round(seconds * 1_000_000))

    def begin(probe: Probe) -> Probing:
        return Probing(visit, probe.calls, Run("test"), wait, lambda: passed[0], account.credentials.sender)

    return next(observe([PROBES[name]], begin, EVERYTHING))


def send_a_campaign(account: Account) -> None:
    number = account.get(mailing_lists.create, bookName="Readers")["id"]
    account.get(mailing_lists.add_emails, number, emails=["ada@example.com"])
    account.get(campaigns.create, **MAIL, sender_email=account.credentials.sender, list_id=number)


def exhaust_the_quota(account: Account) -> None:
    account.change("limits", algorithm="sliding-window", per_minute=5)


ARRANGED: dict[str, Callable[[Account], object]] = {
    "too_fast_status": lambda account: account.change("limits", algorithm="sliding-window"),
    "quota_body": exhaust_the_quota,
    "sent_date_key": send_a_campaign,
    "campaign_statistics": send_a_campaign,
    "template_owner": lambda account: account.get(templates.create, name="Own", body=HELLO),
    "list_status": lambda account: account.get(mailing_lists.create, bookName="Readers"),
}
"""What has to be there so that a question can be decided."""


@pytest.mark.parametrize(("name", "position"), EMULATED, ids=[f"{name}-{position}" for name, position in EMULATED])
def test_probe_tells_the_position_that_an_account_takes(account, name, position):
    ARRANGED.get(name, lambda _: None)(account)
    account.change("settings", positions={name: position})

    seen = probed(name, account)

    account.change("settings", positions={name: QUESTIONS[name].promised})
    account.change("limits", algorithm="off")
    assert (seen.position, seen.why) == (position, "")
    assert seen.calls <= PROBES[name].calls + 1
    assert [row["name"] for row in account.get(mailing_lists.list) if row["name"].startswith("emu-")] == []


def test_every_question_has_a_probe_and_a_docstring_that_tells_it():
    assert PROBES.keys() == QUESTIONS.keys()
    assert [name for name, probe in PROBES.items() if not probe.tells.endswith(".")] == []


def test_every_position_that_an_account_can_be_set_to_is_acted_on():
    load_behaviours()

    assert [taken for taken in EMULATED if not is_taken(*taken)] == []


def test_position_that_is_set_stays_while_another_is_set():
    settings = Settings().changed({"positions": {"revival": "revives"}}).changed({"positions": {"numbers": "texts"}})

    assert settings.positions == {"revival": "revives", "numbers": "texts"}


@pytest.mark.parametrize("positions", [{"revivals": "stays"}, {"revival": "perhaps"}, {"limiter": "gcra"}])
def test_position_that_nobody_can_take_is_refused(positions):
    with pytest.raises(ValueError, match="position"):
        Settings().changed({"positions": positions})


ALGORITHMS = ("sliding_window", "fixed_window", "token_bucket", "gcra", "strictest", "off")


@pytest.mark.parametrize("seed", range(20))
def test_limiter_is_told_from_when_it_lets_through(account, seed):
    dice = Random(seed)
    hidden = dice.choice(ALGORITHMS)
    account.change("limits", algorithm=hidden.replace("_", "-"))
    account.advance(dice.randrange(1_000_000))

    seen = probed("limiter", account)

    assert (seen.position, seen.why) == (hidden, "")
    assert seen.calls <= 300


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize(("way", "jitter"), [(0.004, 0.002), (0.02, 0.01), (0.06, 0.05), (0.2, 0.3)])
def test_slow_way_makes_the_limiter_undecided_and_never_another_one(algorithm, way, jitter):
    dice, time = Random(f"{algorithm} {way}"), [1000 * Random(algorithm).random()]
    limiter = None if algorithm == "off" else LIMITERS[algorithm.replace("_", "-")](10)

    def wait(seconds: float) -> None:
        time[0] += seconds

    def admits() -> bool:
        wait(way / 2 + jitter * dice.random())
        instant = round(time[0] * 1_000_000)
        admitted = limiter is None or limiter.fits(instant)
        if admitted and limiter is not None:
            limiter.count(instant)
        wait(way / 2 + jitter * dice.random())
        return admitted

    experiment = Experiment(admits, wait, lambda: time[0])
    left = experiment.run()

    assert algorithm.replace("_", "-") in left
    assert len(experiment.calls) <= 300
    if way < 0.02:
        assert len(left) == 1


def test_quota_that_is_exhausted_leaves_the_limiter_undecided(account):
    account.change("limits", algorithm="sliding-window", per_minute=12)

    seen = probed("limiter", account)

    assert (seen.position, seen.why) == (None, "Undecided: a quota is exhausted")


@pytest.mark.parametrize(("allowed", "position"), [(5, "five"), (4, "four")])
def test_probe_counts_the_campaigns_of_an_hour(account, allowed, position):
    account.change("settings", campaigns_per_hour=allowed)

    assert probed("campaigns_an_hour", account).position == position


def test_same_list_is_refused_on_the_emulator_and_nothing_was_sent(account):
    seen = probed("same_list", account)

    assert seen.position == "refused"
    assert account.mails(account.credentials.sender) == []


class Tiny:
    """A target that answers with what a function makes of method, path and body."""

    def __init__(self, answer: Callable[[str, str, Any], tuple[int, Any]]) -> None:
        self._answer = answer

    def send(self, request: Request) -> Answer:
        status, told = self._answer(request.method, request.path, json.loads(request.body or b"null"))
        return Answer(status, {"content-type": "application/json"}, json.dumps(told).encode())


def asked_of(tiny: Tiny, name: str) -> Observation:
    visit = Visit(tiny, "Bearer token")
    return next(
        observe(
            [PROBES[name]],
            lambda probe: Probing(visit, probe.calls, Run("test"), lambda _: None, lambda: 0.0, "owner@example.com"),
            EVERYTHING,
        )
    )


def refuse(status: int, code: int) -> tuple[int, Any]:
    return status, {"error_code": code, "message": "No"}


def mail_that(accepts: Callable[[dict[str, Any]], bool]) -> Callable[[str, str, Any], tuple[int, Any]]:
    return lambda _, __, body: (200, {"result": True, "id": "1"}) if accepts(body["email"]) else refuse(422, 999)


def suppression_that(takes: type) -> Callable[[str, str, Any], tuple[int, Any]]:
    def answer(method: str, _: str, body: Any) -> tuple[int, Any]:
        return (200, {"result": True}) if method == "DELETE" or isinstance(body, takes) else refuse(400, 14)

    return answer


def same_list_that(status: int) -> Callable[[str, str, Any], tuple[int, Any]]:
    sent = iter([(200, {"id": 1}), (200, {"id": 2}) if status == 200 else refuse(status, 711)])
    return lambda method, path, _: (
        next(sent) if (method, path) == ("POST", "/campaigns") else (200, {"id": 7, "result": True})
    )


SCRIPTED = {
    "token_or_path": {
        "token_first": lambda *_: refuse(401, 401),
        "path_first": lambda *_: refuse(404, 404),
    },
    "missing_client_id": {
        "invalid_client": lambda *_: (401, {"error": "invalid_client"}),
        "invalid_request": lambda *_: (400, {"error": "invalid_request"}),
    },
    "same_list": {"refused": same_list_that(422), "accepted": same_list_that(200)},
    "html_without_text": {
        "accepted": mail_that(lambda mail: "html" in mail),
        "refused": mail_that(lambda mail: "text" in mail),
    },
    "single_recipient": {
        "refused": mail_that(lambda mail: isinstance(mail["to"], list)),
        "accepted": mail_that(lambda _: True),
    },
    "suppression_body": {
        "either": suppression_that(object),
        "wrapped": suppression_that(dict),
        "bare": suppression_that(list),
    },
}
"""Questions on which the emulator takes one position, or none."""


@pytest.mark.parametrize(
    ("name", "position"), [(name, position) for name, answers in SCRIPTED.items() for position in answers]
)
def test_probe_tells_the_positions_of_a_tiny_target_apart(name, position):
    assert SCRIPTED[name].keys() == QUESTIONS[name].positions.keys()

    seen = asked_of(Tiny(SCRIPTED[name][position]), name)

    assert (seen.position, seen.why) == (position, "")


def test_question_is_settled_by_a_position_of_an_account_or_of_a_tiny_target_or_by_its_limits():
    by_other_means = {"limiter", "campaigns_an_hour"}

    assert {name for name, _ in EMULATED} | SCRIPTED.keys() | by_other_means == QUESTIONS.keys()


@pytest.mark.parametrize("name", [name for name in PROBES if name != "quota_body"])
@pytest.mark.parametrize("told", [[], {}, "text", None, {"data": None}, [{}]])
def test_target_that_answers_otherwise_than_anybody_thought_decides_nothing_or_a_position(name, told):
    seen = asked_of(Tiny(lambda *_: (200, told)), name)

    assert seen.position in {None, *QUESTIONS[name].positions}
    assert seen.position is not None or seen.why


def test_only_what_is_allowed_is_asked():
    needed = {name: Allowance().objection(PROBES[name]) for name in ("unknown_path", "revival", "limiter", "same_list")}

    assert needed["unknown_path"] is None
    assert "--allow-writes" in needed["revival"]
    assert "--exceed-limit" in needed["limiter"]
    assert needed["same_list"] is not None
    assert [EVERYTHING.objection(probe) for probe in PROBES.values() if EVERYTHING.objection(probe)] == []


def test_question_that_nobody_asks_is_named():
    with pytest.raises(ValueError, match="'limits'"):
        chosen(["limits"])


def test_finding_tells_what_was_promised_and_what_was_seen(account):
    account.change("settings", positions={"missing_campaign": "as_422"})

    finding = probed("missing_campaign", account).finding

    assert (finding.kind, finding.about, finding.place) == ("probe.position", "missing_campaign", "as_422")
    assert finding.expected.startswith("as_404")
    assert finding.seen.startswith("as_422")
