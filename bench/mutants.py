"""The small changes that can be made to the code under test, and a sample of them."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
UNDER_TEST: Final = ("mock_server/core", "mock_server/services/email", "mock_server/mailing")


@dataclass(frozen=True)
class Mutant:
    """One change: the operator that makes it, at its n-th place in a module, on a line."""

    module: str
    operator: str
    occurrence: int
    line: int
    column: int


def sample(size: int, seed: int) -> list[Mutant]:
    """So many places of the code, and of each one of the changes that can be made there."""
    places: dict[tuple[str, int, int], list[Mutant]] = {}
    for mutant in _mutants():
        places.setdefault((mutant.module, mutant.line, mutant.column), []).append(mutant)
    chance = random.Random(seed)
    chosen = chance.sample(sorted(places), min(size, len(places)))
    return [chance.choice(places[place]) for place in chosen]


def _mutants() -> Iterator[Mutant]:
    from cosmic_ray.ast import get_ast
    from cosmic_ray.plugins import get_operator, operator_names

    unwanted = {"core/VariableInserter", "core/VariableReplacer"}  # which need arguments
    operators = {name: get_operator(name)() for name in operator_names() if name not in unwanted}
    for path in sorted(file for package in UNDER_TEST for file in (ROOT / package).rglob("*.py")):
        source = path.read_text()
        idle, tree = _idle_places(source), get_ast(source)
        for name, operator in operators.items():
            for number, ((line, column), _) in enumerate(_positions(tree, operator)):
                if (line, column) not in idle:
                    yield Mutant(str(path.relative_to(ROOT)), name, number, line, column)


def _positions(node: Any, operator: Any) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """In the order in which cosmic-ray counts them."""
    yield from operator.mutation_positions(node)
    for child in getattr(node, "children", ()):
        yield from _positions(child, operator)


class _Idle(set[tuple[int, int]]):
    """Places that nobody evaluates."""

    def add_all(self, node: ast.AST) -> None:
        for line in range(node.lineno, node.end_lineno + 1):  # type: ignore[attr-defined]
            first = node.col_offset if line == node.lineno else 0  # type: ignore[attr-defined]
            last = node.end_col_offset if line == node.end_lineno else 500  # type: ignore[attr-defined]
            self.update((line, column) for column in range(first, last))


def _idle_places(source: str) -> set[tuple[int, int]]:
    idle = _Idle()
    for node in ast.walk(ast.parse(source)):
        annotations = [getattr(node, name, None) for name in ("annotation", "returns")]
        for annotation in annotations:
            if isinstance(annotation, ast.AST):
                idle.add_all(annotation)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            idle.add_all(node)
    return idle
