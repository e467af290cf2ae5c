"""Tests run in a fork of this process, which has imported already whatever they never change."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final

IMPORTED: Final = (
    "contracts.catalogue",
    "contracts.suite",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "flask",
    "hypothesis.stateful",
    "hypothesis.strategies",
    "jsonschema",
    "jsonschema_rs",
    "jwt",
    "orjson",
    "requests",
    "responses",
    "sendpulse_client",
)
"""What is imported once for all forks, as far as it is there."""

NO_TESTS: Final = 5
"""What pytest ends with if it was left no test to run."""

_QUIET: Final = ("-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


@dataclass(frozen=True)
class Outcome:
    """How tests ended: the one that failed first, or the one that was underway when the time was up."""

    failed: str | None = None
    underway: str | None = None


def be_ready(folder: Path) -> None:
    """Import everything that a fork needs from the tree in `folder`, but for what is changed there."""
    sys.path[:] = [str(folder), *(path for path in sys.path if path)]
    for name in ("pytest", *IMPORTED):
        try:
            importlib.import_module(name)
        except ImportError:  # the tests import it themselves, or do without
            continue


def run_tests(folder: Path, tests: Iterable[str], seconds: float) -> Outcome:
    """Run tests of the tree in `folder`, in this order, until one fails or the time is up. Nothing is left running."""
    told = folder / "told.jsonl"
    told.unlink(missing_ok=True)
    child = os.fork()
    if not child:
        _be_child(folder, [*tests], told)
    code = _ended(child, seconds)
    lines = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    failed = next((name for what, name in lines if what == "failed"), None)
    if code is None:
        return Outcome(underway=next((name for what, name in reversed(lines) if what == "begun"), "the start"))
    has_gone_well = code in {0, NO_TESTS}
    return Outcome(failed=failed if failed or has_gone_well else f"pytest itself, with {code}")


def _ended(child: int, seconds: float) -> int | None:
    """The exit code of a fork, None where it had to be stopped; its own children go with it."""
    end = monotonic() + seconds
    try:
        while monotonic() < end:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            sleep(0.02)
        return None
    finally:
        _kill_group(child)


def _kill_group(child: int) -> None:
    try:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):  # all of them are gone
        return


def _be_child(folder: Path, tests: list[str], told: Path) -> None:
    code = 70
    try:
        os.setsid()
        output = os.open(folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream, to in ((0, os.open(os.devnull, os.O_RDONLY)), (1, output), (2, output)):
            os.dup2(to, stream)
        os.chdir(folder)
        for name in [name for name in sys.modules if name.partition(".")[0] == "bench"]:
            del sys.modules[name]

        import pytest

        code = pytest.main([*_QUIET, *tests], plugins=[_Teller(told)])
    finally:
        os._exit(code)


class _Teller:
    """A plugin of pytest that notes at once what it is about."""

    def __init__(self, told: Path) -> None:
        self._told = told

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out tests that run pytest within pytest, which does not bear that modules are imported already."""
        items[:] = [item for item in items if "pytester" not in item.fixturenames]

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._tell("begun", nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self._tell("failed", report.nodeid)

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._tell("failed", f"the import of {report.nodeid}")

    def _tell(self, what: str, name: str) -> None:
        with self._told.open("a") as file:
            file.write(json.dumps([what, name]) + "\n")
