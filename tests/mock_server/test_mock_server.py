"""The test kit outside pytest: accounts as context managers and decorators, and what a handle can do."""

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
import requests
import responses

import mock_server
import sendpulse_client
from contracts.services.email import mailing_lists
from mock_server import AccountHandle, MockServer
from mock_server.behaviour import behaviours

OURS = ("SENDPULSE_CLIENT_ID", "SENDPULSE_CLIENT_SECRET", "SENDPULSE_API_KEY", "SENDPULSE_BASE_URL")
CREATE = "email.mailing_lists.create"
LIST = "email.mailing_lists.list"
VENDOR = "https://api.sendpulse.com"

Open = Callable[..., AbstractContextManager[AccountHandle]]


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    mock = MockServer()
    yield mock
    mock.close()


@pytest.fixture(params=["intercept", "live"])
def open_account(request: pytest.FixtureRequest, mock: MockServer) -> Open:
    return getattr(mock, request.param)


@pytest.fixture
def sendpulse(mock: MockServer) -> Iterator[AccountHandle]:
    with mock.intercept() as handle:
        yield handle


def token_for(base_url: str, client_id: str, client_secret: str) -> requests.Response:
    body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
    return requests.post(f"{base_url}/oauth/access_token", json=body, timeout=5)


def lists_with(base_url: str, credential: str) -> requests.Response:
    return requests.get(f"{base_url}/addressbooks", headers={"Authorization": f"Bearer {credential}"}, timeout=5)


def token_of(account: AccountHandle) -> str:
    return token_for(account.base_url, account.client_id, account.client_secret).json()["access_token"]


# Opening and closing


def test_an_account_serves_requests_with_what_the_environment_says(open_account: Open) -> None:
    with open_account() as account:
        token = token_for(
            os.environ["SENDPULSE_BASE_URL"],
            os.environ["SENDPULSE_CLIENT_ID"],
            os.environ["SENDPULSE_CLIENT_SECRET"],
        ).json()["access_token"]

        assert lists_with(account.base_url, token).json() == []
        assert lists_with(account.base_url, os.environ["SENDPULSE_API_KEY"]).json() == []
        assert os.environ["SENDPULSE_API_KEY"] == account.api_key


def test_closing_leaves_nothing(mock: MockServer, open_account: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDPULSE_CLIENT_ID", "the developer's own")
    monkeypatch.delenv("SENDPULSE_API_KEY", raising=False)
    before = ({name: os.environ.get(name) for name in OURS}, requests.adapters.HTTPAdapter.send)
    accounts, threads = list(mock.emulator.world.accounts()), threading.active_count()

    with open_account() as account:
        assert account.client.email.mailing_lists.list() == []

    assert ({name: os.environ.get(name) for name in OURS}, requests.adapters.HTTPAdapter.send) == before
    assert list(mock.emulator.world.accounts()) == accounts
    assert mock.emulator.world.account_of_key(account.api_key) is None
    assert threading.active_count() == threads


def test_closing_stops_the_server(mock: MockServer) -> None:
    with mock.live() as account:
        url = account.base_url

    with pytest.raises(requests.ConnectionError):
        lists_with(url, account.api_key)


def test_an_exception_leaves_nothing_either(open_account: Open) -> None:
    before = dict(os.environ)

    with pytest.raises(ZeroDivisionError), open_account():
        _ = 1 / 0

    assert dict(os.environ) == before


def test_accounts_are_what_their_options_say(open_account: Open) -> None:
    clock = {"now": "2026-01-31T12:00:00Z", "frozen": True}

    with open_account(plan="free", world="list-with-contacts", limits="off", clock=clock) as account:
        assert account.plan.category == "free"
        assert [book.name for book in account.client.email.mailing_lists.list()] == ["Readers"]
        assert account.limits.left == {"second": None, "minute": None, "day": None}
        assert account.clock.now == "2026-01-31T12:00:00.000000Z"


def test_an_option_that_does_not_fit_is_named_and_leaves_nothing(mock: MockServer) -> None:
    accounts = list(mock.emulator.world.accounts())

    with pytest.raises(ValueError, match="'gold'"), mock.intercept(plan="gold"):
        pass
    with pytest.raises(ValueError, match=r"'lax'.*any, strict"):
        mock.intercept(credentials="lax")

    assert list(mock.emulator.world.accounts()) == accounts


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (MockServer, "an emulator has no option 'wrld'; it takes database, world, plan, limits, admin_key"),
        (
            MockServer().intercept,
            "intercept has no option 'wrld'; it takes credentials, client_id, client_secret, plan,",
        ),
        (MockServer().live, "live has no option 'wrld'; it takes client_id, client_secret, plan, world,"),
    ],
)
def test_an_option_that_there_is_not_is_told_with_those_that_are(make: Callable[..., object], told: str) -> None:
    with pytest.raises(TypeError, match=re.escape(told)):
        make(wrld="demo")


