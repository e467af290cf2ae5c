"""`ca`, and how variables are written for each shell."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from mock_server.authority import Authority
from mock_server.cli import commands
from mock_server.cli.shells import SHELLS, written

AWKWARD = {"PLAIN": "/a/b.pem", "SPACED": '-Da="x y" -Db=$HOME', "QUOTED": "it's #1\\n"}


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("SENDPULSE_MOCK_AUTHORITY", str(tmp_path / "authority"))
    return tmp_path / "authority"


def said(*arguments: str) -> str:
    result = CliRunner().invoke(commands, arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_path_is_that_of_the_certificate(folder):
    path = Path(said("ca", "path").strip())

    assert path == folder / "certificate.pem"
    assert path.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")


def test_env_names_files_that_are_there(folder):
    lines = said("ca", "env").splitlines()

    named = {name: value for name, _, value in (line.removeprefix("export ").partition("=") for line in lines)}
    assert Path(named["SSL_CERT_FILE"]).read_bytes().endswith(Authority().certificate_file.read_bytes())
    assert {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "JAVA_TOOL_OPTIONS"} <= set(named)


def test_env_keeps_what_the_user_told_java_and_php(folder, monkeypatch):
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1g")
    monkeypatch.setenv("PHP_INI_SCAN_DIR", "/mine")

    lines = said("ca", "env", "--shell", "github").splitlines()

    assert any(line.startswith("JAVA_TOOL_OPTIONS=-Xmx1g -Djavax") for line in lines)
    assert any(line.startswith(f"PHP_INI_SCAN_DIR=/mine{os.pathsep}{folder}") for line in lines)


def test_remove_leaves_nothing(folder, tmp_path):
    said("ca", "env")

    said("ca", "remove")

    assert list(tmp_path.iterdir()) == []


def test_remove_of_nothing_is_no_failure(folder):
    result = CliRunner().invoke(commands, ["ca", "remove"])

    assert result.exit_code == 0
    assert result.stderr == f"there is none in {folder}\n"


def test_folder_that_cannot_be_used_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SENDPULSE_MOCK_AUTHORITY", str(tmp_path / "file"))

    result = CliRunner().invoke(commands, ["ca", "path"])

    assert result.exit_code == 1
    assert f"cannot keep a certificate authority in {tmp_path / 'file'}" in result.stderr


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_bash_reads_back_what_was_written():
    script = written(AWKWARD, "bash") + '\nprintf "%s\\0" "$PLAIN" "$SPACED" "$QUOTED"'

    read = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout

    assert read.split("\0")[:-1] == list(AWKWARD.values())


def test_compose_reads_back_what_was_written():
    read = yaml.safe_load(written(AWKWARD, "compose"))

    assert {name: value.replace("$$", "$") for name, value in read["environment"].items()} == AWKWARD


def test_powershell_quotes_so_that_nothing_expands():
    lines = written({"A": "it's $HOME"}, "powershell")

    assert lines == "$env:A = 'it''s $HOME'"


def test_dotenv_quotes_only_what_needs_it():
    lines = written({"A": "/a/b.pem", "B": "x y", "C": "it's $HOME"}, "dotenv")

    assert lines.splitlines() == ["A=/a/b.pem", "B='x y'", 'C="it\'s \\$HOME"']


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_every_variable(shell):
    text = written(AWKWARD, shell)

    assert [name for name in AWKWARD if not re.search(rf"\b{name}\b", text)] == []
