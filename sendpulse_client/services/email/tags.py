"""Tags on addresses and phones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sendpulse_client._paths import path_of
from sendpulse_client._records import Rows, many

if TYPE_CHECKING:
    from sendpulse_client._client import Client


@dataclass(frozen=True)
class Tag:
    """A tag; `color` is ``#rrggbb``."""

    id: int
    name: str | None = None
    color: str | None = None


class Tags:
    """The operations on tags.

    A tag is given as a Tag or by its id. What changes something waits in a queue of the vendor's, and shows a little
    later; the id of its place there is returned.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def list(self) -> Rows[Tag]:
        """All tags, those excepted that still wait in the queue."""
        return self._client.read(lambda answer: many(Tag)(answer["tags"]), "GET", "/tags")

    def create(self, name: str, color: str) -> str:
        """Make a tag, which `list` shows when it has left the queue."""
        return self._write("POST", "/tags", {"name": name, "color": color})

    def update(self, tag: Tag | int, name: str, color: str) -> str:
        """Give the tag another name and colour."""
        return self._write("PUT", path_of("tags", _id(tag)), {"name": name, "color": color})

    def delete(self, tag: Tag | int) -> str:
        """Remove the tag, from all that bear it too."""
        return self._write("DELETE", path_of("tags", _id(tag)))

    def pin_to_email(self, email: str, tags: Iterable[Tag | int]) -> str:
        """Put tags on an address of a mailing list."""
        return self._write("POST", "/tags/pin/email", {"email": email, "tags": [_id(tag) for tag in tags]})

    def unpin_from_email(self, email: str, tags: Iterable[Tag | int]) -> str:
        """Take tags off an address."""
        return self._write("POST", "/tags/unpin/email", {"email": email, "tags": [_id(tag) for tag in tags]})

    def pin_to_phone(self, phone: str, tags: Iterable[Tag | int]) -> str:
        """Put tags on a phone of a mailing list."""
        return self._write("POST", "/tags/pin/phone", {"phone": phone, "tags": [_id(tag) for tag in tags]})

    def unpin_from_phone(self, phone: str, tags: Iterable[Tag | int]) -> str:
        """Take tags off a phone."""
        return self._write("POST", "/tags/unpin/phone", {"phone": phone, "tags": [_id(tag) for tag in tags]})

    def _write(self, method: str, path: str, body: Any = None) -> str:
        return self._client.read(lambda answer: str(answer["queue_id"]), method, path, json=body)


def _id(tag: Tag | int) -> int:
    return tag.id if isinstance(tag, Tag) else tag
