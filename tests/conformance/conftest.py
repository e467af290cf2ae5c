"""The emulator as a target of the suite, in process and over a socket, controlled through its admin API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import settings

from contracts.suite.laboratories import AdminLaboratory
from contracts.suite.profiles import LIVE
from contracts.suite.tally import Tally
from contracts.suite.targets import SocketTarget, WSGITarget
from mock_server.app import make_emulator
from mock_server.serving.live import LiveServer

IN_PROCESS, OVER_A_SOCKET = "in process", "live"


@pytest.fixture(autouse=True)
def profile(request: pytest.FixtureRequest) -> Iterator[None]:
    """Over a socket as much is tried as would be on the real API; the variety is tried in process."""
    usual = settings.get_current_profile_name()
    target = request.node.callspec.params.get("laboratory") if hasattr(request.node, "callspec") else None
    settings.load_profile(LIVE if target == OVER_A_SOCKET else usual)
    yield
    settings.load_profile(usual)


@pytest.fixture(scope="session", params=[IN_PROCESS, OVER_A_SOCKET])
def laboratory(request: pytest.FixtureRequest, tallies: dict[str, Tally]) -> Iterator[AdminLaboratory]:
    tally = tallies.setdefault(request.param, Tally())
    emulator = make_emulator()
    if request.param == IN_PROCESS:
        yield AdminLaboratory(WSGITarget(emulator), tally=tally)
    else:
        with LiveServer(emulator) as server, closing(SocketTarget(server.url)) as target:
            yield AdminLaboratory(target, tally=tally)
    emulator.close()
