"""Both transports keep the promise of the seam."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.validate import validator

import pytest

from sendpulse_client import (
    Client,
    ConnectionFailed,
    ConnectionLost,
    NotFound,
    Request,
    SocketTransport,
    Timeout,
    UnexpectedAnswer,
    WSGITransport,
)

SECONDS = 10.0


class Echo(BaseHTTPRequestHandler):
    """Tells what it was asked, or misbehaves where the path says how."""

    protocol_version = "HTTP/1.1"
    release = threading.Event()
    gone = threading.Event()

    def do_ANY(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        match self.path:
            case "/hang":
                self.release.wait(SECONDS)
            case "/drop":
                self.close_connection = True
            case "/truncate":
                self.answer(200, b'[{"id"', missing=100)
                self.close_connection = True
            case "/redirect":
                self.answer(302, b"{}", Location="/elsewhere")
            case "/missing":
                self.answer(404, b'{"message": "Book not found", "error_code": 213}')
            case _:
                seen = {"path": self.path, "method": self.command, "body": body.decode(), "headers": dict(self.headers)}
                self.answer(200, json.dumps(seen).encode(), Set_Cookie="kept=no", X_Odd="yes")

    do_GET = do_POST = do_PUT = do_DELETE = do_ANY  # noqa: N815  # the names that http.server looks for

    def answer(self, status: int, body: bytes, *, missing: int = 0, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) + missing))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def finish(self) -> None:
        super().finish()
        self.gone.set()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the signature of http.server
        """Says nothing."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def url() -> Iterator[str]:
    """A server on the loopback, and its end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    Echo.release.clear()
    Echo.gone.clear()
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    Echo.release.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sockets() -> Iterator[SocketTransport]:
    transport = SocketTransport()
    yield transport
    transport.close()


def echo_app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    plain = {name: value for name, value in environ.items() if isinstance(value, str)}
    plain["body"] = environ["wsgi.input"].read(length).decode()
    start_response("200 OK", [("Content-Type", "application/json"), ("X-Odd", "yes")])
    return [json.dumps(plain).encode()]


def test_sockets_carry_request_and_answer(url: str, sockets: SocketTransport) -> None:
    request = Request("POST", f"{url}/a?b=1", {"Authorization": "Bearer t", "Content-Type": "application/json"}, b"[1]")

    response = sockets.send(request, SECONDS)

    seen = response.json()
    assert (response.status, response.headers["x-odd"]) == (200, "yes")
    assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/a?b=1", "[1]")
    assert seen["headers"]["Authorization"] == "Bearer t"


def test_encoded_path_arrives_as_sent(url: str, sockets: SocketTransport) -> None:
    response = sockets.send(Request("GET", f"{url}/emails/a%2Bb%40c.d%2Fe%3F"), SECONDS)

    assert response.json()["path"] == "/emails/a%2Bb%40c.d%2Fe%3F"


def test_refusal_is_an_answer_like_any_other(url: str, sockets: SocketTransport) -> None:
    assert sockets.send(Request("GET", f"{url}/missing"), SECONDS).status == 404


def test_redirect_is_not_followed(url: str) -> None:
    with Client(api_key="key", base_url=url) as client, pytest.raises(UnexpectedAnswer, match="/elsewhere"):
        client.request("GET", "/redirect")


def test_netrc_does_not_replace_the_token(
    url: str, sockets: SocketTransport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))

    response = sockets.send(Request("GET", f"{url}/a", {"Authorization": "Bearer t"}), SECONDS)

    assert response.json()["headers"]["Authorization"] == "Bearer t"


def test_cookies_are_not_kept(url: str, sockets: SocketTransport) -> None:
    sockets.send(Request("GET", f"{url}/a"), SECONDS)

    response = sockets.send(Request("GET", f"{url}/a"), SECONDS)

    assert "Cookie" not in response.json()["headers"]


def test_silence_is_a_timeout(url: str, sockets: SocketTransport) -> None:
    with pytest.raises(Timeout):
        sockets.send(Request("GET", f"{url}/hang"), 0.05)


@pytest.mark.parametrize("path", ["/drop", "/truncate"])
def test_broken_answer_is_a_lost_connection(url: str, sockets: SocketTransport, path: str) -> None:
    with pytest.raises(ConnectionLost):
        sockets.send(Request("GET", url + path), SECONDS)


def test_closed_port_is_a_failed_connection(sockets: SocketTransport) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # bound but not listening: nobody else can take it
        port = reserved.getsockname()[1]

        with pytest.raises(ConnectionFailed):
            sockets.send(Request("POST", f"http://127.0.0.1:{port}/"), SECONDS)


def test_connection_is_kept_until_the_client_is_closed(url: str) -> None:
    client = Client(api_key="key", base_url=url, rate=None)

    client.request("GET", "/a")
    client.request("GET", "/a")
    was_gone = Echo.gone.is_set()
    client.close()

    assert not was_gone
    assert Echo.gone.wait(SECONDS)


def test_wsgi_application_is_called_as_a_server_would() -> None:
    transport = WSGITransport(validator(echo_app))
    request = Request("POST", "https://api.test/a%2Fb?c=%20", {"Content-Type": "application/json", "X-Own": "1"}, b"{}")

    response = transport.send(request, SECONDS)

    seen = response.json()
    expected = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/a/b",
        "RAW_URI": "/a%2Fb?c=%20",
        "QUERY_STRING": "c=%20",
        "CONTENT_TYPE": "application/json",
        "HTTP_HOST": "api.test",
        "HTTP_X_OWN": "1",
        "SERVER_PORT": "443",
        "body": "{}",
    }
    assert {name: seen[name] for name in expected} == expected
    assert (response.status, response.headers["x-odd"]) == (200, "yes")


def test_wsgi_path_is_bytes_in_disguise() -> None:
    response = WSGITransport(echo_app).send(Request("GET", "https://api.test/%C3%A9"), SECONDS)

    assert response.json()["PATH_INFO"].encode("latin-1").decode() == "/é"


def test_wsgi_answer_is_closed_and_may_be_written() -> None:
    class Chunks(list[bytes]):
        closed = False

        def close(self) -> None:
            self.closed = True

    chunks = Chunks([b"2]"])

    def app(environ: WSGIEnvironment, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [])(b"[1, ")
        return chunks

    response = WSGITransport(app).send(Request("GET", "https://api.test/"), SECONDS)

    assert response.json() == [1, 2]
    assert chunks.closed


def test_failure_of_the_application_passes_through() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        raise LookupError("a bug in the application")

    with pytest.raises(LookupError, match="a bug in the application"):
        Client(api_key="key", transport=WSGITransport(app)).request("GET", "/addressbooks")


def test_client_speaks_to_an_application_without_sockets() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("404 Not Found", [("Content-Type", "application/json")])
        return [b'{"message": "Book not found", "error_code": 213}']

    client = Client(api_key="key", transport=WSGITransport(app))

    with pytest.raises(NotFound):
        client.email.mailing_lists.get(5)
