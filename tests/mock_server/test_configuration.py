"""Settings come from a file, the environment and flags; the later wins, and none is misunderstood in silence."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from mock_server.cli.serve import serve


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(*flags):
    return serve.make_context("serve", [*flags]).params


def write(text, name="sendpulse-mock.toml"):
    Path(name).write_text(text, encoding="utf-8")


def test_nothing_given_means_the_documented_defaults():
    assert settings() == {
        "host": "127.0.0.1",
        "port": 8480,
        "tls": False,
        "smtp_port": None,
        "scenario": None,
        "proxy": None,
        "database": None,
        "world": None,
        "plan": None,
        "limits": None,
        "admin_key": None,
        "log_format": "text",
        "quiet": False,
        "verbose": False,
    }


def test_flags_win_over_the_environment_and_that_over_the_file(monkeypatch):
    write('port = 1\nsmtp-port = 4\nplan = "free"\nlog-format = "json"')
    monkeypatch.setenv("SENDPULSE_MOCK_PORT", "2")
    monkeypatch.setenv("SENDPULSE_MOCK_SMTP_PORT", "5")
    monkeypatch.setenv("SENDPULSE_MOCK_PLAN", "enterprise")

    given = settings("--port", "3")

    assert (given["port"], given["plan"], given["log_format"]) == (3, "enterprise", "json")
    assert given["smtp_port"] == 5


def test_empty_variable_is_as_good_as_none(monkeypatch):
    write('database = "sqlite:///mock.db"')
    monkeypatch.setenv("SENDPULSE_MOCK_DATABASE", "")

    assert settings()["database"] == "sqlite:///mock.db"


def test_file_may_have_another_name(monkeypatch):
    write("port = 1")
    write("port = 2", "other.toml")
    write("port = 3", "third.toml")

    assert settings("--config", "other.toml")["port"] == 2

    monkeypatch.setenv("SENDPULSE_MOCK_CONFIG", "third.toml")
    assert settings()["port"] == 3


def test_what_is_either_so_or_not_can_stand_in_the_file_too(monkeypatch):
    write("tls = true")

    assert settings()["tls"] is True

    monkeypatch.setenv("SENDPULSE_MOCK_TLS", "0")
    assert settings()["tls"] is False


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            "prot = 1",
            "unknown key: 'prot'; use one of: host, port, tls, smtp-port, proxy, database",
        ),
        ("config = 'a.toml'", "unknown key: 'config'"),
        ("port = '1'", "port is '1'; give an integer"),
        ("port = true", "port is True; give an integer"),
        ("port = 65536", "port: 65536 is not in the range"),
        ("tls = 1", "tls is 1; give true or false"),
        ("host = 1", "host is 1; give a text in quotes"),
        ("plan = 'gold'", "plan: 'gold' is not one of 'free', 'standard', 'enterprise'"),
        ("limits = 'none'", "limits: 'none' is not one of 'sliding-window'"),
        ("world = 'nowhere'", "world: unknown world: 'nowhere'"),
        ("port = ,", "Invalid value (at line 1"),
    ],
)
def test_what_does_not_fit_in_the_file_is_named_with_what_would(line, complaint):
    write(line)

    with pytest.raises(click.UsageError) as refused:
        settings()

    assert refused.value.message.startswith("sendpulse-mock.toml: ")
    assert complaint in refused.value.message


def test_value_that_a_flag_overrules_must_fit_too():
    write("port = 'http'")

    with pytest.raises(click.UsageError, match="port is 'http'"):
        settings("--port", "1")


def test_bad_variable_is_named(monkeypatch):
    monkeypatch.setenv("SENDPULSE_MOCK_PORT", "tcp://10.0.0.1:8480")

    with pytest.raises(click.BadParameter, match="is not a valid integer") as refused:
        settings()

    assert "SENDPULSE_MOCK_PORT" in refused.value.format_message()
