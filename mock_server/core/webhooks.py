"""Events told to web addresses: gathered in batches, closed by number or by time, posted, and kept as a log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from mock_server.core.clock import SECOND, Instant, format_instant
from mock_server.core.courier import Attempt, Lanes, Post, post
from mock_server.core.store import entity

if TYPE_CHECKING:
    from mock_server.core.accounts import Account

CLOSING: Final = "core.close_webhook_batch"
"""The work of closing a batch whose time has come."""

PATIENCE: Final = 5.0
"""Seconds of real time for which anybody waits for what is on its way."""

COLLECTING: Final = "collecting"
QUEUED: Final = "queued"
DELIVERED: Final = "delivered"
FAILED: Final = "failed"
KEPT: Final = "kept"

log: Final = logging.getLogger("sendpulse_mock")


@entity("core.webhook_batch", indexes=[("state",), ("channel", "url", "state")])
class Batch:
    """Events for one address, `size` of them as the JSON array that is posted, and what became of it.

    `state` is ``collecting`` until the batch is closed, at the instant `closes` or when it is full; then ``queued``,
    and ``delivered`` or ``failed`` after one attempt; or ``kept``, where the address must not be reached. `attempted`
    is the instant of the attempt, `status_code` what it was answered with, `error` why it failed. `copy_of` is the
    batch that this one delivers again.
    """

    id: int
    channel: str
    url: str
    opened: int
    closes: int
    body: str
    size: int
    state: str
    attempted: int | None = None
    status_code: int | None = None
    error: str | None = None
    copy_of: int | None = None

    @property
    def events(self) -> list[dict[str, Any]]:
        """What was told, oldest first."""
        events: list[dict[str, Any]] = json.loads(self.body)
        return events

    @property
    def is_over(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.state not in {COLLECTING, QUEUED}

    @property
    def actions(self) -> list[str]:
        """The kinds of its events, each once."""
        return [*dict.fromkeys(event["event"] for event in self.events)]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "channel": self.channel,
            "url": self.url,
            "state": self.state,
            "opened": format_instant(self.opened),
            "attempted": None if self.attempted is None else format_instant(self.attempted),
            "status_code": self.status_code,
            "error": self.error,
            "copy_of": self.copy_of,
            "events": self.events,
        }


class Webhooks:
    """What one account tells web addresses. Batches are rows of its store: a refused request announces nothing."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._batches = account.store[Batch]
        self._lanes = Lanes()
        self._underway: set[Attempt] = set()
        self._receiver: Post | None = None
        self._is_closed = False

    def add(
        self, url: str, events: Iterable[dict[str, Any]], *, at: Instant, channel: str, seconds: float, most: int
    ) -> None:
        """Announce events, which leave `seconds` after the first of their batch, or with the one that is the `most`th.

        What one `channel` tells one address shares its batches.
        """
        closes = at + round(seconds * SECOND)
        told = [_written(event) for event in events]
        batch = self._collecting(channel, url, closes)
        room = 0 if batch is None else max(0, most - batch.size)
        if batch is not None and told[:room]:
            self._fill(batch, told[:room], most)
        for start in range(room, len(told), most):
            self._open(told[start : start + most], most, channel=channel, url=url, opened=at, closes=closes)

    def _fill(self, batch: Batch, told: list[str], most: int) -> None:
        # Text is put to text: a batch grows event by event, and would be decoded and encoded anew for each.
        body, size = f"{batch.body[:-1]},{','.join(told)}]", batch.size + len(told)
        state = self._state_of(size, most, batch.url)
        self._send_off(self._batches.change(batch, body=body, size=size, state=state))

    def _open(self, told: list[str], most: int, *, url: str, closes: Instant, **facts: Any) -> None:
        body, state = f"[{','.join(told)}]", self._state_of(len(told), most, url)
        batch = self._batches.add(url=url, closes=closes, body=body, size=len(told), state=state, **facts)
        self._send_off(batch)
        if state == COLLECTING:
            self._account.schedule.add(closes, CLOSING, batch=batch.id)

    def _state_of(self, size: int, most: int, url: str) -> str:
        return self._state_for(url) if size >= most else COLLECTING

    def _collecting(self, channel: str, url: str, closes: Instant) -> Batch | None:
        """The batch that more can join. One that closes later than asked, since the clock was set back, is left be."""
        newest = self._batches.page(1, 0, descending=True, channel=channel, url=url, state=COLLECTING)
        return next((batch for batch in newest if batch.closes <= closes), None)

    def close_batch(self, number: int) -> None:
        """The time of a batch has come, unless it was full before."""
        batch = self._batches.get(number)
        if batch is not None and batch.state == COLLECTING:
            self._send_off(self._batches.change(batch, state=self._state_for(batch.url)))

    def _state_for(self, url: str) -> str:
        return QUEUED if self._receiver is not None or self._may_reach(url) else KEPT

    def _may_reach(self, url: str) -> bool:
        host = _host_of(url)
        return _is_loopback(host) or host in {known.lower() for known in self._account.settings.webhook_hosts}

    def batches(self) -> list[Batch]:
        """All batches, oldest first."""
        with self._account.lock:
            return list(self._batches.where())

    def deliveries(self) -> list[Batch]:
        """The log: all batches but those that still collect, oldest first."""
        return [batch for batch in self.batches() if batch.state != COLLECTING]

    def events(self) -> list[dict[str, Any]]:
        """All that was announced, batch by batch, whether it has left or not."""
        return [event for batch in self.batches() if batch.copy_of is None for event in batch.events]

    def deliver_again(self, numbers: Iterable[int]) -> list[int]:
        """Deliver closed batches once more, in this order, each as a batch of its own; tells their ids.

        Raises `ValueError` for an id of none.
        """
        with self._account.lock, self._account.store.transaction():
            return [self._copy(self._closed(number)).id for number in numbers]

    def _closed(self, number: int) -> Batch:
        batch = self._batches.get(number)
        if batch is None or batch.state == COLLECTING:
            known = ", ".join(str(batch.id) for batch in self.deliveries()) or "there is none yet"
            raise ValueError(f"no delivery has the id {number!r}; use one of: {known}")
        return batch

    def _copy(self, batch: Batch) -> Batch:
        now, state = self._account.clock.now(), self._state_for(batch.url)
        original = batch.copy_of or batch.id
        copy = self._batches.add(
            channel=batch.channel,
            url=batch.url,
            opened=now,
            closes=now,
            body=batch.body,
            size=batch.size,
            state=state,
            copy_of=original,
        )
        self._send_off(copy)
        return copy

    def divert(self, receiver: Post | None) -> Post | None:
        """Post to `receiver` from now on, whatever the address; None: over HTTP again. Tells who received so far."""
        with self._account.lock:
            before, self._receiver = self._receiver, receiver
            return before

    def resume(self) -> None:
        """Look at the store again: its rows are an earlier process's, or were restored or cleared."""
        self._drop()
        for batch in self._batches.where(state=QUEUED):
            self._send_off(batch)

    def close(self) -> None:
        """Deliver nothing more. What was queued is left so: whoever opens the store next delivers it."""
        with self._account.lock:
            self._is_closed = True
            self._drop()
            self._account.news.notify_all()

    def _drop(self) -> None:
        self._lanes.clear()
        for attempt in self._underway:
            attempt.cut("dropped")
        self._underway.clear()

    def settle(self, seconds: float = PATIENCE) -> None:
        """Wait until all that is queued now was attempted, for so many seconds at most."""
        with self._account.news:
            newest = self._batches.page(1, 0, descending=True, state=QUEUED)
            for last in newest:
                self._account.news.wait_for(partial(self._is_attempted, last.id), seconds)

    def _is_attempted(self, last: int) -> bool:
        return self._is_closed or all(oldest.id > last for oldest in self._batches.page(1, 0, state=QUEUED))

    def _send_off(self, batch: Batch) -> None:
        """Hand a batch that was queued to the courier, if what queued it is not undone."""
        if batch.state == QUEUED:
            lane = batch.url if self._receiver is None else None  # in process all goes one way, in order
            self._account.store.afterwards(partial(self._lanes.add, lane, partial(self._deliver, batch.id)))

    def _deliver(self, number: int) -> None:
        """Make the one attempt, on a thread of the courier: outside of the lock, and of any transaction."""
        attempt = Attempt()
        with self._account.lock:
            batch = self._batches.get(number)
            if self._is_closed or batch is None or batch.state != QUEUED:
                return
            if self._state_for(batch.url) == KEPT:  # who received in process does so no more
                self._change(batch, state=KEPT)
                return
            receive = self._receiver or post
            at = self._account.clock.now()
            self._underway.add(attempt)
        attempt.make(receive, batch.url, batch.body.encode())
        self._note(batch, attempt, at)

    def _note(self, batch: Batch, attempt: Attempt, at: Instant) -> None:
        with self._account.lock:
            if attempt not in self._underway:
                return  # dropped: the row may be another's by now, or be gone
            self._underway.discard(attempt)
            state = DELIVERED if attempt.error is None else FAILED
            self._change(batch, state=state, attempted=at, status_code=attempt.status, error=attempt.error)
        if attempt.error is not None:
            log.warning("webhook delivery %d to %s failed: %s", batch.id, _without_query(batch.url), attempt.error)

    def _change(self, batch: Batch, **changes: Any) -> None:
        self._batches.change(batch, **changes)
        self._account.stir()


_written: Final = json.JSONEncoder(separators=(",", ":")).encode


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # no address of the sixth version stands between its brackets
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"


def _without_query(url: str) -> str:
    return url.partition("?")[0]
