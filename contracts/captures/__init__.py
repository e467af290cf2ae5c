"""Files in which other tools keep exchanges: HAR, the cassettes of VCR and its kin, recordings of `responses`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from contracts.captures import cassettes, har, recordings
from contracts.captures.entries import JSONEntries, Unreadable, YAMLEntries
from contracts.captures.fields import Unusable
from contracts.exchanges import Exchange

__all__ = ["Captured", "Unreadable", "read"]

READERS: Final[Mapping[str, Callable[[Any], Exchange]]] = {
    "entries": har.exchange_of_entry,
    "interactions": cassettes.exchange_of_entry,
    "http_interactions": cassettes.exchange_of_entry,
    "": cassettes.exchange_of_entry,
    "responses": recordings.exchange_of_entry,
}
"""Who reads the entries of a list, by the name it has in the file; the list of PHP-VCR is the whole file."""

_NO_EXCHANGES: Final = (
    "it holds no exchanges: a HAR file has log.entries, a cassette has interactions or http_interactions, "
    "a recording of responses has responses"
)


@dataclass(frozen=True, slots=True)
class Captured:
    """One entry of a file: the exchange, or why it is none that can be judged.

    Attributes:
        number: its place among the file's entries, from 1.
        line: where it begins in the file, from 1.
    """

    number: int
    line: int
    exchange: Exchange | None
    reason: str = ""


def read(file: Path) -> Iterator[Captured]:
    """The exchanges of a file, one at a time, whatever its format. Raises `Unreadable` for what has none."""
    try:
        with file.open(encoding="utf-8-sig") as stream:
            entries = _entries(stream)
            for number, (name, entry, line) in enumerate(entries, start=1):
                if not name and not (isinstance(entry, dict) and "request" in entry):  # any list might come so
                    raise Unreadable(_NO_EXCHANGES)
                yield _captured(number, line, name, entry)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is no text in UTF-8: {error.reason}") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    if not entries.has_list:
        raise Unreadable(_NO_EXCHANGES)


def _captured(number: int, line: int, name: str, entry: Any) -> Captured:
    try:
        return Captured(number, line, READERS[name](entry))
    except Unusable as reason:
        return Captured(number, line, None, str(reason))


def _entries(stream: TextIO) -> JSONEntries | YAMLEntries:
    start = stream.read(_LOOKED_AT)
    stream.seek(0)
    if start.lstrip()[:1] in {"{", "["}:
        return JSONEntries(stream.read(), READERS)
    return YAMLEntries(stream, READERS)


_LOOKED_AT: Final = 4096
"""Characters in which the first that is not blank tells JSON from YAML."""
