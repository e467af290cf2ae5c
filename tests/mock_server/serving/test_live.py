"""The live server, spoken to over plain sockets, with a small application behind it."""

import json
import logging
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from mock_server.authority import Authority
from mock_server.core.dropped import ConnectionDropped
from mock_server.exchange import LARGEST_BODY
from mock_server.serving import live
from mock_server.serving.live import LiveServer

BODY = b'{"result":true}'


class App:
    """Does what the path says, and remembers the environs it was given."""

    def __init__(self) -> None:
        self.environs: list[WSGIEnvironment] = []
        self.entered = threading.Event()
        self.may_leave = threading.Event()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.environs.append(environ)
        action = getattr(self, environ["PATH_INFO"].strip("/") or "answer")
        return cast("Iterable[bytes]", action(environ, start_response))

    def answer(self, _environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [BODY]

    def echo(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [])
        return [environ["wsgi.input"].read()]

    def hold(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        self.entered.set()
        self.may_leave.wait(10)
        return self.answer(environ, start_response)

    def stream(self, _environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [])
        yield b"a"
        yield b"b"

    def fail(self, _environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
        raise KeyError("no such book")

    def fail_late(self, _environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", "9")])
        yield b"a"
        raise KeyError("no such book")

    def drop(self, _environ: WSGIEnvironment, _start_response: StartResponse) -> list[bytes]:
        raise ConnectionDropped

    def cut(self, _environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "100")])
        raise ConnectionDropped(b"abc")

    def cut_iterating(self, _environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Length", "100")])
        raise ConnectionDropped(b"abc")
        yield

    def inject(self, _environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("X-Name", "a\r\nX-Injected: b")])
        return [BODY]

    def early_hint(self, _environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("99 Nothing", [])
        return []


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def server(app: App) -> Iterator[LiveServer]:
    with LiveServer(app) as server:
        yield server


@contextmanager
def connection(server: LiveServer) -> Iterator[socket.socket]:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as client:
        yield client


def everything_from(client: socket.socket) -> bytes:
    return b"".join(iter(lambda: client.recv(65536), b""))


def sent_and_received(server: LiveServer, sent: bytes) -> bytes:
    """All that comes until the server closes, which the last request has to ask for."""
    with connection(server) as client:
        client.sendall(sent)
        return everything_from(client)


def request(line: str, *headers: str, last: bool = False) -> bytes:
    return "\r\n".join((f"{line} HTTP/1.1", "Host: x", *headers, *["Connection: close"] * last, "", "")).encode()


def last_request(line: str, *headers: str) -> bytes:
    return request(line, *headers, last=True)


def test_answers_over_http(server: LiveServer) -> None:
    answer = sent_and_received(server, last_request("GET /"))

    assert answer.startswith(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n")
    assert answer.endswith(b"\r\n\r\n" + BODY)


def test_url_names_the_free_port_it_found(server: LiveServer) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d+", server.url)


def test_url_of_an_ipv6_address_has_brackets(app: App) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")

    with LiveServer(app, host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert BODY in sent_and_received(server, last_request("GET /"))


def test_a_stopped_server_has_no_url(app: App) -> None:
    with pytest.raises(RuntimeError, match="call start"):
        _ = LiveServer(app).url


def test_address_in_use_is_named(app: App, server: LiveServer) -> None:
    port = int(server.url.rpartition(":")[2])

    with pytest.raises(OSError, match=rf"cannot listen on 127\.0\.0\.1:{port} \(Address already in use\)"):
        LiveServer(app, port=port).start()


def test_unknown_host_is_named(app: App) -> None:
    with pytest.raises(OSError, match=r"cannot listen on nowhere\.invalid:0"):
        LiveServer(app, host="nowhere.invalid").start()


def test_starting_and_stopping_twice_is_harmless(app: App) -> None:
    server = LiveServer(app)

    server.start()
    url = server.url
    server.start()

    assert server.url == url
    server.stop()
    server.stop()


def test_a_stopped_port_can_be_had_again(app: App, server: LiveServer) -> None:
    sent_and_received(server, last_request("GET /"))
    port = int(server.url.rpartition(":")[2])
    server.stop()

    with LiveServer(app, port=port) as again:
        assert again.url == f"http://127.0.0.1:{port}"
        assert sent_and_received(again, last_request("GET /")).endswith(BODY)


def test_servers_run_side_by_side_started_from_any_thread(app: App) -> None:
    servers = [LiveServer(app) for _ in range(3)]
    starters = [threading.Thread(target=server.start) for server in servers]

    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()

    assert len({server.url for server in servers}) == 3
    for server in servers:
        assert BODY in sent_and_received(server, last_request("GET /"))
        server.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture
def secured(app: App, authority: Authority) -> Iterator[LiveServer]:
    with LiveServer(app, identity=authority.identity()) as server:
        yield server


def securely_sent_and_received(authority: Authority, server: LiveServer, sent: bytes) -> bytes:
    trusting = ssl.create_default_context(cafile=authority.certificate_file)
    with connection(server) as line, trusting.wrap_socket(line, server_hostname="api.sendpulse.com") as client:
        client.sendall(sent)
        return everything_from(client)


def test_with_an_identity_it_speaks_tls(authority: Authority, app: App, secured: LiveServer) -> None:
    answer = securely_sent_and_received(authority, secured, last_request("GET /"))

    assert secured.url.startswith("https://127.0.0.1:")
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(BODY)
    assert app.environs[0]["wsgi.url_scheme"] == "https"


def test_head_by_tls_has_no_body(authority: Authority, secured: LiveServer) -> None:
    answer = securely_sent_and_received(authority, secured, last_request("HEAD /"))

    assert answer.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(("path", "end"), [("/drop", b""), ("/cut", b"\r\n\r\nabc")])
def test_connections_break_off_by_tls_too(authority: Authority, secured: LiveServer, path: str, end: bytes) -> None:
    answer = securely_sent_and_received(authority, secured, last_request(f"GET {path}"))

    assert answer.endswith(end)
    assert bool(answer) is bool(end)


def test_a_client_without_tls_disturbs_nobody(authority: Authority, secured: LiveServer) -> None:
    sent_and_received(secured, last_request("GET /"))

    assert securely_sent_and_received(authority, secured, last_request("GET /")).endswith(BODY)


def test_one_application_answers_plainly_and_by_tls(
    authority: Authority, app: App, server: LiveServer, secured: LiveServer
) -> None:
    plain = sent_and_received(server, last_request("GET /"))
    by_tls = securely_sent_and_received(authority, secured, last_request("GET /"))

    assert plain.endswith(BODY)
    assert by_tls.endswith(BODY)
    assert [environ["wsgi.url_scheme"] for environ in app.environs] == ["http", "https"]


def test_the_key_is_in_no_file_once_it_runs(
    authority: Authority, app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = authority.identity()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with LiveServer(app, identity=identity) as server:
        assert list(tmp_path.iterdir()) == []
        assert securely_sent_and_received(authority, server, last_request("GET /")).endswith(BODY)


def test_it_serves_on_a_socket_that_listens_already(app: App) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]

    with LiveServer(app, listener=listener) as server:
        assert server.url == f"http://127.0.0.1:{port}"
        assert sent_and_received(server, last_request("GET /")).endswith(BODY)

    with socket.create_server(("127.0.0.1", port)):
        pass


PROCESS = Path("/proc/self")


@pytest.mark.skipif(not PROCESS.exists(), reason="counts native threads where Linux lists them")
def test_no_thread_and_no_descriptor_stays(app: App) -> None:
    with LiveServer(app):  # the first leaves what its HTTP library keeps for the life of the process
        pass
    threads = min(entries("task") for _ in range(5_000) if not os.sched_yield())  # its last ones may still be ending
    descriptors = entries("fd")

    with LiveServer(app) as server:
        sent_and_received(server, last_request("GET /"))
        assert entries("task") > threads

    wait_until(lambda: entries("task") <= threads)
    assert entries("fd") <= descriptors


def entries(folder: str) -> int:
    return len(list((PROCESS / folder).iterdir()))


def wait_until(condition: Callable[[], bool]) -> None:
    """Native threads end a moment after their last word to Python."""
    assert any(condition() or os.sched_yield() for _ in range(100_000))


def test_stop_does_not_wait_for_idle_connections(server: LiveServer) -> None:
    with connection(server) as client:
        client.sendall(request("GET /"))
        assert client.recv(65536)

        server.stop()

        assert client.recv(1) == b""


def test_stop_lets_an_open_request_finish(app: App, server: LiveServer) -> None:
    with connection(server) as client:
        client.sendall(request("GET /hold"))
        assert app.entered.wait(10)
        stopper = threading.Thread(target=server.stop)
        stopper.start()

        app.may_leave.set()

        assert everything_from(client).endswith(BODY)
        stopper.join(10)
        assert not stopper.is_alive()


def test_stop_gives_up_on_a_request_that_stays_open(
    app: App, server: LiveServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "STOP_SECONDS", 0.01)
    with connection(server) as client:
        client.sendall(request("GET /hold"))
        assert app.entered.wait(10)

        server.stop()

        assert "still open 0.01 seconds after" in caplog.text
        app.may_leave.set()
        assert everything_from(client).endswith(BODY)


def test_a_process_that_forgets_to_stop_still_ends() -> None:
    program = (
        "from mock_server.serving.live import LiveServer\n"
        "from urllib.request import urlopen\n"
        "server = LiveServer(lambda environ, start: (start('200 OK', []), [b'ok'])[1])\n"
        "server.start()\n"
        "print(urlopen(server.url).read())\n"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"b'ok'\n", b"")


def test_importing_and_starting_it_leaves_granians_package_alone() -> None:
    program = (
        "import sys\n"
        "from mock_server.serving.live import LiveServer\n"
        "assert not any(name.startswith('granian') for name in sys.modules)\n"
        "LiveServer(print).start()\n"
        "assert 'asyncio' not in sys.modules and 'granian' not in sys.modules\n"
        "from granian import Granian\n"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=30, check=False)

    assert (ended.returncode, ended.stderr) == (0, b"")


def test_the_process_environment_stays_out_of_the_applications(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPLOY_KEY", "secret")

    with LiveServer(app) as server:
        sent_and_received(server, last_request("GET /"))

    assert app.environs[0]["REQUEST_METHOD"] == "GET"
    assert "secret" not in app.environs[0].values()


def test_environ_tells_path_query_headers_and_peer(app: App, server: LiveServer) -> None:
    sent_and_received(server, last_request("GET //answer/?a=%2B&b=%C3%A9", "X-Odd-Name: 1", "Content-Type: text/x"))

    environ = app.environs[0]
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("//answer/", "a=%2B&b=%C3%A9")
    assert (environ["HTTP_X_ODD_NAME"], environ["CONTENT_TYPE"]) == ("1", "text/x")
    assert (environ["HTTP_HOST"], environ["REMOTE_ADDR"]) == ("x", "127.0.0.1")


def test_an_unread_body_is_not_taken_for_the_next_request(server: LiveServer) -> None:
    unread = request("GET /", "Content-Length: 24") + b"GET /fail HTTP/1.1\r\n\r\nabc"

    answers = sent_and_received(server, unread + last_request("GET /"))

    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert b"500" not in answers


def test_a_large_unread_body_leaves_the_connection_alive(server: LiveServer) -> None:
    body = b"x" * 5_000_000

    answers = sent_and_received(
        server, request("POST /", f"Content-Length: {len(body)}") + body + last_request("GET /")
    )

    assert answers.count(b"HTTP/1.1 200 OK") == 2


def test_a_large_body_arrives_whole(app: App, server: LiveServer) -> None:
    body = b"x" * 5_000_000

    answer = sent_and_received(server, last_request("POST /echo", f"Content-Length: {len(body)}") + body)

    assert answer.endswith(b"\r\n\r\n" + body)


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_body_beyond_all_bounds_is_cut_and_the_connection_lives(app: App, server: LiveServer, framing: str) -> None:
    body = b"x" * (LARGEST_BODY + 5_000_000)
    if framing == "length":
        too_large = request("POST /", f"Content-Length: {len(body)}") + body
    else:
        too_large = request("POST /", "Transfer-Encoding: chunked") + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)

    answers = sent_and_received(server, too_large + last_request("GET /"))

    assert answers.count(b"HTTP/1.1 200 OK") == 2
    assert app.environs[0]["CONTENT_LENGTH"] == str(LARGEST_BODY + 1)


def test_a_chunked_body_arrives_whole_with_its_length(app: App, server: LiveServer) -> None:
    chunks = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"

    answer = sent_and_received(server, last_request("POST /echo", "Transfer-Encoding: chunked") + chunks)

    assert answer.endswith(b"\r\n\r\nabcde")
    assert app.environs[0]["CONTENT_LENGTH"] == "5"


def test_pipelined_requests_are_answered_in_order(server: LiveServer) -> None:
    pipelined = b"".join(request("POST /echo", "Content-Length: 1") + digit for digit in (b"1", b"2"))

    answers = sent_and_received(server, pipelined + last_request("POST /echo", "Content-Length: 1") + b"3")

    assert re.findall(rb"\r\n\r\n(\d)", answers) == [b"1", b"2", b"3"]


def test_head_has_the_length_and_no_body(server: LiveServer) -> None:
    answer = sent_and_received(server, last_request("HEAD /"))

    assert f"content-length: {len(BODY)}".encode() in answer
    assert answer.endswith(b"\r\n\r\n")


def test_a_client_that_expects_it_is_told_to_continue(server: LiveServer) -> None:
    with connection(server) as client:
        client.sendall(last_request("POST /echo", "Content-Length: 3", "Expect: 100-continue"))

        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"abc")
        assert everything_from(client).endswith(b"\r\n\r\nabc")


def test_half_a_body_never_reaches_the_application(app: App, server: LiveServer) -> None:
    with connection(server) as client:
        client.sendall(request("POST /echo", "Content-Length: 100") + b"abc")
        client.shutdown(socket.SHUT_WR)
        everything_from(client)

    server.stop()

    assert app.environs == []


def test_an_iterator_is_streamed(server: LiveServer) -> None:
    answer = sent_and_received(server, last_request("GET /stream"))

    assert b"transfer-encoding: chunked" in answer
    assert answer.endswith(b"1\r\na\r\n1\r\nb\r\n0\r\n\r\n")


def test_an_application_that_raises_is_logged_and_the_server_lives(
    server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    answers = sent_and_received(server, request("GET /fail") + last_request("GET /"))

    head, _, rest = answers.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500 ")
    assert json.loads(rest[: rest.index(b"}") + 1])["error"]
    assert answers.endswith(BODY)
    assert "GET /fail failed" in caplog.text
    assert "no such book" in caplog.text


def test_a_response_that_raises_half_way_is_logged_and_ends_short(
    server: LiveServer, caplog: pytest.LogCaptureFixture
) -> None:
    answer = sent_and_received(server, request("GET /fail_late"))

    assert not answer.endswith(b"\r\n\r\n123456789")
    assert "no such book" in caplog.text


def test_a_status_that_is_not_final_is_a_logged_500(server: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
    answer = sent_and_received(server, last_request("GET /early_hint"))

    assert answer.startswith(b"HTTP/1.1 500 ")
    assert "'99 Nothing' is no final status" in caplog.text


def test_a_header_cannot_smuggle_in_another(server: LiveServer) -> None:
    answer = sent_and_received(server, last_request("GET /inject"))

    assert b"njected" not in answer
    assert answer.endswith(BODY)


def test_a_dropped_connection_carries_nothing(server: LiveServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)

    assert sent_and_received(server, request("GET /drop")) == b""
    assert sent_and_received(server, request("POST /drop", "Content-Length: 3") + b"abc") == b""
    assert caplog.records == []


@pytest.mark.parametrize("path", ["/cut", "/cut_iterating"])
def test_a_cut_response_has_its_head_and_what_was_sent(
    server: LiveServer, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    answer = sent_and_received(server, request(f"GET {path}"))

    assert b"\r\ncontent-length: 100\r\n" in answer
    assert answer.endswith(b"\r\n\r\nabc")
    assert caplog.records == []
