from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mock_server.running.runners import NOBODY, Runner, private_runner


@pytest.fixture(params=[None, NOBODY], ids=["myself", "nobody"])
def anyone(request: pytest.FixtureRequest) -> Iterator[Runner]:
    """Whoever runs the tests, and somebody without rights."""
    with private_runner(request.param) as runner:
        yield runner


@pytest.fixture
def run() -> Iterator[Runner]:
    """Whoever runs the tests."""
    with private_runner(None) as runner:
        yield runner
