"""The signing key of servers without a database: a file in the user's cache folder that its owner alone can read."""

from __future__ import annotations

import contextlib

from mock_server.core.tokens import is_key, make_key
from mock_server.core.whole_files import write_first


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
        return write_first(path, key)
    return key
