"""What is not documented does not exist: options, settings, fixtures, refusals, steps, worlds, dependencies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import exported
import pytest

from contracts.catalogue import catalogue
from contracts.codes import CODES
from contracts.refusals import NOWHERE
from mock_server import pytest_plugin
from mock_server.cli import commands
from mock_server.core.faults import _STEPS
from mock_server.core.settings import SCHEMA
from mock_server.core.throttle import ALGORITHM_NAMES
from mock_server.worldfiles import world_names

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.relative_to(ROOT / "docs"): path.read_text(encoding="utf-8") for path in (ROOT / "docs").rglob("*.md")}
TYPED = "\n".join(PAGES.values())
DIRECTIVE = re.compile(r"^```\{([\w-]+)\}", re.MULTILINE)


def options() -> Iterator[str]:
    for command in (commands, *commands.commands.values()):
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield from parameter.opts


def fixtures() -> list[str]:
    return [name for name in vars(pytest_plugin) if name.startswith("sendpulse")]


@pytest.mark.parametrize("page", exported.PAGES)
def test_every_exported_page_is_shown(page: str) -> None:
    assert page in DIRECTIVE.findall(TYPED)


@pytest.mark.parametrize("option", sorted(set(options())))
def test_option_is_documented(option: str) -> None:
    assert option in exported.text("command-line")


@pytest.mark.parametrize("setting", SCHEMA["properties"])
def test_setting_is_documented(setting: str) -> None:
    assert f"`{setting}`" in exported.text("settings")


def test_every_refusal_is_documented() -> None:
    keys = {key for operation in catalogue() for key in operation.refusals} | {refusal.key for refusal in NOWHERE}

    missing = [key for key in sorted(keys) if f"`{key}`" not in exported.text("refusals")]

    assert missing == []


def test_every_operation_is_documented() -> None:
    missing = [operation.name for operation in catalogue() if operation.name not in exported.text("operations")]

    assert missing == []


def test_every_code_is_documented() -> None:
    missing = [number for number in CODES if f"| {number} |" not in exported.text("codes")]

    assert missing == []


@pytest.mark.parametrize("name", [*fixtures(), *pytest_plugin.MARKER_KEYS, *_STEPS, *ALGORITHM_NAMES, *world_names()])
def test_name_that_users_write_is_explained(name: str) -> None:
    assert re.search(rf"[`\"]{re.escape(name)}[`\"]", TYPED)


def requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [project["dependencies"], *project["optional-dependencies"].values()]
    return [re.split("[<>=]", name)[0] for names in required for name in names if not name.startswith(project["name"])]


@pytest.mark.parametrize("requirement", requirements())
def test_dependency_has_a_reason(requirement: str) -> None:
    assert f"`{requirement}`" in PAGES[Path("dependencies.md")]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_python_in_the_documentation_is_included_from_tests(page: Path) -> None:
    assert "```python" not in PAGES[page]


def test_readme_begins_with_the_promise() -> None:
    promise = "No account, no network, no telemetry: it never contacts the vendor unless you ask it to verify."

    assert promise in README.partition("\n")[0]


@pytest.mark.parametrize("block", re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL))
def test_python_in_the_readme_runs(block: str, pytester: pytest.Pytester) -> None:
    if "def test_" not in block:
        block = "def test_block():\n" + "".join(f"    {line}\n" for line in block.splitlines())
    pytester.makepyfile(block)

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)", README))
def test_link_in_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
