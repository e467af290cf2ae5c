"""The examples of the README and the pages, as tests: Python, curl and JavaScript are run, worlds are loaded.

A block of Python is a module of its own, so it holds the imports it needs. Its tests become tests of this module. One
that begins with ``# newsletter.py`` can be imported under that name by the blocks after it. One without tests is run as
a test.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mock_server import MockServer
from mock_server.authority import Authority
from mock_server.serving.live import LiveServer
from mock_server.serving.smtp import SmtpServer
from tests.examples.pages import PAGES, blocks

SERVED, SECURED, BY_SMTP = "http://127.0.0.1:8480", "https://127.0.0.1:8480", "127.0.0.1:8425"
"""Where the examples expect what ``serve`` serves, with ``--tls`` too, and where it takes mail."""


def examples_in(page: Path, line: int, source: str) -> dict[str, Any]:
    """The tests of a block of Python, by name."""
    file = re.match(r"# (\w+)\.py\n", source)
    module = ModuleType(file[1] if file else f"{page.stem}_{line}")
    code = compile("\n" * line + source, page, "exec")  # a failure tells the page's own line

    def run() -> None:
        exec(code, module.__dict__)  # noqa: S102 - the pages are ours

    if file is None and "def test_" not in source:
        return {f"test_{module.__name__}": run}
    run()
    if file is not None:
        sys.modules[module.__name__] = module
    return {name: value for name, value in vars(module).items() if is_test(name, value)}


def is_test(name: str, value: object) -> bool:
    is_case = isinstance(value, type) and issubclass(value, unittest.TestCase)
    return is_case or name.startswith("test_")


def examples() -> dict[str, Any]:
    """The tests of all pages, by name."""
    found: dict[str, Any] = {}
    for page in PAGES:
        for line, source in blocks(page, "python"):
            more = examples_in(page, line, source)
            if twice := found.keys() & more.keys():
                raise ValueError(f"{page}:{line}: an example is called {min(twice)} already; choose another name")
            found |= more
    return found


globals().update(examples())


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an example beside a fresh server, whose account is that of the vendor's documentation."""
    (tmp_path / ".curlrc").write_text("fail\nshow-error\n")  # a refusal ends curl with an exit code
    authority = Authority(tmp_path / "authority")
    mock = MockServer()
    with (
        mock.serve() as server,
        LiveServer(mock.emulator, identity=authority.identity()) as secured,
        SmtpServer(mock.emulator.world) as smtp,
    ):
        demo = mock.emulator.world.demo
        yield {
            "HOME": str(tmp_path),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "SENDPULSE_BASE_URL": server.base_url,
            "SENDPULSE_MOCK_AUTHORITY": str(authority.folder),
            "SECURED_URL": secured.url,
            "SMTP_SERVER": f"127.0.0.1:{smtp.port}",
            "SENDPULSE_CLIENT_ID": demo.client_id,
            "SENDPULSE_CLIENT_SECRET": demo.client_secret,
        }
    mock.close()


def lines_with(program: str, page: Path) -> str:
    """What a page does with a program, from first to last."""
    return "\n".join(block for _, block in blocks(page, "sh") if f"{program} " in block)


@pytest.mark.parametrize(
    ("program", "page"),
    [
        pytest.param(
            program,
            page,
            marks=pytest.mark.skipif(shutil.which(program) is None, reason=f"there is no {program}"),
            id=f"{program}-{page.stem}",
        )
        for program in ("curl", "swaks")
        for page in PAGES
        if lines_with(program, page)
    ],
)
def test_shell_is_not_refused(program: str, page: Path, surroundings: dict[str, str]) -> None:
    script = lines_with(program, page)
    for written, actual in ((SECURED, "SECURED_URL"), (SERVED, "SENDPULSE_BASE_URL"), (BY_SMTP, "SMTP_SERVER")):
        script = script.replace(written, surroundings[actual])

    ended = subprocess.run(["sh", "-euc", script], capture_output=True, text=True, env=surroundings, check=False)

    assert ended.returncode == 0, ended.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
@pytest.mark.parametrize("source", [source for page in PAGES for _, source in blocks(page, "js")])
def test_javascript_prints_an_empty_list(source: str, surroundings: dict[str, str]) -> None:
    command = ["node", "--input-type=module", "-e", source]

    ended = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=False)

    assert (ended.returncode, ended.stdout) == (0, "[]\n"), ended.stderr


@pytest.mark.parametrize("world", [world for page in PAGES for _, world in blocks(page, "json")])
def test_json_is_a_world(world: str, tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_text(world)

    with MockServer(world=str(file)).intercept() as sendpulse:
        assert sendpulse.client.email.mailing_lists.get_contact(1, "ada@example.com").variables == {"visits": 7}
