"""`health`, asked about servers of ours and of others."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from mock_server import MockServer
from mock_server.app import make_emulator
from mock_server.authority import Authority
from mock_server.cli import commands
from mock_server.serving.live import LiveServer


@pytest.fixture(autouse=True)
def authority(tmp_path, monkeypatch) -> Authority:
    monkeypatch.setenv("SENDPULSE_MOCK_AUTHORITY", str(tmp_path / "authority"))
    return Authority()


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def asked(url: str) -> Result:
    return CliRunner().invoke(commands, ["health", "--port", str(urlsplit(url).port)], standalone_mode=False)


def refused(url: str) -> str:
    """What it says of a server that is not well."""
    result = asked(url)
    assert result.return_value == 1
    return result.stderr


@pytest.mark.parametrize("key", [None, "some-key"])
@pytest.mark.parametrize("secured", [False, True])
def test_emulator_is_well_whatever_it_speaks_and_whoever_may_ask(authority, secured, key):
    with (
        closing(make_emulator(admin_key=key)) as emulator,
        LiveServer(emulator, identity=authority.identity() if secured else None) as server,
    ):
        result = asked(server.url)

    assert (result.return_value, result.output) == (0, "")


def test_plain_http_needs_no_authority(authority):
    with MockServer().serve() as server:
        asked(server.base_url)

    assert not authority.folder.exists()


def test_port_is_said_where_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    assert f"no emulator answers on {url.removeprefix('http://')} (" in refused(url)
    assert "give the --port it has" in refused(url)


def test_server_of_others_is_not_well():
    def others(environ, start_response):
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'["ok"]']

    with LiveServer(others) as server:
        assert "it says 200, and is something else" in refused(server.url)


def test_certificate_of_others_is_not_trusted(tmp_path):
    stranger = Authority(tmp_path / "stranger").identity()

    with closing(make_emulator()) as emulator, LiveServer(emulator, identity=stranger) as server:
        assert "CERTIFICATE_VERIFY_FAILED" in refused(server.url)


def test_server_that_says_nothing_is_not_waited_for(mute, monkeypatch):
    monkeypatch.setattr(sys.modules["mock_server.cli.health"], "SECONDS", 0.1)  # the command has the module's name

    assert "timed out" in refused(mute)
