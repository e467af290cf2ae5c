"""How tests run programs of others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.clients.runs import Run, run_through_exec


@pytest.fixture
def through_exec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], Run]:
    """Runs a command through `sendpulse-mock exec`, with an authority of its own."""
    monkeypatch.setenv("SENDPULSE_MOCK_AUTHORITY", str(tmp_path / "authority"))
    return partial(run_through_exec, folder=tmp_path)
