"""What a test may demand beyond its assertions: mocks that are true, answers that are known, a client that behaves."""

from __future__ import annotations

import aiohttp  # noqa: F401 - as below
import httpx  # noqa: F401
import pytest
import requests  # noqa: F401
import responses  # noqa: F401

import contracts
from mock_server import MockServer

pytest_plugins = "pytester"


@pytest.fixture(autouse=True, scope="module")
def everything_is_imported() -> None:
    """A pytest inside of this one forgets the modules that it imports first, and some cannot be imported again."""
    with MockServer().intercept() as sendpulse:
        sendpulse.client.email.mailing_lists.list()
        sendpulse.assert_conduct()
    contracts.judge(("GET", "/addressbooks"), (200, []))


MOCKS = """
    import httpx
    import pytest
    import requests
    import responses

    BOOKS = "https://api.sendpulse.com/addressbooks"
    KEY = {"Authorization": "Bearer some-key-of-mine"}


    def create(session=requests, **body):
        return session.post(BOOKS, json=body or {"bookName": "Readers"}, headers=KEY, timeout=5)
"""

TRUE = """
    @responses.activate
    def test_mock():
        responses.post(BOOKS, json={"id": 1})

        assert create().json() == {"id": 1}
"""

UNTRUE = """
    @responses.activate
    def test_mock():
        responses.post(BOOKS, json={"id": "s3cr3t-0815", "access_token": "s3cr3t-0815"})

        assert create().ok
"""


def run(pytester: pytest.Pytester, test: str, *arguments: str, before: str = MOCKS) -> pytest.RunResult:
    pytester.makepyfile(before + test)
    return pytester.runpytest("--strict-markers", "-W", "error", *arguments)


# Exchanges


def test_untrue_mock_passes_unless_it_is_checked(pytester: pytest.Pytester) -> None:
    run(pytester, UNTRUE).assert_outcomes(passed=1)


@pytest.mark.parametrize("true", [TRUE, TRUE.replace("test_mock()", "test_mock(sendpulse_config)")])
def test_true_mock_passes(pytester: pytest.Pytester, true: str) -> None:
    run(pytester, true, "--sendpulse-check").assert_outcomes(passed=1)


def test_untrue_mock_fails_the_test_and_is_told_without_secrets(pytester: pytest.Pytester) -> None:
    result = run(pytester, UNTRUE, "--sendpulse-check")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*error email.mailing_lists.create: id: *", '*expected: type "integer"'])
    result.stdout.no_fnmatch_line("*s3cr3t*expected*")


