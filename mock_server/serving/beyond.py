"""The way a proxy takes to hosts that are not the vendor's: none, the straight one, or by the user's own proxy."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from contracts.verify.places import is_loopback
from mock_server.serving.lines import Line, hang_up, open_line

REPLY_SECONDS: Final = 30.0
"""How long the user's own proxy may take to say whether it connects."""


class Declined(Exception):
    """A request that a proxy does not carry: the status, what was wrong, and what to do."""

    def __init__(self, status: int, wrong: str, remedy: str) -> None:
        super().__init__(f"{wrong}: {remedy}")
        self.status = status
        self.wrong = wrong
        self.remedy = remedy


class Reach(Enum):
    """How far a proxy leads; the value says why no farther, and what to do."""

    EVERYWHERE = ""
    THIS_MACHINE = "it is offline, so nothing but this machine and the vendor's hosts, emulated, is reached"
    VENDOR = "it listens to other machines, which it leads to the vendor's hosts alone; listen on 127.0.0.1 for more"


class Place(NamedTuple):
    """Where a request goes."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """Host and port as one text."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class UsersProxy(NamedTuple):
    """A proxy that the user's environment names."""

    place: Place
    authorization: str
    """What the header `Proxy-Authorization` says; may be empty."""

    @classmethod
    def of(cls, url: str) -> UsersProxy:
        """The one at an address, whose scheme may be left out. Raises `Declined` for what is no proxy of HTTP."""
        try:
            parts = urlsplit(url if "://" in url else f"http://{url}")
            port = {"http": parts.port or 80, "https": parts.port or 443}[parts.scheme]
        except (ValueError, KeyError):
            remedy = "give one by http:// or https://, or add the host to NO_PROXY"
            raise Declined(502, "the environment names a proxy that is none of HTTP", remedy) from None
        login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
        authorization = f"Basic {b64encode(login.encode()).decode()}" if parts.username else ""
        return cls(Place(parts.scheme, parts.hostname or "", port), authorization)


class Beyond:
    """The rest of the world, as it is reached in an environment."""

    def __init__(self, environment: Mapping[str, str], reach: Reach) -> None:
        self._environment = environment
        self._reach = reach

    def proxy_to(self, place: Place, *, but: Place | None = None) -> UsersProxy | None:
        """The proxy on the way to a place, unless that is `but`: nobody is to go in a circle.

        Raises `Declined` where nothing is reached.
        """
        if self._reach is Reach.VENDOR or (self._reach is Reach.THIS_MACHINE and not is_loopback(place.host)):
            raise Declined(403, f"sendpulse-mock does not lead to {place.authority}", self._reach.value)
        url = self._setting(f"{place.scheme}_proxy") or self._setting("all_proxy")
        if not url or self._is_near(place):
            return None
        proxy = UsersProxy.of(url)
        is_circle = but is not None and but.port == proxy.place.port and is_loopback(proxy.place.host)
        return None if is_circle else proxy

    def _setting(self, name: str) -> str:
        return self._environment.get(name) or self._environment.get(name.upper()) or ""

    def _is_near(self, place: Place) -> bool:
        """Whether the environment excepts a place from its proxy."""
        from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

        excepted: bool = proxy_bypass_environment(place.authority, {"no": self._setting("no_proxy")})
        return excepted or is_loopback(place.host)


async def tunnel_to(place: Place, proxy: UsersProxy | None) -> Line:
    """A connection to a place, by a proxy where there is one.

    Raises `OSError` where nobody answers, and `Declined` where the proxy refuses.
    """
    if proxy is None:
        return await open_line(place.host, place.port)
    line = await line_to(proxy.place)
    try:
        await _ask_for_tunnel(line, place, proxy)
    except BaseException:
        await hang_up(line)
        raise
    return line


async def line_to(place: Place) -> Line:
    """A connection to a place, with TLS where its scheme says so."""
    return await open_line(place.host, place.port, with_tls=place.scheme == "https")


async def _ask_for_tunnel(line: Line, place: Place, proxy: UsersProxy) -> None:
    login = f"Proxy-Authorization: {proxy.authorization}\r\n" if proxy.authorization else ""
    line.writer.write(f"CONNECT {place.authority} HTTP/1.1\r\nHost: {place.authority}\r\n{login}\r\n".encode())
    try:
        async with asyncio.timeout(REPLY_SECONDS):
            head = await line.reader.readuntil(b"\r\n\r\n")
    except (EOFError, asyncio.LimitOverrunError):
        head = b"nothing that can be read"
    status = head.partition(b"\r\n")[0]
    if not (status.startswith(b"HTTP/1.") and status[8:10] == b" 2"):
        wrong = f"the proxy at {proxy.place.authority} does not connect to {place.authority}"
        raise Declined(502, wrong, f"it answered {status[:200].decode('latin-1')!r}")
