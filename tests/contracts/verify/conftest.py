"""What the tests of the verification run share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def hasty_disk(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A disk that says at once that all is kept: waiting for a real one is most of what a run without a pace does.

    What is given to it is noted.
    """
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    return synced
