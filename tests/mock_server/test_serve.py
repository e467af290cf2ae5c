"""`serve` as a process among others: how it starts, what it says, how it ends, what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests

import mock_server
from mock_server.authority import Authority
from mock_server.core.world import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET
from sendpulse_client import Client, NetworkError

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60.0
"""No process lives longer, whatever it waits for."""

COMMAND = [sys.executable, "-m", "mock_server", "serve"]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("SENDPULSE_")},
    "PYTHONPATH": str(Path(mock_server.__file__).parent.parent),
}


@dataclass(frozen=True)
class Server:
    """A running `serve`, and what its first line said."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def url(self) -> str:
        return self.ready["url"]

    def client(self) -> Client:
        return Client(self.ready["client_id"], self.ready["client_secret"], base_url=self.url)

    def token(self) -> str:
        credentials = {name: self.ready[name] for name in ("client_id", "client_secret")}
        form = urlencode({"grant_type": "client_credentials", **credentials})
        form_type = {"Content-Type": "application/x-www-form-urlencoded"}
        return json.loads(self.ask("POST", "/oauth/access_token", form, form_type)[1])["access_token"]

    def ask(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None):
        """The status and the body of an answer."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=SECONDS)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def end(self, with_signal: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Its exit code, and what it wrote on standard output, after the first line, and on standard error."""
        self.process.send_signal(with_signal)
        out, err = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, out, err


