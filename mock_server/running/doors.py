"""The ways into an emulator for programs that call the vendor: plain HTTP, HTTPS as the vendor, and a proxy to both."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from mock_server.authority import Identity


@dataclass(frozen=True, slots=True)
class Doors:
    """Their addresses, as URLs; what there is not, or nobody knows, is empty."""

    plain: str = ""
    tls: str = ""
    proxy: str = ""


@contextmanager
def opened(
    app: WSGIApplication,
    identity: Identity,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    offline: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> Iterator[Doors]:
    """All doors of `app`, for the length of a block; those behind the proxy, on free ports of this machine alone.

    `identity` is shown as the vendor's; host, port and the rest are the proxy's, see `serving.proxy.ForwardProxy`.
    Raises `OSError`, naming host and port, when the address is in use or isn't ours.
    """
    from mock_server.serving.live import LiveServer
    from mock_server.serving.proxy import ForwardProxy

    with LiveServer(app) as plain, LiveServer(app, identity=identity) as tls:
        proxy = ForwardProxy(
            plain=plain.url, tls=tls.url, host=host, port=port, offline=offline, environment=environment
        )
        with proxy:
            yield Doors(plain.url, tls.url, proxy.url)
