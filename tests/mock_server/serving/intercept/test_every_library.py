"""What holds for every library that is caught: one core, one behaviour, each library's own failures."""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import aiohttp
import anyio
import httpx
import pytest
import urllib3

from bench.ways_in import LIBRARIES as WAYS
from mock_server.core.dropped import ConnectionDropped, ReadTimedOut
from mock_server.serving.intercept import Interception, is_intercepted

VENDOR = "https://api.sendpulse.com"
NO_STREAM = {"Content-Type": "application/octet-stream"}  # for urllib.request, which would call a body a form


class App:
    """Answers with what it was asked, after whatever `misbehave` does, and remembers it."""

    def __init__(self, misbehave: Callable[..., Any] | None = None) -> None:
        self.misbehave = misbehave
        self.environs: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.environs.append(environ)
        self.bodies.append(environ["wsgi.input"].read())
        if self.misbehave is not None:
            return self.misbehave(environ, start_response)
        body = json.dumps({"method": environ["REQUEST_METHOD"], "target": environ["RAW_URI"]}).encode()
        told = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("X-Two", "a"),
            ("X-Two", "b"),
        ]
        start_response("201 Made", told)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def intercepted(app: App) -> Iterator[App]:
    with Interception(app):
        yield app


@pytest.fixture(params=WAYS, scope="module")
def way(request: pytest.FixtureRequest) -> Iterator[Any]:
    way = WAYS[request.param]()
    yield way
    way.close()


def test_a_call_is_answered_by_the_application_exactly_once(way, intercepted):
    got = way.send("POST", f"{VENDOR}//emails/%C3%A9%2Fb/?a=%2B&b=c", headers={"X-Odd": "1", **NO_STREAM}, body=b"{}")

    assert (got.status, got.reason, got.header("content-type")) == (201, "Made", "application/json")
    assert json.loads(got.body) == {"method": "POST", "target": "//emails/%C3%A9%2Fb/?a=%2B&b=c"}
    assert [value for name, value in got.headers if name.lower() == "x-two"] in (["a", "b"], ["a, b"])
    assert intercepted.bodies == [b"{}"]
    environ = intercepted.environs[0]
    expected = {
        "PATH_INFO": "//emails/é/b/".encode().decode("latin-1"),
        "QUERY_STRING": "a=%2B&b=c",
        "CONTENT_TYPE": "application/octet-stream",
        "CONTENT_LENGTH": "2",
        "HTTP_X_ODD": "1",
        "HTTP_HOST": "api.sendpulse.com",
        "SERVER_NAME": "api.sendpulse.com",
        "SERVER_PORT": "443",
        "wsgi.url_scheme": "https",
    }
    assert {name: environ[name] for name in expected} == expected


@pytest.mark.parametrize(
    "url", ["http://api.sendpulse.com/x", "https://api.sendpulse.com:8443/x", "https://API.sendpulse.com./x"]
)
def test_scheme_port_and_case_of_the_host_do_not_matter(way, intercepted, url):
    assert way.send("GET", url).status == 201
    environ = intercepted.environs[0]
    assert environ["wsgi.url_scheme"] == url.partition(":")[0]
    assert environ["SERVER_PORT"] == {"http:": "80", "https": "443"}[url[:5]] if ":8443" not in url else "8443"


def test_another_host_goes_to_the_network(neighbour, way, intercepted):
    assert way.send("GET", neighbour + "/").body == b"neighbour"
    assert intercepted.environs == []


def test_after_the_end_a_kept_client_goes_to_the_network(neighbour, way, app):
    with Interception(app, hosts=["127.0.0.1"]):
        assert way.send("GET", neighbour + "/").status == 201

    assert way.send("GET", neighbour + "/").body == b"neighbour"


def test_a_client_that_is_connected_already_is_intercepted(neighbour, way, app):
    way.send("GET", neighbour + "/")

    with Interception(app, hosts=["127.0.0.1"]):
        assert way.send("GET", neighbour + "/").status == 201
    assert way.send("GET", neighbour + "/").body == b"neighbour"


