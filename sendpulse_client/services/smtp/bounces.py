"""Mail that came back within a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sendpulse_client._records import Rows, many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sendpulse_client._client import Client


@dataclass(frozen=True)
class Bounce:
    """A mail that came back, and what the other server said."""

    email_to: str
    sender: str | None = None
    send_date: str | None = None
    subject: str | None = None
    smtp_answer_code: int | None = None
    smtp_answer_subcode: str | None = None
    smtp_answer_data: str | None = None


class Bounces:
    """The operations on bounces, named as the API's contract names them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self, *, date: str | None = None, limit: int | None = None, offset: int | None = None) -> Rows[Bounce]:
        """One page, at most 100, of what came back within the last 24 hours, or on a day (``YYYY-MM-DD``)."""
        query = {"date": date, "limit": limit, "offset": offset}
        return self._client.read(_bounces, "GET", "/smtp/bounces/day", query)

    def get_total(self) -> int:
        """How many mails came back within the last 24 hours."""
        return self._client.read(lambda answer: int(answer["total"]), "GET", "/smtp/bounces/day/total")


def _bounces(answer: Mapping[str, Any]) -> Rows[Bounce]:
    return many(Bounce)(answer["emails"])
