"""What is not documented does not exist: options, settings, fixtures, refusals, steps, worlds, floors, dependencies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import exported
import pytest

import mock_server.services
from contracts.catalogue import catalogue, modules_of
from contracts.codes import CODES
from contracts.refusals import NOWHERE
from contracts.schema import Schema
from mock_server import pytest_plugin
from mock_server.behaviour import simulations
from mock_server.cli import commands
from mock_server.core.choices import ANY, STRICT
from mock_server.core.faults import _STEPS
from mock_server.core.plans import CATEGORIES, SERVICES, TARIFFS
from mock_server.core.settings import SCHEMA
from mock_server.core.throttle import ALGORITHM_NAMES
from mock_server.scenarios import SCENARIOS
from mock_server.worldfiles import _PARTS, world_names

ROOT = Path(__file__).parent.parent
FILES = [*ROOT.glob("*.md"), *(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)]
WRITTEN = {path: path.read_text(encoding="utf-8") for path in FILES}
README = WRITTEN[ROOT / "README.md"]
TYPED = "\n".join(text for path, text in WRITTEN.items() if path.is_relative_to(ROOT / "docs"))
DIRECTIVE = re.compile(r"^```\{([\w-]+)\}", re.MULTILINE)


list(modules_of(mock_server.services))  # they bring the events in


def options(command: click.Command = commands) -> Iterator[str]:
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield from parameter.opts
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from options(below)


def fixtures() -> list[str]:
    return [name for name in vars(pytest_plugin) if name.startswith("sendpulse")]


@pytest.mark.parametrize("page", exported.PAGES)
def test_every_exported_page_is_shown(page: str) -> None:
    assert page in DIRECTIVE.findall(TYPED)


@pytest.mark.parametrize("option", sorted(set(options())))
def test_option_is_documented(option: str) -> None:
    assert option in exported.text("command-line")


def settings() -> dict[str, Schema]:
    nested = {f"balance.{name}": schema for name, schema in SCHEMA["properties"]["balance"]["properties"].items()}
    return SCHEMA["properties"] | nested


@pytest.mark.parametrize(("setting", "schema"), settings().items())
def test_setting_is_documented_in_a_sentence(setting: str, schema: Schema) -> None:
    assert schema["description"].endswith(".")
    assert f"| `{setting}` |" in exported.text("settings")


@pytest.mark.parametrize(("setting", "schema"), SCHEMA["properties"].items())
def test_setting_that_nothing_reads_is_said_to_be_idle(setting: str, schema: Schema) -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "mock_server").rglob("*.py"))

    is_read = any(re.search(rf"(settings|self)\.{setting}\b", source) for source in sources)

    assert is_read != ("read by nothing yet" in schema["description"])


@pytest.mark.parametrize("page", exported.PAGES)
def test_exported_tables_have_no_empty_descriptions(page: str) -> None:
    descriptions = re.findall(
        r"^\| (?:member|option|side|setting) \|.*\n(?:\|.*\n?)+", exported.text(page), re.MULTILINE
    )

    assert [row for table in descriptions for row in table.splitlines() if row.endswith("|  |")] == []


@pytest.mark.parametrize("member", ["api_key", "base_url", "client_id", "client_secret", "client", "sender"])
def test_member_of_the_handle_is_documented(member: str) -> None:
    handle, _, _ = exported.text("python").partition("## `sendpulse.clock`")

    assert f"| `{member}` |" in handle


def floors() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    [layers] = [
        contract["layers"] for contract in project["tool"]["importlinter"]["contracts"] if "containers" in contract
    ]
    return set(re.findall(r"\w+", " ".join(layers)))


@pytest.mark.parametrize("module", sorted(floors()))
def test_floor_is_documented(module: str) -> None:
    assert re.search(
        rf"^\| .*`(mock_server\.)?{module}`.* \|", WRITTEN[ROOT / "docs" / "architecture.md"], re.MULTILINE
    )


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


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_is_documented(name: str) -> None:
    assert f"| `{name}` |" in exported.text("scenarios")


@pytest.mark.parametrize("number", CODES)
def test_code_is_said_to_be_reached_or_planned(number: int) -> None:
    assert re.search(rf"^\| {number} \|.*\|.*: \w+` \|", exported.text("code-coverage"), re.MULTILINE)


NAMES = [
    *fixtures(),
    *pytest_plugin.MARKER_KEYS,
    ANY,
    STRICT,
    *_STEPS,
    *ALGORITHM_NAMES,
    *CATEGORIES,
    *SERVICES,
    *TARIFFS,
    *simulations,
    *world_names(),
    *_PARTS,
]


@pytest.mark.parametrize("name", sorted(set(NAMES)))
def test_name_that_users_write_is_explained(name: str) -> None:
    assert re.search(rf"[`\"]{re.escape(name)}[`\"]", TYPED)


def requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [project["dependencies"], *project["optional-dependencies"].values()]
    return [re.split("[<>=]", name)[0] for names in required for name in names if not name.startswith(project["name"])]


@pytest.mark.parametrize("requirement", requirements())
def test_dependency_has_a_reason(requirement: str) -> None:
    assert f"`{requirement}`" in WRITTEN[ROOT / "docs" / "dependencies.md"]


def test_readme_begins_with_the_promise() -> None:
    promise = "No account, no network, no telemetry: it never contacts the vendor unless you ask it to verify."

    assert promise in README.partition("\n")[0]


LINKS = [(page, link) for page, text in WRITTEN.items() for link in re.findall(r"\]\((?!https?:)([^)#]+)", text)]


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[f"{page.name}-{link}" for page, link in LINKS])
def test_link_leads_somewhere(page: Path, link: str) -> None:
    assert (page.parent / link).exists()
