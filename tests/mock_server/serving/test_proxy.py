"""The forward proxy, between plain sockets, an emulator, and servers of the test that play the rest of the world."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import pytest
import requests

from mock_server import MockServer
from mock_server.authority import Authority
from mock_server.authority.certificates import self_signed
from mock_server.running.doors import Doors, opened
from mock_server.serving.beyond import Beyond, Place, Reach
from mock_server.serving.live import LiveServer
from mock_server.serving.proxy import ForwardProxy

SECONDS = 20.0
"""No call takes longer, whatever it waits for."""

ELSEWHERE = "shop.example"
"""A host that nobody looks up: the way there is a proxy of the test's, or none."""

needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="there is no /proc to count in")


class App:
    """Some other service, which remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        self.asked.append({**environ, "body": environ["wsgi.input"].read()})
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"elsewhere"]


class OtherProxy:
    """The proxy that a user had before: it remembers heads, and answers what it was told to."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.heads: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(SECONDS)

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(SECONDS)
                self.heads.append(head_from(connection))
                connection.sendall(self.answer)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(1024):
                    pass


def head_from(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (piece := connection.recv(1)):
        head += piece
    return head


def all_from(connection: socket.socket) -> bytes:
    """Everything until the other side has said all."""
    said = b""
    while piece := connection.recv(65_536):
        said += piece
    return said


def place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return str(parts.hostname), int(parts.port or 0)


@contextmanager
def line_to(proxy: str) -> Iterator[socket.socket]:
    with socket.create_connection(place(proxy), timeout=SECONDS) as line:
        yield line


def told(proxy: str, request: bytes) -> tuple[int, bytes]:
    """Status and body of what the proxy answers to these bytes."""
    with line_to(proxy) as line:
        line.sendall(request)
        head, _, body = all_from(line).partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


@contextmanager
def tunnel(proxy: str, target: str) -> Iterator[socket.socket]:
    with line_to(proxy) as line:
        line.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        assert head_from(line).startswith(b"HTTP/1.1 200 ")
        yield line


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    with ExitStack() as stack:
        server = MockServer(limits="off")
        stack.callback(server.close)
        yield server


@contextmanager
def proxying(mock: MockServer, authority: Authority, environment: dict[str, str], **options: Any) -> Iterator[Doors]:
    with opened(mock.emulator, authority.vendors_identity(), environment=environment, **options) as doors:
        yield doors


@pytest.fixture(scope="module")
def doors(mock: MockServer, authority: Authority) -> Iterator[Doors]:
    """With no other proxy in the environment, and with all the world to go to."""
    with proxying(mock, authority, {}) as doors:
        yield doors


@pytest.fixture
def elsewhere() -> Iterator[tuple[App, str]]:
    app = App()
    with LiveServer(app) as server:
        yield app, server.url


@pytest.fixture
def session(doors: Doors, authority: Authority) -> Iterator[requests.Session]:
    """A program's, with the variables of a child: it knows the proxy, and trusts the authority."""
    with requests.Session() as session:
        session.trust_env = False
        session.proxies = {"http": doors.proxy, "https": doors.proxy}
        session.verify = str(authority.bundle_file)
        yield session


def token_form(mock: MockServer) -> dict[str, str]:
    demo = mock.emulator.world.demo
    return {"grant_type": "client_credentials", "client_id": demo.client_id, "client_secret": demo.client_secret}


@pytest.mark.parametrize(
    "origin",
    [
        "https://api.sendpulse.com",
        "https://API.SendPulse.com",
        "https://api.sendpulse.com:8443",
        "http://api.sendpulse.com",
        "http://api.sendpulse.com:8080",
    ],
)
def test_calls_to_the_vendor_are_answered_by_the_emulator(
    session: requests.Session, mock: MockServer, origin: str
) -> None:
    token = session.post(f"{origin}/oauth/access_token", data=token_form(mock), timeout=SECONDS).json()["access_token"]

    answer = session.get(f"{origin}//addressbooks/", headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS)

    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize("target", ["api.sendpulse.com:443", "login.sendpulse.com:443", "api.sendpulse.com.:443"])
def test_tls_to_the_vendors_hosts_ends_at_the_emulator(doors: Doors, authority: Authority, target: str) -> None:
    context = ssl.create_default_context(cafile=str(authority.certificate_file))
    name = target.rpartition(":")[0].rstrip(".")

    with tunnel(doors.proxy, target) as line, context.wrap_socket(line, server_hostname=name) as secured:
        secured.sendall(b"GET /addressbooks HTTP/1.1\r\nHost: api.sendpulse.com\r\nConnection: close\r\n\r\n")

        assert all_from(secured).startswith(b"HTTP/1.1 401 ")


def test_port_80_of_the_vendor_is_spoken_to_without_tls(doors: Doors) -> None:
    with tunnel(doors.proxy, "api.sendpulse.com:80") as line:
        line.sendall(b"GET /addressbooks HTTP/1.1\r\nHost: api.sendpulse.com\r\nConnection: close\r\n\r\n")

        assert all_from(line).startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_request_that_names_its_whole_url_is_answered_whatever_the_scheme(doors: Doors, scheme: str) -> None:
    target = f"{scheme}://api.sendpulse.com/addressbooks".encode()

    status, body = told(doors.proxy, b"GET " + target + b" HTTP/1.1\r\nHost: api.sendpulse.com\r\n\r\n")

    assert (status, json.loads(body)["error_code"]) == (401, 401)


def test_body_in_chunks_is_passed_on(doors: Doors, mock: MockServer) -> None:
    form = "&".join(f"{name}={value}" for name, value in token_form(mock).items()).encode()
    head = (
        b"POST http://api.sendpulse.com/oauth/access_token HTTP/1.1\r\nHost: api.sendpulse.com\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (form[:7], form[7:]))

    status, body = told(doors.proxy, head + chunks + b"0\r\n\r\n")

    assert status == 200, body
    assert b"access_token" in body


def test_other_tls_passes_unopened(doors: Doors, tmp_path: Path) -> None:
    certificate = tmp_path / "theirs.pem"
    certificate.write_bytes(self_signed().certificate)
    context = ssl.create_default_context(cafile=str(certificate))

    with LiveServer(App(), identity=self_signed()) as other:
        target = f"localhost:{place(other.url)[1]}"
        with tunnel(doors.proxy, target) as line, context.wrap_socket(line, server_hostname="localhost") as secured:
            secured.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answer = all_from(secured)

    assert answer.endswith(b"elsewhere")


def test_other_plain_request_is_forwarded(
    session: requests.Session, mock: MockServer, elsewhere: tuple[App, str]
) -> None:
    app, url = elsewhere
    headers = {"X-Mine": "1", "Connection": "X-Hop", "X-Hop": "1", "Proxy-Authorization": "Basic c2VjcmV0"}

    answer = session.post(f"{url}/a//b?c=d", data=b"payload", headers=headers, timeout=SECONDS)

    assert answer.text == "elsewhere"
    [asked] = app.asked
    assert (asked["RAW_URI"] if "RAW_URI" in asked else asked["PATH_INFO"]).startswith("/a//b")
    assert (asked["QUERY_STRING"], asked["body"], asked["HTTP_X_MINE"]) == ("c=d", b"payload", "1")
    assert asked["HTTP_HOST"] == urlsplit(url).netloc
    assert not {"HTTP_X_HOP", "HTTP_PROXY_AUTHORIZATION", "HTTP_PROXY_CONNECTION"} & asked.keys()


def test_second_request_of_a_connection_never_reaches_the_host_of_the_first(
    doors: Doors, elsewhere: tuple[App, str]
) -> None:
    app, url = elsewhere
    first = f"GET {url}/first HTTP/1.1\r\nHost: a\r\n\r\n"
    second = "POST http://api.sendpulse.com/second HTTP/1.1\r\nHost: b\r\nContent-Length: 0\r\n\r\n"

    status, _ = told(doors.proxy, (first + second).encode())

    assert status == 200
    assert [asked["PATH_INFO"] for asked in app.asked] == ["/first"]


def test_offline_only_this_machine_and_the_vendors_hosts_are_reached(
    mock: MockServer, authority: Authority, elsewhere: tuple[App, str]
) -> None:
    _, url = elsewhere
    with proxying(mock, authority, {}, offline=True) as doors:
        refused = told(doors.proxy, f"CONNECT {ELSEWHERE}:443 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        refused_too = told(doors.proxy, f"GET http://{ELSEWHERE}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        disguised = told(doors.proxy, b"CONNECT 127.0.0.1.shop.example:443 HTTP/1.1\r\nHost: x\r\n\r\n")
        near = told(doors.proxy, f"GET {url}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        vendors = told(doors.proxy, b"GET http://api.sendpulse.com/ HTTP/1.1\r\nHost: x\r\n\r\n")

    assert [refused[0], refused_too[0], disguised[0], near[0], vendors[0]] == [403, 403, 403, 200, 401]
    assert json.loads(refused[1])["error"] == f"sendpulse-mock does not lead to {ELSEWHERE}:443"
    assert "offline" in json.loads(refused[1])["hint"]


def test_client_that_is_refused_a_tunnel_tells_why(mock: MockServer, authority: Authority) -> None:
    with proxying(mock, authority, {}, offline=True) as doors, requests.Session() as session:
        session.trust_env = False
        session.proxies = {"https": doors.proxy}

        with pytest.raises(requests.exceptions.ProxyError, match=f"does not lead to {ELSEWHERE}"):
            session.get(f"https://{ELSEWHERE}/", timeout=SECONDS)


def test_other_machines_are_led_to_the_vendors_hosts_alone(
    mock: MockServer, authority: Authority, elsewhere: tuple[App, str]
) -> None:
    app, url = elsewhere
    with proxying(mock, authority, {}, host="0.0.0.0") as doors:  # noqa: S104 - what is tested
        proxy = doors.proxy.replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - as above
        others = told(proxy, f"GET {url}/ HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        vendors = told(proxy, b"GET http://api.sendpulse.com/ HTTP/1.1\r\nHost: x\r\n\r\n")

    assert (others[0], vendors[0]) == (403, 401)
    assert app.asked == []


def test_what_the_user_sends_by_a_proxy_goes_on_by_it(mock: MockServer, authority: Authority) -> None:
    greeting = b"HTTP/1.1 200 Connected\r\n\r\nserver speaks first"
    with OtherProxy(greeting) as other:
        users = {"HTTPS_PROXY": f"http://ada:s%40crets@{other.address}"}
        with proxying(mock, authority, users) as doors, tunnel(doors.proxy, f"{ELSEWHERE}:443") as line:
            assert all_from(line) == b"server speaks first"

    [head] = other.heads
    assert head.startswith(f"CONNECT {ELSEWHERE}:443 HTTP/1.1\r\n".encode())
    login = re.search(rb"Proxy-Authorization: Basic (\S+)", head)
    assert login is not None
    assert b64decode(login[1]) == b"ada:s@crets"


def test_plain_request_goes_on_by_the_users_proxy_with_its_whole_url(mock: MockServer, authority: Authority) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nby"
    with OtherProxy(answer) as other, proxying(mock, authority, {"http_proxy": other.address}) as doors:
        request = f"GET http://{ELSEWHERE}/a?b=c HTTP/1.1\r\nHost: {ELSEWHERE}\r\n\r\n"

        assert told(doors.proxy, request.encode()) == (200, b"by")

    assert other.heads[0].startswith(f"GET http://{ELSEWHERE}/a?b=c HTTP/1.1\r\n".encode())


def test_users_proxy_never_sees_calls_to_the_vendor(mock: MockServer, authority: Authority) -> None:
    with OtherProxy(b"") as other:
        users = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), other.address)
        with proxying(mock, authority, users) as doors:
            status, _ = told(doors.proxy, b"GET http://api.sendpulse.com/ HTTP/1.1\r\nHost: x\r\n\r\n")
            with tunnel(doors.proxy, "api.sendpulse.com:443"):
                pass

    assert status == 401
    assert other.heads == []


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b"", b"SSH-2.0\r\n\r\n", b"x" * 70_000]
)
def test_users_proxy_that_refuses_is_told_of_without_its_password(
    mock: MockServer, authority: Authority, answer: bytes
) -> None:
    with OtherProxy(answer) as other:
        users = {"https_proxy": f"http://ada:secret@{other.address}"}
        with proxying(mock, authority, users) as doors:
            status, body = told(doors.proxy, f"CONNECT {ELSEWHERE}:443 HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    assert status == 502
    assert other.address in json.loads(body)["error"]
    assert b"secret" not in body


def test_proxy_of_another_kind_is_told_of(mock: MockServer, authority: Authority) -> None:
    with proxying(mock, authority, {"ALL_PROXY": "socks5://ada:secret@127.0.0.1:1080"}) as doors:
        status, body = told(doors.proxy, f"CONNECT {ELSEWHERE}:443 HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    assert status == 502
    assert "NO_PROXY" in json.loads(body)["hint"]
    assert b"secret" not in body


def test_hosts_that_the_user_excepts_are_reached_straight() -> None:
    users = {"https_proxy": "127.0.0.1:3128", "NO_PROXY": "intern.example"}
    beyond = Beyond(users, Reach.EVERYWHERE)

    assert beyond.proxy_to(Place("https", "a.intern.example", 443)) is None
    assert beyond.proxy_to(Place("https", "127.0.0.1", 443)) is None
    by = beyond.proxy_to(Place("https", ELSEWHERE, 443))
    assert by is not None
    assert by.place == Place("http", "127.0.0.1", 3128)


def test_proxy_that_the_environment_names_is_not_itself() -> None:
    mine = Place("http", "127.0.0.1", 8481)
    beyond = Beyond({"https_proxy": "http://localhost:8481"}, Reach.EVERYWHERE)

    assert beyond.proxy_to(Place("https", ELSEWHERE, 443), but=mine) is None


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /addressbooks HTTP/1.1\r\nHost: api.sendpulse.com\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET ftp://api.sendpulse.com/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"CONNECT :443 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"CONNECT api.sendpulse.com:99999 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"CONNECT " + b"a" * 300 + b".example:443 HTTP/1.1\r\nHost: x\r\n\r\n", 502),
        (b"GET http://api.sendpulse.com/ HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n", 502),
    ],
)
def test_request_that_cannot_be_carried_is_told_why(doors: Doors, request_: bytes, status: int) -> None:
    answered, body = told(doors.proxy, request_)

    assert answered == status
    assert json.loads(body).keys() == {"error", "hint"}


def test_browser_at_the_proxys_own_address_is_sent_to_the_emulator(doors: Doors) -> None:
    _, body = told(doors.proxy, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")

    assert doors.plain in json.loads(body)["hint"]


def test_client_that_says_nothing_is_hung_up_on(doors: Doors) -> None:
    with ForwardProxy(plain=doors.plain, tls=doors.tls, environment={}, idle_seconds=0.05) as proxy:
        status, _ = told(proxy.url, b"CONNECT api.sendpulse.com:443 HTTP/1.1\r\nHost")

    assert status == 408


def test_one_client_too_many_is_told_to_come_again(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.serving.proxy.CONNECTIONS", 1)

    proxy = ForwardProxy(plain=doors.plain, tls=doors.tls, environment={})
    with proxy, tunnel(proxy.url, "api.sendpulse.com:443"):
        status, _ = told(proxy.url, b"CONNECT api.sendpulse.com:443 HTTP/1.1\r\nHost: x\r\n\r\n")

    assert status == 503


@contextmanager
def both_ends(proxy: str) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A client's end and a server's of one tunnel."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        with tunnel(proxy, f"127.0.0.1:{listener.getsockname()[1]}") as client:
            server, _ = listener.accept()
            with server:
                server.settimeout(SECONDS)
                yield client, server


@pytest.mark.parametrize("first", [0, 1], ids=["client", "server"])
def test_side_that_has_said_all_still_hears_the_other(doors: Doors, first: int) -> None:
    with both_ends(doors.proxy) as ends:
        one, other = ends[first], ends[1 - first]
        one.sendall(b"all I have to say")
        one.shutdown(socket.SHUT_WR)
        heard = all_from(other)
        other.sendall(b"one more thing")
        other.shutdown(socket.SHUT_WR)

        assert (heard, all_from(one)) == (b"all I have to say", b"one more thing")


def test_half_a_request_is_not_made_whole(doors: Doors, elsewhere: tuple[App, str]) -> None:
    app, url = elsewhere
    with line_to(doors.proxy) as line:
        line.sendall(f"POST {url}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf".encode())
        line.shutdown(socket.SHUT_WR)
        all_from(line)

    assert app.asked == []


def test_connection_that_a_fault_breaks_is_broken_for_the_client(session: requests.Session, mock: MockServer) -> None:
    mock.emulator.world.demo.faults.add({"reset": True}, operation="oauth.issue_token")

    with pytest.raises(requests.exceptions.ConnectionError):
        session.post("https://api.sendpulse.com/oauth/access_token", data=token_form(mock), timeout=SECONDS)


def test_address_in_use_is_named(doors: Doors) -> None:
    host, port = place(doors.proxy)

    with pytest.raises(OSError, match=f"cannot listen on {host}:{port}"):
        ForwardProxy(plain=doors.plain, tls=doors.tls, host=host, port=port).start()


def test_address_is_not_known_before_it_listens(doors: Doors) -> None:
    proxy = ForwardProxy(plain=doors.plain, tls=doors.tls)

    with pytest.raises(RuntimeError, match=re.escape("call start() first")):
        _ = proxy.url


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@needs_proc
def test_open_tunnels_end_with_the_proxy_and_leave_nothing(doors: Doors) -> None:
    threads, files = threading.active_count(), open_files()

    with ExitStack() as stack:
        with ForwardProxy(plain=doors.plain, tls=doors.tls, environment={}) as proxy:
            lines = [stack.enter_context(tunnel(proxy.url, "api.sendpulse.com:443")) for _ in range(50)]
            lines += [stack.enter_context(line_to(proxy.url)) for _ in range(10)]

        assert [all_from(line) for line in lines] == [b""] * 60

    assert threading.active_count() == threads
    assert open_files() <= files + 50  # the emulator, on the same process, may still be closing its ends


def test_client_that_does_not_read_holds_nothing_up(doors: Doors) -> None:
    flood = bytes(64 << 20)
    with ForwardProxy(plain=doors.plain, tls=doors.tls, environment={}) as proxy, both_ends(proxy.url) as (_, server):
        server.settimeout(0.2)
        with pytest.raises(TimeoutError):
            server.sendall(flood)
        proxy.stop()

        server.settimeout(SECONDS)
        with pytest.raises(ConnectionError):
            server.sendall(flood)


@needs_proc
def test_500_tunnels_leave_nothing(doors: Doors, authority: Authority) -> None:
    context = ssl.create_default_context(cafile=str(authority.certificate_file))
    request = b"GET /addressbooks HTTP/1.1\r\nHost: api.sendpulse.com\r\nConnection: close\r\n\r\n"

    def call() -> bytes:
        name = "api.sendpulse.com"
        with tunnel(doors.proxy, f"{name}:443") as line, context.wrap_socket(line, server_hostname=name) as secured:
            secured.sendall(request)
            return all_from(secured)[:12]

    call()
    threads, files = threading.active_count(), open_files()
    answers = {call() for _ in range(500)}

    assert answers == {b"HTTP/1.1 401"}
    assert threading.active_count() <= threads + 1
    assert open_files() <= files + 10