@contextmanager
def serving(folder: Path, *flags: str, stderr: int = subprocess.PIPE, python: tuple[str, ...] = ()) -> Iterator[Server]:
    command = [COMMAND[0], *python, *COMMAND[1:], "--port", "0", *flags]
    process = subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=stderr, text=True, encoding="utf-8"
    )
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        yield Server(process, json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()
        watchdog.cancel()


def refused(folder: Path, *flags: str) -> tuple[int, str, str]:
    """What a server that does not start says."""
    ended = subprocess.run(
        [*COMMAND, *flags], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return ended.returncode, ended.stdout, ended.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("serve")


@pytest.fixture(scope="module")
def server(folder) -> Iterator[Server]:
    with serving(folder, "--database", "sqlite:///shared.db") as server:
        yield server


@dataclass(frozen=True)
class Ended:
    """A server's whole life: it was asked three things and got SIGTERM."""

    ready: dict[str, Any]
    token: str
    code: int
    out: str
    log: list[dict[str, Any]]


@pytest.fixture(scope="module")
def ended(folder) -> Ended:
    with serving(folder, "--log-format", "json", "-v") as server:
        token = server.token()
        server.ask("GET", "/addressbooks/1", headers={"Authorization": f"Bearer {token}"})
        server.ask("GET", f"/no%0Asuch/{token}")
        server.ask("POST", "/addressbook", headers={"Authorization": f"Bearer {token}"})
        code, out, err = server.end()
    return Ended(server.ready, token, code, out, [json.loads(line) for line in err.splitlines()])


def test_ready_line_tells_where_as_whom_and_in_which_process(server):
    assert server.ready == {
        "ready": True,
        "url": server.url,
        "client_id": DEMO_CLIENT_ID,
        "client_secret": DEMO_CLIENT_SECRET,
        "pid": server.process.pid,
    }
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", server.url)


def test_client_works_with_what_the_ready_line_says(server):
    lists = server.client().email.mailing_lists

    lists.create("Readers")

    assert "Readers" in [book.name for book in lists.list()]


def test_sigterm_is_a_good_end(ended):
    assert ended.code == 0


def test_ready_line_stands_alone_on_standard_output(ended):
    assert ended.out == ""


def test_verbose_log_has_a_line_for_each_request(ended):
    lines = [line for line in ended.log if "method" in line]

    assert [(line["method"], line["path"], line["status"], line["error_code"]) for line in lines] == [
        ("POST", "/oauth/access_token", 200, None),
        ("GET", "/addressbooks/1", 404, 213),
        ("GET", "/no%0Asuch/[redacted]", 401, 401),
        ("POST", "/addressbook", 404, 404),
    ]
    assert all(line["duration_ms"] >= 0 and line["at"].endswith("Z") for line in lines)


def test_verbose_log_explains_a_path_that_is_not_built(ended):
    explanation = "no such operation; did you mean POST /addressbooks (email.mailing_lists.create)?"

    assert ended.log[-1]["explanation"] == explanation
    assert ended.log[-1]["message"].endswith(f": {explanation}")


def test_log_holds_no_secrets(ended):
    text = json.dumps(ended.log)

    assert ended.token not in text
    assert DEMO_CLIENT_SECRET not in text


def test_port_in_use_is_named_with_a_way_out(server, folder):
    port = urlsplit(server.url).port

    code, out, err = refused(folder, "--port", str(port))

    assert (code, out) == (2, "")
    assert err.startswith(f"Error: cannot listen on 127.0.0.1:{port} (")
    assert "choose another port, or 0 for a free one" in err


def test_address_of_another_machine_is_told_from_a_port_in_use(tmp_path):
    code, out, err = refused(tmp_path, "--host", "203.0.113.9", "--port", "0")

    assert (code, out) == (2, "")
    assert "choose an address of this machine" in err
    assert "another port" not in err


def test_file_of_a_world_that_is_not_there_is_named(tmp_path):
    code, out, err = refused(tmp_path, "--world", "nope.json")

    assert (code, out) == (2, "")
    assert "no such file: 'nope.json'" in err


def test_unknown_scenario_is_named(tmp_path):
    code, out, err = refused(tmp_path, "--scenario", "rain")

    assert (code, out) == (2, "")
    assert "unknown scenario: 'rain'" in err


def test_account_that_is_printed_is_in_the_scenario(tmp_path):
    with serving(tmp_path, "--scenario", "unauthorized-loop") as server:
        status, _ = server.ask("GET", "/addressbooks", headers={"Authorization": f"Bearer {server.token()}"})
        _, told = server.ask("GET", f"/_mock/accounts/{server.ready['client_id']}/scenarios")
        _, _, err = server.end()

    [trial] = json.loads(told)["scenarios"]
    assert (status, trial["scenario"], trial["survived"]) == (401, "unauthorized-loop", True)
    assert "unauthorized-loop: Every call is answered 401, however new its token. To meet it, make one call" in err


def test_database_of_another_process_is_left_alone(server, folder):
    code, out, err = refused(folder, "--database", "sqlite:///shared.db", "--port", "0")

    assert (code, out) == (2, "")
    assert err == "Error: shared.db is in use by another process; stop that one, or name another file\n"


@pytest.mark.parametrize("url", ["postgres://somewhere", "sqlite:///notes.txt"])
def test_unusable_database_is_an_error_that_names_it(tmp_path, url):
    (tmp_path / "notes.txt").write_text("no database at all, " * 100)

    code, out, err = refused(tmp_path, "--database", url, "--port", "0")

    assert (code, out) == (2, "")
    assert url.removeprefix("sqlite:///") in err


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process cannot be killed without a word here")
def test_data_and_tokens_survive_a_kill(tmp_path):
    with serving(tmp_path, "--database", "sqlite:///kept.db") as killed:
        book = killed.client().email.mailing_lists.create("Readers")
        token = killed.token()
        killed.end(signal.SIGKILL)

    with serving(tmp_path, "--database", "sqlite:///kept.db") as again:
        status, answer = again.ask("GET", f"/addressbooks/{book.id}", headers={"Authorization": f"Bearer {token}"})

    assert (status, json.loads(answer)[0]["name"]) == (200, "Readers")


needs_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


def at_a_terminal(folder: Path, *flags: str) -> tuple[Server, int, str]:
    """A server that was interrupted, its exit code, and what it showed."""
    import pty

    ours, its = pty.openpty()
    with serving(folder, *flags, stderr=its) as server:
        os.close(its)
        code, _, _ = server.end(signal.SIGINT)
        shown = os.read(ours, 65536).decode()
    os.close(ours)
    return server, code, shown


@needs_a_terminal
def test_people_at_a_terminal_are_told_how_to_connect_and_may_interrupt(tmp_path):
    server, code, shown = at_a_terminal(tmp_path, "--smtp-port", "0")

    assert code == 130
    assert f"listens on {server.url}; nothing leaves this machine" in shown
    assert f"curl {server.url}/oauth/access_token" in shown
    assert f'base_url="{server.url}"' in shown
    assert f"port {server.ready['smtp']['port']}, user {DEMO_CLIENT_ID}" in shown


@pytest.fixture
def authority(tmp_path, monkeypatch) -> Authority:
    monkeypatch.setitem(ENVIRONMENT, "SENDPULSE_MOCK_AUTHORITY", str(tmp_path / "authority"))
    return Authority(tmp_path / "authority")


def test_with_tls_it_speaks_https_to_those_who_trust_the_authority(tmp_path, authority, monkeypatch):
    with serving(tmp_path, "--tls") as server:
        assert re.fullmatch(r"https://127\.0\.0\.1:\d+", server.url)

        with pytest.raises(NetworkError, match="certificate verify failed"):
            server.client().email.mailing_lists.list()
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle_file))

        assert server.client().email.mailing_lists.list() == []


def test_with_tls_mail_by_smtp_is_secured_by_the_same_authority(tmp_path, authority):
    trusting = ssl.create_default_context(cafile=authority.certificate_file)

    with serving(tmp_path, "--tls", "--smtp-port", "0") as server:
        with smtplib.SMTP("127.0.0.1", server.ready["smtp"]["port"], timeout=SECONDS) as connection:
            code, _ = connection.starttls(context=trusting)

        assert code == 220
        assert server.end()[0] == 0


def test_without_tls_there_is_no_authority(tmp_path, authority):
    with serving(tmp_path, "--smtp-port", "0") as server:
        server.end()

    assert not authority.folder.exists()


