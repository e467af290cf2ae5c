"""`drift` as users run it: a folder, an accept-list, a server to fetch from."""

from __future__ import annotations

import json
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from contracts.catalogue import catalogue
from contracts.export import documents
from mock_server import MockServer, cli

EMAIL = documents(catalogue())["email.yaml"]
CHANGED = EMAIL.replace("maximum: 100", "maximum: 50", 1)
UNTIL = ("--until", "9998-12-31")


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs ``drift`` in an empty folder; its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["sendpulse-mock", "drift", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return (ended.value.code or 0, *capsys.readouterr())

    return run


@pytest.fixture
def folder(tmp_path):
    """A folder with a document of the vendor's, in which one bound has changed."""
    (tmp_path / "vendor").mkdir()
    (tmp_path / "vendor" / "bulk-email.yaml").write_text(CHANGED, encoding="utf-8")
    return tmp_path / "vendor"


def found(run, *arguments):
    """The findings of a run that are no notes."""
    _, out, _ = run(*arguments, "--report", "json=-")
    return [finding for finding in json.loads(out)["findings"] if finding["severity"] != "note"]


def test_documents_that_agree_are_good(run, folder):
    (folder / "bulk-email.yaml").write_text(EMAIL, encoding="utf-8")

    code, out, err = run(folder)

    assert (code, err) == (0, "")
    assert out.splitlines()[-1].startswith("drift, the vendor's documents in ")
    assert "operations compared: 60" in out


def test_a_difference_is_a_finding_with_place_evidence_and_the_way_to_see_it_again(run, folder):
    code, _, _ = run(folder)

    [finding] = found(run, folder)
    assert code == 1
    assert finding["kind"] == "drift.bound_changed"
    assert finding["file"] == str(folder / "bulk-email.yaml")
    assert CHANGED.splitlines()[finding["line"] - 1].strip() == "type: integer"
    assert finding["evidence"]["grade"] == "documented"
    assert finding["reproduce"] == f"sendpulse-mock drift {folder} --only {finding['about']}"


def test_only_tells_of_some(run, folder):
    [finding] = found(run, folder)

    assert found(run, folder, "--only", finding["about"]) == [finding]
    assert found(run, folder, "--only", "email.webhooks.*") == []


def test_a_finding_that_is_accepted_passes(run, folder, tmp_path):
    [finding] = found(run, folder)

    code, out, _ = run(folder, "--accept", finding["fingerprint"], "--reason", "seen it", *UNTIL)

    assert code == 0
    assert "accepted until 9998-12-31: seen it" in out
    assert finding["fingerprint"] in (tmp_path / "drift-accepted.toml").read_text("utf-8")
    assert run(folder)[0] == 0


def test_an_accept_list_keeps_what_stands_in_it(run, folder, tmp_path):
    [finding] = found(run, folder)
    (tmp_path / "mine.toml").write_text("# kept\n")

    run(folder, "--accepted", "mine.toml", "--accept", finding["fingerprint"], "--reason", "seen it", *UNTIL)

    assert (tmp_path / "mine.toml").read_text("utf-8").startswith("# kept\n\n[[accepted]]\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.toml", "vendor"]


def test_an_acceptance_that_expired_is_told(run, folder, tmp_path):
    [finding] = found(run, folder)
    run(folder, "--accept", finding["fingerprint"], "--reason", "seen it", *UNTIL)
    accept_list = tmp_path / "drift-accepted.toml"
    accept_list.write_text(accept_list.read_text("utf-8").replace("9998-12-31", "2026-01-31"), encoding="utf-8")

    kinds = [one["kind"] for one in found(run, folder)]

    assert kinds == ["drift.bound_changed", "acceptance.expired"]


def test_an_acceptance_that_is_not_needed_is_told(run, folder, tmp_path):
    [finding] = found(run, folder)
    run(folder, "--accept", finding["fingerprint"], "--reason", "seen it", *UNTIL)
    (folder / "bulk-email.yaml").write_text(EMAIL, encoding="utf-8")

    code, out, _ = run(folder)

    assert code == 0
    assert f"note {finding['about']}: {finding['kind']} {finding['place']}: It is accepted, but was not found" in out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--accept", "0" * 12, "--reason", "so", *UNTIL], "'000000000000' is the fingerprint of no finding"),
        (["--accept", "0" * 12], "--accept, --reason and --until belong together"),
        (["--reason", "so"], "--accept, --reason and --until belong together"),
        (["--accepted", "missing.toml"], "missing.toml"),
        (["--index", "http://127.0.0.1/"], "give --fetch with it"),
        (["--report", "pdf=a.pdf"], "'pdf' is no format"),
    ],
)
def test_what_cannot_be_done_is_told_with_exit_code_2(run, folder, arguments, complaint):
    code, out, err = run(folder, *arguments)

    assert (code, out) == (2, "")
    assert complaint in err