def test_one_client_makes_many_calls(way, intercepted):
    got = [way.send("PUT", f"{VENDOR}/{number}", headers=NO_STREAM, body=b"x" * number) for number in range(5)]

    assert [json.loads(one.body)["target"] for one in got] == [f"/{number}" for number in range(5)]
    assert [len(body) for body in intercepted.bodies] == [*range(5)]


def test_a_large_body_arrives_whole(way, intercepted):
    body = bytes(range(256)) * 2048

    way.send("POST", VENDOR + "/", headers=NO_STREAM, body=body)

    assert intercepted.bodies == [body]


def test_head_has_headers_and_no_body(way, intercepted):
    got = way.send("HEAD", VENDOR + "/x")

    assert (got.header("content-length"), got.body) == ("34", b"")


def test_an_answer_without_a_length_ends_with_the_connection(way):
    def streamed(_environ, start_response):
        start_response("200 OK", [])
        return [b"a", b"b"]

    with Interception(streamed):
        assert way.send("GET", VENDOR + "/").body == b"ab"


def test_an_empty_answer_is_empty(way):
    def no_content(_environ, start_response):
        start_response("204 No Content", [])
        return []

    with Interception(no_content):
        got = way.send("DELETE", VENDOR + "/")

    assert (got.status, got.body) == (204, b"")


def test_an_exception_of_the_application_reaches_the_caller(way):
    def broken(_environ, _start_response):
        raise KeyError("broken promise")

    with Interception(broken), pytest.raises(KeyError, match="broken promise"):
        way.send("GET", VENDOR + "/")


def dropping(sent: bytes = b""):
    def application(_environ, start_response):
        start_response("200 OK", [("Content-Length", "100")])
        raise ConnectionDropped(sent)

    return application


def test_a_dropped_connection_looks_like_a_reset(way):
    with Interception(dropping()), pytest.raises(way.failures, match="reset by peer"):
        way.send("GET", VENDOR + "/")


def test_a_cut_answer_fails_as_the_library_fails(way):
    with Interception(dropping(b"abc")), pytest.raises(way.cuts):
        way.send("GET", VENDOR + "/")


def test_a_read_timeout_looks_like_one(way):
    def timing_out(environ, _start_response):
        environ.get("sendpulse_mock.pause", lambda _: None)(environ["sendpulse_mock.timeout"])
        raise ReadTimedOut

    with Interception(timing_out), pytest.raises(way.time_outs):
        way.send("GET", VENDOR + "/", time_out=0.05)


def test_the_application_is_told_the_read_timeout(way, intercepted):
    way.send("GET", VENDOR + "/", time_out=3)
    way.send("GET", VENDOR + "/", time_out=None)

    assert [environ["sendpulse_mock.timeout"] for environ in intercepted.environs] == [3, None]


def test_the_interception_started_last_answers(way):
    outer, inner = App(), App()

    with Interception(outer):
        with Interception(inner):
            way.send("GET", VENDOR + "/inner")
        way.send("GET", VENDOR + "/outer")

    assert [one["RAW_URI"] for one in inner.environs] == ["/inner"]
    assert [one["RAW_URI"] for one in outer.environs] == ["/outer"]


def test_calls_through_a_proxy_are_intercepted(app, monkeypatch):
    """Nothing listens at the proxy's address."""
    proxy = "http://127.0.0.1:9"
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, proxy)
    targets = [f"{scheme}://api.sendpulse.com/x" for scheme in ("http", "https")]

    with Interception(app):
        for target in targets:
            for name in ("requests", "urllib.request", "httpx"):
                way = WAYS[name]()
                assert json.loads(way.send("GET", target).body)["target"] == "/x"
                way.close()
            with urllib3.ProxyManager(proxy) as pools:
                assert pools.request("GET", target).json()["target"] == "/x"

    assert {environ["HTTP_HOST"] for environ in app.environs} == {"api.sendpulse.com"}
    assert [environ["wsgi.url_scheme"] for environ in app.environs] == ["http"] * 4 + ["https"] * 4


