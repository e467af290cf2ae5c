"""Which backend a database URL asks for."""

from mock_server.core.store.memory import MemoryBackend
from mock_server.core.store.tables import Backend

SQLITE = "sqlite:///"


def open_backend(url: str | None) -> Backend:
    """Memory for None, a file for `sqlite:///FILE` (a fourth slash begins an absolute path, as in SQLAlchemy's URLs).

    Raises ValueError for any other form, DatabaseUnusable for a file that cannot be used.
    """
    if url is None:
        return MemoryBackend()
    file = url.removeprefix(SQLITE)
    if file in {url, "", ":memory:"}:
        raise ValueError(
            f"no such database: {url!r}; write sqlite:///FILE, or sqlite:////FILE for an absolute path, "
            "or leave it out to keep everything in memory"
        )
    from mock_server.core.store.sqlite import SQLiteBackend

    return SQLiteBackend(file)
