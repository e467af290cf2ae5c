"""Mocks of `aioresponses`: they let calls to hosts that are intercepted pass, to the session that they stand before."""

from __future__ import annotations

from typing import Any, Final

from aioresponses import aioresponses

from mock_server.serving.intercept import active
from mock_server.serving.intercept.patches import Patch


def _passing(_: object) -> property:
    """What a mock does not answer, a list of beginnings of URLs: the user's, and ours at the time of the call."""

    def passed(mock: Any) -> list[str]:
        hosts = [host for one in active.answering for host in one.hosts]
        ours = [f"{scheme}://{host}{end}" for host in hosts for scheme in ("http", "https") for end in "/:"]
        return [*mock.__dict__["_passthrough"], *ours]

    def set_users(mock: Any, beginnings: list[str]) -> None:
        mock.__dict__["_passthrough"] = beginnings

    return property(passed, set_users)


PATCHES: Final = (Patch(aioresponses, "_passthrough", _passing),)