def test_http_client_sends_bodies_of_all_kinds(intercepted):
    for body in (b"raw", "text", io.BytesIO(b"file"), io.StringIO("text file"), iter([b"gen", b"erated"])):
        connection = HTTPConnection("api.sendpulse.com")
        connection.request("POST", "/", body)
        assert connection.getresponse().read()

    assert intercepted.bodies == [b"raw", b"text", b"file", b"text file", b"generated"]


def test_http_client_answers_one_request_after_another_on_one_connection(intercepted):
    connection = HTTPConnection("api.sendpulse.com")
    connection.connect()
    targets = []
    for number in range(3):
        connection.request("GET", f"/{number}")
        targets.append(json.load(connection.getresponse())["target"])

    assert targets == ["/0", "/1", "/2"]


def test_urllib3_retries_as_it_is_told():
    def busy(_environ, start_response):
        start_response("503 Service Unavailable", [("Content-Length", "4"), ("Retry-After", "0")])
        return [b"busy"]

    app = App(busy)
    with Interception(app), pytest.raises(urllib3.exceptions.MaxRetryError, match="too many 503"):
        urllib3.request("GET", VENDOR, retries=urllib3.Retry(2, status_forcelist=[503]))

    assert len(app.environs) == 3


def test_urllib3_names_the_pool_and_the_timeout():
    def timing_out(_environ, _start_response):
        raise ReadTimedOut

    message = r"HTTPSConnectionPool\(host='api.sendpulse.com', port=443\): Read timed out. \(read timeout=0.5\)"
    with Interception(timing_out), pytest.raises(urllib3.exceptions.ReadTimeoutError, match=message):
        urllib3.request("GET", VENDOR, timeout=0.5, retries=False)


def test_urllib3_follows_decodes_and_streams(intercepted):
    answer = urllib3.request("POST", VENDOR, fields={"file": ("a.txt", b"hello")}, preload_content=False)

    assert b'filename="a.txt"\r\n' in intercepted.bodies[0]
    assert b"".join(answer.stream(8)) == b'{"method": "POST", "target": "/"}'


def test_httpx_sends_bodies_of_all_kinds(intercepted):
    for body in ({"content": b"raw"}, {"data": {"a": "1"}}, {"json": [1]}, {"content": iter([b"gen", b"erated"])}):
        httpx.post(VENDOR, **body)
    httpx.post(VENDOR, files={"file": ("a.txt", b"hello")})

    assert intercepted.bodies[:4] == [b"raw", b"a=1", b"[1]", b"generated"]
    assert b'filename="a.txt"\r\n' in intercepted.bodies[4]


def test_httpx_knows_how_long_it_took_and_what_was_asked(intercepted):
    with httpx.Client(event_hooks={"response": [lambda answer: answer.read()]}) as client:
        answer = client.get(VENDOR, timeout=httpx.Timeout(1, read=7))

    assert (answer.request.url, answer.http_version, answer.num_bytes_downloaded) == (VENDOR, "HTTP/1.1", 32)
    assert answer.elapsed.total_seconds() > 0
    assert intercepted.environs[0]["sendpulse_mock.timeout"] == 7


def test_httpx_leaves_transports_of_the_users_own_alone(intercepted):
    own = httpx.MockTransport(lambda _: httpx.Response(418))

    class Signing(httpx.HTTPTransport):
        def handle_request(self, request):
            request.headers["X-Signed"] = "yes"
            return super().handle_request(request)

    with httpx.Client(transport=own, mounts={"all://*sendpulse.com": Signing()}) as client:
        assert client.get(VENDOR).status_code == 201
    with httpx.Client(transport=own) as client:
        assert client.get(VENDOR).status_code == 418

    assert [environ["HTTP_X_SIGNED"] for environ in intercepted.environs] == ["yes"]


def test_httpx_under_trio(intercepted):
    async def call():
        async with httpx.AsyncClient() as client:
            return (await client.get(VENDOR)).status_code

    assert anyio.run(call, backend="trio") == 201


def with_session(use: Callable[[aiohttp.ClientSession], Any], **options: Any) -> Any:
    async def opened():
        async with aiohttp.ClientSession(**options) as session:
            return await use(session)

    return asyncio.run(opened())


