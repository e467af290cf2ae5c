"""The signing key of servers without a database: a file in the user's cache folder that its owner alone can read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from mock_server.core.tokens import is_key, make_key


def cached_key() -> bytes:
    """The user's key, made and kept at its first use, and anew where the file holds none.

    Where the folder cannot be written, the key lives in memory.
    """
    from platformdirs import user_cache_path

    path = user_cache_path("sendpulse-mock", appauthor=False) / "signing-key.pem"
    with contextlib.suppress(OSError):
        kept = path.read_bytes()
        if is_key(kept):
            return kept
        path.unlink()
    key = make_key()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _keep(path, key)
    return key


def _keep(path: Path, key: bytes) -> bytes:
    """Write the key at once or not at all. Of several processes the first wins, and all return its key."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # readable by its owner alone (mode 0600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()
    return path.read_bytes()
