"""`verify` and `record` as scripts know them: plans, exit codes, what they refuse, what they leave on disk."""

from __future__ import annotations

import json
import stat
import sys

import pytest
from hypothesis import settings

from mock_server import MockServer, cli

LOCAL = "http://127.0.0.1:1"


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs a command in an empty folder; its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    for name in ("SENDPULSE_CLIENT_ID", "SENDPULSE_CLIENT_SECRET", "SENDPULSE_API_KEY"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["sendpulse-mock", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code or 0, *capsys.readouterr())

    return run


@pytest.fixture
def account(monkeypatch):
    """An account on a live server, which the environment names."""
    server = MockServer()
    with server.serve() as running, running.lend() as handle:
        monkeypatch.delenv("SENDPULSE_API_KEY")
        yield handle
    server.close()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["verify", "--url", LOCAL, "--live"], "give one of them"),
        (["verify", "--url", "https://api.sendpulse.com"], "say --live"),
        (["verify", "--url", "https://API.sendpulse.com."], "say --live"),
        (["verify", "--url", "http://example.com"], "in the clear"),
        (["verify", "--url", "http://me:secret@127.0.0.1:1"], "scheme, host and port"),
        (["verify", "--url", "ftp://127.0.0.1"], "no address of a server"),
        (["verify", "--url", "http://127.0.0.1:99999"], "no address of a server"),
        (["verify", "--service", "emali"], "did you mean email"),
        (["verify", "--operation", "email.mailing_list.*"], "no operation is called"),
        (["verify", "--allow-writes"], "--url or --live"),
        (["verify", "--url", LOCAL, "--allow-spending", "email.campaigns.create"], "--owned"),
        (["verify", "--url", LOCAL, "--allow-spending", "*", "--owned", "a@b.example"], "cannot be allowed"),
        (
            [
                "verify",
                "--dry-run",
                "--url",
                LOCAL,
                "--allow-spending",
                "email.campaigns.create",
                "--owned",
                "a@b.example",
            ],
            "--allow-writes",
        ),
        (["verify", "--url", LOCAL, "--budget", "0"], "--budget"),
        (["verify", "--url", LOCAL], "no credentials"),
        (["record", "answers"], "name what to record"),
        (["record", "answers", "--url", LOCAL], "no credentials"),
    ],
)
def test_what_makes_no_sense_is_told_and_nothing_is_called(run, arguments, told):
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert told in err


@pytest.mark.parametrize("variable", ["SENDPULSE_API_KEY", "SENDPULSE_CLIENT_SECRET"])
def test_credentials_that_no_header_can_hold_are_refused_unseen(run, monkeypatch, variable):
    monkeypatch.setenv("SENDPULSE_CLIENT_ID", "me")
    monkeypatch.setenv(variable, "s3cret\nX-Injected: yes")

    code, _, err = run("verify", "--url", LOCAL)

    assert code == 2
    assert "s3cret" not in err


def test_a_dry_run_of_the_real_thing_tells_all_and_calls_nothing(run):
    code, out, err = run("verify", "--live", "--dry-run", "--format", "json", "--allow-writes", "--service", "email")

    plan = json.loads(out)
    effects = {one["operation"]: one["effect"] for one in plan["operations"]}
    assert (code, err) == (0, "")
    assert (plan["target"], plan["budget"]) == ("https://api.sendpulse.com", 400)
    assert plan["makes_and_removes"] == {
        "email.mailing_list": 3,
        "email.tag": 1,
        "email.webhook": 1,
        "email.blacklisted": 1,
    }
    assert (plan["spends"], plan["cost"]) == ([], {"money": 0, "mails": 0})
    assert effects["email.mailing_lists.create"] == "write"
    assert "spends" not in effects.values()
    assert plan["calls"] <= plan["budget"]


def test_a_dry_run_without_writes_holds_reads_alone(run):
    _, out, _ = run("verify", "--url", LOCAL, "--dry-run", "--format", "json")

    assert {one["effect"] for one in json.loads(out)["operations"]} == {"read"}


def test_a_dry_run_as_a_table_ends_with_what_is_called_made_and_spent(run):
    spending = ("--allow-spending", "email.senders.request_code", "--owned", "me@owner.example")

    _, out, _ = run("verify", "--url", LOCAL, "--dry-run", "--allow-writes", *spending)

    calls, makes, spends = out.splitlines()[-3:]
    assert calls.startswith("calls    at most ")
    assert makes.endswith("and removes all of it")
    assert spends == "spends   email.senders.request_code: no money, 1 mails at most"


def test_a_server_that_is_not_there_is_no_finding_but_an_end(run, monkeypatch):
    monkeypatch.setenv("SENDPULSE_API_KEY", "sp_apikey_0123456789")

    code, out, _ = run("verify", "--url", LOCAL, "--ledgers", "runs", "--operation", "email.tags.list")

    assert code == 2
    assert "does not answer" in out


def test_the_emulator_in_process_is_examined_whole_for_what_is_selected(run):
    profile = settings.get_current_profile_name()

    code, out, _ = run("verify", "--operation", "email.balance.get", "--database", "sqlite:///here.db")

    assert code == 0
    assert "the emulator in process with sqlite:///here.db: Good" in out
    assert settings.get_current_profile_name() == profile


def test_a_live_account_is_read_and_the_report_written(run, account, tmp_path):
    code, out, err = run(
        "verify",
        *(
            "--url",
            account.base_url,
            "--ledgers",
            "runs",
            "--operation",
            "email.tags.*",
            "--report",
            "json=report.json",
        ),
    )

    report = json.loads((tmp_path / "report.json").read_text())
    assert (code, report["good"]) == (0, True)
    assert out.splitlines()[-1] == f"verify, {account.base_url}: Good"
    assert err.splitlines()[0].startswith("[1/")
    assert report["facts"]["calls"] == len(account.journal.entries()) + 1  # that without a token is nobody's
    assert list((tmp_path / "runs").glob("*.jsonl")) == []