@needs_a_terminal
def test_people_are_told_how_programs_come_to_trust_the_certificate(tmp_path, authority):
    _, _, shown = at_a_terminal(tmp_path, "--tls")

    assert 'eval "$(sendpulse-mock ca env)"' in shown


def test_with_a_proxy_calls_to_the_vendor_come_here(tmp_path, authority):
    with serving(tmp_path, "--proxy", "0") as server:
        ready = server.ready
        with requests.Session() as session:
            session.trust_env = False
            session.proxies, session.verify = {"https": ready["proxy"]}, str(authority.bundle_file)
            answer = session.get("https://api.sendpulse.com/addressbooks", timeout=SECONDS)
        code, out, err = server.end()

    assert answer.json() == {"message": "Unauthorized!", "error_code": 401}
    assert ready["doors"].keys() == {"plain", "tls"}
    assert (code, out) == (0, "")
    assert f"leading calls to the vendor here by the proxy {ready['proxy']}" in err


def test_proxy_for_other_machines_wants_a_key(tmp_path, authority):
    code, _, err = refused(tmp_path, "--proxy", "0", "--host", "0.0.0.0", "--port", "0")  # noqa: S104 - what is tested

    assert code == 2
    assert "give an --admin-key" in err


def test_port_of_the_proxy_that_is_taken_is_named(tmp_path, authority):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = refused(tmp_path, "--port", "0", "--proxy", str(port))

    assert code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in err


@needs_a_terminal
def test_people_are_told_how_programs_find_the_proxy(tmp_path, authority):
    server, _, shown = at_a_terminal(tmp_path, "--proxy", "0")

    doors = server.ready["doors"]
    assert "nothing leaves this machine" not in shown
    addresses = f"--proxy {server.ready['proxy']} --doors {doors['plain']} {doors['tls']}"
    assert f'eval "$(sendpulse-mock env --url {server.url} {addresses})"' in shown


def test_mail_is_taken_by_smtp_where_that_is_asked_for(tmp_path):
    with serving(tmp_path, "--smtp-port", "0", "--database", "sqlite:///kept.db") as server:
        smtp = server.ready["smtp"]
        with smtplib.SMTP(smtp["host"], smtp["port"], timeout=SECONDS) as connection:
            connection.starttls()
            connection.login(smtp["user"], smtp["password"])
            connection.sendmail("owner-1@example.com", ["ada@example.com"], "Subject: News\n\nAll is well.")
        _, account = server.ask("GET", f"/_mock/accounts/{DEMO_CLIENT_ID}")
        ended = server.end()
    with serving(tmp_path, "--database", "sqlite:///kept.db") as again:
        _, outbox = again.ask("GET", f"/_mock/accounts/{DEMO_CLIENT_ID}/outbox")

    assert smtp.keys() == {"host", "port", "user", "password"}
    assert json.loads(account)["smtp"] == {name: smtp[name] for name in ("host", "port", "user")}
    assert ended[0] == 0
    assert f"taking mail by SMTP on 127.0.0.1:{smtp['port']}" in ended[2]
    assert [mail["subject"] for mail in json.loads(outbox)["messages"]] == ["News"]


def test_server_with_clients_that_hang_ends_all_the_same(tmp_path):
    with serving(tmp_path, "--smtp-port", "0") as server, ExitStack() as until:
        address = server.ready["smtp"]["host"], server.ready["smtp"]["port"]
        for _ in range(20):
            until.enter_context(socket.create_connection(address, timeout=SECONDS)).recv(4096)

        assert server.end()[0] == 0


def test_port_for_mail_that_is_in_use_is_named(server, folder):
    port = urlsplit(server.url).port

    code, out, err = refused(folder, "--port", "0", "--smtp-port", str(port))

    assert (code, out) == (2, "")
    assert f"Error: cannot listen on 127.0.0.1:{port} (" in err


def test_address_that_others_reach_without_a_key_is_warned_of(tmp_path):
    with serving(tmp_path, "--host", "0.0.0.0") as server:  # noqa: S104 - the warning is about it
        _, _, err = server.end()

    assert "listening on http://0.0.0.0:" in err
    assert "WARNING other machines can reach" in err
    assert "--admin-key KEY" in err


def test_quiet_server_says_nothing_but_the_ready_line(tmp_path):
    with serving(tmp_path, "-q", "--host", "0.0.0.0") as server:  # noqa: S104 - what would be warned of
        assert server.end() == (0, "", "")


def test_nothing_heavy_is_imported_before_it_is_needed(tmp_path):
    with serving(tmp_path, python=("-X", "importtime")) as server:
        status, _ = server.ask("GET", "/addressbooks")
        _, _, err = server.end()

    imported = {line.rpartition("|")[2].strip() for line in err.splitlines()}
    assert status == 401
    assert "mock_server.emulator" in imported
    assert imported.isdisjoint(
        {
            "flask",
            "requests",
            "jsonschema",
            "jsonschema_rs",
            "hypothesis",
            "jwt",
            "cryptography",
            "yaml",
            "asyncio",
            "aiosmtpd",
        }
    )
