"""The interception of `requests`, alone and together with mocks of the user's own."""

import gc
import io
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3 import Retry, Timeout

from mock_server.core.dropped import ConnectionDropped, ReadTimedOut
from mock_server.serving.intercept import Interception

VENDOR = "https://api.sendpulse.com"
OTHER = "https://example.com/users"
HTTP_ADAPTER_SEND = HTTPAdapter.send
ON_REQUEST = responses.RequestsMock._on_request

Application = Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]


class App:
    """Answers with its name, after whatever `misbehave` does, and remembers what it was asked."""

    def __init__(self, name: str = "emulator", *, misbehave: Application | None = None) -> None:
        self.name = name
        self.misbehave = misbehave
        self.environs: list[WSGIEnvironment] = []
        self.bodies: list[bytes] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.environs.append(environ)
        self.bodies.append(environ["wsgi.input"].read())
        if self.misbehave is not None:
            return self.misbehave(environ, start_response)
        body = json.dumps({"by": self.name}).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]


@pytest.fixture(autouse=True)
def nothing_stays_patched() -> Iterator[None]:
    yield
    assert HTTPAdapter.send is HTTP_ADAPTER_SEND
    assert responses.RequestsMock._on_request is ON_REQUEST


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def intercepted(app: App) -> Iterator[App]:
    with Interception(app):
        yield app


def answered_by(url: str = VENDOR) -> str:
    return str(requests.get(url, timeout=5).json()["by"])