def test_aiohttp_sends_bodies_of_all_kinds(intercepted):
    async def generated():
        yield b"gen" * 100 + b"0\r\n"
        yield b"erated"

    form = aiohttp.FormData({"a": "1"})
    form.add_field("file", b"hello", filename="a.txt")

    async def send_all(session):
        for body in ({"data": b"raw"}, {"data": {"a": "1"}}, {"json": [1]}, {"data": io.BytesIO(b"file")}):
            await session.post(VENDOR, **body)
        await session.post(VENDOR, data=generated())
        await session.post(VENDOR, data=form)
        await session.post(VENDOR, data=b"patient", expect100=True)

    with_session(send_all)

    assert intercepted.bodies[:4] == [b"raw", b"a=1", b"[1]", b"file"]
    assert intercepted.bodies[4] == b"gen" * 100 + b"0\r\n" + b"erated"
    assert b'filename="a.txt"\r\n' in intercepted.bodies[5]
    assert intercepted.bodies[6] == b"patient"


def test_aiohttp_raises_for_status_and_traces():
    def refusing(_environ, start_response):
        start_response("404 Not Found", [("Content-Length", "2")])
        return [b"{}"]

    seen = []
    traced = aiohttp.TraceConfig()

    async def note(_session, _context, told):
        seen.append(type(told).__name__)

    traced.on_request_start.append(note)
    traced.on_request_chunk_sent.append(note)

    async def call(session):
        with pytest.raises(aiohttp.ClientResponseError, match="404, message='Not Found'"):
            await session.post(VENDOR, data=b"x")

    with Interception(refusing):
        with_session(call, raise_for_status=True, trace_configs=[traced])

    assert seen == ["TraceRequestStartParams", "TraceRequestChunkSentParams"]


def test_aiohttp_streams_an_answer_larger_than_its_buffers():
    def large(_environ, start_response):
        start_response("200 OK", [("Content-Length", str(1 << 20))])
        return [b"x" * (1 << 20)]

    async def read(session):
        async with session.get(VENDOR) as answer:
            return sum([len(chunk) async for chunk in answer.content.iter_chunked(1000)])

    with Interception(large):
        assert with_session(read) == 1 << 20


def test_aiohttp_makes_many_calls_at_once(intercepted):
    async def call(session):
        answers = await asyncio.gather(*(session.get(f"{VENDOR}/{number}") for number in range(20)))
        return [(await answer.json())["target"] for answer in answers]

    assert with_session(call) == [f"/{number}" for number in range(20)]


async def by_aiohttp(url: str) -> int:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status


async def by_httpx(url: str) -> int:
    async with httpx.AsyncClient(timeout=30) as client:
        return (await client.get(url)).status_code


in_each_async_library = pytest.mark.parametrize("call", [by_aiohttp, by_httpx])


@in_each_async_library
def test_a_call_that_waits_holds_up_no_other(call):
    """The first call is answered only once the second was."""
    second_was_answered = threading.Event()

    def app(environ, start_response):
        if environ["PATH_INFO"] == "/first":
            assert second_was_answered.wait(20)
        start_response("200 OK", [("Content-Length", "0")])
        return []

    async def both():
        first = asyncio.create_task(call(f"{VENDOR}/first"))
        await asyncio.sleep(0)
        assert await call(f"{VENDOR}/second") == 200
        second_was_answered.set()
        return await first

    with Interception(app):
        assert asyncio.run(both()) == 200


@in_each_async_library
def test_a_call_that_is_given_up_pauses_no_longer(call):
    paused, ended = threading.Event(), threading.Event()

    def app(environ, start_response):
        paused.set()
        environ["sendpulse_mock.pause"](60)
        ended.set()
        start_response("200 OK", [])
        return []

    async def give_up():
        task = asyncio.create_task(call(VENDOR))
        await asyncio.to_thread(paused.wait, 20)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(ended.wait, 20)

    with Interception(app):
        asyncio.run(give_up())

    assert ended.is_set()


def test_similar_hosts_are_left_alone(intercepted):
    assert is_intercepted("api.sendpulse.com")
    for host in ("sendpulse.com", "api.sendpulse.com.example.com", "x.api.sendpulse.com", "", None):
        assert not is_intercepted(host)
