"""Conversations out of files: a journal of the emulator, or whatever else keeps exchanges and their times."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from contracts.captures import Unreadable, read
from contracts.conduct.calls import Conversation, NoJournal, from_exchanges, from_journal
from contracts.exchanges import VENDOR, Exchange, is_among


def conversation_in(file: Path, hosts: Collection[str] = ()) -> Conversation:
    """The calls that a file holds: all of a journal, of other files those to the vendor and to further `hosts`.

    Raises `Unreadable` for a file that holds none.
    """
    journal = _journal_in(file)
    if journal is None:
        return from_exchanges(_exchanges_in(file, {VENDOR, *hosts}))
    try:
        return from_journal(journal)
    except NoJournal as error:
        raise Unreadable(str(error)) from error


def _journal_in(file: Path) -> Any:
    """The file's document, if that looks like a journal."""
    try:
        with file.open(encoding="utf-8-sig") as stream:
            document = json.load(stream) if stream.read(1) == "{" and not stream.seek(0) else None
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    except (ValueError, RecursionError):  # told by who reads the other formats
        return None
    return document if isinstance(document, dict) and "entries" in document else None


def _exchanges_in(file: Path, hosts: Collection[str]) -> Iterator[tuple[int, Exchange]]:
    for captured in read(file):
        if captured.exchange is not None and is_among(hosts, captured.exchange.host):
            yield captured.number, captured.exchange
