"""Processes that are measured: each on a core of its own, where the system lets us choose."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
    "PYTHONPATH": str(ROOT),
}
"""Ours, with compiled modules kept as an installed package has them."""

SERVER, GENERATOR = 0, -1
"""Which of the cores that we may use server and load generator get."""


def start(command: Sequence[str], core: int, **options: Any) -> subprocess.Popen[str]:
    process = subprocess.Popen(command, env=ENVIRONMENT, text=True, **options)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process.pid, {sorted(os.sched_getaffinity(0))[core]})
    return process


def run_module(name: str, *arguments: str) -> None:
    """Run a module of ours on the generator's core. Raises `CalledProcessError` if it fails."""
    process = start([sys.executable, "-m", name, *arguments], GENERATOR)
    if process.wait():
        raise subprocess.CalledProcessError(process.returncode, name)
