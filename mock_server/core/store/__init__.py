"""The store: each account's tables of frozen rows, in memory or in a file, with the same meaning in both."""

from mock_server.core.store.backends import open_backend
from mock_server.core.store.changes import Changes
from mock_server.core.store.entities import Entity, Row, entity, entity_named
from mock_server.core.store.memory import MemoryBackend
from mock_server.core.store.tables import Backend, DatabaseUnusable, Duplicate, Missing, Store, Table

__all__ = [
    "Backend",
    "Changes",
    "DatabaseUnusable",
    "Duplicate",
    "Entity",
    "MemoryBackend",
    "Missing",
    "Row",
    "Store",
    "Table",
    "entity",
    "entity_named",
    "open_backend",
]
