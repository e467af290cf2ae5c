"""Time that passes by itself: what falls due is done while nobody asks."""

from __future__ import annotations

import logging
from heapq import heappop, heappush
from math import inf
from threading import Condition, Lock, Thread
from typing import TYPE_CHECKING, Final, Self

from mock_server.core import stopwatch

if TYPE_CHECKING:
    from mock_server.core.accounts import Account
    from mock_server.core.world import World

STOP_SECONDS: Final = 5.0
"""How long `Ticker.stop` waits for what is being done."""

_LONGEST_SLEEP: Final = 3600.0
_GRAIN: Final = 0.001
"""Seconds by which two readings of the same instant may differ."""

log: Final = logging.getLogger("sendpulse_mock")


class Ticker:
    """One thread for all accounts of a world. It sleeps until the first of them has something due; idle ones cost it
    nothing. Accounts of tests in this process are left to those tests.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._thread = Thread(target=self._run, name="sendpulse-mock-ticker", daemon=True)
        self._changed = Condition(Lock())
        self._is_stopped = False
        self._alarms: list[tuple[float, int]] = []
        self._awaited: dict[int, tuple[float, Account]] = {}
        """When each account has something to do, by its number; its other alarms are void."""

    def start(self) -> None:
        """Do from now on what falls due, and what fell due before."""
        self._world.watch(self._watch)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being done, begin nothing more."""
        self._world.unwatch(self._watch)
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        self._thread.join(STOP_SECONDS)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _watch(self, account: Account) -> None:
        """Something happened in an account: look at it when it has something to do. Called on every request."""
        seconds = inf if account.is_loud or account.is_removed else account.until_due
        if seconds == inf:
            self._awaited.pop(account.number, None)
            return
        alarm = stopwatch.now() + seconds
        with self._changed:
            earlier, _ = self._awaited.get(account.number, (inf, account))
            if alarm < earlier - _GRAIN:
                self._awaited[account.number] = alarm, account
                heappush(self._alarms, (alarm, account.number))
                self._changed.notify()

    def _run(self) -> None:
        self._begin()
        while account := self._next():
            self._tick(account)

    def _begin(self) -> None:
        """What was scheduled before this began, maybe by an earlier process."""
        try:
            for account in self._world.accounts_with_tasks():
                if self._is_stopped:
                    return
                self._watch(account)
        except Exception:
            log.exception("what was scheduled earlier is not done until somebody asks; this is a bug of the emulator")

    def _next(self) -> Account | None:
        """The account that has something due, as soon as there is one; None at the end."""
        with self._changed:
            while not self._is_stopped:
                alarm, number = self._alarms[0] if self._alarms else (inf, 0)
                left = alarm - stopwatch.now()
                if left > 0:
                    self._changed.wait(min(left, _LONGEST_SLEEP))
                    continue
                heappop(self._alarms)
                awaited, account = self._awaited.get(number, (inf, None))
                if awaited == alarm:
                    self._awaited.pop(number, None)
                    return account
            return None

    def _tick(self, account: Account) -> None:
        """Do one piece of what is due: other accounts, and the account's own requests, come in between.

        An account in which that fails is left alone until something happens in it.
        """
        try:
            with account.lock:
                if not account.run_due(account.clock.now(), most=1):
                    self._watch(account)  # its clock was set back, or was frozen meanwhile
        except Exception:
            log.exception("work of the account %r failed; this is a bug of the emulator", account.client_id)
