"""What pages show of `exec`, as tests: programs are written to files, commands run as they stand."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.pages import PAGES, ROOT, blocks

PAGE = ROOT / "docs" / "howto" / "zero-change.md"
LANGUAGES = ("py", "php", "javascript", "ruby", "go", "java")
PATIENCE = 120


def programs() -> dict[str, str]:
    """The programs of the page by the names of their files, which stand in their first lines."""
    sources = [source for language in LANGUAGES for _, source in blocks(PAGE, language)]
    return {re.findall(r"\w+\.\w+", source.partition("\n")[0])[0]: source for source in sources}


def commands() -> list[str]:
    return [block for page in PAGES for _, block in blocks(page, "bash") if block.startswith("sendpulse-mock exec")]


def program_of(command: str) -> str:
    words = shlex.split(command)
    return words[words.index("--") + 1]


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    for name, source in programs().items():
        (tmp_path / name).write_text(source)
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "SENDPULSE_MOCK_AUTHORITY": str(tmp_path / "authority"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_has_a_program_in_each_language(language: str) -> None:
    assert list(blocks(PAGE, language))


@pytest.mark.parametrize("command", commands(), ids=program_of)
def test_command_does_what_the_page_says(command: str, surroundings: dict[str, str], tmp_path: Path) -> None:
    if shutil.which(program_of(command)) is None:
        pytest.skip(f"there is no {program_of(command)}")

    ended = subprocess.run(
        ["sh", "-euc", command],
        env=surroundings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert "Good" in ended.stderr
    assert re.search(r"^\[\]$|access_token|1 contact|Readers|refused", ended.stdout, re.MULTILINE), ended.stdout
