"""The command line as scripts know it: its commands, its two streams, its exit codes."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest

import mock_server.services.documents  # noqa: F401 - registers the behaviour that a test takes away
from contracts.catalogue import catalogue
from contracts.services import documents
from mock_server import behaviour, cli


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs a command in an empty folder; its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["sendpulse-mock", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code or 0, *capsys.readouterr())

    return run


def test_help_lists_the_commands_that_exist_and_no_others(run):
    code, out, _ = run("--help")

    listed = [line.split()[0] for line in out.partition("Commands:\n")[2].splitlines()]
    assert code == 0
    assert " ".join(listed) == "ca check conduct coverage drift env exec export health record serve verify"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["record"],
        ["verify", "--live", "--url", "http://127.0.0.1:1"],
        ["--workers", "2"],
        ["serve", "--workers", "2"],
        ["serve", "--port", "http"],
        ["serve", "--port", "65536"],
        ["serve", "--plan", "gold"],
        ["serve", "--limits", "none"],
        ["serve", "--world", "nowhere"],
        ["serve", "-q", "-v"],
        ["serve", "--config", "missing.toml"],
        ["export"],
        ["ca"],
        ["ca", "env", "--shell", "fish"],
        ["check"],
        ["conduct"],
        ["conduct", "missing.json"],
        ["conduct", "--url", "http://127.0.0.1:1", __file__],
        ["conduct", __file__, "--rule", "kindness"],
        ["check", "missing.har"],
        ["coverage", "--fail-under", "101"],
    ],
)
def test_what_it_does_not_understand_is_told_on_standard_error_with_exit_code_2(run, arguments):
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert "Usage: sendpulse-mock" in err


def test_unknown_world_is_answered_with_the_known_ones(run):
    _, _, err = run("serve", "--world", "nowhere")

    assert "'nowhere'; use a .json file or one of: " in err
    assert "list-with-contacts" in err


def test_export_makes_the_folder_and_lists_its_files_on_standard_output(run, tmp_path):
    code, out, err = run("export", "new/api")

    written = [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*.*"))]
    assert code == 0
    assert sorted(out.splitlines()) == written
    assert "new/api/openapi/index.yaml" in written
    assert err == f"{len(written)} files written to new/api\n"


def test_export_does_not_write_into_a_file(run, tmp_path):
    (tmp_path / "api").write_text("mine")

    code, out, err = run("export", "api")

    assert (code, out) == (2, "")
    assert "'api' is a file" in err
    assert (tmp_path / "api").read_text() == "mine"


def test_export_tells_what_it_cannot_write(run, tmp_path):
    (tmp_path / "openapi").write_text("in the way")

    code, _, err = run("export", tmp_path)

    assert code == 2
    assert err == f"Error: cannot write {tmp_path / 'openapi'}: File exists\n"


def test_coverage_adds_its_services_up(run):
    _, out, _ = run("coverage", "--format", "json")

    document = json.loads(out)
    declared = [service["operations"]["declared"] for service in document["services"].values()]
    assert sum(declared) == document["total"]["operations"]["declared"] == len(catalogue())


def test_every_declared_operation_is_served_and_every_refusal_provoked(run):
    code, _, err = run("coverage", "--fail-under", "100")

    assert (code, err) == (0, "")


def test_coverage_below_the_threshold_is_a_finding(run, monkeypatch):
    monkeypatch.delitem(behaviour.behaviours._functions, documents.get)

    code, out, err = run("coverage", "--fail-under", "100")

    assert code == 1
    assert "not served: documents.get\n" in out
    assert "% of the operations are served, not 100 %" in err


def test_refusals_that_nothing_provokes_are_a_finding(run, monkeypatch):
    suite = SimpleNamespace(provoked=lambda: [("oauth.issue_token", "invalid_client")])
    monkeypatch.setitem(sys.modules, "contracts.suite", suite)

    code, out, err = run("coverage", "--fail-under", "50")

    assert code == 1
    assert "not provoked: oauth.issue_token: unsupported_grant_type\n" in out
    assert err.endswith("% of the refusals are provoked, not 50 %\n")


def test_without_the_suite_no_share_of_refusals_is_claimed(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "contracts.suite", None)

    code, _, err = run("coverage", "--fail-under", "50")

    assert (code, err) == (1, "nobody knows how many refusals are provoked: install the extra `contracts`\n")


def test_coverage_tells_which_codes_come_and_that_a_fault_brings_each(run, monkeypatch):
    suite = SimpleNamespace(provoked=lambda: [("email.mailing_lists.get", "book.not_found")])
    monkeypatch.setitem(sys.modules, "contracts.suite", suite)

    codes = json.loads(run("coverage", "--format", "json")[1])["codes"]

    assert (codes["vendor"]["declared"], codes["vendor"]["reached"], codes["vendor"]["by_fault"]) == (43, 1, 43)
    assert codes["further"]["reached"] == 0


def test_coverage_in_a_pipe_is_an_aligned_table_without_colour(run):
    _, out, _ = run("coverage")

    tables = [table.splitlines() for table in out.partition("not ")[0].split("\n\n")]
    grades = ["observed", "documented", "inferred"]
    assert "\x1b" not in out
    assert [table[0].split() for table in tables] == [
        ["operations", "declared", "served", *grades],
        ["refusals", "declared", "provoked", *grades],
        ["answers", "declared", *grades],
        ["codes", "declared", "reached", "by", "fault", *grades],
    ]
    for table in tables:
        assert table[-1].startswith("total")
        assert {len(line) for line in table} == {len(table[0])}


def test_coverage_tells_how_well_the_answers_of_each_operation_are_known(run):
    document = json.loads(run("coverage", "--format", "json")[1])

    known = document["total"]["answers"]
    assert list(document["ledger"]) == list(catalogue().by_name)
    for grade, number in known["evidence"].items():
        assert sum(answers[grade] for answers in document["ledger"].values()) == number
    assert known["declared"] == len(catalogue()) + document["total"]["refusals"]["declared"]


def test_badge_tells_the_share_that_is_documented_or_observed(run, tmp_path):
    _, out, _ = run("coverage", "--format", "json", "--badge", "badge.svg")

    known = json.loads(out)["total"]["answers"]
    share = 100 * (known["declared"] - known["evidence"]["inferred"]) // known["declared"]
    assert f'aria-label="documented or observed: {share} %"' in (tmp_path / "badge.svg").read_text()


def test_badge_that_cannot_be_written_is_told(run):
    code, out, err = run("coverage", "--badge", "missing/badge.svg")

    assert (code, out) == (2, "")
    assert err == "Error: cannot write missing/badge.svg: No such file or directory\n"


def test_coverage_shows_what_the_suite_provokes_where_there_is_a_suite(run, monkeypatch):
    suite = SimpleNamespace(provoked=lambda: [("oauth.issue_token", "invalid_client")])
    monkeypatch.setitem(sys.modules, "contracts.suite", suite)

    _, out, _ = run("coverage", "--format", "json")

    assert json.loads(out)["services"]["oauth"]["refusals"]["provoked"] == 1
    assert "provoked" in run("coverage")[1]


def test_coverage_claims_nothing_where_there_is_no_suite(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "contracts.suite", None)

    _, out, _ = run("coverage", "--format", "json")

    assert json.loads(out)["total"]["refusals"]["provoked"] is None
    assert "provoked" not in run("coverage")[1]
