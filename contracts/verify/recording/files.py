"""Recordings as files, one for each operation, readable by people and written by none: a checksum tells."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import yaml

SCHEMA: Final = 1
_HEADING: Final = "# Written by `sendpulse-mock record`. Do not edit: record anew. The checksum tells.\n"
_WIDE: Final = 10_000


class Edited(ValueError):
    """A file is no recording, or not as it was recorded."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call and its answer, anonymous.

    `keeps` tells whether the answer kept its contract; `refusal` is the key of the declared refusal that it is.
    """

    path: Mapping[str, str]
    arguments: Mapping[str, Any]
    status: int
    media_type: str
    answer: Any
    keeps: bool
    refusal: str | None = None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Recording:
    """What one operation of a target answered on a day. `source` is the target, in words; ``the vendor`` is one."""

    operation: str
    source: str
    recorded: str
    exchanges: tuple[Exchange, ...] = field(default=())

    @property
    def file_name(self) -> str:
        return f"{self.operation}.yaml"

    def written(self) -> str:
        """The recording as a file holds it."""
        content = {
            "schema": SCHEMA,
            "operation": self.operation,
            "source": self.source,
            "recorded": self.recorded,
            "exchanges": [exchange.as_json() for exchange in self.exchanges],
        }
        text = {"checksum": _checksum(content), **content}
        return _HEADING + yaml.safe_dump(text, sort_keys=False, allow_unicode=True, width=_WIDE)


def read(path: Path) -> Recording:
    """The recording in a file. Raises `Edited` where it is not what was recorded."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        told = content.pop("checksum")
        if told != _checksum(content) or content.pop("schema") != SCHEMA:
            raise Edited(f"{path} was edited after it was recorded: record it anew")
        exchanges = tuple(Exchange(**exchange) for exchange in content.pop("exchanges"))
        recording = Recording(**content, exchanges=exchanges)
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, KeyError, AttributeError) as error:
        raise Edited(f"{path} is no recording: {type(error).__name__}") from None
    if path.name != recording.file_name:
        raise Edited(f"{path} is the recording of {recording.operation}, and should be named after it")
    return recording


def read_all(folder: Path) -> dict[str, Recording]:
    """The recordings in a folder, by operation. Raises `Edited` for a file that is none."""
    return {recording.operation: recording for path in sorted(folder.glob("*.yaml")) for recording in [read(path)]}


def write_all(recordings: Iterable[Recording], folder: Path) -> list[Path]:
    """Write recordings; those of the same operations are replaced. Raises `Edited` for a file that is none."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for recording in recordings:
        path = folder / recording.file_name
        if path.exists():
            read(path)
        draft = path.with_suffix(".draft")
        draft.write_text(recording.written(), encoding="utf-8", newline="\n")
        os.replace(draft, path)  # noqa: PTH105 - at once or not at all
        written.append(path)
    return written


def _checksum(content: Mapping[str, Any]) -> str:
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
