"""`verify --probes` and `verify --against … --and …`: what they ask, tell, keep and leave."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.evidence import Grade
from contracts.questions import QUESTIONS
from contracts.services.email import campaigns
from contracts.verify.probes.keeping import FILE, keep, proven
from contracts.verify.probes.running import Observation
from contracts.verify.recording.files import Edited
from contracts.verify.recording.observations import VENDOR
from mock_server import MockServer
from mock_server.cli import commands


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands, ["verify", *map(str, arguments)], standalone_mode=False)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An account of a live emulator, its credentials in the environment."""
    with MockServer().live() as sendpulse:
        monkeypatch.setenv("SENDPULSE_CLIENT_ID", sendpulse.client_id)
        monkeypatch.setenv("SENDPULSE_CLIENT_SECRET", sendpulse.client_secret)
        monkeypatch.delenv("SENDPULSE_API_KEY", raising=False)
        yield sendpulse


def test_emulator_in_process_takes_the_promised_positions(tmp_path):
    report = tmp_path / "report.json"

    ended = run("--probes", "--report", f"json={report}")

    told = json.loads(report.read_text())
    assert ended.return_value == 0
    assert told["facts"]["questions"] == len(QUESTIONS)
    assert told["facts"]["answered"] == told["facts"]["as promised"] >= 28


def test_question_is_named(tmp_path):
    report = tmp_path / "report.json"

    run("--probes", "limiter,unknown_path", "--report", f"json={report}")

    assert json.loads(report.read_text())["facts"]["questions"] == 2


def test_plan_of_probes_is_told_and_nothing_asked(live):
    ended = run("--probes", "limiter,revival", "--dry-run", "--url", live.base_url)

    assert ended.return_value == 0
    assert [line.split()[0] for line in ended.output.splitlines()] == ["limiter", "revival"]
    assert live.journal.entries() == []


def test_question_that_there_is_not_is_refused():
    ended = run("--probes", "limits")

    assert "'limits'" in str(ended.exception)


def test_live_account_that_takes_another_position_is_a_finding(live, tmp_path):
    live.settings.set(positions={"missing_campaign": "as_422"})

    ended = run("--probes", "missing_campaign,revival", "--url", live.base_url, "--ledgers", tmp_path)

    assert ended.return_value == 1
    assert "422, as for a bad value" in ended.output
    assert "--allow-writes" in ended.output
    assert {entry.method for entry in live.journal.entries() if entry.operation != "oauth.issue_token"} == {"GET"}


def test_probes_that_write_leave_nothing(live, tmp_path):
    names = "blank_names,numbers,active_flag,plain_addresses,serialized_fields"

    ended = run("--probes", names, "--url", live.base_url, "--ledgers", tmp_path, "--allow-writes", "--keep", tmp_path)

    live.limits.set("off")
    kept = json.loads((tmp_path / FILE).read_text())["positions"]
    assert ended.return_value == 0
    assert {name: told["position"] for name, told in kept.items()} == {
        name: QUESTIONS[name].promised for name in names.split(",")
    }
    assert live.client.email.mailing_lists.list() == []


def test_too_few_calls_leave_questions_open_and_no_list(live, tmp_path):
    ended = run("--probes", "--url", live.base_url, "--ledgers", tmp_path, "--allow-writes", "--budget", 12)

    live.limits.set("off")
    assert ended.return_value == 0
    assert "Not asked to the end" in ended.output
    assert live.client.email.mailing_lists.list() == []


def seen(name: str, position: str) -> Observation:
    return Observation(QUESTIONS[name], position)


def test_what_the_vendor_was_seen_to_do_is_evidence(tmp_path):
    keep([seen("missing_campaign", "as_404")], tmp_path, source=VENDOR, day="2026-11-28")
    keep([seen("missing_webhook", "as_422")], tmp_path, source=VENDOR, day="2026-11-29")
    keep([seen("no_addresses", "as_422")], tmp_path, source="a server", day="2026-11-29")

    evidence = proven(tmp_path)

    assert evidence.keys() == {("email.campaigns.get", campaigns.CAMPAIGN_NOT_FOUND.key)}
    assert {(one.grade, one.date) for one in evidence.values()} == {(Grade.OBSERVED, "2026-11-28")}


def test_coverage_counts_what_probes_saw(tmp_path):
    before = CliRunner().invoke(commands, ["coverage", "--format", "json"], standalone_mode=False)
    keep([seen("missing_campaign", "as_404")], tmp_path, source=VENDOR, day="2026-11-28")

    after = CliRunner().invoke(
        commands, ["coverage", "--format", "json", "--recordings", str(tmp_path)], standalone_mode=False
    )

    observed = [json.loads(ended.output)["total"]["refusals"]["evidence"]["observed"] for ended in (before, after)]
    assert observed[1] == observed[0] + 1


@pytest.mark.parametrize("change", [("as_404", "as_422"), ("vendor", "Vendor"), ("{", "["), ("positions", "others")])
def test_what_somebody_edited_is_no_evidence(tmp_path, change):
    path = keep([seen("missing_campaign", "as_404")], tmp_path, source=VENDOR, day="2026-11-28")
    path.write_text(path.read_text().replace(*change))

    with pytest.raises(Edited, match=r"probes\.json"):
        proven(tmp_path)


def test_equal_targets_are_told_to_be_equal():
    ended = run("--against", "emulator", "--and", "emulator", "--walks", 3)

    assert ended.return_value == 0
    assert "all walks" in ended.output


def test_difference_of_a_live_account_is_found_written_down_and_nothing_left(live, tmp_path):
    live.settings.set(positions={"numbers": "texts"})
    folder = tmp_path / "way"

    ended = run(
        *("--against", "emulator", "--and", live.base_url, "--allow-writes", "--walks", 5),
        *("--ledgers", tmp_path, "--reproduce", folder),
    )

    live.limits.set("off")
    assert ended.return_value == 1
    assert "email.mailing_lists.create leaves another trace" in ended.output
    assert {path.name for path in folder.iterdir()} == {"one.sh", "other.sh", "test_difference.py"}
    assert live.client_secret not in "".join(path.read_text() for path in folder.iterdir())
    live.settings.set(positions={"numbers": "numbers"})
    assert live.client.email.mailing_lists.list() == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--against", "emulator"), "two targets"),
        (("--and", "emulator"), "two targets"),
        (("--against", "emulator", "--and", "http://127.0.0.1:1"), "--allow-writes"),
        (("--against", "live", "--and", "http://127.0.0.1:1", "--allow-writes"), "emulator"),
        (("--against", "emulator", "--and", "nowhere", "--allow-writes"), "nowhere"),
        (("--against", "emulator", "--and", "https://api.sendpulse.com", "--allow-writes"), "--live"),
    ],
)
def test_twin_run_that_makes_no_sense_is_refused(arguments, complaint):
    ended = run(*arguments)

    assert complaint in str(ended.exception)
