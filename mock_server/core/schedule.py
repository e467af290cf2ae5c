"""Work that is due at an instant: done in order when the account's clock gets there, never by a thread of its own."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Any

from mock_server.core.clock import Instant
from mock_server.core.store import Store, entity


@entity("core.task")
class Task:
    """Something to do at `due`: `kind` names who does it, `payload` (JSON) what it needs."""

    id: int
    due: int
    kind: str
    payload: dict[str, Any]


class Schedule:
    """The tasks of one account, kept in its store, so that a refused request schedules nothing."""

    def __init__(self, store: Store) -> None:
        self._tasks = store[Task]
        self._waiting: list[tuple[Instant, int]] = []
        self.reload()

    def reload(self) -> None:
        """Look at the store again: its rows were restored or cleared."""
        self._waiting = [(task.due, task.id) for task in self._tasks.where()]
        heapq.heapify(self._waiting)

    def add(self, due: Instant, kind: str, **payload: Any) -> None:
        """Have `kind` done at `due`."""
        task = self._tasks.add(due=due, kind=kind, payload=payload)
        heapq.heappush(self._waiting, (due, task.id))

    def is_due(self, now: Instant) -> bool:
        """Whether something waits to be done. Asked on every request."""
        return bool(self._waiting) and self._waiting[0][0] <= now

    def due(self, until: Instant) -> Iterator[Task]:
        """The tasks due by `until`, in order, those included that doing them adds; each leaves the schedule."""
        while self.is_due(until):
            _, number = heapq.heappop(self._waiting)
            task = self._tasks.get(number)
            if task is not None:  # the request that scheduled it may have been refused after all
                self._tasks.remove(task)
                yield task
