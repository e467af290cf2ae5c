"""Whether tests notice: small changes to the code, one at a time, each of which some test should fail over.

    python -m bench.mutation cover WORK            which test runs which line, and how long it takes
    python -m bench.mutation run WORK --sample 400 --seed 1
    python -m bench.mutation tell WORK             the share that was noticed, and those that were not

WORK is a folder for what is found; `run` may be stopped and goes on where it was. Needs the packages ``cosmic-ray``,
which makes the changes, and ``pytest-cov``. Changes to annotations are left out: nobody evaluates them. A change is run
against the tests that run its line, the module's own first, then the quickest, as many as take 40 seconds; it is
noticed when one fails, or when they have not ended after a minute.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
UNDER_TEST: Final = ("mock_server/core", "mock_server/services/email", "mock_server/mailing")
SECONDS_OF_TESTS: Final = 40.0
PATIENCE: Final = 60.0
KEPT: Final = (
    "contracts",
    "mock_server",
    "sendpulse_client",
    "tests",
    "fixtures",
    "docs",
    "bench",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
)


@dataclass(frozen=True)
class Mutant:
    """One change: the operator that makes it, at its n-th place in a module, on a line."""

    module: str
    operator: str
    occurrence: int
    line: int
    column: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["cover", "run", "tell"])
    parser.add_argument("work", type=Path)
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if given.step == "cover":
        cover(given.work)
    elif given.step == "run":
        run(given.work, given.sample, given.seed)
    else:
        tell(given.work)


def cover(work: Path) -> None:
    """Run all tests once and note who runs what."""
    copy = _copied(work)
    covered = [f"--cov={package}" for package in UNDER_TEST]
    report = work / "durations.xml"
    asked = [*covered, "--cov-context=test", "--cov-report=", f"--junit-xml={report}", "-q", "-n", "2"]
    data = work / "covered"
    subprocess.run(
        [sys.executable, "-m", "pytest", *asked], cwd=copy, env=_environment(copy, COVERAGE_FILE=str(data)), check=True
    )


def run(work: Path, size: int, seed: int) -> None:
    """Try the sample, but for what was tried before."""
    copy, found = _copied(work), work / f"found-{seed}.jsonl"
    done = {_key(row) for row in _rows(found)}
    tests = _Tests(work)
    for number, mutant in enumerate(sample(size, seed), 1):
        if _key(asdict(mutant)) not in done:
            verdict = _verdict(copy, mutant, tests.running(mutant))
            with found.open("a") as file:
                file.write(json.dumps(asdict(mutant) | verdict) + "\n")
            print(f"{number}/{size} {verdict['verdict']}: {mutant}", flush=True)


def sample(size: int, seed: int) -> list[Mutant]:
    """So many places of the code, and of each one of the changes that can be made there."""
    places: dict[tuple[str, int, int], list[Mutant]] = {}
    for mutant in _mutants():
        places.setdefault((mutant.module, mutant.line, mutant.column), []).append(mutant)
    chance = random.Random(seed)
    chosen = chance.sample(sorted(places), min(size, len(places)))
    return [chance.choice(places[place]) for place in chosen]


def tell(work: Path) -> None:
    """The share that was noticed, and each change that was not."""
    for found in sorted(work.glob("found-*.jsonl")):
        rows = _rows(found)
        verdicts = Counter(row["verdict"] for row in rows)
        rows = [row for row in rows if row["verdict"] != "impossible"]
        noticed = len(rows) - verdicts["survived"] - verdicts["uncovered"]
        print(f"{found.stem}: {noticed} of {len(rows)} noticed ({noticed / len(rows):.1%}); {dict(verdicts)}")
        for row in rows:
            if row["verdict"] in {"survived", "uncovered"}:
                print(f"\n{row['verdict']}: {row['module']}:{row['line']} {row['operator']} ({row['tests']} tests)")
                print(row["change"])


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


class _Tests:
    """The tests, by the lines that they run."""

    def __init__(self, work: Path) -> None:
        from xml.etree import ElementTree as ET

        self._covered = sqlite3.connect(work / "covered")
        report = ET.parse(work / "durations.xml")  # noqa: S314 - pytest wrote it just now
        self._seconds: dict[str, float] = {}
        for case in report.iter("testcase"):
            self._seconds[case.get("name", "")] = float(case.get("time", "0"))

    def running(self, mutant: Mutant) -> list[str]:
        """Who runs the line of a change: the module's own tests, then the quickest, as many as there is time for.

        What is evaluated at import is run by those who run the function that it is part of, or that uses its name.
        """
        found = self._at({(mutant.module, mutant.line)}) or self._at(_users_of(mutant))
        mirror = f"tests/{mutant.module.removesuffix('.py')}"
        own = Path(mirror).with_name(f"test_{Path(mirror).name}.py")
        ordered = sorted(found, key=lambda test: (not test.startswith(str(own)), self._seconds_of(test)))
        spent = accumulate(map(self._seconds_of, ordered))
        return [test for test, seconds in zip(ordered, spent, strict=True) if seconds <= SECONDS_OF_TESTS]

    def _seconds_of(self, test: str) -> float:
        return self._seconds.get(test.partition("::")[2], 1.0)

    def _at(self, places: Collection[tuple[str, int]]) -> set[str]:
        found = set[str]()
        for module in {module for module, _ in places}:
            lines = {line for other, line in places if other == module}
            for context, executed in self._contexts(module):
                if not lines.isdisjoint(executed):
                    found.add(context.partition("|")[0])
        return found

    @lru_cache(maxsize=8)  # noqa: B019 - one object, which lives as long as the process
    def _contexts(self, module: str) -> list[tuple[str, set[int]]]:
        from coverage.numbits import numbits_to_nums

        rows = self._covered.execute(
            "select context.context, line_bits.numbits from line_bits join file on file.id = file_id "
            "join context on context.id = context_id where file.path like ? and context.context != ''",
            [f"%/{module}"],
        )
        return [(context, {*numbits_to_nums(bits)}) for context, bits in rows]


def _users_of(mutant: Mutant) -> set[tuple[str, int]]:
    """The lines that what is defined on a line of a module serves."""
    tree = ast.parse((ROOT / mutant.module).read_text())
    inside = [node for node in ast.walk(tree) if _covers(node, mutant.line)]
    functions = [node for node in inside if isinstance(node, ast.FunctionDef)]
    if functions:
        innermost = functions[-1]
        return {(mutant.module, line) for line in range(innermost.lineno, (innermost.end_lineno or 0) + 1)}
    names = {name for node in inside for name in _names_defined_by(node)}
    return {
        (str(path.relative_to(ROOT)), node.lineno)
        for package in UNDER_TEST
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Name) and node.id in names) or (isinstance(node, ast.Attribute) and node.attr in names)
    }


def _covers(node: ast.AST, line: int) -> bool:
    first = min([getattr(node, "lineno", 10**6), *(one.lineno for one in getattr(node, "decorator_list", ()))])
    return first <= line <= (getattr(node, "end_lineno", 0) or 0)


def _names_defined_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ClassDef):
        yield node.name
    targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id


def _verdict(copy: Path, mutant: Mutant, tests: list[str]) -> dict[str, Any]:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    path = copy / mutant.module
    source = path.read_text()
    try:
        changed = mutate_code(source, get_operator(mutant.operator)(), mutant.occurrence) or source
        compile(changed, mutant.module, "exec")
    except (AttributeError, SyntaxError):  # the stroke that ends positional arguments is taken for a division
        return {"verdict": "impossible", "tests": 0, "change": ""}
    told = {"tests": len(tests), "change": _difference(source, changed)}
    if not tests:
        return {"verdict": "uncovered", **told}
    listed = copy / "tests.txt"
    listed.write_text("\n".join(tests))
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", f"@{listed}"]
    try:
        path.write_text(changed)
        ended = subprocess.run(
            command, cwd=copy, env=_environment(copy), capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return {"verdict": "timeout", **told}
    finally:
        path.write_text(source)
    if ended.returncode == 5:
        raise RuntimeError(f"no test was found among {tests[:3]}: {ended.stdout.decode()[-500:]}")
    return {"verdict": {0: "survived", 1: "killed"}.get(ended.returncode, "broken"), **told}


def _difference(before: str, after: str) -> str:
    from difflib import unified_diff

    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if line[:3] not in {"---", "+++"} and not line.startswith("@@"))


def _copied(work: Path) -> Path:
    copy = work / "copy"
    if not copy.exists():
        for name in KEPT:
            source = ROOT / name
            ignored = shutil.ignore_patterns("__pycache__", "_build")
            shutil.copytree(source, copy / name, ignore=ignored) if source.is_dir() else shutil.copy(source, copy)
    return copy


def _environment(copy: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", **more}


def _rows(found: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in found.read_text().splitlines()] if found.exists() else []


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["module"], row["operator"], row["occurrence"]


if __name__ == "__main__":
    main()
