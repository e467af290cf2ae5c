"""What a twin run finds: `python -m bench.twin [--write]`.

Honest beside honest a hundred times, each time with another seed: nothing may be found. Then honest beside each copy
with a planted difference: how many are found, and how short the shortest ways are. With ``--write`` the table of the
documentation is written anew.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.differences import PLANTED, Planted, emulator_with
from contracts.suite.laboratories import AdminLaboratory
from contracts.suite.targets import WSGITarget
from contracts.verify.twin.divergences import Divergence
from contracts.verify.twin.machine import Twin
from contracts.verify.twin.sides import FreshSide
from mock_server.app import make_emulator

TABLE = Path(__file__).parent.parent / "docs" / "twin.json"
EQUAL_RUNS = 100
WALKS = 1000
"""Walks until a planted difference counts as not found."""


def beside(app: object, **options: int) -> Twin:
    """A twin run of an honest emulator and another application."""
    honest = FreshSide("emulator", AdminLaboratory(WSGITarget(make_emulator())))
    return Twin(honest, FreshSide("copy", AdminLaboratory(WSGITarget(app))), **options)  # type: ignore[arg-type]


def hunt(planted: Planted, walks: int = WALKS) -> Divergence | None:
    return beside(emulator_with(planted), walks=walks).run()


def main() -> None:
    rows = [row for planted in PLANTED if (row := told(planted))]
    lengths = [row["steps"] for row in rows if row["steps"]]
    print(f"{len(lengths)} of {len(PLANTED)} found, median length {median(lengths)}, longest {max(lengths)}")
    if "--write" in sys.argv:
        TABLE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    found = sum(beside(make_emulator(), seed=seed, walks=30).run() is not None for seed in range(EQUAL_RUNS))
    print(f"{found} of {EQUAL_RUNS} equal runs found a difference")


def told(planted: Planted) -> dict[str, object]:
    started = perf_counter()
    found = hunt(planted)
    seconds = perf_counter() - started
    steps = len(found.steps) if found else None
    print(f"{planted.name:<55} {steps or 'not found'} {found.kind if found else ''} {seconds:.0f} s", flush=True)
    kind = found.kind.replace("_", " ") if found else None
    return {"name": planted.name, "about": planted.about, "what": planted.what, "found": kind, "steps": steps}


if __name__ == "__main__":
    main()
