"""What every source file keeps to, read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.catalogue import catalogue
from contracts.model import Operation
from mock_server.behaviour import behaviours
from mock_server.services import load_behaviours

ROOT = Path(__file__).parent.parent
PACKAGES = ("contracts", "mock_server", "sendpulse_client")
TREES = {
    path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
DECLARATIONS = {name: tree for name, tree in TREES.items() if name.startswith("contracts/services/")}

MAY_IMPORT = {
    "time": {
        "contracts/verify/timing.py",
        "mock_server/core/clock.py",
        "mock_server/core/stopwatch.py",
        "sendpulse_client/_timing.py",
    },
    "random": {"mock_server/core/faults.py", "sendpulse_client/_timing.py"},
    "uuid": set[str](),
    "locale": set[str](),
}
"""Modules that bring time, chance or the machine's habits in, and the files that may let them."""

PRESENT = {"now", "utcnow", "today", "fromtimestamp"}
"""What `datetime` and `date` are not asked for: the first three read the system's clock, the last its time zone."""

DECIDES = (ast.If, ast.IfExp, ast.Match, ast.For, ast.While, ast.Try, ast.With, ast.AsyncFunctionDef, ast.ClassDef)


DECLARABLE = {"__future__", "collections", "contracts", "typing"}
"""What declarations are made of: nothing that could act."""


def imported_by(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("module", MAY_IMPORT)
def test_time_and_chance_come_in_by_named_doors_alone(module: str) -> None:
    importers = {name for name, tree in TREES.items() if module in imported_by(tree)}

    assert importers <= MAY_IMPORT[module]


@pytest.mark.parametrize("name", TREES)
def test_nobody_asks_datetime_for_the_present(name: str) -> None:
    asked = [
        ast.unparse(node)
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Attribute)
        and node.attr in PRESENT
        and ast.unparse(node.value).split(".")[-1] in {"datetime", "date"}
    ]

    assert asked == []


def test_randomness_in_the_emulator_has_a_seed() -> None:
    generators = [
        node
        for name, tree in TREES.items()
        if name.startswith("mock_server/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Random", "random.Random"}
    ]

    assert generators
    assert all(generator.args for generator in generators)


@pytest.mark.parametrize("name", TREES)
def test_module_says_in_one_line_what_it_is_about(name: str) -> None:
    docstring = ast.get_docstring(TREES[name]) or ""

    assert docstring.partition("\n")[0].endswith((".", "?", ":"))


@pytest.mark.parametrize("name", DECLARATIONS)
def test_declarations_only_declare(name: str) -> None:
    decisions = [ast.unparse(node) for node in ast.walk(DECLARATIONS[name]) if isinstance(node, DECIDES)]
    strangers = [module for module in imported_by(DECLARATIONS[name]) if module.partition(".")[0] not in DECLARABLE]

    assert decisions == []
    assert strangers == []


@pytest.mark.parametrize("operation", list(catalogue()), ids=lambda operation: operation.name)
def test_operation_is_served_by_the_function_of_its_name(operation: Operation) -> None:
    load_behaviours()

    behaviour = behaviours.get(operation)

    assert behaviour is not None, f"nothing serves it: write the function mock_server.services.{operation.name}"
    assert f"{behaviour.__module__}.{behaviour.__qualname__}" == f"mock_server.services.{operation.name}"
