"""Webhooks: where the service reports events. Names on the wire are the vendor's; so are the names of fields here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sendpulse_client._paths import path_of
from sendpulse_client._records import Rows, many, one

if TYPE_CHECKING:
    from sendpulse_client._client import Client


@dataclass(frozen=True)
class Webhook:
    """An address to which events of one kind are posted; `action` is the kind, such as ``unsubscribe``."""

    id: int
    url: str | None = None
    action: str | None = None
    user_id: int | None = None


class Webhooks:
    """The operations on webhooks, named as the API's contract names them.

    A webhook is given as a Webhook or by its id. Whatever the server refuses is raised as a SendPulseError; where it
    only confirms, nothing is returned.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, url: str, actions: Iterable[str]) -> Rows[Webhook]:
        """Have events posted to an address; the server makes a webhook of each kind."""
        if isinstance(actions, str):
            raise TypeError(f"actions={actions!r} is one string: give a list of them")
        body = {"url": url, "actions": [*actions]}
        return self._client.read(lambda answer: many(Webhook)(answer["data"]), "POST", _path(), json=body)

    def list(self) -> Rows[Webhook]:
        """All of the account's webhooks."""
        return self._client.read(lambda answer: many(Webhook)(answer["data"]), "GET", _path())

    def get(self, webhook: Webhook | int) -> Webhook:
        """The webhook as it is now."""
        return self._client.read(lambda answer: one(Webhook)(answer["data"]), "GET", _path(webhook))

    def update(self, webhook: Webhook | int, url: str) -> None:
        """Give the webhook another address; its kind of event stays."""
        self._client.request("PUT", _path(webhook), json={"url": url})

    def delete(self, webhook: Webhook | int) -> None:
        """Have these events posted to that address no more."""
        self._client.request("DELETE", _path(webhook))


def _path(*webhooks: Webhook | int) -> str:
    ids = (webhook.id if isinstance(webhook, Webhook) else webhook for webhook in webhooks)
    return path_of("v2", "email-service", "webhook", *ids)
