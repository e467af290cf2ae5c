"""The pytest plugin: its fixtures used here and, where a test has to fail, in a pytest of its own."""

import os
from collections.abc import Iterator

import pytest
import requests
import responses

from mock_server import AccountHandle, MockServer
from mock_server.testing import RunningServer

pytest_plugins = "pytester"

VENDOR = "https://api.sendpulse.com"
OTHER = "https://example.com/users"
LIST = "email.mailing_lists.list"


def lists() -> requests.Response:
    return requests.get(f"{VENDOR}/addressbooks", headers={"Authorization": "Bearer some-key"}, timeout=5)


@pytest.fixture(scope="module")
def session_made_before() -> requests.Session:
    return requests.Session()


@pytest.fixture
def users_own_before() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        mock.get(OTHER, json={"by": "the user"})
        yield mock


# In process


def test_code_reaches_a_fresh_account_without_set_up(sendpulse: AccountHandle) -> None:
    assert lists().json() == []

    sendpulse.journal.assert_called(LIST, times=1)


def test_a_session_made_before_is_intercepted(session_made_before: requests.Session, sendpulse: AccountHandle) -> None:
    session_made_before.get(f"{VENDOR}/addressbooks", headers={"Authorization": "Bearer some-key"})

    sendpulse.journal.assert_called(LIST, times=1)


def test_the_environment_names_the_account(sendpulse: AccountHandle) -> None:
    named = [os.environ[f"SENDPULSE_{name}"] for name in ("CLIENT_ID", "CLIENT_SECRET", "API_KEY", "BASE_URL")]

    assert named == [sendpulse.client_id, sendpulse.client_secret, sendpulse.api_key, VENDOR]


def test_the_users_mocks_before_ours_keep_their_hosts(
    users_own_before: responses.RequestsMock, sendpulse: AccountHandle
) -> None:
    assert requests.get(OTHER, timeout=5).json() == {"by": "the user"}
    assert lists().json() == []
    sendpulse.journal.assert_called(LIST, times=1)


def test_the_users_mocks_inside_ours_keep_their_hosts(sendpulse: AccountHandle) -> None:
    with responses.RequestsMock() as mock:
        mock.get(OTHER, json={"by": "the user"})

        assert requests.get(OTHER, timeout=5).json() == {"by": "the user"}
        assert lists().json() == []
    sendpulse.journal.assert_called(LIST, times=1)


@responses.activate
def test_the_users_decorator_leaves_the_vendor_to_us(sendpulse: AccountHandle) -> None:
    responses.get(f"{VENDOR}/addressbooks", json=["the user's"])

    assert lists().json() == []


# Live


def test_a_live_account_is_reached_over_sockets(sendpulse_live: AccountHandle, sendpulse_server: RunningServer) -> None:
    answer = requests.get(
        f"{os.environ['SENDPULSE_BASE_URL']}/addressbooks",
        headers={"Authorization": f"Bearer {os.environ['SENDPULSE_API_KEY']}"},
        timeout=5,
    )

    assert answer.json() == []
    assert sendpulse_live.base_url == sendpulse_server.base_url
    sendpulse_live.journal.assert_called(LIST, times=1)


def test_both_fixtures_share_one_emulator_and_no_account(
    sendpulse: AccountHandle, sendpulse_live: AccountHandle
) -> None:
    sendpulse_live.client.email.mailing_lists.create("Readers")

    assert sendpulse.client.email.mailing_lists.list() == []


# The marker


@pytest.mark.sendpulse(plan="free", world="list-with-contacts")
class TestMarked:
    def test_it_says_what_the_account_is_like(self, sendpulse: AccountHandle) -> None:
        assert sendpulse.plan.category == "free"
        assert sendpulse.client.email.mailing_lists.get_total(1) == 3

    @pytest.mark.sendpulse(plan="enterprise", limits="off", clock={"now": "2026-01-31T12:00:00Z"})
    def test_the_closest_wins(self, sendpulse_live: AccountHandle) -> None:
        assert sendpulse_live.plan.category == "enterprise"
        assert sendpulse_live.limits.left["second"] is None
        assert sendpulse_live.clock.now.startswith("2026-01-31T12:00:0")
        assert sendpulse_live.client.email.mailing_lists.get_total(1) == 3


@pytest.mark.sendpulse(credentials="strict")
def test_strict_credentials_refuse_all_others(sendpulse: AccountHandle) -> None:
    assert lists().status_code == 401


class TestConfigured:
    @pytest.fixture
    def sendpulse_config(self) -> dict[str, object]:
        return {"plan": "free", "limits": "off"}

    def test_the_config_may_be_overridden(self, sendpulse: AccountHandle) -> None:
        assert sendpulse.plan.category == "free"

    @pytest.mark.sendpulse(plan="standard")
    def test_the_marker_wins_over_the_config(self, sendpulse: AccountHandle) -> None:
        assert sendpulse.plan.category == "standard"
        assert sendpulse.limits.left["second"] is None


# In a pytest of its own


