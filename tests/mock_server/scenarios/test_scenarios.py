"""Every scenario is failed by a client that is written badly on purpose, and survived by ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from bad_clients import BAD, SECONDS, THREADS, Naive, SavesWhatComes

from mock_server.scenarios import SCENARIOS
from mock_server.scenarios.pages import PAGE, TWO_PAGES
from mock_server.testing import AccountHandle
from sendpulse_client import (
    Client,
    ConnectionLost,
    QuotaExceeded,
    ServerError,
    Timing,
    Unauthorized,
    UnexpectedAnswer,
)


class Patience:
    """The time of a client that sleeps by moving the account's clock."""

    def __init__(self, sendpulse: AccountHandle) -> None:
        self._now = 1000.0
        self._sendpulse = sendpulse
        self.timing = Timing(monotonic=lambda: self._now, sleep=self._sleep, random=lambda: 0.5)

    def _sleep(self, seconds: float) -> None:
        self._now += seconds
        self._sendpulse.clock.advance(seconds)


@pytest.fixture
def client(sendpulse: AccountHandle) -> Iterator[Client]:
    """Ours, as users have it but for its sleep. It has a token already."""
    timing = Patience(sendpulse).timing
    with Client(sendpulse.client_id, sendpulse.client_secret, base_url=sendpulse.base_url, timing=timing) as client:
        client.email.mailing_lists.list()
        yield client


def read(client: Client) -> None:
    client.email.mailing_lists.list()


def read_thrice(client: Client) -> None:
    for _ in range(3):
        read(client)


def read_in_threads(client: Client) -> None:
    together = Barrier(THREADS)

    def work(_: int) -> None:
        together.wait(SECONDS)
        read(client)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))


def read_after_a_failure(client: Client) -> None:
    with pytest.raises(UnexpectedAnswer):
        read(client)
    read(client)


def write(client: Client) -> None:
    client.email.mailing_lists.create("Readers")


def failing(error: type[Exception], act: Callable[[Client], None]) -> Callable[[Client], None]:
    def fails(client: Client) -> None:
        with pytest.raises(error):
            act(client)

    return fails


def read_two_pages(client: Client) -> None:
    [book] = client.email.mailing_lists.list()

    assert len(list(client.email.mailing_lists.iterate_emails(book))) == 2 * PAGE


OURS: list[tuple[str, Callable[[Client], None]]] = [
    ("token-refresh-fails-once", read),
    ("expired-stored-token", read),
    ("revoked-token", read),
    ("refresh-storm", read_in_threads),
    ("error-body-saved-as-token", read_after_a_failure),
    ("slow-token-endpoint", read),
    ("token-endpoint-down", failing(ServerError, read)),
    ("clock-skew", read_thrice),
    ("unauthorized-loop", failing(Unauthorized, read)),
    ("429-without-retry-after", read),
    ("429-without-retry-after", write),
    ("minute-quota-used-up", failing(QuotaExceeded, read)),
    ("html-500-on-post", failing(ServerError, write)),
    ("truncated-body", read),
    ("connection-reset", read),
    ("connection-reset", failing(ConnectionLost, write)),
    ("full-last-page", read_two_pages),
]


@pytest.mark.parametrize(("name", "act"), OURS, ids=[f"{name}-{act.__name__}" for name, act in OURS])
def test_our_client_survives(
    sendpulse: AccountHandle, client: Client, name: str, act: Callable[[Client], None]
) -> None:
    with sendpulse.scenario(name) as trial:
        act(client)

    assert trial.complaints() == []


@pytest.mark.parametrize(("name", "bad", "told"), BAD, ids=[f"{name}-{bad.__name__}" for name, bad, _ in BAD])
def test_bad_client_does_not_survive(
    sendpulse: AccountHandle, name: str, bad: Callable[[AccountHandle], Naive], told: str
) -> None:
    client = bad(sendpulse)
    client.warm_up()

    with pytest.raises(AssertionError) as failure, sendpulse.scenario(name):
        client.meet()

    assert told in str(failure.value)
    assert f"A good client {SCENARIOS[name].good}." in str(failure.value)


@pytest.mark.sendpulse(credentials="strict")
def test_what_is_saved_as_a_token_serves_nobody_where_credentials_matter(sendpulse: AccountHandle) -> None:
    client = SavesWhatComes(sendpulse)
    client.warm_up()

    with pytest.raises(AssertionError, match="no call was served"), sendpulse.scenario("error-body-saved-as-token"):
        client.meet()


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_is_failed_by_some_client_and_survived_by_ours(name: str) -> None:
    assert name in {tried for tried, _, _ in BAD}
    assert name in {tried for tried, _ in OURS}


@pytest.mark.parametrize("name", SCENARIOS)
def test_nobody_survives_by_doing_nothing(sendpulse: AccountHandle, name: str) -> None:
    with pytest.raises(AssertionError, match=r"met it|it takes \d calls"), sendpulse.scenario(name):
        pass


@pytest.mark.parametrize("name", ["expired-stored-token", "revoked-token", "refresh-storm"])
def test_logging_in_for_the_first_time_loses_no_token(sendpulse: AccountHandle, name: str) -> None:
    trial = sendpulse.scenario(name)

    for _ in range(THREADS):
        sendpulse.client.email.mailing_lists.list()

    with pytest.raises(AssertionError, match="no call met it"):
        trial.assert_survived()
    trial.end()


@pytest.mark.parametrize("one", SCENARIOS.values(), ids=SCENARIOS)
def test_scenario_is_told_in_sentences(one: object) -> None:
    scenario = SCENARIOS[getattr(one, "name", "")]

    assert scenario.told.endswith(".")
    assert all(part and not part.endswith(".") for part in (scenario.try_it, scenario.good, scenario.known))


def test_what_a_client_raises_is_told_with_the_scenario(sendpulse: AccountHandle, client: Client) -> None:
    with pytest.raises(ServerError) as failure, sendpulse.scenario("html-500-on-post"):
        write(client)

    assert failure.value.__notes__ == [
        f"This came up in the scenario html-500-on-post, in which a good client {SCENARIOS['html-500-on-post'].good}."
    ]


def test_scenario_that_is_over_leaves_no_fault(sendpulse: AccountHandle, client: Client) -> None:
    trial = sendpulse.scenario("unauthorized-loop")
    trial.end()

    read(client)

    assert list(sendpulse.faults) == []


def test_what_comes_after_a_scenario_is_not_judged(sendpulse: AccountHandle, client: Client) -> None:
    with sendpulse.scenario("expired-stored-token") as trial:
        read(client)
    for _ in range(3):
        sendpulse.account.revoke_tokens()
        read(client)

    assert trial.complaints() == []


def test_unknown_scenario_is_told_with_those_there_are(sendpulse: AccountHandle) -> None:
    with pytest.raises(ValueError, match=r"unknown scenario: 'rain'.*revoked-token"):
        sendpulse.scenario("rain")


def test_two_pages_are_made_once(sendpulse: AccountHandle, client: Client) -> None:
    for _ in range(2):
        with sendpulse.scenario("full-last-page"):
            read_two_pages(client)

    assert [book.name for book in client.email.mailing_lists.list()] == [TWO_PAGES]
