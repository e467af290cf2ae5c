"""A thread with an event loop, for servers that talk to many at once.

Importing this module imports asyncio.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from threading import Event, Thread

Serve = Callable[[Callable[[], None], asyncio.Event], Awaitable[None]]
"""What a server does: it calls the first once it accepts connections, and leaves when the second is set."""


class Background:
    """A server on a thread of its own, from `start` to `stop`."""

    def __init__(self, name: str, serve: Serve) -> None:
        self._serve = serve
        self._is_ready = Event()
        self._end: Callable[[], object] = lambda: None
        self._thread = Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Return once it accepts connections."""
        self._thread.start()
        self._is_ready.wait()

    def stop(self, seconds: float) -> None:
        """Have it leave, and wait so long for it."""
        if self._thread.is_alive():
            self._end()
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._serve_until_told())
        finally:
            self._is_ready.set()  # whoever started it must not wait for what failed

    async def _serve_until_told(self) -> None:
        ended = asyncio.Event()
        self._end = partial(asyncio.get_running_loop().call_soon_threadsafe, ended.set)
        await self._serve(self._is_ready.set, ended)
