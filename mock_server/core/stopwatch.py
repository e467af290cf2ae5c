"""Real durations: measuring them and sitting them out. Never an account's time: that is `mock_server.core.clock`."""

from __future__ import annotations

from time import perf_counter as now
from time import sleep as pause

__all__ = ["now", "pause"]
