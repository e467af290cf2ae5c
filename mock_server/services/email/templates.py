"""Templates of mails."""

from __future__ import annotations

from mock_server.core.store import Store
from mock_server.services.email.entities import Template


def find_template(store: Store, reference: int | str) -> Template | None:
    """The account's own template with this number."""
    text = str(reference)
    return store[Template].get(int(text)) if text.isascii() and text.isdigit() and len(text) < 19 else None
