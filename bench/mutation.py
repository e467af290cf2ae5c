"""Whether tests notice: small changes to the code, one at a time, each of which some test should fail over.

    python -m bench.mutation cover WORK [TESTS…]   which test runs which line, and how long it takes
    python -m bench.mutation run WORK --sample 430 --seed 1 [--part 1/2] [--again]
    python -m bench.mutation tell WORK             the share that was noticed, and those changes that were not

WORK is a folder for what is found. `cover` runs all tests, or anew those that are named; `run` may be stopped and goes
on where it was, in parts side by side, and `--again` tries those that nobody noticed, once there are more tests. Needs
the packages ``cosmic-ray``, which makes the changes, and ``pytest-cov``. Changes to annotations are left out: nobody
evaluates them.

A change is run against the tests that run its line, the quickest first: those of its own package, as many as take 40
seconds without it, then as many of the others. It is noticed when one of them fails. When they have not ended after a
minute, the test that was underway is tried alone: only if that takes a minute too, the change is taken to have hung it;
else the machine was slow, and the others go on.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from time import monotonic
from typing import Any, Final

from bench.forks import be_ready, run_tests
from bench.mutants import ROOT, UNDER_TEST, Mutant, sample

SECONDS_OF_TESTS: Final = 40.0
SECONDS_OF_FIRST_TESTS: Final = 4.0
"""Most changes are noticed by the first few tests; the others are not even imported then."""

UNKNOWN: Final = 0.1
"""Seconds that a test is taken to need of which nobody knows it."""

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
UNNOTICED: Final = frozenset({"survived", "uncovered"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["cover", "run", "tell"])
    parser.add_argument("work", type=Path)
    parser.add_argument("tests", nargs="*")
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--again", action="store_true")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if given.step == "cover":
        cover(given.work, given.tests)
    elif given.step == "run":
        mutants = _sampled(given.work, given.sample, given.seed)
        run(given.work, mutants, given.seed, given.part, again=given.again)
    else:
        tell(given.work)


def cover(work: Path, tests: list[str]) -> None:
    """Run tests once, all or those named, and note who runs what."""
    copy = _copied(work / "covering")
    covered = [f"--cov={package}" for package in UNDER_TEST]
    number = len([*work.glob("durations-*.xml")])
    report = f"--junit-xml={work / f'durations-{number}.xml'}"
    command = [sys.executable, "-m", "pytest", *covered, "--cov-context=test", "--cov-report=", report, "-q", "-n", "2"]
    environment = _environment(copy, COVERAGE_FILE=str(work / f"covered-{number}"))
    if subprocess.run([*command, *tests], cwd=copy, env=environment, check=False).returncode:
        print("some tests failed; a change that only these would notice is not noticed")
    (work / "tests.json").write_text(json.dumps(_collected(copy)))


def _sampled(work: Path, size: int, seed: int) -> list[Mutant]:
    """The sample, drawn once: it takes a while."""
    file = work / f"sample-{seed}-{size}.json"
    if not file.exists():
        file.write_text(json.dumps([asdict(mutant) for mutant in sample(size, seed)]))
    return [Mutant(**row) for row in json.loads(file.read_text())]


def run(work: Path, mutants: list[Mutant], seed: int, part: str, *, again: bool) -> None:
    """Try a part of the sample, but for what was tried before."""
    number, parts = map(int, part.split("/"))
    found, copy = work / f"found-{seed}-{number}.jsonl", work / f"copy-{number}"
    tried = {_key(row): row["verdict"] for row in _found(work, seed)}
    _warm_up(copy)
    tests = _Tests(work)
    be_ready(copy)
    for place, mutant in [*enumerate(mutants, 1)][number - 1 :: parts]:
        before = tried.get(_key(asdict(mutant)))
        if before is None or (again and before in UNNOTICED):
            verdict = _verdict(copy, mutant, tests)
            with found.open("a") as file:
                file.write(json.dumps(asdict(mutant) | verdict) + "\n")
            print(f"{place}/{len(mutants)} {verdict['verdict']}: {mutant}", flush=True)


def tell(work: Path) -> None:
    """The share that was noticed, and each change that was not."""
    for seed in sorted({file.stem.split("-")[1] for file in work.glob("found-*.jsonl")}):
        rows = _found(work, int(seed))
        verdicts = Counter(row["verdict"] for row in rows)
        rows = [row for row in rows if row["verdict"] != "impossible"]
        noticed = [row for row in rows if row["verdict"] not in UNNOTICED]
        print(f"seed {seed}: {len(noticed)} of {len(rows)} noticed ({len(noticed) / len(rows):.1%}); {dict(verdicts)}")
        for row in rows:
            if row["verdict"] in UNNOTICED:
                print(f"\n{row['verdict']}: {row['module']}:{row['line']} {row['operator']} ({row['tests']} tests)")
                print(row["change"])


class _Tests:
    """The tests that there are, by the lines that they run."""

    def __init__(self, work: Path) -> None:
        from xml.etree import ElementTree as ET

        self._present = {*json.loads((work / "tests.json").read_text())}
        self._covered = [sqlite3.connect(file) for file in sorted(work.glob("covered-*"))]
        self._seconds: dict[str, float] = {}
        for report in sorted(work.glob("durations-*.xml")):
            for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it just now
                self._seconds[case.get("name", "")] = float(case.get("time", "0"))

    def running(self, mutant: Mutant) -> list[str]:
        """Who runs the line of a change: as many as there is time for, those that mirror its module and package first.

        What is evaluated at import is run by those who run the function that it is part of, or that uses its name, and
        by the module's own tests.
        """
        own, of_package = _mirrors_of(mutant.module)
        users = _users_of(mutant)
        found = self._at({(mutant.module, mutant.line)}) | self._at(users)
        if users:
            found |= {test for test in self._present if test.startswith(own)}
        ordered = sorted(found, key=lambda test: (not test.startswith(own), self._seconds_of(test)))
        near = [test for test in ordered if test.startswith(of_package)]
        far = [test for test in ordered if not test.startswith(of_package)]
        return self._file_by_file([*self._affordable(near), *self._affordable(far)])

    def _affordable(self, tests: list[str]) -> list[str]:
        spent = accumulate(map(self._seconds_of, tests))
        return [test for test, seconds in zip(tests, spent, strict=True) if seconds <= SECONDS_OF_TESTS]

    def _file_by_file(self, tests: list[str]) -> list[str]:
        """The tests by files, in the order in which these come first: a file's fixtures are made once."""
        files = dict.fromkeys(map(_file_of, tests))
        rank = {file: number for number, file in enumerate(files)}
        return sorted(tests, key=lambda test: rank[_file_of(test)])

    def first(self, tests: list[str]) -> int:
        """How many of the tests to try before the others."""
        return sum(1 for spent in accumulate(map(self._seconds_of, tests)) if spent <= SECONDS_OF_FIRST_TESTS)

    def _seconds_of(self, test: str) -> float:
        return self._seconds.get(test.partition("::")[2], UNKNOWN)

    def _at(self, places: Collection[tuple[str, int]]) -> set[str]:
        found = set[str]()
        for module in {module for module, _ in places}:
            lines = {line for other, line in places if other == module}
            for context, executed in self._contexts(module):
                if not lines.isdisjoint(executed):
                    found.add(context.partition("|")[0])
        return found & self._present

    @lru_cache(maxsize=8)  # noqa: B019 - one object, which lives as long as the process
    def _contexts(self, module: str) -> list[tuple[str, set[int]]]:
        from coverage.numbits import numbits_to_nums

        asked = (
            "select context.context, line_bits.numbits from line_bits join file on file.id = file_id "
            "join context on context.id = context_id where file.path like ? and context.context != ''"
        )
        rows = (row for covered in self._covered for row in covered.execute(asked, [f"%/{module}"]))
        return [(context, {*numbits_to_nums(bits)}) for context, bits in rows]