def test_a_call_is_answered_by_the_application(intercepted: App) -> None:
    answer = requests.get(f"{VENDOR}/addressbooks", timeout=5)

    assert (answer.status_code, answer.reason, answer.json()) == (200, "OK", {"by": "emulator"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.url == f"{VENDOR}/addressbooks"


def test_a_session_made_before_is_intercepted(app: App) -> None:
    session = requests.Session()

    with Interception(app):
        assert session.get(VENDOR).json() == {"by": "emulator"}


def test_an_adapter_of_the_users_own_is_intercepted(app: App) -> None:
    class Signing(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
            request.headers["X-Signed"] = "yes"
            return super().send(request, *args, **options)

    session = requests.Session()
    session.mount("https://", Signing())

    with Interception(app):
        session.get(VENDOR)

    assert app.environs[0]["HTTP_X_SIGNED"] == "yes"


def test_an_adapter_may_be_called_with_positional_arguments(intercepted: App) -> None:
    request = requests.Request("GET", VENDOR).prepare()

    HTTPAdapter().send(request, False, (3, 7))

    assert intercepted.environs[0]["sendpulse_mock.timeout"] == 7


@pytest.mark.parametrize(
    "url", ["http://api.sendpulse.com", "https://api.sendpulse.com:8443/x", "https://API.sendpulse.com.", VENDOR + "?a"]
)
def test_scheme_port_and_case_of_the_host_do_not_matter(intercepted: App, url: str) -> None:
    assert answered_by(url) == "emulator"


@pytest.mark.parametrize(
    "url", ["https://sendpulse.com", "https://api.sendpulse.com.example.com", "https://x/api.sendpulse.com"]
)
def test_similar_hosts_are_left_alone(intercepted: App, url: str) -> None:
    with responses.RequestsMock() as mock:
        mock.get(url, json={"by": "mock"})

        assert answered_by(url) == "mock"


def test_hosts_can_be_chosen(app: App) -> None:
    with Interception(app, hosts=["login.example.com", "Events.example.com"]):
        assert answered_by("https://events.example.com/v1") == "emulator"


def test_another_host_goes_to_the_network(intercepted: App, neighbour: str) -> None:
    assert requests.get(neighbour, timeout=5).text == "neighbour"
    assert intercepted.environs == []


def test_environ_holds_the_request(intercepted: App) -> None:
    requests.post(
        "https://api.sendpulse.com:8443//emails/%C3%A9%2Fb/?a=%2B&b=é",
        json={"x": 1},
        headers={"X-Odd-Name": "1", "Authorization": b"Bearer t"},
        timeout=5,
    )

    environ = intercepted.environs[0]
    expected = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "//emails/é/b/".encode().decode("latin-1"),
        "RAW_URI": "//emails/%C3%A9%2Fb/?a=%2B&b=%C3%A9",
        "QUERY_STRING": "a=%2B&b=%C3%A9",
        "SCRIPT_NAME": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": "8",
        "HTTP_X_ODD_NAME": "1",
        "HTTP_AUTHORIZATION": "Bearer t",
        "HTTP_HOST": "api.sendpulse.com:8443",
        "SERVER_NAME": "api.sendpulse.com",
        "SERVER_PORT": "8443",
        "wsgi.url_scheme": "https",
    }
    assert {name: environ[name] for name in expected} == expected
    assert intercepted.bodies == [b'{"x": 1}']


@pytest.mark.parametrize(
    ("data", "body"),
    [
        (None, b""),
        (b"raw", b"raw"),
        ("téxt", "téxt".encode()),
        ({"a": ["1", "2"]}, b"a=1&a=2"),
        (io.BytesIO(b"file"), b"file"),
        (io.StringIO("file"), b"file"),
        ((part for part in (b"gen", b"erated")), b"generated"),
    ],
)
def test_bodies_of_all_kinds_arrive(intercepted: App, data: Any, body: bytes) -> None:
    requests.post(VENDOR, data=data, timeout=5)

    assert intercepted.bodies == [body]


def test_a_file_upload_arrives(intercepted: App) -> None:
    requests.post(VENDOR, files={"attachment": ("a.txt", b"hello")}, timeout=5)

    assert b'filename="a.txt"\r\n\r\nhello\r\n' in intercepted.bodies[0]


def test_a_streamed_answer_can_be_read_in_parts(intercepted: App) -> None:
    with requests.get(VENDOR, stream=True, timeout=5) as answer:
        assert list(answer.iter_content(8)) == [b'{"by": "', b"emulator", b'"}']
    with requests.get(VENDOR, stream=True, timeout=5) as answer:
        assert list(answer.iter_lines()) == [b'{"by": "emulator"}']
    with requests.get(VENDOR, stream=True, timeout=5) as answer:
        assert answer.raw.read(8) + answer.raw.read() == b'{"by": "emulator"}'


def test_head_has_headers_and_no_body(intercepted: App) -> None:
    answer = requests.head(VENDOR, timeout=5)

    assert (answer.headers["content-length"], answer.content) == ("18", b"")


def test_an_empty_answer_is_empty() -> None:
    def no_content(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("204 No Content", [])
        return []

    with Interception(no_content):
        answer = requests.delete(VENDOR, timeout=5)

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_response_that_can_be_closed_is_closed() -> None:
    class Body(list[bytes]):
        closed = False

        def close(self) -> None:
            self.closed = True

    body = Body([b"a", b"b"])

    def app(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [])
        return body

    with Interception(app):
        assert requests.get(VENDOR, timeout=5).text == "ab"

    assert body.closed


def test_an_exception_of_the_application_reaches_the_caller() -> None:
    def broken(_environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
        raise KeyError("broken promise")

    with Interception(broken), pytest.raises(KeyError, match="broken promise"):
        requests.get(VENDOR, timeout=5)


def test_calls_from_many_threads_are_answered(intercepted: App) -> None:
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(answered_by())) for _ in range(16)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ["emulator"] * 16


def test_calls_leave_nothing_behind() -> None:
    def app(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [])
        return []

    def prepared_requests() -> int:
        gc.collect()
        return sum(isinstance(thing, requests.PreparedRequest) for thing in gc.get_objects())

    before = prepared_requests()
    with Interception(app):
        for _ in range(5):
            requests.get(VENDOR, timeout=5)

        assert prepared_requests() == before


def test_an_interception_can_be_entered_again(app: App) -> None:
    interception = Interception(app)

    with interception:
        with interception:
            assert answered_by() == "emulator"
        assert answered_by() == "emulator"


def test_the_interception_started_last_answers() -> None:
    with Interception(App("outer")):
        with Interception(App("inner")):
            assert answered_by() == "inner"
        assert answered_by() == "outer"


def test_interceptions_of_different_hosts_do_not_hide_each_other() -> None:
    with Interception(App("a"), hosts=["a.example.com"]), Interception(App("b"), hosts=["b.example.com"]):
        assert answered_by("https://a.example.com") == "a"
        assert answered_by("https://b.example.com") == "b"


def test_interceptions_may_stop_in_any_order() -> None:
    outer, inner = Interception(App("outer")), Interception(App("inner"))
    outer.start()
    inner.start()

    outer.stop()

    assert answered_by() == "inner"
    inner.stop()
    inner.stop()


@responses.activate
def test_the_users_mocks_before_ours_keep_their_hosts(app: App) -> None:
    responses.get(OTHER, json={"by": "mock"})

    with Interception(app):
        assert answered_by() == "emulator"
        assert answered_by(OTHER) == "mock"

    assert answered_by(OTHER) == "mock"
    assert len(responses.calls) == 2


def test_the_users_mocks_inside_ours_keep_their_hosts(intercepted: App) -> None:
    with responses.RequestsMock() as mock:
        mock.get(OTHER, json={"by": "mock"})

        assert answered_by() == "emulator"
        assert answered_by(OTHER) == "mock"
        assert len(mock.calls) == 1

    assert answered_by() == "emulator"


def test_the_users_decorated_function_inside_ours_keeps_its_hosts(intercepted: App) -> None:
    @responses.activate
    def decorated() -> tuple[str, str]:
        responses.get(OTHER, json={"by": "mock"})
        return answered_by(), answered_by(OTHER)

    assert decorated() == ("emulator", "mock")


def test_the_users_mocks_around_and_inside_ours_keep_their_hosts(app: App) -> None:
    with responses.RequestsMock() as outer:
        outer.get(OTHER, json={"by": "outer"})
        with Interception(app):
            assert answered_by(OTHER) == "outer"
            with responses.RequestsMock() as inner:
                inner.get(OTHER, json={"by": "inner"})
                assert (answered_by(), answered_by(OTHER)) == ("emulator", "inner")
        assert answered_by(OTHER) == "outer"


@pytest.mark.parametrize("ours_first", [True, False])
def test_a_mock_of_the_users_for_the_vendor_does_not_answer(app: App, ours_first: bool) -> None:
    interception, mock = Interception(app), responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.get(VENDOR, json={"by": "mock"})
    first, second = (interception, mock) if ours_first else (mock, interception)

    with first, second:
        assert answered_by() == "emulator"

    assert len(mock.calls) == 0


@pytest.mark.parametrize("ours_first", [True, False])
def test_unknown_hosts_are_still_refused_by_the_users_mocks(app: App, ours_first: bool) -> None:
    interception, mock = Interception(app), responses.RequestsMock()
    first, second = (interception, mock) if ours_first else (mock, interception)

    with first, second, pytest.raises(requests.ConnectionError, match="doesn't match any registered mock"):
        requests.get(OTHER, timeout=5)


def test_ours_stopped_inside_the_users_mock_leaves_it_alive(app: App) -> None:
    ours, mock = Interception(app), responses.RequestsMock()
    ours.start()
    mock.start()
    mock.get(OTHER, json={"by": "mock"})

    ours.stop()

    assert answered_by(OTHER) == "mock"
    with pytest.raises(requests.ConnectionError, match="doesn't match any registered mock"):
        answered_by()
    mock.stop()
    HTTPAdapter.send = HTTP_ADAPTER_SEND  # type: ignore[method-assign]  # what mock.stop() put back is ours, asleep


def test_what_an_untidy_stop_leaves_behind_only_passes_on(app: App, neighbour: str) -> None:
    ours, mock = Interception(app), responses.RequestsMock()
    ours.start()
    mock.start()
    ours.stop()
    mock.stop()

    assert requests.get(neighbour, timeout=5).text == "neighbour"
    with ours:
        assert answered_by() == "emulator"
    HTTPAdapter.send = HTTP_ADAPTER_SEND  # type: ignore[method-assign]


def dropping(sent: bytes = b"") -> Application:
    def application(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", "100")])
        raise ConnectionDropped(sent)
        yield

    return application


def timing_out(_environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
    raise ReadTimedOut


def unavailable(_environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    start_response("503 Service Unavailable", [("Content-Length", "4"), ("Retry-After", "0")])
    return [b"busy"]


def test_a_dropped_connection_looks_like_a_reset() -> None:
    with Interception(dropping()), pytest.raises(requests.ConnectionError, match="Connection aborted") as raised:
        requests.get(VENDOR, timeout=5)

    assert isinstance(raised.value.args[0].args[1], ConnectionResetError)
    assert raised.value.request is not None


def test_a_cut_answer_fails_while_it_is_read() -> None:
    with Interception(dropping(b"abc")):
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="3 bytes read, 97 more expected"):
            requests.get(VENDOR, timeout=5)

        answer = requests.get(VENDOR, stream=True, timeout=5)

    assert answer.status_code == 200
    assert answer.raw.read(3) == b"abc"


def test_a_read_timeout_looks_like_one() -> None:
    message = r"HTTPSConnectionPool\(host='api.sendpulse.com', port=443\): Read timed out. \(read timeout=0.5\)"

    with Interception(timing_out), pytest.raises(requests.ReadTimeout, match=message):
        requests.get(VENDOR, timeout=0.5)


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [(None, None), (3, 3), ((3, 7), 7), ((3, None), None), (Timeout(connect=3, read=7), 7), (Timeout(read=None), None)],
)
def test_the_application_is_told_the_read_timeout(intercepted: App, timeout: Any, seconds: float | None) -> None:
    requests.get(VENDOR, timeout=timeout)

    assert intercepted.environs[0]["sendpulse_mock.timeout"] == seconds


def retrying(**options: Any) -> requests.Session:
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=Retry(2, **options)))
    return session


@pytest.mark.parametrize("fault", [dropping(), timing_out])
def test_a_failed_call_is_retried_as_the_adapter_is_set(fault: Application) -> None:
    app = App(misbehave=fault)

    with Interception(app), pytest.raises(requests.ConnectionError, match="Max retries exceeded"):
        retrying().put(VENDOR, data=iter([b"body"]))

    assert app.bodies == [b"body"] * 3


def test_a_post_that_failed_is_not_repeated() -> None:
    app = App(misbehave=dropping())

    with Interception(app), pytest.raises(requests.ConnectionError, match="Connection aborted"):
        retrying().post(VENDOR)

    assert len(app.environs) == 1


def test_a_refused_call_is_retried_as_the_adapter_is_set() -> None:
    app = App(misbehave=unavailable)

    with Interception(app), pytest.raises(requests.exceptions.RetryError, match="too many 503 error responses"):
        retrying(status_forcelist=[503]).get(VENDOR)

    assert len(app.environs) == 3


def test_the_last_refusal_is_returned_if_the_adapter_is_set_so() -> None:
    with Interception(unavailable):
        answer = retrying(raise_on_status=False).get(VENDOR)

    assert (answer.status_code, answer.text) == (503, "busy")
