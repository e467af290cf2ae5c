"""The documents as a server publishes them: an index, and what it names beside itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from contracts.verify.drift.sources import SUFFIXES, parse

VENDORS_INDEX: Final = "https://api.sendpulse.com/.well-known/openapi/index.yaml"
"""Where the vendor was seen to publish its documents (a third-party catalogue's probe, 2026-08-13)."""

MOST_DOCUMENTS: Final = 100
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}")


def fetch(index: str, read: Callable[[str], bytes]) -> dict[str, bytes]:
    """The index and every document that it names on the same server, by file name.

    Unverified: what the vendor's index looks like. Any text in it that is the address of a document is taken for one.
    ValueError for an index that cannot be read, names too many, or two of one name; `read` raises its own.
    """
    content = read(index)
    [source] = parse([(_name_of(index), content)])
    files = {source.name: content}
    addresses = [address for address in dict.fromkeys(_addresses(source.content, index)) if address != index]
    if len(addresses) > MOST_DOCUMENTS:
        raise ValueError(f"{index} names {len(addresses)} documents; more than {MOST_DOCUMENTS} are not fetched")
    for address in addresses:
        name = _name_of(address)
        if name in files:
            raise ValueError(f"{index} names two documents {name!r}; fetch them yourself, into folders of their own")
        files[name] = read(address)
    return files


def _addresses(part: Any, index: str) -> Iterator[str]:
    """The documents on the server of `index` that `part` names, its parts' included."""
    if isinstance(part, dict | list):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from _addresses(inner, index)
    elif isinstance(part, str) and not re.search(r"\s", part):
        try:
            address = urldefrag(urljoin(index, part)).url
            if address.endswith(SUFFIXES) and urlsplit(address)[:2] == urlsplit(index)[:2]:
                yield address
        except ValueError:  # no address at all
            return


def _name_of(address: str) -> str:
    """The file that a document is kept in: the last part of its address. ValueError if that is no plain name."""
    name = PurePosixPath(unquote(urlsplit(address).path)).name
    if not _NAME.fullmatch(name) or not name.endswith(SUFFIXES):
        raise ValueError(f"{address} names no document; the name of a file ends in {', '.join(SUFFIXES)}")
    return name