def test_without_its_extra_interception_says_what_to_install(mock: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "responses", None)
    monkeypatch.delitem(sys.modules, "mock_server.serving.intercept")

    with pytest.raises(ImportError, match=r"pip install 'sendpulse-mock\[pytest\]'"), mock.intercept():
        pass


def test_a_database_is_let_go_of(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/world.db"

    with MockServer(database=url).intercept() as account:
        account.client.email.mailing_lists.create("Readers")

    mock = MockServer(database=url)  # which a file that is still held would refuse
    mock.close()
    MockServer(database=url).close()


def test_one_server_lends_many_accounts(mock: MockServer) -> None:
    with mock.serve() as server, server.lend() as lent:
        other = server.account(plan="free")
        other.client.email.mailing_lists.create("Readers")

        assert (lent.base_url, lent.plan.category) == (server.base_url, "standard")
        assert lent.client.email.mailing_lists.list() == []
        assert lists_with(server.base_url, other.api_key).json()[0]["name"] == "Readers"
        other.close()


def test_accounts_in_process_may_be_nested(mock: MockServer) -> None:
    with mock.intercept() as outer:
        with mock.intercept() as inner:
            assert os.environ["SENDPULSE_CLIENT_ID"] == inner.client_id
        lists_with(outer.base_url, "any")

        assert os.environ["SENDPULSE_CLIENT_ID"] == outer.client_id
        outer.journal.assert_called(LIST, times=1)


# As decorators


def test_a_decorated_function_has_an_account_of_its_own_each_time(open_account: Open) -> None:
    @open_account()
    def accounts_client_id() -> str:
        return os.environ["SENDPULSE_CLIENT_ID"]

    before = dict(os.environ)
    first, second = accounts_client_id(), accounts_client_id()

    assert first != second
    assert dict(os.environ) == before


def test_a_decorated_function_that_asks_is_given_the_handle(mock: MockServer) -> None:
    @mock.intercept()
    def lists(name: str, *, sendpulse: AccountHandle) -> list[str]:
        sendpulse.client.email.mailing_lists.create(name)
        return [book.name for book in sendpulse.client.email.mailing_lists.list()]

    assert lists("Readers") == ["Readers"]


def test_a_decorated_coroutine_has_its_account_while_it_runs(mock: MockServer) -> None:
    @mock.intercept()
    async def lists(sendpulse: AccountHandle) -> list[object]:
        await asyncio.sleep(0)
        return lists_with(sendpulse.base_url, sendpulse.api_key).json()

    assert asyncio.run(lists()) == []


@MockServer().intercept()
def test_a_decorated_test_is_no_request_for_the_fixture(sendpulse: AccountHandle) -> None:
    assert sendpulse.client.email.mailing_lists.list() == []


def test_a_class_is_not_decorated(mock: MockServer) -> None:
    with pytest.raises(TypeError, match="decorate its functions"):
        mock.intercept()(type("TestLists", (), {}))


# Credentials


def test_in_process_any_credentials_are_the_accounts(sendpulse: AccountHandle) -> None:
    token = token_for(sendpulse.base_url, "id-from-settings", "secret-from-settings").json()["access_token"]

    assert lists_with(sendpulse.base_url, token).status_code == 200
    assert lists_with(sendpulse.base_url, "key-from-settings").status_code == 200
    sendpulse.journal.assert_called(LIST, times=2)


def test_strict_takes_the_accounts_own_credentials_alone(mock: MockServer) -> None:
    world = mock.emulator.world
    another = world.make_account()
    key, token = world.make_api_key(another), world.tokens.issue(another.client_id, 1, another.token_epoch, 0)

    with mock.intercept(credentials="strict") as account:
        url = account.base_url

        assert token_for(url, account.client_id, "wrong").status_code == 401
        assert token_for(url, another.client_id, another.client_secret).status_code == 401
        assert token_for(url, "test-self-made", "secret").status_code == 401
        assert [lists_with(url, other).status_code for other in ("some-key", key, token)] == [401, 401, 401]
        assert [lists_with(url, own).status_code for own in (account.api_key, token_of(account))] == [200, 200]
    assert world.account("test-self-made") is None


def test_a_live_account_takes_its_own_credentials_alone(mock: MockServer) -> None:
    with mock.live() as account:
        assert token_for(account.base_url, account.client_id, "wrong").status_code == 401
        assert lists_with(account.base_url, "some-key").status_code == 401


def test_a_token_of_an_account_that_is_gone_is_refused_as_the_vendor_does(mock: MockServer) -> None:
    with mock.intercept() as earlier:
        kept = token_of(earlier)

    with mock.intercept() as later:
        answer = lists_with(later.base_url, kept)

    assert (answer.status_code, answer.json()["error_code"]) == (401, 401)


# The handle


def test_the_client_needs_no_interception(mock: MockServer) -> None:
    with mock.intercept() as account, responses.RequestsMock():
        account.client.email.mailing_lists.create("Readers")

        account.journal.assert_called(CREATE, bookName="Readers")


def test_the_client_shows_each_refusal_at_once(open_account: Open) -> None:
    with open_account(clock="2026-01-31T12:00:00Z") as account:
        for _ in range(10):
            account.client.email.mailing_lists.list()

        with pytest.raises(sendpulse_client.RateLimited):
            account.client.email.mailing_lists.list()
        account.clock.advance(1)
        assert account.client.email.mailing_lists.list() == []


@pytest.mark.parametrize(
    ("step", "situation"),
    [
        ({"reset": True}, sendpulse_client.ConnectionLost),
        ({"truncate": 1}, sendpulse_client.ConnectionLost),
        ({"status": 503}, sendpulse_client.ServerError),
    ],
)
def test_the_client_meets_faults_as_on_the_wire(open_account: Open, step: dict[str, object], situation: type) -> None:
    with open_account() as account:
        account.faults.add(step, operation=LIST)

        with pytest.raises(situation):
            account.client.email.mailing_lists.list()
        account.assert_faults_met()


def test_the_clients_timeout_holds_in_process(sendpulse: AccountHandle, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("mock_server.core.stopwatch.pause", waited.append)
    sendpulse.faults.add({"latency": 60}, operation=LIST)

    with pytest.raises(sendpulse_client.Timeout, match="30"):
        sendpulse.client.email.mailing_lists.list()

    assert waited == [30.0]


def test_our_own_bugs_reach_the_test(sendpulse: AccountHandle, monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(behaviours._functions, mailing_lists.list, bug)

    with pytest.raises(ZeroDivisionError):
        lists_with(sendpulse.base_url, "any")


def test_the_outbox_waits_for_a_message(sendpulse: AccountHandle) -> None:
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")

    lists.add_emails(book, ["ada@example.com"], confirmation="force", sender_email=sendpulse.sender)

    assert sendpulse.outbox.wait(to="ada@example.com").subject == "Confirm your subscription to Readers"


# The journal


def test_a_call_that_was_made_is_returned(sendpulse: AccountHandle) -> None:
    book = sendpulse.client.email.mailing_lists.create("Readers")
    sendpulse.client.email.mailing_lists.add_emails(book, ["ada@example.com"])

    assert sendpulse.journal.assert_called(CREATE, times=1, bookName="Readers").status == 200
    sendpulse.journal.assert_called("email.mailing_lists.add_emails", id=book.id, emails=[{"email": "ada@example.com"}])
    sendpulse.journal.assert_not_called(CREATE, bookName="Writers")
    sendpulse.journal.assert_not_called("email.mailing_lists.delete")


def complaint(call: Callable[[], object]) -> str:
    with pytest.raises(AssertionError) as failed:
        call()
    return str(failed.value)


def test_another_argument_is_a_near_miss(sendpulse: AccountHandle) -> None:
    sendpulse.client.email.mailing_lists.create("Reader")

    assert complaint(lambda: sendpulse.journal.assert_called(CREATE, bookName="Readers", folder=1)) == (
        "email.mailing_lists.create(bookName='Readers', folder=1) was never called. The requests were:\n"
        "  POST /oauth/access_token (oauth.issue_token) answered 200\n"
        "  POST /addressbooks (email.mailing_lists.create) answered 200: bookName was 'Reader'; folder was not given"
    )


def test_no_request_at_all_is_said(sendpulse: AccountHandle) -> None:
    assert complaint(lambda: sendpulse.journal.assert_called(CREATE)) == (
        "email.mailing_lists.create() was never called. There were no requests."
    )


def test_an_unknown_path_is_a_near_miss(sendpulse: AccountHandle) -> None:
    requests.post(f"{sendpulse.base_url}/addressbook", headers={"Authorization": "Bearer any"}, timeout=5)

    assert complaint(lambda: sendpulse.journal.assert_called(CREATE)).endswith(
        "did you mean POST /addressbooks (email.mailing_lists.create)?"
    )


def test_a_refusal_is_told_with_its_code_and_wording(sendpulse: AccountHandle) -> None:
    with pytest.raises(sendpulse_client.ApiError):
        sendpulse.client.email.mailing_lists.create("")

    told = complaint(lambda: sendpulse.journal.assert_called(CREATE, bookName="Readers"))

    assert told.endswith(
        "POST /addressbooks (email.mailing_lists.create) answered 422, "
        "error 201 'Empty mailing list name': bookName was ''"
    )


def test_a_limiter_on_a_frozen_clock_is_explained(mock: MockServer) -> None:
    with mock.intercept(limits={"per_second": 1}, clock="2026-01-31T12:00:00Z") as account:
        for _ in range(2):
            lists_with(account.base_url, "any")

        told = complaint(lambda: account.journal.assert_called(LIST, times=1))

    assert told.startswith("email.mailing_lists.list() was called 2 times, not 1.")
    assert "the account's clock is frozen; advance or unfreeze it to let time pass" in told


def test_a_request_without_a_token_is_a_near_miss(mock: MockServer) -> None:
    with mock.intercept() as earlier:
        requests.get(f"{earlier.base_url}/addressbooks/777", timeout=5)

    with mock.intercept() as account:
        requests.get(f"{account.base_url}/addressbooks", timeout=5)

        told = complaint(lambda: account.journal.assert_called(LIST))

    assert "GET /addressbooks (email.mailing_lists.list) answered 401" in told
    assert told.endswith("it came without a token or key of the account")
    assert "777" not in told


def test_a_call_that_should_not_be_is_told(sendpulse: AccountHandle) -> None:
    sendpulse.client.email.mailing_lists.list()

    assert complaint(lambda: sendpulse.journal.assert_not_called(LIST)).startswith(
        "email.mailing_lists.list() was called. The requests were:"
    )


def test_a_misspelt_operation_is_no_assertion(sendpulse: AccountHandle) -> None:
    with pytest.raises(ValueError, match=r"did you mean 'email\.mailing_lists\.create'"):
        sendpulse.journal.assert_not_called("email.mailing_list.create")
    with pytest.raises(ValueError, match="assert_not_called"):
        sendpulse.journal.assert_called(CREATE, times=0)


@pytest.mark.parametrize(
    "ask",
    [
        lambda sendpulse, name: sendpulse.journal.entries(operation=name),
        lambda sendpulse, name: sendpulse.journal.wait(operation=name),
        lambda sendpulse, name: sendpulse.faults.add({"reset": True}, operation=name),
    ],
)
def test_whoever_names_an_operation_is_told_the_closest(
    sendpulse: AccountHandle, ask: Callable[[AccountHandle, str], object]
) -> None:
    with pytest.raises(ValueError, match=r"'mailing_lists\.create'; did you mean 'email\.mailing_lists\.create'"):
        ask(sendpulse, "mailing_lists.create")


def test_the_journal_explains_a_path_that_is_not_built(sendpulse: AccountHandle) -> None:
    answer = requests.get(f"{VENDOR}/addressbooks/7/mails", headers={"Authorization": "Bearer any"}, timeout=5)

    assert answer.json() == {"error_code": 404, "message": "Not found"}
    assert next(iter(sendpulse.journal)).explanation == (
        "no such operation; did you mean GET /addressbooks/{id}/emails (email.mailing_lists.list_emails)?"
    )


# Faults


def test_a_code_with_several_meanings_wants_a_key(sendpulse: AccountHandle) -> None:
    with pytest.raises(ValueError, match=r"422 has several meanings.*bookName\.required, bookName\.string"):
        sendpulse.faults.add({"refuse": 422}, operation=CREATE)

    sendpulse.faults.add({"refuse": "bookName.string"}, operation=CREATE)
    with pytest.raises(sendpulse_client.ApiError, match="must be string"):
        sendpulse.client.email.mailing_lists.create("Readers")


def test_a_code_for_all_operations_means_the_first_of_each(sendpulse: AccountHandle) -> None:
    sendpulse.faults.add({"pass": 1}, {"refuse": 422})

    with pytest.raises(sendpulse_client.ApiError, match="bookName missing"):
        sendpulse.client.email.mailing_lists.create("Readers")


def test_any_code_may_be_a_fault_of_any_operation(sendpulse: AccountHandle) -> None:
    sendpulse.faults.add({"refuse": 707}, operation=LIST)

    with pytest.raises(sendpulse_client.ApiError) as refused:
        sendpulse.client.email.mailing_lists.list()
    assert refused.value.code == 707


@pytest.mark.parametrize(("group", "met"), [("*", 3), ("calls", 2), ("reads", 1), ("writes", 1)])
def test_a_fault_of_a_group_concerns_its_requests_alone(sendpulse: AccountHandle, group: str, met: int) -> None:
    fault = sendpulse.faults.add({"pass": 9}, operation=group)

    sendpulse.client.email.mailing_lists.create("Readers")
    sendpulse.client.email.mailing_lists.list()

    assert fault.met == [met]


def test_a_fault_answers_whatever_it_is_told(sendpulse: AccountHandle) -> None:
    sendpulse.faults.add({"answer": {"result": False}}, operation=CREATE)

    with pytest.raises(sendpulse_client.ApiError) as refused:
        sendpulse.client.email.mailing_lists.create("Readers")

    assert (refused.value.status, refused.value.response.json()) == (200, {"result": False})
    assert sendpulse.client.email.mailing_lists.list() == []


@pytest.mark.parametrize("step", [707, {"refuse": []}, {"refuse": {}}])
def test_a_step_of_another_type_is_named(sendpulse: AccountHandle, step: object) -> None:
    with pytest.raises(ValueError, match=r"step.*(707|\[\]|\{\})"):
        sendpulse.faults.add(step)  # type: ignore[arg-type]


def test_secrets_are_not_told(sendpulse: AccountHandle) -> None:
    token_for(sendpulse.base_url, "some-id", "very-secret")

    told = complaint(lambda: sendpulse.journal.assert_called("oauth.issue_token", client_secret="other"))

    assert "very-secret" not in told


def test_an_unmet_fault_is_told_with_what_came_instead(sendpulse: AccountHandle) -> None:
    sendpulse.faults.add({"pass": 1}, {"refuse": 203}, {"status": 500}, operation=CREATE)
    sendpulse.client.email.mailing_lists.list()

    assert complaint(sendpulse.assert_faults_met) == (
        "fault 1 for email.mailing_lists.create: {'refuse': 203} was never met\n"
        "fault 1 for email.mailing_lists.create: {'status': 500} was never met\n"
        "The requests were:\n"
        "  POST /oauth/access_token (oauth.issue_token) answered 200\n"
        "  GET /addressbooks (email.mailing_lists.list) answered 200"
    )


# What does not fit


@pytest.mark.parametrize(
    ("snapshot", "told"),
    [
        ([], "the snapshot cannot be []; give an object with clock, plan, limits, settings, rows"),
        ({"clocks": {}}, "unknown key of the snapshot: 'clocks'; use one of: clock, plan, limits, settings, rows"),
        ({"clock": 3}, "3 is no state of a clock"),
        ({"clock": {"frozen_at": 10**18}}, "lies outside the years 2 to 9998"),
        ({"limits": []}, "the limits cannot be []"),
        ({"settings": []}, "the settings cannot be []"),
        ({"settings": {"forbidden": ["email.nope"]}}, "unknown operation: 'email.nope'; did you mean"),
        ({"rows": 3}, "the rows cannot be 3; give an object with rows, next_ids"),
        ({"rows": {"rows": 3}}, "rows cannot be 3; give an object whose keys are names of entities"),
        ({"rows": {"rows": {"email.mailing_list": 3}}}, "the rows of email.mailing_list cannot be 3; give a list"),
        ({"rows": {"rows": {"email.mailing_list": [3]}}}, "a row of email.mailing_list cannot be 3; give an object"),
        ({"rows": {"rows": {"email.sender": [{"email": 3}]}}}, "email.sender needs the field 'name'"),
        (
            {"rows": {"rows": {"email.mailing_list": [{"name": "Readers", "created": "now"}]}}},
            "created of email.mailing_list cannot be 'now'; give a whole number",
        ),
        (
            {"rows": {"rows": {"email.mailing_list": 2 * [{"name": "Readers", "created": 1}]}}},
            "email.mailing_list already has a row with name='Readers'; give every row once",
        ),
    ],
)
def test_a_snapshot_that_does_not_fit_is_refused_with_what_it_holds(
    sendpulse: AccountHandle, snapshot: object, told: str
) -> None:
    before = sendpulse.state.snapshot()["rows"]

    with pytest.raises(ValueError, match=re.escape(told)):
        sendpulse.state.restore(snapshot)  # type: ignore[arg-type]

    assert sendpulse.state.snapshot()["rows"] == before


def test_an_operation_that_nobody_declares_cannot_be_forbidden(sendpulse: AccountHandle, mock: MockServer) -> None:
    settings = {"forbidden": [CREATE, "email.nope"]}

    with pytest.raises(ValueError, match=r"unknown operation: 'email\.nope'; did you mean '"):
        sendpulse.settings.set(**settings)
    with (
        pytest.raises(ValueError, match=r"unknown operation: 'email\.nope'; did you mean '"),
        mock.intercept(settings=settings),
    ):
        pass

    assert sendpulse.settings.forbidden == ()


@pytest.mark.parametrize(
    ("world", "told"),
    [
        (
            {"rows": {"email.mailing_list": [{"nme": "Readers"}]}},
            "email.mailing_list has no field 'nme'; it has id, name, created, status",
        ),
        (
            {"rows": {"email.mailing_lists": []}},
            "unknown entity: 'email.mailing_lists'; use one of: ",
        ),
        ({"rows": [1]}, "rows cannot be [1]; give an object"),
        ({"rows": {"email.mailing_list": {"name": "Readers"}}}, "the rows of email.mailing_list cannot be {"),
        ({"settings": []}, "the settings cannot be []"),
        ({"limits": []}, "the limits cannot be []"),
        ({"plan": []}, "the plan cannot be []"),
    ],
)
def test_a_world_that_does_not_fit_is_refused_with_what_it_holds(
    mock: MockServer, tmp_path: Path, world: object, told: str
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(world), encoding="utf-8")
    accounts = list(mock.emulator.world.accounts())

    with pytest.raises(ValueError, match=re.escape(told)), mock.intercept(world=str(file)):
        pass

    assert list(mock.emulator.world.accounts()) == accounts


def test_the_file_of_a_world_that_is_not_there_is_named(mock: MockServer) -> None:
    with pytest.raises(ValueError, match=r"no such file: 'nope\.json'"), mock.intercept(world="nope.json"):
        pass
    with pytest.raises(ValueError, match=r"unknown world: 'nope'"), mock.intercept(world="nope"):
        pass


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({}, "no message in 0 s; there is: nothing"),
        ({"to": "ada@example.com"}, "no message to 'ada@example.com' in 0 s; there is: nothing"),
        ({"to": "a@b.c", "subject": "Hi"}, "no message to 'a@b.c' about 'Hi' in 0 s; there is: nothing"),
    ],
)
def test_a_message_that_does_not_come_is_told_as_it_was_asked_for(
    sendpulse: AccountHandle, asked: dict[str, str], told: str
) -> None:
    with pytest.raises(LookupError) as missed:
        sendpulse.outbox.wait(0, **asked)

    assert str(missed.value) == told


# The package


def test_importing_the_package_imports_nothing_heavy() -> None:
    heavy = {"flask", "requests", "responses", "jwt", "jsonschema", "hypothesis", "cryptography", "orjson"}
    code = "import mock_server, mock_server.pytest_plugin, sys; print(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert heavy.isdisjoint(loaded)


def test_the_package_says_what_it_does_not_have() -> None:
    with pytest.raises(AttributeError, match="MockServers"):
        _ = mock_server.MockServers