def _mirrors_of(module: str) -> tuple[str, tuple[str, str]]:
    """How the tests of a module, and those of its package, begin."""
    mirror = Path("tests", module)
    package = mirror.parent
    return str(mirror.with_name(f"test_{mirror.name}")), (f"{package}/", str(package.with_name(f"test_{package.name}")))


def _file_of(test: str) -> str:
    return test.partition("::")[0]


def _users_of(mutant: Mutant) -> set[tuple[str, int]]:
    """The lines that what is evaluated at import, on a line of a module, serves; none for a line inside a function."""
    tree = ast.parse((ROOT / mutant.module).read_text())
    inside = [node for node in ast.walk(tree) if _covers(node, mutant.line)]
    functions = [node for node in inside if isinstance(node, ast.FunctionDef)]
    if functions:
        innermost = functions[-1]
        is_body = mutant.line >= innermost.body[0].lineno
        last = innermost.end_lineno or 0
        return set() if is_body else {(mutant.module, line) for line in range(innermost.lineno, last + 1)}
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


def _verdict(copy: Path, mutant: Mutant, tests: _Tests) -> dict[str, Any]:
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    path = copy / mutant.module
    source = path.read_text()
    try:
        changed = mutate_code(source, get_operator(mutant.operator)(), mutant.occurrence) or source
        compile(changed, mutant.module, "exec")
    except (AttributeError, SyntaxError):  # the stroke that ends positional arguments is taken for a division
        return {"verdict": "impossible", "tests": 0, "change": ""}
    chosen = tests.running(mutant)
    told = {"tests": len(chosen), "change": _difference(source, changed)}
    began = monotonic()
    try:
        path.write_text(changed)
        verdict, by = _tried(copy, chosen, tests.first(chosen)) if chosen else ("uncovered", None)
    finally:
        path.write_text(source)
    return {"verdict": verdict, "by": by, "seconds": round(monotonic() - began, 1), **told}


