"""`env`: what it prints for a server that is named by its line of JSON, or by its addresses."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mock_server.cli import commands
from mock_server.core.world import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET
from mock_server.running.environment import HOOKS

READY = {
    "ready": True,
    "url": "http://127.0.0.1:1001",
    "client_id": DEMO_CLIENT_ID,
    "client_secret": DEMO_CLIENT_SECRET,
    "pid": 1,
    "proxy": "http://127.0.0.1:1002",
    "doors": {"plain": "http://127.0.0.1:1003", "tls": "https://127.0.0.1:1004"},
}


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDPULSE_MOCK_AUTHORITY", str(tmp_path / "authority"))
    for name in ("CLIENT_ID", "CLIENT_SECRET", "API_KEY", "BASE_URL"):
        monkeypatch.delenv(f"SENDPULSE_{name}", raising=False)


def invoked(*arguments: str, said: object = READY) -> Result:
    return CliRunner().invoke(commands, ["env", *arguments], input=json.dumps(said) + "\n")


def printed(*arguments: str) -> dict[str, str]:
    """The variables that bash would set."""
    result = invoked(*arguments)
    assert result.exit_code == 0, result.output
    lines = [shlex.split(line) for line in result.stdout.splitlines()]
    return dict(line[1].split("=", 1) for line in lines)


def test_line_of_serve_says_all() -> None:
    told = printed("--ready", "-")

    assert told["HTTPS_PROXY"] == READY["proxy"]
    assert told["SENDPULSE_EMULATOR_TLS"] == "127.0.0.1:1004"
    assert told["SENDPULSE_EMULATOR_PLAIN"] == "127.0.0.1:1003"
    assert told["SENDPULSE_BASE_URL"] == READY["url"]
    assert (told["SENDPULSE_CLIENT_ID"], told["SENDPULSE_CLIENT_SECRET"]) == (DEMO_CLIENT_ID, DEMO_CLIENT_SECRET)
    assert Path(told["SSL_CERT_FILE"]).is_file()
    assert str(HOOKS / "python") in told["PYTHONPATH"]


def test_addresses_say_the_same() -> None:
    named = ["--url", READY["url"], "--proxy", f"{READY['proxy']}/", "--doors", *READY["doors"].values()]

    assert printed(*named) == printed("--ready", "-")


def test_server_without_a_proxy_is_named_to_those_who_ask() -> None:
    told = printed()

    assert told == {
        "SENDPULSE_BASE_URL": "http://127.0.0.1:8480",
        "SENDPULSE_CLIENT_ID": DEMO_CLIENT_ID,
        "SENDPULSE_CLIENT_SECRET": DEMO_CLIENT_SECRET,
    }


def test_server_that_speaks_https_is_trusted() -> None:
    told = printed("--url", "https://127.0.0.1:8480")

    assert Path(told["REQUESTS_CA_BUNDLE"]).is_file()
    assert "HTTPS_PROXY" not in told


def test_proxy_of_a_container_is_named_without_hooks() -> None:
    told = printed("--url", "http://sendpulse:8480", "--proxy", "http://sendpulse:8481")

    assert told["HTTPS_PROXY"] == "http://sendpulse:8481"
    assert "-Dhttps.proxyHost=sendpulse -Dhttps.proxyPort=8481" in told["JAVA_TOOL_OPTIONS"]
    assert "NODE_OPTIONS" not in told


def test_credentials_of_the_user_are_not_replaced_nor_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDPULSE_CLIENT_SECRET", "my own secret")

    result = invoked("--ready", "-")

    assert result.exit_code == 0
    assert "my own secret" not in result.output
    assert "SENDPULSE_CLIENT_" not in result.output


def test_options_of_node_are_left_out_of_githubs_file() -> None:
    lines = invoked("--ready", "-", "--shell", "github").stdout.splitlines()

    names = [line.partition("=")[0] for line in lines]
    assert "NODE_OPTIONS" not in names
    assert {"HTTPS_PROXY", "PYTHONPATH", "SENDPULSE_CLIENT_ID"} <= set(names)


@pytest.mark.parametrize("said", ["some secret of another file", {"ready": False}, ["ready"]])
def test_what_serve_did_not_print_is_refused_unshown(said: object) -> None:
    result = invoked("--ready", "-", said=said)

    assert result.exit_code == 2
    assert "give that" in result.output
    assert "secret" not in result.output


@pytest.mark.parametrize(
    "proxy", ["127.0.0.1:8481", "http://", "http://127.0.0.1", "socks5://127.0.0.1:1080", "http://[::1"]
)
def test_address_that_is_none_is_refused(proxy: str) -> None:
    result = invoked("--proxy", proxy)

    assert result.exit_code == 2
    assert "give one such as http://127.0.0.1:8480" in result.output
