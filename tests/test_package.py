"""The packages as they are installed: who they are, what they cost, what they do not get mixed up with."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import mock_server
import sendpulse_client

HEAVY = {"cryptography", "flask", "hypothesis", "jsonschema", "jwt", "pytest", "requests", "responses", "werkzeug"}


def python(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter that stands in `folder`, and so finds what is there first."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def test_version_is_the_installed_one() -> None:
    assert version("sendpulse-mock") == mock_server.__version__


@pytest.mark.parametrize("shadow", ["contracts.py", "contracts/__init__.py"])
def test_somebody_elses_contracts_are_told_apart(shadow: str, tmp_path: Path) -> None:
    foreign = tmp_path / shadow
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("TERMS = 'none'\n", encoding="utf-8")

    result = python("import mock_server", tmp_path)

    assert result.returncode == 1
    assert f"ImportError: {foreign} shadows" in result.stderr


def test_folder_of_that_name_without_code_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()

    result = python("import mock_server; print(mock_server.__version__)", tmp_path)

    assert result.stdout.strip() == mock_server.__version__


@pytest.mark.parametrize(
    "script",
    [
        "from mock_server.app import make_emulator; make_emulator()",
        "import mock_server.cli, mock_server.serving.live",
        "import sendpulse_client",
        "import contracts; contracts.DISTRIBUTION",
        "from contracts.catalogue import catalogue; catalogue()",
    ],
)
def test_heavy_imports_wait_until_they_are_used(script: str, tmp_path: Path) -> None:
    result = python(f"import sys; {script}; print(*{HEAVY!r} & set(sys.modules))", tmp_path)

    assert result.stderr == ""
    assert result.stdout.strip() == ""


def test_public_names_of_the_client_are_those_it_lists() -> None:
    public = {name for name in vars(sendpulse_client) if not name.startswith("_")} - {"services"}

    assert public == set(sendpulse_client.__all__)
