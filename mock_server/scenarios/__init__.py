"""Named troubles that clients are known to have, any of which an account can be put through."""

from typing import Final

from mock_server.scenarios import connections, limits, pages, tokens
from mock_server.scenarios.declarations import SCENARIOS, Scenario
from mock_server.scenarios.trials import Trial, begin, trials_of

__all__ = ["SCENARIOS", "Scenario", "Trial", "begin", "trials_of"]

MODULES: Final = (tokens, limits, connections, pages)
"""Where the scenarios stand."""
