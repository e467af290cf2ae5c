"""Domains in whose name mail may go out. Names on the wire are the vendor's; so are the names of fields here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sendpulse_client._paths import path_of
from sendpulse_client._records import Rows, many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sendpulse_client._client import Client


@dataclass(frozen=True)
class SenderDomain:
    """A sender domain: `service_value` is its name, `status` 1 once it is active; `checks` tell what its DNS says."""

    id: int
    service_value: str
    user_id: int | None = None
    service_type: int | None = None
    status: int | None = None
    expire_date: str | None = None
    auto_free_prolong: int | None = None
    currency: str | None = None
    is_default: bool | None = None
    ssl_type: int | None = None
    ssl_expired: str | None = None
    ssl_generated: int | None = None
    checks: Mapping[str, Any] | None = None


class SenderDomains:
    """The operations on sender domains, named as the API's contract names them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self) -> Rows[SenderDomain]:
        """All of the account's sender domains."""
        return self._client.read(_domains, "GET", "/v2/email-service/smtp/sender_domains")

    def create(self, domain: str) -> None:
        """Add a sender domain; it is active once its DNS is right."""
        self._client.request("POST", path_of("v2", "email-service", "smtp", "sender_domains", domain))


def _domains(answer: Mapping[str, Any]) -> Rows[SenderDomain]:
    return many(SenderDomain)(answer["data"]["data"])
