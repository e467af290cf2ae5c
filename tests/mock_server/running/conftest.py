from __future__ import annotations

import pytest

from tests.mock_server.running.runners import NOBODY, Runner, private_runner


@pytest.fixture(params=[None, NOBODY], ids=["myself", "nobody"])
def anyone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Whoever runs the tests, and somebody without rights."""
    return private_runner(tmp_path_factory, request.param)


@pytest.fixture
def run(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """Whoever runs the tests."""
    return private_runner(tmp_path_factory, None)
