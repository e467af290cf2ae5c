"""What probes saw, kept as a file: evidence for the promises that a question is about."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from contracts.coverage import Observed
from contracts.evidence import observed
from contracts.questions import QUESTIONS
from contracts.verify.probes.asked import PROBES
from contracts.verify.probes.running import Observation
from contracts.verify.recording.files import Edited
from contracts.verify.recording.observations import VENDOR

FILE: Final = "probes.json"
_SOURCE: Final = "a probe of the vendor"


def keep(observations: Iterable[Observation], folder: Path, *, source: str, day: str) -> Path:
    """Write the positions that were seen on a day, in place of those that an earlier run saw, and beside the others.

    Raises `Edited` where somebody changed the file.
    """
    path = folder / FILE
    kept: dict[str, Any] = _read(path) if path.exists() else {}
    for one in observations:
        if one.position is not None:
            kept[one.question.name] = {"position": one.position, "source": source, "seen": day}
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"checksum": _checksum(kept), "positions": kept}, indent=2) + "\n"
    path.write_text(text, encoding="utf-8")
    return path


def proven(folder: Path) -> Observed:
    """The evidence that probes of the vendor gave: none where it takes another position than is promised."""
    kept = _read(folder / FILE) if (folder / FILE).exists() else {}
    return {
        (operation.name, refusal.key): observed(_SOURCE, told["seen"])
        for name, told in kept.items()
        if told["source"] == VENDOR and told["position"] == QUESTIONS[name].promised
        for operation, refusal in PROBES[name].settles
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        kept: dict[str, Any] = content["positions"]
        is_whole = content["checksum"] == _checksum(kept) and all(
            told["position"] in QUESTIONS[name].positions for name, told in kept.items()
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        is_whole, kept = False, {}
    if not is_whole:
        raise Edited(f"{path} is not as the probes wrote it: remove it, and probe anew")
    return kept


def _checksum(kept: dict[str, Any]) -> str:
    return sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
