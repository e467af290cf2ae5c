"""Where a target is, and who asks there."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from contracts import exchanges

VENDOR: Final = f"https://{exchanges.VENDOR}"

CLIENT_ID, CLIENT_SECRET, API_KEY = "SENDPULSE_CLIENT_ID", "SENDPULSE_CLIENT_SECRET", "SENDPULSE_API_KEY"
"""The variables of the environment that hold credentials. Nothing else does: flags are kept by shells."""


def place_of(url: str, *, may_be_vendors: bool = False) -> str:
    """The address of a server, as ``http://127.0.0.1:8480``. Raises `ValueError` telling what does not fit."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ValueError(f"{url!r} is no address of a server: {error}") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise ValueError(f"{url!r} is no address of a server; give one such as http://127.0.0.1:8480")
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("an address is scheme, host and port alone, such as http://127.0.0.1:8480")
    if is_vendors(host) and not may_be_vendors:
        raise ValueError("this is the vendor's own address: say --live if you mean your real account")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(f"credentials travel in the clear to {host}: use https, or a server on this machine")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def is_vendors(host: str) -> bool:
    """Whether a host is the vendor's."""
    return f".{host.rstrip('.').lower()}".endswith(f".{exchanges.DOMAIN}")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:  # a name, which may begin with 127 as well
        return False


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose account is asked: a key, or an id and a secret that a token is asked for with."""

    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    api_key: str = field(default="", repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Identity:
        """Whom the environment names. Raises `ValueError` where it names nobody."""
        key = environment.get(API_KEY, "")
        client_id, secret = environment.get(CLIENT_ID, ""), environment.get(CLIENT_SECRET, "")
        if not key and not (client_id and secret):
            raise ValueError(f"no credentials: set {CLIENT_ID} and {CLIENT_SECRET}, or {API_KEY}, in the environment")
        if any(not text.isascii() or not text.isprintable() for text in (key, client_id, secret)):
            raise ValueError("the credentials in the environment hold what cannot stand in a header")
        return cls(client_id, secret, key)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody else may read."""
        return tuple(text for text in (self.client_id, self.client_secret, self.api_key) if text)

    def alias(self, run: str) -> str:
        """A name for the account that tells nothing about it, the same for the same credentials and run."""
        return hmac.new(run.encode(), (self.client_id or self.api_key).encode(), "sha256").hexdigest()[:16]
