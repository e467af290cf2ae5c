"""`sendpulse-mock check`: what users keep in files is judged, told with its place, and shown without secrets."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable

import pytest
import requests
import vcr
import yaml
from kept_files import FORMATS, har, recording, ruby, vcrpy_yaml
from responses import _recorder

from mock_server import AccountHandle, cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch, capsys, tmp_path) -> Run:
    """Writes files into an empty folder and checks them; the exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(files, *arguments):
        for name, text in files.items():
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        monkeypatch.setattr(sys, "argv", ["sendpulse-mock", "check", *files, *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code or 0, *capsys.readouterr())

    return run


def fact(out: str, name: str) -> str:
    return next(line for line in out.splitlines() if line.startswith(f"{name}: ")).partition(": ")[2]


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
def test_what_is_still_true_is_good(run, write):
    code, out, err = run({"kept": write()})

    assert (code, err) == (0, "")
    assert (fact(out, "checked"), fact(out, "checked by name")) == ("1", "email.mailing_lists.create 1")


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
def test_what_is_no_longer_true_is_a_finding_with_its_place(run, write):
    code, out, _ = run({"kept": write('{"id": "1"}')})

    assert code == 1
    assert "error email.mailing_lists.create: kept: entry 1: id: " in out
    assert re.search(r"^    in: kept:[1-9]", out, re.MULTILINE)
    assert "    reproduce with: sendpulse-mock check kept\n" in out
    assert "    evidence: documented" in out


@pytest.mark.parametrize(
    "write", [write for write in FORMATS if write is not recording], ids=lambda write: write.__name__
)
def test_request_that_the_vendor_refuses_is_a_finding(run, write):
    code, out, _ = run({"kept": write(asked='{"name": "Readers"}')})

    assert code == 1
    assert "kept: entry 1: bookName.required: " in out


@pytest.mark.parametrize("write", FORMATS, ids=lambda write: write.__name__)
def test_other_hosts_are_counted_and_not_looked_at(run, write):
    code, out, err = run({"kept": write('{"id": "1"}', url="https://example.com/addressbooks")})

    assert code == 0
    assert (fact(out, "checked"), fact(out, "skipped (for other hosts)")) == ("0", "1")
    assert "Nothing was checked" in err


@pytest.mark.parametrize("host", ["localhost", "localhost:8480", "LOCALHOST"])
def test_hosts_can_be_added(run, host):
    code, out, _ = run({"kept": vcrpy_yaml(url="http://localhost:8480/addressbooks")}, "--host", host)

    assert (code, fact(out, "checked")) == (0, "1")


def test_several_files_are_one_report(run):
    code, out, _ = run({"a.har": har(), "b.yml": ruby('{"id": 0.5}'), "c.yaml": recording("[]")})

    assert code == 1
    assert (fact(out, "files"), fact(out, "exchanges")) == ("3", "3")
    assert "b.yml: entry 1: id" in out
    assert "c.yaml: entry 1: " in out


def test_same_breach_in_two_entries_is_told_twice(run):
    cassette = yaml.safe_load(vcrpy_yaml('{"id": "1"}'))
    cassette["interactions"] *= 2

    _, out, _ = run({"kept": yaml.dump(cassette)})

    assert "entry 1: id: " in out
    assert "entry 2: id: " in out


@pytest.mark.parametrize("broken", ["", "7", "- a\n", har()[:-5], "interactions:\n\t- x\n", b"\xff\xfe"])
def test_what_cannot_be_read_is_told_with_its_name(run, broken):
    code, out, err = run({"good.har": har(), "kept": broken})

    assert (code, out) == (2, "")
    assert err.startswith("Error: kept: ")


def test_report_can_be_written(run, tmp_path):
    run({"kept": har("{}")}, "--report", "json=report.json")

    [finding] = json.loads((tmp_path / "report.json").read_text())["findings"]
    assert (finding["kind"], finding["file"], finding["line"]) == ("answer.schema", "kept", 1)


SECRET = "s3cr3t-0815/of+mine"


def secretive() -> dict[str, str]:
    """Files with the secret wherever one may stand."""
    login = {"grant_type": "client_credentials", "client_id": "me", "client_secret": SECRET, "x": SECRET}
    token = "https://api.sendpulse.com/oauth/access_token"
    return {
        "token.har": har(json.dumps({"access_token": SECRET}), url=token, asked=json.dumps(login)),
        "query.yaml": vcrpy_yaml(f'{{"id": "{SECRET}"}}', url=f"{token}?client_secret={SECRET}&x={SECRET}"),
        "path.yaml": vcrpy_yaml(url=f"https://api.sendpulse.com/adressbooks/{SECRET}"),
        "text.yaml": ruby(f"no JSON, {SECRET}"),
        "plain.yaml": recording(f"<h1>client_secret={SECRET}</h1>"),
    }


@pytest.mark.parametrize("style", ["text", "json", "junit", "html", "github"])
def test_no_report_shows_a_secret(run, tmp_path, style):
    _, out, err = run(secretive(), "--report", f"{style}=report")

    told = out + err + (tmp_path / "report").read_text()
    assert "email.mailing_lists.create" in told
    assert SECRET not in told
    assert SECRET.replace("/", "%2F").replace("+", "%2B") not in told


def test_error_shows_no_secret(run):
    _, _, err = run({"sp_apikey_0123456789abcdef": "nothing"})

    assert "0123456789abcdef" not in err


def test_cassette_that_vcrpy_recorded_of_the_emulator_is_good(run, tmp_path, sendpulse_live: AccountHandle):
    with vcr.use_cassette(str(tmp_path / "kept")):
        requests.get(f"{sendpulse_live.base_url}/addressbooks", headers=_key(sendpulse_live), timeout=5)

    code, out, _ = run({"kept": (tmp_path / "kept").read_bytes()}, "--host", "127.0.0.1")

    assert (code, fact(out, "checked by name")) == (0, "email.mailing_lists.list 1")


def test_recording_that_responses_made_of_the_emulator_is_good(run, tmp_path, sendpulse_live: AccountHandle):
    with _recorder.Recorder() as recorder:
        requests.get(f"{sendpulse_live.base_url}/addressbooks", headers=_key(sendpulse_live), timeout=5)
        recorder.dump_to_file(file_path=tmp_path / "kept", registered=recorder.get_registry().registered)

    code, out, _ = run({"kept": (tmp_path / "kept").read_bytes()}, "--host", "127.0.0.1")

    assert (code, fact(out, "checked by name")) == (0, "email.mailing_lists.list 1")


def test_large_file_is_read_entry_by_entry(run):
    entries = json.loads(har())["log"]["entries"] * 5000

    code, out, _ = run({"kept": json.dumps({"log": {"entries": entries}})})

    assert (code, fact(out, "checked")) == (0, "5000")


def _key(account: AccountHandle) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.api_key}"}