@pytest.mark.parametrize("until", ["tomorrow", "2026-01-31", "99981231"])
def test_a_day_that_is_none_or_past_is_refused_and_nothing_written(run, folder, tmp_path, until):
    [finding] = found(run, folder)

    code, _, err = run(folder, "--accept", finding["fingerprint"], "--reason", "so", "--until", until)

    assert code == 2
    assert repr(until) in err
    assert not (tmp_path / "drift-accepted.toml").exists()


def test_a_finding_is_accepted_once(run, folder):
    [finding] = found(run, folder)
    accept = ("--accept", finding["fingerprint"], "--reason", "so", *UNTIL)
    run(folder, *accept)

    code, _, err = run(folder, *accept)

    assert code == 2
    assert "is in drift-accepted.toml until 9998-12-31; change the day there" in err


def test_a_broken_accept_list_is_told_and_left_alone(run, folder, tmp_path):
    (tmp_path / "drift-accepted.toml").write_text("accepted = [")

    code, _, err = run(folder, "--accept", "0" * 12, "--reason", "so", *UNTIL)

    assert code == 2
    assert "drift-accepted.toml: " in err
    assert (tmp_path / "drift-accepted.toml").read_text() == "accepted = ["


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("broken.yaml", "openapi: [", "broken.yaml: line 2: "),
        ("old.json", '{"swagger": "2.0"}', "old.json: openapi: the version is 2.0"),
    ],
)
def test_a_broken_document_is_told_with_exit_code_2(run, folder, name, text, complaint):
    (folder / name).write_text(text)

    code, out, err = run(folder)

    assert (code, out) == (2, "")
    assert complaint in err


def test_a_folder_that_is_missing_or_empty_is_told(run, tmp_path):
    (tmp_path / "empty").mkdir()

    assert "gone is no folder; name one that holds the vendor's documents, or --fetch them" in run("gone")[2]
    assert "nothing to compare: no document describes" in run("empty")[2]


@pytest.fixture
def server():
    """A server that publishes what the test puts into it: status, headers and body by path."""
    answers, asked = {}, []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers))
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {"Content-Length": len(body), **headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.answers, http.asked = answers, asked
        http.url = f"http://127.0.0.1:{http.server_port}"
        Thread(target=http.serve_forever, daemon=True).start()
        yield http
        http.shutdown()


def test_documents_are_fetched_into_the_folder_and_compared(run, server, tmp_path):
    server.answers["/index.yaml"] = (200, {}, b"[docs/bulk-email.yaml]")
    server.answers["/docs/bulk-email.yaml"] = (200, {}, CHANGED.encode())

    code, out, err = run("new/vendor", "--fetch", "--index", f"{server.url}/index.yaml")

    assert code == 1
    assert err == "2 documents fetched into new/vendor\n"
    assert "drift.bound_changed" in out
    assert (tmp_path / "new" / "vendor" / "bulk-email.yaml").read_text("utf-8") == CHANGED


def test_the_emulator_publishes_documents_that_agree(run):
    mock = MockServer()
    with mock.serve() as live:
        code, out, _ = run("vendor", "--fetch", "--index", f"{live.base_url}/.well-known/openapi/index.yaml")
    mock.close()

    assert code == 0
    assert "documents: 1\n" in out


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ((404, {}, b""), "answers 404, not 200"),
        ((302, {"Location": "http://127.0.0.1:9/"}, b""), "answers 302, not 200"),
        ((200, {}, b"a: ["), "index.yaml: line "),
    ],
)
def test_what_cannot_be_fetched_is_told_and_nothing_written(run, server, folder, answer, complaint):
    server.answers["/index.yaml"] = answer
    before = sorted(folder.iterdir())

    code, out, err = run(folder, "--fetch", "--index", f"{server.url}/index.yaml")

    assert (code, out) == (2, "")
    assert complaint in err
    assert sorted(folder.iterdir()) == before


def test_a_server_that_is_not_there_is_told(run, folder):
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]

    code, _, err = run(folder, "--fetch", "--index", f"http://127.0.0.1:{port}/index.yaml")

    assert code == 2
    assert "Connection refused" in err


def test_no_credentials_go_along(run, server, folder, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    server.answers["/index.yaml"] = (200, {}, b"[]")

    run(folder, "--fetch", "--index", f"{server.url}/index.yaml")

    [(_, headers)] = server.asked
    assert "Authorization" not in headers


def test_nothing_is_contacted_without_being_told_to(run, folder, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("somebody opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    assert run(folder)[0] == 1
