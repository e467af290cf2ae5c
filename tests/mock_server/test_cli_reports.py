"""`--report`, as every command that finds something has it: files, streams, colour, exit codes."""

from __future__ import annotations

import io
import json
import sys

import click
import pytest

from contracts.verify.findings import Finding, Report, Severity
from mock_server.cli.reports import reporting, tell

ERROR = Finding("answer.schema", Severity.ERROR, "email.tags.list", "There is no id.")
NOTE = Finding("answer.field", Severity.NOTE, "email.tags.list", "There is a field more.")
BAD = Report("verify", "a target", "2026-01-31T12:00:00Z", findings=(ERROR,))
GOOD = Report("verify", "a target", "2026-01-31T12:00:00Z", findings=(NOTE,))


class Terminal(io.StringIO):
    """A standard output that somebody looks at."""

    def isatty(self):
        return True


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a command that finds `found`, in an empty folder; its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, found=BAD):
        @click.command
        @reporting
        def find(report):
            return tell(found, report)

        try:
            code = find.main([*map(str, arguments)], prog_name="find", standalone_mode=False)
        except click.ClickException as error:
            error.show()
            code = error.exit_code if isinstance(error, click.UsageError) else "could not run"
        return (code, *capsys.readouterr())

    return run


@pytest.mark.parametrize(("found", "code"), [(BAD, 1), (GOOD, 0)])
def test_exit_code_tells_whether_something_was_found(run, found, code):
    assert run(found=found)[0] == code


def test_in_a_pipe_the_report_is_plain_lines(run):
    _, out, err = run()

    assert out.splitlines()[0] == "error email.tags.list: There is no id."
    assert "\x1b" not in out
    assert err == ""


def test_in_a_terminal_the_report_is_coloured_with_the_verdict_first(run, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", Terminal())

    run()

    first = sys.stdout.getvalue().splitlines()[0]
    assert "1 error" in first
    assert first.startswith("\x1b[31m")


def test_no_color_leaves_the_layout_and_takes_the_colour(run, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", Terminal())

    run()

    assert sys.stdout.getvalue().splitlines()[0] == "1 error"
    assert "\x1b" not in sys.stdout.getvalue()


def test_each_report_goes_to_its_file(run, tmp_path):
    formats = {"json": "a.json", "junit": "b.xml", "html": "c.html", "github": "d.txt", "text": "e=f.txt"}

    code, out, _ = run(*(part for style, name in formats.items() for part in ("--report", f"{style}={name}")))

    assert code == 1
    assert "There is no id." in out
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(formats.values())
    assert all("There is no id." in path.read_text("utf-8") for path in tmp_path.iterdir())


def test_a_report_on_standard_output_has_it_for_itself(run):
    _, out, err = run("--report", "json=-")

    assert json.loads(out)["counts"]["error"] == 1
    assert err.splitlines()[0] == "error email.tags.list: There is no id."


@pytest.mark.parametrize(
    ("wanted", "complaint"),
    [
        ("json", "'json' names no file; write json=FILE"),
        ("json=", "'json=' names no file; write json=FILE"),
        ("pdf=a.pdf", "'pdf' is no format; write one of text, json, junit, html, github"),
        ("a.json", "'a.json' is no format"),
        ("json=missing/a.json", "'missing/a.json' is no file in a folder that exists"),
        ("json=.", "'.' is no file in a folder that exists"),
    ],
)
def test_a_report_that_cannot_be_made_is_refused_before_anything_runs(run, wanted, complaint):
    code, out, err = run("--report", wanted)

    assert (code, out) == (2, "")
    assert complaint in err


def test_two_reports_do_not_share_a_file(run):
    code, _, err = run("--report", "json=a", "--report", "html=a")

    assert code == 2
    assert "'a' is named twice" in err


def test_a_report_that_cannot_be_written_loses_neither_the_others_nor_the_findings(run, tmp_path):
    code, out, err = run("--report", "json=/dev/full", "--report", "html=a.html")

    assert code == "could not run"
    assert "There is no id." in out
    assert "cannot write /dev/full: No space left on device" in err
    assert "There is no id." in (tmp_path / "a.html").read_text("utf-8")
