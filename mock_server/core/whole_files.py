"""Files that appear with all of their content at once, readable by their owner alone unless said otherwise."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

DRAFTS = ".draft-"
"""How the names of files begin that are not yet what they shall be."""


def write_first(path: Path, content: bytes) -> bytes:
    """Write the file unless it is there. Of several processes the first wins, and all return its content."""
    with _draft(path, content) as draft, contextlib.suppress(FileExistsError):
        os.link(draft, path)
    return path.read_bytes()


def write_over(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Write the file, whether it is there or not; who reads it meanwhile sees all of the old or all of the new."""
    with _draft(path, content) as draft:
        draft.chmod(mode)
        draft.replace(path)


@contextlib.contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    descriptor, name = tempfile.mkstemp(prefix=DRAFTS, dir=path.parent)  # with mode 0600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
