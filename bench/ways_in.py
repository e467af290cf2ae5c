"""The libraries with which Python programs call the vendor, each used as its users do, behind one face."""

from __future__ import annotations

import asyncio
import http.client
import io
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import httpx
import requests
import urllib3
import yarl


class Got(NamedTuple):
    """An answer, whoever brought it."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower()) or None


class Requests:
    failures: tuple[type[Exception], ...] = (requests.ConnectionError,)
    time_outs = (requests.ReadTimeout,)
    cuts = (requests.exceptions.ChunkedEncodingError,)

    def __init__(self) -> None:
        self._session = requests.Session()

    def send(self, method, url, *, headers=None, body=None, time_out=None):
        request = self._session.prepare_request(requests.Request(method, url, headers=headers, data=body))
        request.url = url  # as it is
        answer = self._session.send(request, timeout=time_out, allow_redirects=False)
        return Got(answer.status_code, answer.reason, [*answer.raw.headers.items()], answer.content)

    def close(self) -> None:
        self._session.close()


class Urllib3:
    failures = (urllib3.exceptions.ProtocolError,)
    time_outs = (urllib3.exceptions.ReadTimeoutError,)
    cuts = (urllib3.exceptions.ProtocolError,)

    def __init__(self, pools: urllib3.PoolManager | None = None) -> None:
        self._pools = pools or urllib3.PoolManager()

    def send(self, method, url, *, headers=None, body=None, time_out=None):
        answer = self._pools.request(
            method, url, body=body, headers=headers, timeout=time_out, retries=False, redirect=False
        )
        return Got(answer.status, answer.reason or "", [*answer.headers.items()], answer.data)

    def close(self) -> None:
        self._pools.clear()


class HttpClient:
    failures = (ConnectionResetError,)
    time_outs = (TimeoutError,)
    cuts = (http.client.IncompleteRead,)

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self._context = context
        self._connections: dict[tuple[str, str], http.client.HTTPConnection] = {}

    def send(self, method, url, *, headers=None, body=None, time_out=None):
        scheme, netloc, *_ = urlsplit(url)
        connection = self._connections.get((scheme, netloc)) or self._connect(scheme, netloc)
        connection.timeout = time_out
        try:
            connection.request(method, url.removeprefix(f"{scheme}://{netloc}") or "/", body, headers or {})
            answer = connection.getresponse()
            return Got(answer.status, answer.reason, answer.getheaders(), answer.read())
        except Exception:
            connection.close()
            raise

    def _connect(self, scheme: str, netloc: str) -> http.client.HTTPConnection:
        if scheme == "https":
            connection = http.client.HTTPSConnection(netloc, context=self._context)
        else:
            connection = http.client.HTTPConnection(netloc)
        return self._connections.setdefault((scheme, netloc), connection)

    def close(self) -> None:
        for connection in self._connections.values():
            connection.close()


class UrllibRequest(HttpClient):
    def send(self, method, url, *, headers=None, body=None, time_out=None):
        request = urllib.request.Request(url, body, headers or {}, method=method)  # noqa: S310 - http it is
        try:
            answer = urllib.request.urlopen(request, timeout=time_out)  # noqa: S310 - as above
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return Got(answer.status, answer.reason, answer.getheaders(), answer.read())


def _as_bytes(headers: Mapping[str, str] | None) -> dict[str, bytes]:
    """httpx takes text for ASCII, and forged tokens are not."""
    return {name: value.encode("latin-1") for name, value in (headers or {}).items()}


class Httpx:
    failures = (httpx.ReadError,)
    time_outs = (httpx.ReadTimeout,)
    cuts = (httpx.RemoteProtocolError,)

    def __init__(self) -> None:
        self._client = httpx.Client()

    def send(self, method, url, *, headers=None, body=None, time_out=None):
        return _got(self._client.request(method, url, headers=_as_bytes(headers), content=body, timeout=time_out))

    def close(self) -> None:
        self._client.close()


class HttpxAsync(Httpx):
    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._client: httpx.AsyncClient | None = None

    def send(self, method, url, *, headers=None, body=None, time_out=None):
        return self._runner.run(self._send(method, url, headers, body, time_out))

    async def _send(self, method: str, url: str, headers: Any, body: Any, time_out: float | None) -> Got:
        self._client = self._client or httpx.AsyncClient()
        return _got(await self._client.request(method, url, headers=_as_bytes(headers), content=body, timeout=time_out))

    def close(self) -> None:
        if self._client is not None:
            self._runner.run(self._client.aclose())
        self._runner.close()


def _got(answer: httpx.Response) -> Got:
    headers = [(name.decode(), value.decode("latin-1")) for name, value in answer.headers.raw]
    return Got(answer.status_code, answer.reason_phrase, headers, answer.content)


class Aiohttp:
    failures = (aiohttp.ClientOSError,)
    time_outs = (asyncio.TimeoutError,)
    cuts = (aiohttp.ClientPayloadError,)

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._session: aiohttp.ClientSession | None = None

    def send(self, method, url, *, headers=None, body=None, time_out=None):
        return self._runner.run(self._send(method, url, headers, body, time_out))

    async def _send(self, method: str, url: str, headers: Any, body: Any, time_out: float | None) -> Got:
        self._session = self._session or aiohttp.ClientSession()
        target, bound = yarl.URL(url, encoded=True), aiohttp.ClientTimeout(total=time_out)
        call = self._session.request(
            method,
            target,
            headers=headers,
            data=io.BytesIO(body) if body else None,  # of large bytes as they are it warns
            timeout=bound,
            allow_redirects=False,
            skip_auto_headers=["Content-Type"],
        )
        async with call as answer:
            raw = [(name.decode(), value.decode("latin-1")) for name, value in answer.raw_headers]
            return Got(answer.status, answer.reason or "", raw, await answer.read())

    def close(self) -> None:
        if self._session is not None:
            self._runner.run(self._session.close())
        self._runner.close()


LIBRARIES: dict[str, Callable[[], Any]] = {
    "requests": Requests,
    "urllib3": Urllib3,
    "http.client": HttpClient,
    "urllib.request": UrllibRequest,
    "httpx": Httpx,
    "httpx, async": HttpxAsync,
    "aiohttp": Aiohttp,
}
