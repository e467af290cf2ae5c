"""Which failures are worth another attempt, and how long to wait before it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sendpulse_client._errors import (
    ApiError,
    ConnectionFailed,
    ConnectionLost,
    QuotaExceeded,
    RateLimited,
    SendPulseError,
    Timeout,
)
from sendpulse_client._timing import Timing

T = TypeVar("T")

_FIRST_PAUSE = 1.0  # seconds: the limit's own window
_LONGEST_PAUSE = 8.0
_PASSING_STATUSES = {500, 502, 503, 504}
# Idempotent by RFC 9110: doing it twice leaves what doing it once leaves. Only the answer may differ: a DELETE whose
# first answer got lost says NotFound. A POST may create or send, so it is not repeated unless surely nothing happened.
_IDEMPOTENT = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}

_log = logging.getLogger("sendpulse_client")


@dataclass(frozen=True)
class Retries:
    """Repeats what is safe to repeat, at most `limit` times, after pauses drawn from 0 to 1, 2, 4, 8, 8… seconds."""

    limit: int
    timing: Timing

    def run(
        self,
        attempt: Callable[[], T],
        *,
        safe: bool | None = None,
        when_rate_limited: Callable[[float], None] = lambda _pause: None,
    ) -> T:
        """The result of `attempt`, or its last error.

        `safe` says whether it may be repeated after the server may have acted; by default the method decides.
        `when_rate_limited` is told the seconds of the pause before it begins.
        """
        for number in range(self.limit):
            try:
                return attempt()
            except SendPulseError as error:
                pause = self._pause_after(error, number)
                if pause > _LONGEST_PAUSE or not _is_repeatable(error, safe):
                    raise
                if isinstance(error, RateLimited):
                    when_rate_limited(pause)
                _log.info("%s; trying again in %.2f s", error, pause)
            self.timing.sleep(pause)
        return attempt()

    def _pause_after(self, error: SendPulseError, number: int) -> float:
        """Seconds: what the server asks for, else drawn by lot, so that several clients do not return together."""
        if isinstance(error, ApiError) and error.retry_after is not None:
            return error.retry_after
        return self.timing.random() * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**number)


def _is_repeatable(error: SendPulseError, safe: bool | None) -> bool:
    if isinstance(error, RateLimited | ConnectionFailed):
        return True  # nothing has happened yet, whatever the request would do
    if isinstance(error, QuotaExceeded):
        return error.retry_after is not None
    may_pass = isinstance(error, ConnectionLost | Timeout) or (
        isinstance(error, ApiError) and error.status in _PASSING_STATUSES
    )
    return may_pass and (error.request.method in _IDEMPOTENT if safe is None else safe)
