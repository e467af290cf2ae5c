"""Hypothesis profiles, and one line at the end about what the conformance suite covered."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from contracts.suite.profiles import CI, register_profiles
from contracts.suite.tally import Tally

TALLIES = pytest.StashKey[dict[str, Tally]]()

register_profiles()
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", CI))


def pytest_configure(config: pytest.Config) -> None:
    config.stash[TALLIES] = {}


@pytest.fixture(scope="session")
def tallies(request: pytest.FixtureRequest) -> dict[str, Tally]:
    """What the conformance suite covered, by the name of the target."""
    return request.config.stash[TALLIES]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for target, tally in config.stash[TALLIES].items():
        terminalreporter.write_line(f"conformance, {target}: {tally}")
