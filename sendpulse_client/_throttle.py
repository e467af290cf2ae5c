"""Client-side pacing: at most so many requests a second, shared by all threads of a client."""

import threading

from sendpulse_client._timing import Timing

# The vendor says "10 a second" and not how it counts. A sliding or a calendar second bears no burst at all, and the
# server counts at its own instants, which differ from ours by the jitter of the way. So requests leave evenly, a little
# slower than allowed: eleven of them span at least 1.03 seconds. That leaves 30 ms for the jitter and still gives 9.6 a
# second. A way that jitters more, where connections open slowly, leads to a refusal now and then: see `hold_off`.
_MARGIN = 0.04
_LATENESS_FORGIVEN = 0.01  # of those 40 ms: what a late wake-up may take back from the next gap


class Pacer:
    """Lets one request pass at a time, `rate` a second at most; `None` lets all pass unless told to hold off.

    Other processes with the same account are unknown to it: the server refuses what is too much, see `hold_off`.
    """

    def __init__(self, rate: float | None, timing: Timing) -> None:
        if rate is not None and rate <= 0:
            raise ValueError(f"rate={rate!r}: give a positive number of requests a second, or None for no pacing")
        self._spacing = (1 + _MARGIN) / rate if rate else 0.0
        self._timing = timing
        self._next = timing.monotonic()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may leave: call it right before sending.

        The lock is held while sleeping, so that the next gap begins when this thread really woke up.
        """
        with self._lock:
            early = self._next - self._timing.monotonic()
            if early > 0:
                self._timing.sleep(early)
            awake = self._timing.monotonic()
            self._next = max(self._next, awake - _LATENESS_FORGIVEN) + self._spacing

    def hold_off(self, seconds: float) -> None:
        """Let nothing pass for `seconds`: the server has just refused a request as one too many."""
        with self._lock:
            self._next = max(self._next, self._timing.monotonic() + seconds)
