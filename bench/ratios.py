"""Takes the ratios that docs/performance.md promises, in one run, and tells which of the goals are met.

    python -m bench [--json] [--peers] [--only PART ...]

Each part takes its contenders in turns and prints its figures as they come. `--peers` also installs moto, json-server
and Prism into a temporary folder and measures them. Keep the machine quiet: a busy one blurs, and slows us more than a
contender that does nothing.
"""

from __future__ import annotations

import argparse
import json
from importlib import import_module

from bench.figures import HEAD, Figure, row

PARTS = ("live", "intercept", "fixture", "startup", "growth", "month", "campaign", "inbox", "catalogue", "pages")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--peers", action="store_true", help="measure moto, json-server and Prism too")
    parser.add_argument("--only", nargs="+", choices=(*PARTS, "peers"), help="leave out the other parts")
    asked = parser.parse_args()
    figures: list[Figure] = []
    if not asked.json:
        print(HEAD)
    for part in asked.only or (*PARTS, *(["peers"] if asked.peers else [])):
        for figure in import_module(f"bench.{part}").figures():
            figures.append(figure)
            if not asked.json:
                print(row(figure), flush=True)
    if asked.json:
        print(json.dumps([figure.as_json() for figure in figures], indent=2))


if __name__ == "__main__":
    main()