def _tried(copy: Path, tests: list[str], first: int) -> tuple[str, str | None]:
    """What became of a change, and the test that noticed it."""
    for some in filter(None, (tests[:first], tests[first:])):
        left = some
        while left:
            outcome = run_tests(copy, left, PATIENCE)
            if outcome.failed:
                return "killed", outcome.failed
            if outcome.underway is None:
                break
            alone = run_tests(copy, [outcome.underway] if outcome.underway in left else left[:1], PATIENCE)
            if alone.failed:
                return "killed", alone.failed
            if alone.underway:
                return "hung", outcome.underway
            left = left[left.index(outcome.underway) + 1 :] if outcome.underway in left else left[1:]
    return "survived", None


def _difference(before: str, after: str) -> str:
    from difflib import unified_diff

    lines = unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return "\n".join(line for line in lines if line[:3] not in {"---", "+++"} and not line.startswith("@@"))


def _copied(copy: Path) -> Path:
    """A copy of the tree, with the tests as they are now."""
    for name in KEPT:
        source, ignored = ROOT / name, shutil.ignore_patterns("__pycache__", "_build")
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=ignored, dirs_exist_ok=True)
        else:
            copy.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
    return copy


def _warm_up(copy: Path) -> None:
    """Have a copy of the tree in which everything is compiled that no change touches."""
    is_new = not copy.exists()
    _copied(copy)
    if is_new:
        _collected(copy)
    for package in UNDER_TEST:
        for compiled in (copy / package).rglob("__pycache__"):
            shutil.rmtree(compiled)
    os.environ.update(_environment(copy))
    sys.dont_write_bytecode = True


def _collected(copy: Path) -> list[str]:
    """The tests that there are."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-n", "0", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    listed = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if "::" in line]


def _environment(copy: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", **more}


def _found(work: Path, seed: int) -> list[dict[str, Any]]:
    """What was found of a sample: of each change what was found last."""
    files = sorted(work.glob(f"found-{seed}-*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return [*{_key(row): row for row in rows}.values()]


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["module"], row["operator"], row["occurrence"]


if __name__ == "__main__":
    main()
