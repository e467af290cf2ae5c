"""The pytest plugin: the fixtures and the marker `sendpulse`. Every pytest loads it, so it imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from mock_server.testing import AccountHandle, MockServer, RunningServer

MARKER_KEYS: Final = ("plan", "world", "limits", "clock", "credentials")
"""What the marker takes; the values are those of the admin API, and "any" or "strict" for the credentials."""

_handles: Final = pytest.StashKey["list[AccountHandle]"]()


def pytest_configure(config: pytest.Config) -> None:
    keys = ", ".join(f"{key}=…" for key in MARKER_KEYS)
    config.addinivalue_line("markers", f"sendpulse({keys}): what the SendPulse account of the test is like")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that passed although it planned a fault that no request met."""
    __tracebackhide__ = True
    yield
    for handle in item.stash.get(_handles, []):
        try:
            handle.assert_faults_met()
        except AssertionError as unmet:
            raise pytest.fail.Exception(str(unmet), pytrace=False) from None


@pytest.fixture(scope="session")
def sendpulse_config() -> Mapping[str, Any]:
    """What accounts are like where the marker does not say; override it, in any scope, with the marker's keys."""
    return {}


@pytest.fixture(scope="session")
def _sendpulse_mock() -> Iterator[MockServer]:
    """The one emulator of this process, in process and live."""
    from mock_server.testing import MockServer

    mock = MockServer()
    yield mock
    mock.close()


@pytest.fixture
def sendpulse(
    request: pytest.FixtureRequest, _sendpulse_mock: MockServer, sendpulse_config: Mapping[str, Any]
) -> Iterator[AccountHandle]:
    """A fresh account, to which `requests` for https://api.sendpulse.com go without a socket."""
    __tracebackhide__ = True
    with _sendpulse_mock.intercept(**_options(request, sendpulse_config)) as handle:
        yield _watched(request, handle)


@pytest.fixture(scope="session")
def sendpulse_server(_sendpulse_mock: MockServer) -> Iterator[RunningServer]:
    """A live server for the whole session: `base_url`, and `account(…)` for any number of accounts."""
    with _sendpulse_mock.serve() as server:
        yield server


@pytest.fixture
def sendpulse_live(
    request: pytest.FixtureRequest, sendpulse_server: RunningServer, sendpulse_config: Mapping[str, Any]
) -> Iterator[AccountHandle]:
    """A fresh account on the live server, which others share: it takes its own credentials alone."""
    __tracebackhide__ = True
    if _marked(request).get("credentials", "strict") != "strict":
        raise pytest.UsageError("sendpulse_live takes its own credentials alone; mark it without credentials='any'")
    options = _options(request, sendpulse_config)
    options.pop("credentials", None)
    with sendpulse_server.lend(**options) as handle:
        yield _watched(request, handle)


def _watched(request: pytest.FixtureRequest, handle: AccountHandle) -> AccountHandle:
    request.node.stash.setdefault(_handles, []).append(handle)
    return handle


def _options(request: pytest.FixtureRequest, config: Mapping[str, Any]) -> dict[str, Any]:
    """What the account of a test is like: the closest marker says it before the others and `config`."""
    options = {**config, **_marked(request)}
    unknown = sorted(options.keys() - MARKER_KEYS)
    if unknown:
        raise pytest.UsageError(f"sendpulse has no {unknown[0]!r}; it takes {', '.join(MARKER_KEYS)}")
    return options


def _marked(request: pytest.FixtureRequest) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers("sendpulse"))):
        if marker.args:
            raise pytest.UsageError(f"the marker sendpulse takes keywords, not {marker.args[0]!r}")
        options |= marker.kwargs
    return options
