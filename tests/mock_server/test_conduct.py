"""Each rule of good conduct tells a client that breaks it from one that does not."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from contracts import conduct
from contracts.conduct import RULES, from_journal, judge
from contracts.conduct.rules import Rule
from contracts.verify.findings import Severity
from mock_server import AccountHandle, MockServer, cli
from sendpulse_client import Client, Timing

VENDOR = "https://api.sendpulse.com"
LOGIN = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "a-secret-of-mine"}


@dataclass
class Caller:
    """A client under test: it calls as its script says, and waits on the clock of the account."""

    account: AccountHandle
    token: str = ""

    def wait(self, seconds: float) -> None:
        self.account.clock.advance(seconds)

    def ask(self, method: str, path: str, *, pause: float = 0.2, **arguments: Any) -> requests.Response:
        self.wait(pause)
        headers = {"Authorization": f"Bearer {self.token or self.account.api_key}"}
        return requests.request(method, f"{VENDOR}{path}", headers=headers, timeout=5, **arguments)

    def log_in(self, *, pause: float = 0.2) -> None:
        self.wait(pause)
        self.token = requests.post(f"{VENDOR}/oauth/access_token", json=LOGIN, timeout=5).json()["access_token"]

    def make_book(self, name: str = "Readers") -> int:
        return int(self.ask("POST", "/addressbooks", json={"bookName": name}).json()["id"])


@pytest.fixture
def account() -> Iterator[AccountHandle]:
    with MockServer().intercept(clock="2026-01-31T12:00:00Z") as sendpulse:
        yield sendpulse


def calls_too_fast(client: Caller) -> None:
    for _ in range(11):
        client.ask("GET", "/balance", pause=0.05)


def paces_itself(client: Caller) -> None:
    for number in range(30):
        client.ask("GET", f"/addressbooks?offset={number}", pause=0.104)


def repeats_at_once(client: Caller) -> None:
    client.account.faults.add(
        {"status": 503}, {"refuse": 2020202020}, {"status": 503}, operation="email.mailing_lists.list"
    )
    while client.ask("GET", "/addressbooks", pause=0.01).status_code != 200:
        pass


def backs_off(client: Caller) -> None:
    client.account.faults.add(
        {"status": 503}, {"refuse": 2020202020}, {"status": 503}, operation="email.mailing_lists.list"
    )
    pause = 0.5
    while client.ask("GET", "/addressbooks", pause=pause).status_code != 200:
        pause *= 2


def fetches_a_token_for_each_call(client: Caller) -> None:
    for _ in range(5):
        client.log_in()
        client.ask("GET", "/balance")


def keeps_its_token(client: Caller) -> None:
    client.log_in()
    for _ in range(5):
        client.ask("GET", "/balance", pause=3)
    client.wait(3000)
    client.log_in()
    client.ask("GET", "/balance")


def never_renews_its_token(client: Caller) -> None:
    client.log_in()
    client.ask("GET", "/balance")
    client.wait(3700)
    for _ in range(2):
        client.ask("GET", "/balance")


def renews_its_token(client: Caller) -> None:
    client.log_in()
    client.wait(3500)
    client.log_in()
    client.ask("GET", "/balance")


def goes_on_with_a_bad_token(client: Caller) -> None:
    client.log_in()
    client.account.faults.add(*[{"status": 401}] * 4)
    for _ in range(4):
        client.ask("GET", "/balance")


def fetches_a_token_after_each_refusal(client: Caller) -> None:
    client.account.faults.add(*[{"status": 401}] * 4, operation="email.balance.get")
    for _ in range(4):
        client.log_in()
        client.ask("GET", "/balance")


def fetches_another_token_once(client: Caller) -> None:
    client.log_in()
    client.account.faults.add({"status": 401}, operation="email.balance.get")
    client.ask("GET", "/balance")
    client.log_in()
    client.ask("GET", "/balance")


def creates_again_after_an_error(client: Caller) -> None:
    client.account.faults.add({"status": 502}, operation="email.mailing_lists.create")
    for _ in range(2):
        client.ask("POST", "/addressbooks", json={"bookName": "Readers"}, pause=2)


def sends_again_after_a_lost_answer(client: Caller) -> None:
    client.account.faults.add({"truncate": 3}, operation="email.mailing_lists.create")
    with pytest.raises(requests.RequestException):
        client.ask("POST", "/addressbooks", json={"bookName": "Readers"})
    client.ask("POST", "/addressbooks", json={"bookName": "Readers"}, pause=2)


def looks_before_it_creates_again(client: Caller) -> None:
    client.account.faults.add({"status": 502}, operation="email.mailing_lists.create")
    client.ask("POST", "/addressbooks", json={"bookName": "Readers"})
    client.ask("GET", "/addressbooks", pause=2)
    client.ask("POST", "/addressbooks", json={"bookName": "Readers"})


def repeats_what_the_limiter_refused(client: Caller) -> None:
    client.account.faults.add({"refuse": 2020202020}, operation="email.mailing_lists.create")
    for _ in range(2):
        client.ask("POST", "/addressbooks", json={"bookName": "Readers"}, pause=1)


def reads_the_first_page_alone(client: Caller) -> None:
    for number in range(4):
        client.make_book(f"Readers {number}")
    client.ask("GET", "/addressbooks", params={"limit": 3})


def reads_all_pages(client: Caller) -> None:
    for number in range(4):
        client.make_book(f"Readers {number}")
    client.ask("GET", "/addressbooks", params={"limit": 3})
    client.ask("GET", "/addressbooks", params={"limit": 3, "offset": 3})


def sends_its_secret_in_the_address(client: Caller) -> None:
    requests.post(f"{VENDOR}/oauth/access_token", params=LOGIN, timeout=5)


def sends_its_token_in_the_address(client: Caller) -> None:
    client.log_in()
    client.ask("GET", "/balance", params={"access_token": client.token})


def sends_its_secret_in_the_body(client: Caller) -> None:
    client.log_in()
    client.ask("GET", "/addressbooks", params={"limit": 3})


def _contacts(client: Caller) -> tuple[int, list[str]]:
    book, addresses = client.make_book(), [f"reader-{number}@example.com" for number in range(12)]
    client.ask("POST", f"/addressbooks/{book}/emails", json={"emails": addresses})
    return book, addresses


def looks_each_contact_up(client: Caller) -> None:
    book, addresses = _contacts(client)
    for address in addresses:
        client.ask("GET", f"/addressbooks/{book}/emails/{address}")


def looks_each_address_up(client: Caller) -> None:
    _, addresses = _contacts(client)
    for address in addresses:
        client.ask("GET", f"/emails/{address}")


def reads_the_list(client: Caller) -> None:
    book, addresses = _contacts(client)
    client.ask("GET", f"/addressbooks/{book}/emails")
    client.ask("POST", "/emails", json={"emails": addresses})
    client.ask("GET", f"/addressbooks/{book}/emails/{addresses[0]}")


def asks_ever_again(client: Caller) -> None:
    book = client.make_book()
    for _ in range(8):
        client.ask("GET", f"/addressbooks/{book}/emails/total", pause=0.2)


def asks_now_and_then(client: Caller) -> None:
    book = client.make_book()
    for _ in range(8):
        client.ask("GET", f"/addressbooks/{book}/emails/total", pause=5)


Script = Callable[[Caller], None]

BAD: dict[Script, str] = {
    calls_too_fast: "rate_peak",
    repeats_at_once: "no_back_off",
    fetches_a_token_for_each_call: "token_per_call",
    never_renews_its_token: "expired_token",
    goes_on_with_a_bad_token: "unauthorized_storm",
    fetches_a_token_after_each_refusal: "unauthorized_storm",
    creates_again_after_an_error: "unsafe_repeat",
    sends_again_after_a_lost_answer: "unsafe_repeat",
    reads_the_first_page_alone: "unread_page",
    sends_its_secret_in_the_address: "secret_in_url",
    sends_its_token_in_the_address: "secret_in_url",
    looks_each_contact_up: "single_look_ups",
    looks_each_address_up: "single_look_ups",
    asks_ever_again: "hasty_polling",
}

GOOD: tuple[Script, ...] = (
    paces_itself,
    backs_off,
    keeps_its_token,
    renews_its_token,
    fetches_another_token_once,
    looks_before_it_creates_again,
    repeats_what_the_limiter_refused,
    reads_all_pages,
    sends_its_secret_in_the_body,
    reads_the_list,
    asks_now_and_then,
)


@pytest.mark.parametrize("script", BAD, ids=lambda script: script.__name__)
def test_client_that_breaks_a_rule_is_found_by_that_rule(account, script):
    script(Caller(account))

    [finding] = account.conduct([BAD[script]])
    assert finding.kind == f"conduct.{BAD[script]}"
    assert finding.expected == RULES[BAD[script]].remedy
    with pytest.raises(AssertionError, match=finding.kind):
        account.assert_conduct()


@pytest.mark.parametrize("script", GOOD, ids=lambda script: script.__name__)
def test_client_that_breaks_no_rule_is_left_alone(account, script):
    script(Caller(account))

    account.assert_conduct()
    assert account.conduct() == ()


def test_token_that_is_renewed_once_it_is_refused_is_a_note(account):
    client = Caller(account)
    client.log_in()
    client.wait(3700)
    client.ask("GET", "/balance")
    client.log_in()
    client.ask("GET", "/balance")

    [note] = account.conduct()

    assert (note.kind, note.severity) == ("conduct.expired_token", Severity.NOTE)
    account.assert_conduct()


def test_every_rule_has_a_client_that_breaks_it():
    assert set(BAD.values()) == RULES.keys()


@pytest.mark.parametrize("one", RULES.values(), ids=lambda one: one.name)
def test_every_rule_says_why_and_what_to_do_instead(one: Rule):
    assert one.explanation.endswith(".")
    assert one.remedy
    assert one.evidence.source


def test_findings_show_no_secret(account):
    for script in (sends_its_secret_in_the_address, sends_its_token_in_the_address, fetches_a_token_for_each_call):
        script(Caller(account))

    told = str(account.conduct())
    assert "conduct.secret_in_url" in told
    assert LOGIN["client_secret"] not in told
    assert "eyJ" not in told


def test_on_a_clock_that_stands_still_nothing_is_said_about_pace(account):
    for _ in range(20):
        requests.get(f"{VENDOR}/addressbooks", headers={"Authorization": f"Bearer {account.api_key}"}, timeout=5)

    assert account.conduct() == ()


def test_calls_of_nobody_are_judged_too():
    with MockServer().intercept(credentials="strict") as sendpulse:
        for _ in range(4):
            requests.post(f"{VENDOR}/oauth/access_token", json=LOGIN, timeout=5)

        [finding] = sendpulse.conduct()

    assert finding.kind == "conduct.unauthorized_storm"


def test_unknown_rule_is_told_the_known_ones(account):
    with pytest.raises(ValueError, match=r"unknown rule: 'kindness'; use some of: token_per_call"):
        account.conduct(["kindness"])


def test_our_own_client_keeps_every_rule(account):
    def sleep(seconds: float) -> None:
        account.clock.advance(seconds)

    timing = Timing(monotonic=lambda: account.account.clock.now() / 1e6, sleep=sleep, random=lambda: 0.5)
    client = Client(account.client_id, account.client_secret, transport=account.client._transport, timing=timing)
    lists = client.email.mailing_lists
    account.faults.add({"status": 503}, {"refuse": 2020202020}, {"reset": True}, operation="email.mailing_lists.list")
    account.faults.add({"pass": 3}, {"status": 401}, operation="email.mailing_lists.create")

    books = [lists.create(f"Readers {number}") for number in range(7)]
    lists.add_emails(books[0], [f"reader-{number}@example.com" for number in range(250)])
    account.clock.advance(4000)

    assert len(list(lists.iterate())) == 7
    assert len(list(lists.iterate_emails(books[0]))) == 250
    account.assert_conduct()


# From files and from a running emulator


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs the command in an empty folder; its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["sendpulse-mock", "conduct", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        code = ended.value.code or 0
        assert isinstance(code, int)
        return (code, *capsys.readouterr())

    return run


def journal_of(account: AccountHandle) -> dict[str, Any]:
    return {"entries": [entry.as_json() for entry in account.journal], "dropped": 0}


@pytest.mark.parametrize("script", BAD, ids=lambda script: script.__name__)
def test_journal_in_a_file_tells_the_same(account, run, tmp_path, script):
    script(Caller(account))
    (tmp_path / "journal.json").write_text(json.dumps(journal_of(account)))

    code, out, _ = run("journal.json", "--rule", BAD[script])

    assert code == 1
    assert f"(conduct.{BAD[script]})" in out
    assert LOGIN["client_secret"] not in out


KEPT_BY_BROWSERS = [script for script in BAD if script is not sends_again_after_a_lost_answer]


@pytest.mark.parametrize("script", KEPT_BY_BROWSERS, ids=lambda script: script.__name__)
def test_har_file_tells_the_same(account, run, tmp_path, script):
    with Browser() as session:
        script(Caller(account))
    (tmp_path / "calls.har").write_text(session.as_har(account))

    code, out, _ = run("calls.har", "--rule", BAD[script])

    assert code == 1
    assert f"(conduct.{BAD[script]})" in out


class Browser:
    """Takes down what `requests` sends as a browser would, at the instants of the account."""

    def __enter__(self):
        self.answers: list[requests.Response] = []
        self._send = requests.Session.send

        def send(session, request, **options):
            answer = self._send(session, request, **options)
            self.answers.append(answer)
            return answer

        requests.Session.send = send
        return self

    def __exit__(self, *_: object) -> None:
        requests.Session.send = self._send

    def as_har(self, account: AccountHandle) -> str:
        moments = [entry.as_json()["at"] for entry in account.journal]
        entries = [self._entry(answer, at) for answer, at in zip(self.answers, moments, strict=True)]
        return json.dumps({"log": {"entries": entries}})

    def _entry(self, answer: requests.Response, at: str) -> dict[str, Any]:
        request = answer.request
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        asked = {
            "method": request.method,
            "url": request.url,
            "headers": [{"name": name, "value": value} for name, value in request.headers.items()],
            "postData": {"mimeType": request.headers.get("Content-Type", ""), "text": body or ""},
        }
        content = {"mimeType": answer.headers["Content-Type"], "text": answer.text}
        response = {"status": answer.status_code, "headers": [], "content": content}
        return {"startedDateTime": at, "request": asked, "response": response}


def test_running_emulator_is_asked_for_the_journal(run, sendpulse_live: AccountHandle):
    key = {"Authorization": f"Bearer {sendpulse_live.api_key}"}
    requests.get(f"{sendpulse_live.base_url}/addressbooks?access_token=abcdefgh", headers=key, timeout=5)

    code, out, _ = run("--url", sendpulse_live.base_url, "--account", sendpulse_live.client_id)

    assert code == 1
    assert "secret_in_url" in out
    assert "abcdefgh" not in out


def test_good_conduct_is_good(run, sendpulse_live: AccountHandle):
    sendpulse_live.client.email.mailing_lists.create("Readers")

    code, out, _ = run("--url", f"{sendpulse_live.base_url}/", "--account", sendpulse_live.client_id)

    assert (code, out.splitlines()[0]) == (0, "calls: 2")


@pytest.mark.parametrize(
    "text",
    ["", "7", "{}", '{"entries": 7}', '{"entries": [7]}', '{"entries": [{"at": "soon"}]}', "[" * 100_000, "\x00"],
)
def test_what_is_no_journal_is_told(run, tmp_path, text):
    (tmp_path / "journal.json").write_text(text)

    code, out, err = run("journal.json")

    assert (code, out) == (2, "")
    assert err.startswith("Error: journal.json: it ")


def test_emulator_that_is_not_there_is_told(run):
    code, _, err = run("--url", "http://127.0.0.1:1", "--account", "me")

    assert code == 2
    assert "cannot reach http://127.0.0.1:1/_mock/accounts/me/journal" in err


def test_account_that_is_not_there_is_told(run, sendpulse_live: AccountHandle):
    code, _, err = run("--url", sendpulse_live.base_url, "--account", "nobody at all")

    assert code == 2
    assert "answered 404" in err


def test_journal_without_marks_of_tokens_is_judged_as_far_as_it_tells():
    entry = {"id": 1, "at": "2026-01-31T12:00:00.000001Z", "method": "GET", "path": "/balance", "status": 401}
    told = entry | {"explanation": "the token is not good at the account's present time"}

    [finding] = judge(from_journal({"entries": [told]}))

    assert finding.kind == "conduct.expired_token"
    assert conduct.from_journal([entry]).calls[0].token == ""


@pytest.mark.parametrize(("limit", "kinds"), [("2", ["conduct.unread_page"]), ("3", [])])
def test_page_beside_its_total_is_read_as_any_other(limit, kinds):
    entry = {"id": 1, "at": "2026-01-31T12:00:00.000001Z", "method": "GET", "path": "/smtp/bounces/day", "status": 200}
    asked = entry | {"arguments": {"limit": limit}, "answer": {"total": 5, "emails": ["ada@x.org", "bob@x.org"]}}

    assert [finding.kind for finding in judge(from_journal([asked]))] == kinds
