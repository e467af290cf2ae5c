"""What a twin run finds: `python -m bench.twin [--write] [--jobs N]`.

Honest beside honest a hundred times, each time with another seed: nothing may be found. And honest beside each copy
with a planted difference: how many are found, and how short the shortest ways are. With ``--write`` the table of the
documentation is written anew.
"""

from __future__ import annotations

import argparse
import json
from multiprocessing import Pool
from pathlib import Path
from statistics import median
from time import process_time

from bench.differences import PLANTED, Planted, emulator_with
from contracts.suite.laboratories import AdminLaboratory
from contracts.suite.targets import WSGITarget
from contracts.verify.twin.machine import Twin
from contracts.verify.twin.sides import FreshSide
from mock_server.app import make_emulator

TABLE = Path(__file__).parent.parent / "docs" / "twin.json"
EQUAL_RUNS = 100
EQUAL_WALKS = 20
WALKS = 2500
"""Walks until a planted difference counts as not found."""


def beside(app: object, **options: int) -> Twin:
    """A twin run of an honest emulator and another application."""
    honest = FreshSide("emulator", AdminLaboratory(WSGITarget(make_emulator())))
    return Twin(honest, FreshSide("copy", AdminLaboratory(WSGITarget(app))), **options)  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with Pool(asked.jobs) as pool:
        rows = pool.map(told, [planted.name for planted in PLANTED], chunksize=1)
        summarise(rows)
        if asked.write:
            TABLE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        differing = sum(pool.map(differs, range(EQUAL_RUNS), chunksize=5))
    print(f"{differing} of {EQUAL_RUNS} equal runs found a difference")


def summarise(rows: list[dict[str, object]]) -> None:
    lengths = [int(str(row["steps"])) for row in rows if row["steps"]]
    print(f"{len(lengths)} of {len(rows)} found, median length {median(lengths)}, longest {max(lengths)}", flush=True)


def told(name: str) -> dict[str, object]:
    """What became of one planted difference, as a row of the table."""
    planted: Planted = next(one for one in PLANTED if one.name == name)
    started = process_time()
    found = beside(emulator_with(planted), walks=WALKS).run()
    steps = len(found.steps) if found else None
    kind = found.kind.replace("_", " ") if found else None
    print(f"{name:<55} {steps or 'not found'} {kind or ''} {process_time() - started:.0f} s", flush=True)
    return {"name": name, "about": planted.about, "what": planted.what, "found": kind, "steps": steps}


def differs(seed: int) -> bool:
    """Whether two honest emulators are told apart."""
    return beside(make_emulator(), seed=seed, walks=EQUAL_WALKS).run() is not None


if __name__ == "__main__":
    main()