@pytest.fixture
def pytester(pytester: pytest.Pytester) -> pytest.Pytester:
    MockServer().close()  # what the inner pytest imports is forgotten with it, and half an emulator must not stay
    return pytester


@pytest.mark.parametrize("fixture", ["sendpulse", "sendpulse_live"])
def test_a_planned_fault_that_nothing_met_fails_the_test(pytester: pytest.Pytester, fixture: str) -> None:
    pytester.makepyfile(f"""
        def test_signup({fixture}):
            {fixture}.faults.add({{"refuse": 203}}, operation="email.mailing_lists.create")
            {fixture}.client.email.mailing_lists.list()
    """)

    result = pytester.runpytest("-rN")  # on a CI server, pytest's summary would tell the whole message again

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "fault 1 for email.mailing_lists.create: {'refuse': 203} was never met",
            "  GET /addressbooks (email.mailing_lists.list) answered 200",
        ]
    )
    assert result.stdout.str().count("\n  GET /addressbooks") == 1


def test_a_test_that_failed_anyway_keeps_its_own_failure(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_signup(sendpulse):
            sendpulse.faults.add({"refuse": 203})
            assert 1 == 2
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    assert "never met" not in result.stdout.str()


def test_a_fault_that_was_met_fails_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from sendpulse_client import ServerError

        def test_signup(sendpulse):
            sendpulse.faults.add({"status": 500}, operation="email.mailing_lists.list")
            with pytest.raises(ServerError):
                sendpulse.client.email.mailing_lists.list()
    """)

    pytester.runpytest("--strict-markers").assert_outcomes(passed=1)


@pytest.mark.parametrize("begun", ["", "sendpulse.scenario('html-500-on-post')"])
def test_a_scenario_that_is_not_survived_fails_the_test(pytester: pytest.Pytester, begun: str) -> None:
    pytester.makepyfile(f"""
        import pytest
        from sendpulse_client import ServerError

        @pytest.mark.sendpulse(scenario={None if begun else "html-500-on-post"!r})
        def test_signup(sendpulse):
            {begun}
            with pytest.raises(ServerError):
                sendpulse.client.email.mailing_lists.create("Readers")
            sendpulse.client.email.mailing_lists.create("Readers")
    """)

    result = pytester.runpytest("-rN")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["the client did not survive html-500-on-post:", "  conduct.unsafe_repeat: *"])


def test_a_scenario_that_is_survived_fails_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest
        from sendpulse_client import Unauthorized

        @pytest.mark.sendpulse(scenario="unauthorized-loop")
        def test_signup(sendpulse):
            with pytest.raises(Unauthorized):
                sendpulse.client.email.mailing_lists.list()
    """)

    pytester.runpytest("--strict-markers").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ("scenario='rain'", "unknown scenario: 'rain'; use one of: *revoked-token*"),
        ("plans='free'", "sendpulse has no 'plans'; it takes plan, world, limits, clock, credentials, *"),
        ("'strict'", "the marker sendpulse takes keywords, not 'strict'"),
    ],
)
def test_a_marker_that_does_not_fit_is_an_error(pytester: pytest.Pytester, marker: str, told: str) -> None:
    pytester.makepyfile(f"""
        import pytest

        @pytest.mark.sendpulse({marker})
        def test_signup(sendpulse): ...
    """)

    result = pytester.runpytest("--strict-markers")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*UsageError: {told}"])


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("MockServer(wrld='demo')", "TypeError: an emulator has no option 'wrld'*"),
        ("MockServer().intercept(wrld='demo')", "TypeError: intercept has no option 'wrld'*"),
        ("MockServer().intercept(plan='gold').__enter__()", "ValueError: unknown category: 'gold'*"),
    ],
)
def test_a_misuse_is_shown_where_it_is_written(pytester: pytest.Pytester, written: str, told: str) -> None:
    pytester.makepyfile(f"""
        from mock_server import MockServer

        def test_signup():
            {written}
    """)

    result = pytester.runpytest()

    result.stdout.fnmatch_lines([f">*{written}", f"E *{told}"])
    assert "testing.py" not in result.stdout.str()
    assert "emulator.py" not in result.stdout.str()


def test_the_live_account_does_not_pretend_to_take_any_credentials(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.sendpulse(credentials="any")
        def test_refused(sendpulse_live): ...

        @pytest.mark.sendpulse(credentials="strict")
        def test_implied(sendpulse_live): ...
    """)

    result = pytester.runpytest()

    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["*UsageError: sendpulse_live takes its own credentials alone*"])


def test_it_runs_in_parallel_without_configuration(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # the start of others' plugins, three times
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("number", range(6))
        def test_lists(number, sendpulse, sendpulse_live):
            for account in (sendpulse, sendpulse_live):
                account.client.email.mailing_lists.create("Readers")
                assert len(account.client.email.mailing_lists.list()) == 1
    """)

    pytester.runpytest_subprocess("-p", "xdist", "-p", "mock_server.pytest_plugin", "-n2").assert_outcomes(passed=6)
