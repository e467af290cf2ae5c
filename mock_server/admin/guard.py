"""Who may call the admin API: whoever has its key, or, where it has none, this machine alone."""

from __future__ import annotations

import hmac
import re
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Final

from mock_server.admin.calls import refuse

if TYPE_CHECKING:
    from flask import Request

_HOST: Final = re.compile(r"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]*)?", re.IGNORECASE)


def check_caller(request: Request, key: str | None) -> None:
    """Refuse with 401 or 403 who may not call. A caller in the same process has no address and is welcome."""
    if key:
        _check_key(request.headers.get("Authorization", ""), key)
    elif request.remote_addr is not None:
        _check_is_local(request)


def _check_key(authorization: str, key: str) -> None:
    scheme, _, given = authorization.partition(" ")
    # A header's bytes come as latin-1 characters.
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode("latin-1", "replace"), key.encode()):
        refuse(401, "the admin key is missing or wrong", "send the server's --admin-key as Authorization: Bearer KEY")


def _check_is_local(request: Request) -> None:
    peer, host, origin = request.remote_addr or "", request.headers.get("Host", ""), request.headers.get("Origin")
    if not _is_loopback_address(peer):
        _forbid(f"the call comes from {peer!r}, which is not this machine")
    if not _is_loopback_host(host):  # a page of a foreign host, whose name was bound anew to this machine
        _forbid(f"the call is for the host {host!r}, which is not this machine")
    if origin is not None and not _is_loopback_host(origin.partition("://")[2]):
        _forbid(f"the call comes from a page of {origin!r}")


def _forbid(error: str) -> None:
    refuse(403, error, "call from this machine at localhost or 127.0.0.1, or start the server with --admin-key")


def _is_loopback_host(host: str) -> bool:
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    if found["ipv6"]:
        return _is_loopback_address(found["ipv6"])
    name = found["name"].lower()
    return name == "localhost" or name.endswith(".localhost") or _is_loopback_address(name)


def _is_loopback_address(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
