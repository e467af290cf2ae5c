"""The pytest plugin: the fixtures and the marker `sendpulse`. Every pytest loads it, so it imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from mock_server.testing import AccountHandle, MockServer, RunningServer
    from mock_server.watching import Watch

ACCOUNT_KEYS: Final = ("plan", "world", "limits", "clock", "credentials")
"""What an account is like; the values are those of the admin API, and "any" or "strict" for the credentials."""

DEMAND_KEYS: Final = ("max_evidence", "conduct", "scenario")
"""What is demanded of a test that has an account."""

MARKER_KEYS: Final = (*ACCOUNT_KEYS, *DEMAND_KEYS, "check")
"""What the marker takes."""

_GRADES: Final = ("observed", "documented", "inferred")

_lent: Final = pytest.StashKey["list[tuple[AccountHandle, Mapping[str, Any]]]"]()
"""The accounts of a test, each with what is demanded."""

_watch: Final[pytest.StashKey[Watch]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sendpulse")
    checked = "Check each exchange with api.sendpulse.com, mocks included, against the contracts."
    group.addoption("--sendpulse-check", action="store_true", help=checked)
    group.addoption(
        "--max-evidence",
        choices=_GRADES,
        help="Fail tests that lean on answers of the emulator that are known less well than that.",
    )
    parser.addini("sendpulse_check", "As --sendpulse-check.", type="bool", default=False)
    parser.addini("sendpulse_hosts", "Further hosts whose exchanges are checked.", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    keys = ", ".join(f"{key}=…" for key in MARKER_KEYS)
    config.addinivalue_line("markers", f"sendpulse({keys}): what the SendPulse account of the test is like")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Begin to watch before the fixtures of the test do anything."""
    __tracebackhide__ = True
    if _is_checked(item):
        from mock_server.watching import Watch

        item.stash[_watch] = Watch(item.config.getini("sendpulse_hosts")).__enter__()
    yield


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Stop watching."""
    __tracebackhide__ = True
    yield
    if _watch in item.stash:
        item.stash[_watch].__exit__()
        del item.stash[_watch]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that passed although it kept to less than it should: scenarios, faults, answers, calls or mocks."""
    __tracebackhide__ = True
    yield
    try:
        for handle, demands in item.stash.get(_lent, []):
            handle.assert_scenarios_survived()
            handle.assert_faults_met()
            _assert_demands(handle, demands)
        if _watch in item.stash:
            item.stash[_watch].assert_good()
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
    """A fresh account, to which calls to https://api.sendpulse.com go without a socket, whatever library makes them."""
    __tracebackhide__ = True
    options, demands = _options(request, sendpulse_config)
    with _sendpulse_mock.intercept(**options) as handle:
        yield _lent_to(request, handle, demands)


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
    if _marked(request.node).get("credentials", "strict") != "strict":
        raise pytest.UsageError("sendpulse_live takes its own credentials alone; mark it without credentials='any'")
    options, demands = _options(request, sendpulse_config)
    options.pop("credentials", None)
    with sendpulse_server.lend(**options) as handle:
        yield _lent_to(request, handle, demands)


def _lent_to(request: pytest.FixtureRequest, handle: AccountHandle, demands: Mapping[str, Any]) -> AccountHandle:
    __tracebackhide__ = True
    if demands["scenario"] is not None:
        try:
            handle.scenario(demands["scenario"])
        except ValueError as unknown:
            raise pytest.UsageError(str(unknown)) from None
    request.node.stash.setdefault(_lent, []).append((handle, demands))
    return handle


def _options(request: pytest.FixtureRequest, config: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the account of a test is like, and what is demanded: the closest marker says it first, `config` last."""
    marked = {key: value for key, value in _marked(request.node).items() if key != "check"}  # which needs no account
    usual = {"max_evidence": request.config.getoption("--max-evidence"), "conduct": False, "scenario": None}
    options = {**usual, **config, **marked}
    unknown = sorted(options.keys() - {*ACCOUNT_KEYS, *DEMAND_KEYS})
    if unknown:
        raise pytest.UsageError(f"sendpulse has no {unknown[0]!r}; it takes {', '.join(MARKER_KEYS)}")
    demands = {key: options.pop(key) for key in DEMAND_KEYS}
    _refuse_misfits(demands)
    return options, demands


def _refuse_misfits(demands: Mapping[str, Any]) -> None:
    grade, rules = demands["max_evidence"], demands["conduct"]
    if grade not in {None, *_GRADES}:
        raise pytest.UsageError(f"max_evidence cannot be {grade!r}; use one of: {', '.join(_GRADES)}")
    if isinstance(rules, bool):
        return
    from contracts.conduct import rules_named

    try:
        rules_named([rules] if isinstance(rules, str) else rules)
    except (TypeError, ValueError) as misfit:
        raise pytest.UsageError(f"conduct cannot be {rules!r}; say True, or list some rules: {misfit}") from None


def _marked(node: Any) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("sendpulse"))):
        if marker.args:
            raise pytest.UsageError(f"the marker sendpulse takes keywords, not {marker.args[0]!r}")
        options |= marker.kwargs
    return options


def _assert_demands(handle: AccountHandle, demands: Mapping[str, Any]) -> None:
    __tracebackhide__ = True
    if demands["max_evidence"]:
        handle.assert_evidence(demands["max_evidence"])
    rules = demands["conduct"]
    if rules:
        handle.assert_conduct(() if rules is True else [rules] if isinstance(rules, str) else rules)


def _is_checked(item: pytest.Item) -> bool:
    for marker in item.iter_markers("sendpulse"):
        if "check" in marker.kwargs:
            return bool(marker.kwargs["check"])
    return bool(item.config.getoption("--sendpulse-check") or item.config.getini("sendpulse_check"))
