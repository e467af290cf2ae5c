"""Many runs at once and one after another: none fails, and nothing is left. `bench.cycles` makes more."""

from __future__ import annotations

from pathlib import Path

from bench.cycles import Cycles, Seen
from tests.mock_server.running.runners import Runner


def test_runs_beside_each_other_do_not_clash_and_leave_nothing(run: Runner, tmp_path: Path) -> None:
    cycles, seen = Cycles(tmp_path), Seen()
    cycles.one("true")

    for _ in range(2):
        cycles.at_once(6, seen)

    assert (seen.failures, cycles.left()) == ([], [])