def test_setting_checks_all_tests(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nsendpulse_check = true\n")

    run(pytester, UNTRUE).assert_outcomes(failed=1)


def test_marker_checks_one_test_and_excuses_one(pytester: pytest.Pytester) -> None:
    marked = "\n    @pytest.mark.sendpulse(check={})".format
    excused = marked(False) + UNTRUE.replace("test_mock", "test_excused")

    run(pytester, marked(True) + UNTRUE + excused).assert_outcomes(passed=1, failed=1)
    run(pytester, marked(True) + UNTRUE + excused, "--sendpulse-check").assert_outcomes(passed=1, failed=1)


def test_request_that_the_vendor_refuses_fails_the_test(pytester: pytest.Pytester) -> None:
    result = run(pytester, TRUE.replace("create()", 'create(name="Readers")'), "--sendpulse-check")

    result.stdout.fnmatch_lines(["*error email.mailing_lists.create: bookName.required: *"])


@pytest.mark.parametrize(
    "answer",
    [
        """
    def test_mock():
        transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"id": "1"}))
        with httpx.Client(transport=transport) as client:
            create(client)
""",
        """
    def test_mock():
        import asyncio

        async def call():
            transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"id": "1"}))
            async with httpx.AsyncClient(transport=transport) as client:
                await create(client)

        asyncio.run(call())
""",
        """
    def test_mock():
        with requests.Session() as session:
            session.mount(BOOKS, Adapter())
            create(session)


    class Adapter(requests.adapters.BaseAdapter):
        def send(self, request, **options):
            answer = requests.Response()
            answer.status_code, answer._content = 200, b'{"id": "1"}'
            return answer

        def close(self): ...
""",
    ],
)
def test_every_mock_is_seen_whatever_answers(pytester: pytest.Pytester, answer: str) -> None:
    result = run(pytester, answer, "--sendpulse-check")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*email.mailing_lists.create: id: *"])


SERVED = """
    import asyncio
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    import aiohttp
    import pytest
    import urllib3


    class Untrue(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "11")
            self.end_headers()
            self.wfile.write(b'{"id": "1"}')

        def log_message(self, *_): ...


    @pytest.fixture
    def books():
        with HTTPServer(("127.0.0.1", 0), Untrue) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}/addressbooks"
            server.shutdown()
            thread.join()


    def by_urllib3(books):
        assert urllib3.request("POST", books, json={"bookName": "Readers"}).json() == {"id": "1"}


    def by_aiohttp(books):
        async def call():
            async with aiohttp.ClientSession() as session:
                async with session.post(books, json={"bookName": "Readers"}) as answer:
                    assert await answer.json(content_type=None) == {"id": "1"}

        asyncio.run(call())
"""


@pytest.mark.parametrize("call", ["by_urllib3", "by_aiohttp"])
def test_other_libraries_are_watched_too(pytester: pytest.Pytester, call: str) -> None:
    pytester.makeini("[pytest]\nsendpulse_hosts = 127.0.0.1\n")
    test = f"""
    def test_server(books):
        {call}(books)
"""

    result = run(pytester, test, "--sendpulse-check", before=SERVED)

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*email.mailing_lists.create: id: *"])


@pytest.mark.parametrize("call", ["by_urllib3", "by_aiohttp"])
def test_each_exchange_of_other_libraries_is_judged_once(pytester: pytest.Pytester, call: str) -> None:
    test = f"""
    def test_server(books):
        from mock_server.watching import Watch

        with Watch(["127.0.0.1"]) as watch:
            {call}(books)

        assert watch.seen == 1
"""

    run(pytester, test, before=SERVED).assert_outcomes(passed=1)


def test_what_a_fixture_calls_is_seen(pytester: pytest.Pytester) -> None:
    test = """
    @pytest.fixture
    def book():
        with responses.RequestsMock() as mock:
            mock.post(BOOKS, json={"id": "1"})
            return create().json()["id"]


    def test_mock(book): ...
"""

    run(pytester, test, "--sendpulse-check").assert_outcomes(failed=1)


def test_redirect_is_seen_once_for_each_answer(pytester: pytest.Pytester) -> None:
    test = """
    @responses.activate
    def test_mock():
        from mock_server.watching import Watch

        responses.get(f"{BOOKS}/1", status=302, headers={"Location": f"{BOOKS}/2"})
        responses.get(f"{BOOKS}/2", json=[])
        with Watch() as watch:
            requests.get(f"{BOOKS}/1", headers=KEY, timeout=5)

        assert watch.seen == 2
"""

    run(pytester, test).assert_outcomes(passed=1)


def test_stream_is_left_to_the_test(pytester: pytest.Pytester) -> None:
    test = """
    @responses.activate
    def test_mock():
        responses.get(BOOKS, json=[1])

        assert b"".join(requests.get(BOOKS, stream=True, timeout=5).iter_content(1)) == b"[1]"


    def test_httpx():
        transport = httpx.MockTransport(lambda request: httpx.Response(200, content=iter([b"[1]"])))
        with httpx.Client(transport=transport) as client, client.stream("GET", BOOKS) as answer:
            assert b"".join(answer.iter_bytes()) == b"[1]"
"""

    run(pytester, test, "--sendpulse-check").assert_outcomes(passed=2)


def test_other_hosts_are_not_looked_at_unless_they_are_named(pytester: pytest.Pytester) -> None:
    test = UNTRUE.replace(
        "def test_mock():", "def test_mock():\n        global BOOKS\n        BOOKS = 'http://proxy:80/addressbooks'"
    )

    run(pytester, test, "--sendpulse-check").assert_outcomes(passed=1)

    pytester.makeini("[pytest]\nsendpulse_hosts = proxy\n")
    run(pytester, test, "--sendpulse-check").assert_outcomes(failed=1)


def test_emulator_is_not_judged(pytester: pytest.Pytester) -> None:
    test = """
    def test_fault(sendpulse):
        sendpulse.faults.add({"malformed": True})
        create()
"""

    run(pytester, test, "--sendpulse-check").assert_outcomes(passed=1)


def test_test_that_fails_by_itself_fails_as_it_did(pytester: pytest.Pytester) -> None:
    result = run(pytester, UNTRUE.replace("create().ok", "not create().ok"), "--sendpulse-check")

    result.stdout.fnmatch_lines(["*assert not True*"])
    result.stdout.no_fnmatch_line("*email.mailing_lists.create*")


def test_nothing_stays_patched(pytester: pytest.Pytester) -> None:
    test = """
    @pytest.mark.sendpulse(check=False)
    def test_after():
        assert not hasattr(requests.Session.send, "__wrapped__")
        assert not hasattr(httpx.Client.send, "__wrapped__")
"""

    run(pytester, TRUE + test, "--sendpulse-check").assert_outcomes(passed=2)


# Evidence

LEANING = """
    import pytest


    def test_limit(sendpulse):
        sendpulse.faults.add({"refuse": "limit.second"}, operation="email.mailing_lists.list")
        with pytest.raises(Exception):
            sendpulse.client.email.mailing_lists.list()


    def test_list(sendpulse):
        sendpulse.client.email.mailing_lists.list()
"""


def test_test_that_leans_on_an_inferred_answer_fails_and_is_told_which(pytester: pytest.Pytester) -> None:
    result = run(pytester, LEANING, "--max-evidence", "documented", before="")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*test_limit*",
            "the test leaned on answers that are less than documented:",
            "  email.mailing_lists.list answered 429 with error 2020202020: inferred (*)",
            "FAILED *test_limit*",
        ]
    )