def test_a_writing_run_keeps_a_ledger_that_only_its_owner_reads(run, account, tmp_path):
    options = ("--ledgers", "runs", "--operation", "email.webhooks.*", "--effect", "write", "--allow-writes")

    code, _, _ = run("verify", "--url", account.base_url, *options)

    [ledger] = (tmp_path / "runs").glob("*.jsonl")
    assert code == 0
    assert json.loads(ledger.read_text().splitlines()[-1]) == {"end": "clean"}
    assert account.client_secret not in ledger.read_text()
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
    assert run("verify", "--ledgers", "runs", "--resume-cleanup") == (0, "", "")


def test_a_429_ends_with_exit_code_2_and_the_way_to_clean_up(run, account, tmp_path):
    account.faults.add({"refuse": 2020202020}, operation="email.webhooks.update")
    options = ("--ledgers", "runs", "--operation", "email.webhooks.*", "--effect", "write", "--allow-writes")

    code, out, err = run("verify", "--url", account.base_url, *options)

    [ledger] = (tmp_path / "runs").glob("*.jsonl")
    assert code == 2
    assert "too fast" in out
    assert f"--resume-cleanup {ledger.relative_to(tmp_path)}" in err
    assert account.client.email.webhooks.list() != []
    assert run("verify", "--resume-cleanup", ledger)[0] == 0
    assert account.client.email.webhooks.list() == []


def test_a_ledger_of_another_account_is_not_cleaned_up(run, account, monkeypatch, tmp_path):
    (tmp_path / "runs").mkdir()
    head = {"schema": 1, "run": "a1b2c3d4", "target": account.base_url, "account": "another", "budget": 9}
    (tmp_path / "runs" / "a1b2c3d4.jsonl").write_text(json.dumps(head) + "\n")

    code, _, err = run("verify", "--ledgers", "runs", "--resume-cleanup")

    assert code == 2
    assert "other credentials" in err


@pytest.mark.parametrize("begun", ["", '{"sche'])
def test_a_run_that_was_killed_before_it_began_left_nothing(run, tmp_path, begun):
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "a1b2c3d4.jsonl").write_text(begun)

    code, _, err = run("verify", "--ledgers", "runs", "--resume-cleanup")

    assert (code, err) == (0, "a1b2c3d4.jsonl: nothing was ever sent\n")


def test_answers_are_recorded_played_and_no_evidence_of_the_vendor(run, account, tmp_path):
    account.client.email.mailing_lists.create("Readers of mine")
    chosen = ("--operation", "email.mailing_lists.list", "--operation", "email.mailing_lists.get")

    recorded, _, err = run("record", "answers", "--url", account.base_url, "--ledgers", "runs", *chosen)
    played, out, _ = run("verify", "--recordings", "answers", *chosen)

    text = (tmp_path / "answers" / "email.mailing_lists.get.yaml").read_text()
    assert (recorded, played) == (0, 0)
    assert "3 recordings written to answers" in err
    assert "id: <mailing_list 1>" in text
    assert "Readers of mine" not in text
    assert run("coverage", "--recordings", "answers")[1] == run("coverage")[1]
    assert "answers: Good" in out


def test_recordings_of_the_vendor_are_evidence(run, tmp_path):
    from contracts.verify.recording.files import Exchange, Recording, write_all
    from contracts.verify.recording.observations import VENDOR

    kept = [
        Exchange({}, {}, 200, "application/json", [], keeps=True),
        Exchange({}, {}, 422, "application/json", {}, keeps=True, refusal="limit.integer"),
        Exchange({}, {}, 422, "application/json", {}, keeps=False, refusal="limit.min"),
    ]
    write_all([Recording("email.mailing_lists.list", VENDOR, "2026-01-31", tuple(kept))], tmp_path / "made-up")

    before = json.loads(run("coverage", "--format", "json")[1])["total"]
    after = json.loads(run("coverage", "--format", "json", "--recordings", "made-up")[1])["total"]

    assert after["operations"]["evidence"]["observed"] == before["operations"]["evidence"]["observed"] + 1
    assert after["refusals"]["evidence"]["observed"] == before["refusals"]["evidence"]["observed"] + 1


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("status: 200", "status: 201"),
        lambda text: text.replace("keeps: false", "keeps: true"),
        lambda text: text.replace("source: a server", "source: the vendor"),
        lambda text: text[:0],
        lambda text: text[:0] + "- 1\n",
        lambda text: text.replace("checksum: ", "checksum: 0"),
    ],
)
def test_a_recording_that_somebody_edited_is_refused_everywhere(run, tmp_path, edit):
    from contracts.verify.recording.files import Exchange, Recording, write_all

    exchange = Exchange({}, {}, 200, "application/json", [], keeps=False)
    [path] = write_all([Recording("email.tags.list", "a server", "2026-01-31", (exchange,))], tmp_path / "answers")
    path.write_text(edit(path.read_text()))

    for command in (["verify", "--recordings", "answers"], ["coverage", "--recordings", "answers"]):
        code, out, err = run(*command)
        assert (code, out) == (2, "")
        assert path.name in err


def test_a_file_that_is_no_recording_is_not_overwritten(run, account, tmp_path):
    (tmp_path / "answers").mkdir()
    mine = tmp_path / "answers" / "email.tags.list.yaml"
    mine.write_text("mine\n")

    code, _, err = run(
        "record", "answers", "--url", account.base_url, "--ledgers", "runs", "--operation", "email.tags.list"
    )

    assert code == 2
    assert "no recording" in err
    assert mine.read_text() == "mine\n"
