"""Work that is due at an instant: done in order when the account's clock gets there, never by a thread of its own."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from mock_server.core.clock import Instant
from mock_server.core.store import Store, entity


@entity("core.task")
class Task:
    """Something to do at `due`: `kind` names who does it, `payload` (JSON) what it needs.

    One with an `error` failed, and is not done again.
    """

    id: int
    due: int
    kind: str
    payload: dict[str, Any]
    error: str | None = None


class Schedule:
    """The tasks of one account, kept in its store, so that a refused request schedules nothing."""

    def __init__(self, store: Store) -> None:
        self._tasks = store[Task]
        self._waiting: list[tuple[Instant, int]] = []
        self.reload()

    def reload(self) -> None:
        """Look at the store again: its rows were restored or cleared."""
        self._waiting = [(task.due, task.id) for task in self._tasks.where() if task.error is None]
        heapq.heapify(self._waiting)

    def add(self, due: Instant, kind: str, **payload: Any) -> None:
        """Have `kind` done at `due`."""
        task = self._tasks.add(due=due, kind=kind, payload=payload)
        heapq.heappush(self._waiting, (due, task.id))

    def is_due(self, now: Instant) -> bool:
        """Whether something waits to be done. Asked on every request."""
        return bool(self._waiting) and self._waiting[0][0] <= now

    @property
    def earliest(self) -> Instant | None:
        """When to look again; nothing is due before."""
        return self._waiting[0][0] if self._waiting else None

    def next_due(self, until: Instant) -> Task | None:
        """The task that is due first, if it is by `until`. It stays scheduled until it is taken off."""
        while self.is_due(until):
            due, number = self._waiting[0]
            task = self._tasks.get(number)
            if task is not None and task.due == due and task.error is None:
                return task
            heapq.heappop(self._waiting)  # it is done or failed, or the request that scheduled it was refused after all
        return None

    def take_off(self, task: Task) -> None:
        """The task is being done. Undone with the transaction around it, it is due again."""
        self._tasks.remove(task)

    def tick_off(self, task: Task) -> None:
        """The task is done for good: no need to look for its row again."""
        if self._waiting and self._waiting[0] == (task.due, task.id):
            heapq.heappop(self._waiting)

    def set_aside(self, task: Task, error: str) -> None:
        """The task failed: it stays for people to look at."""
        self._tasks.change(task, error=error)

    def refuse_unknown(self, knows: Callable[[str], bool]) -> None:
        """Raise `ValueError` naming a task of a kind that nobody knows to do."""
        for task in self._tasks.where():
            if not knows(task.kind):
                raise ValueError(f"the kind of core.task {task.id} cannot be {task.kind!r}, which nobody knows to do")