@pytest.mark.parametrize("grade", ["inferred", None])
def test_every_answer_is_good_enough_unless_more_is_demanded(pytester: pytest.Pytester, grade: str | None) -> None:
    run(pytester, LEANING, *(("--max-evidence", grade) if grade else ()), before="").assert_outcomes(passed=2)


def test_observed_is_more_than_documented(pytester: pytest.Pytester) -> None:
    result = run(pytester, LEANING, "--max-evidence", "observed", before="")

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["  email.mailing_lists.list answered 200: documented (*)"])


def test_closer_word_wins(pytester: pytest.Pytester) -> None:
    marked = LEANING.replace("def test_limit", "@pytest.mark.sendpulse(max_evidence='inferred')\n    def test_limit")

    run(pytester, marked, "--max-evidence", "documented", before="").assert_outcomes(passed=2)


def test_config_demands_it_of_all(pytester: pytest.Pytester) -> None:
    config = """
    @pytest.fixture
    def sendpulse_config():
        return {"max_evidence": "documented"}
"""

    run(pytester, LEANING + config, before="").assert_outcomes(passed=1, failed=1)


def test_clearing_the_journal_hides_nothing(pytester: pytest.Pytester) -> None:
    cleared = LEANING.replace("\n\n    def test_list", "        sendpulse.journal.clear()\n\n    def test_list")

    run(pytester, cleared, "--max-evidence", "documented", before="").assert_outcomes(passed=1, failed=1)


def test_planned_status_is_nobodys_promise(pytester: pytest.Pytester) -> None:
    planned = LEANING.replace('{"refuse": "limit.second"}', '{"status": 418}')

    run(pytester, planned, "--max-evidence", "documented", before="").assert_outcomes(passed=2)


# Conduct

HASTY = """
    import pytest


    @pytest.mark.sendpulse(conduct=True, limits="off")
    def test_hasty(sendpulse):
        for _ in range(12):
            sendpulse.client.email.mailing_lists.list()
            sendpulse.clock.advance(0.01)
"""


def test_client_that_misbehaves_fails_the_test_and_is_told_the_remedy(pytester: pytest.Pytester) -> None:
    result = run(pytester, HASTY, before="")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["error all calls: 12 calls were made within a second.*", "*expected: pace all threads*"]
    )


@pytest.mark.parametrize("conduct", ["False", "['unread_page']", "'unread_page'", "('unread_page', 'token_per_call')"])
def test_rules_can_be_chosen(pytester: pytest.Pytester, conduct: str) -> None:
    run(pytester, HASTY.replace("conduct=True", f"conduct={conduct}"), before="").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        (
            "conduct=['kindness']",
            "conduct cannot be ?'kindness'?; say True, or list some rules: unknown rule: 'kindness'*",
        ),
        ("conduct='kindness'", "conduct cannot be 'kindness'; say True, or list some rules: *"),
        ("conduct=7", "conduct cannot be 7; say True, or list some rules: *"),
        ("max_evidence='hearsay'", "max_evidence cannot be 'hearsay'; use one of: observed, documented, inferred"),
    ],
)
def test_demand_that_does_not_fit_is_an_error(pytester: pytest.Pytester, marker: str, told: str) -> None:
    result = run(pytester, HASTY.replace("conduct=True", marker), before="")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*UsageError: {told}"])
