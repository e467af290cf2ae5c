"""Named worlds: what an account may start with, written as data.

A world is a JSON object with any of ``plan``, ``limits``, ``settings`` (as in the admin API), ``left``, the requests
left of minute and day, and ``rows``, which holds lists of rows by the name of their entity.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

_PARTS: Final = ("plan", "limits", "left", "settings", "rows")


def _folder() -> Path:
    """A wheel brings the worlds inside the package; a checkout has them in ``fixtures/``."""
    installed = Path(__file__).parent / "worlds"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "fixtures"


def world_names() -> list[str]:
    """The worlds that come with the emulator."""
    return sorted(path.stem for path in _folder().glob("*.json"))


def load_world(name_or_file: str) -> Mapping[str, Any]:
    """The world of that name, or in that file. Raises `ValueError` saying what does not fit."""
    path = Path(name_or_file) if name_or_file.endswith(".json") else _folder() / f"{name_or_file}.json"
    if "/" in name_or_file.removesuffix(".json") and not name_or_file.endswith(".json"):
        raise ValueError(f"a file of a world ends in .json, {name_or_file!r} does not")
    try:
        world = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = f"use a .json file or one of: {', '.join(world_names())}"
        what = "no such file" if name_or_file.endswith(".json") else "unknown world"
        raise ValueError(f"{what}: {name_or_file!r}; {known}") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"the world in {str(path)!r} cannot be read: {error}") from error
    if not isinstance(world, dict) or set(world) - set(_PARTS):
        raise ValueError(f"the world in {str(path)!r} must be a JSON object with any of: {', '.join(_PARTS)}")
    return world
