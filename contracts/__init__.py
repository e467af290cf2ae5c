"""What the vendor promises: every operation of the SendPulse API as a declared value."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contracts.judging import check, judge

__all__ = ["DISTRIBUTION", "check", "judge"]

DISTRIBUTION = "sendpulse-mock"
"""Whose `contracts` this is: users have folders of that name."""


def __getattr__(name: str) -> Any:
    """What judges an exchange, imported when it is asked for."""
    if name in {"check", "judge"}:
        from contracts import judging

        return getattr(judging, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
