"""Programs that know nothing of the emulator, run by `sendpulse-mock exec`, and what it saw of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from walls import NOT_BUILT, Call, Wall

INSIDE = Path(__file__).parent / "inside"


@dataclass(frozen=True)
class Run:
    """What a program printed, a value for each line, and what the emulator kept of it."""

    printed: list[Any]
    journal: list[dict[str, Any]]
    outbox: list[dict[str, Any]]

    @property
    def operations(self) -> list[str]:
        """What was called, in order."""
        return [entry["operation"] or NOT_BUILT for entry in self.journal]


class Failed(Exception):
    """The program ended badly."""


def run_through_exec(command: Sequence[str], folder: Path) -> Run:
    """Run a command to its end, in a folder of its own, with all limits off."""
    seen = folder / "seen.json"
    witness = [sys.executable, str(INSIDE / "witness.py"), str(seen)]
    ended = subprocess.run(
        [sys.executable, "-m", "mock_server", "exec", "--limits", "off", "--", *witness, *command],
        env=_environment(),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if ended.returncode != 0:
        raise Failed(f"{command} ended with {ended.returncode}:\n{ended.stdout}\n{ended.stderr}")
    return Run([json.loads(line) for line in ended.stdout.splitlines()], **json.loads(seen.read_text("utf-8")))


def _environment() -> dict[str, str]:
    """This one's, without credentials: the witness asks for the account of those that it has."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("SENDPULSE_CLIENT_")}
    return others | {"PYTHONPATH": str(INSIDE)}


def differences(wall: Wall, run: Run) -> list[str]:
    """In what a run of a client's driver is not as its wall says, a sentence for each."""
    about, *told = run.printed
    paired = _paired(wall, told)
    return [
        *_unlisted(wall, about),
        *_other_calls(wall, [line["call"] for line in told]),
        *(f"{call.name} gave {line}, not {call}" for call, line in paired if not _is_as_said(call, line)),
        *_other_operations([call for call, _ in paired], run.operations),
        *([] if holds(run.outbox, wall.mails) else [f"the outbox has {run.outbox}, not {wall.mails}"]),
    ]


def _unlisted(wall: Wall, about: dict[str, Any]) -> Iterator[str]:
    if about["version"] != wall.version:
        yield f"this is version {about['version']}, the wall tells of {wall.version}"
    listed = {call.name.partition(",")[0] for call in wall.calls}
    for name in about["surface"]:
        if name not in listed:
            yield f"{name} is public, and the wall does not know it"


def _other_calls(wall: Wall, told: list[str]) -> Iterator[str]:
    listed = [call.name for call in wall.calls]
    for name in sorted({*told, *listed}):
        if told.count(name) != listed.count(name):
            yield f"{name} was called {told.count(name)} times, and is {listed.count(name)} times on the wall"


def _paired(wall: Wall, told: list[dict[str, Any]]) -> list[tuple[Call, dict[str, Any]]]:
    listed = {call.name: call for call in wall.calls}
    return [(listed[line["call"]], line) for line in told if line["call"] in listed]


def _is_as_said(call: Call, line: dict[str, Any]) -> bool:
    return line.get("raises") == call.raises and (call.answer is None or holds(line.get("answer"), call.answer))


def _other_operations(calls: list[Call], seen: list[str]) -> Iterator[str]:
    """The first one, since all behind it are moved by it."""
    said = [(call.name, operation) for call in calls for operation in call.operations]
    for number, (name, operation) in enumerate(said):
        if number >= len(seen) or seen[number] != operation:
            yield f"{name} was to call {operation}; the emulator saw {seen[number:][:3]} instead"
            return
    if len(seen) > len(said):
        yield f"the emulator saw more than the wall tells of: {seen[len(said) :]}"


def holds(value: Any, part: Any) -> bool:
    """Is `part` in `value`? Objects may hold more, lists may not."""
    if isinstance(part, dict):
        return isinstance(value, dict) and all(key in value and holds(value[key], part[key]) for key in part)
    if isinstance(part, list):
        return isinstance(value, list) and len(value) == len(part) and all(map(holds, value, part))
    return type(value) is type(part) and value == part
