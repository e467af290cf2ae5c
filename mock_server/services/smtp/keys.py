"""The ids of mails before clients, in the shape of Exim's: ``pzkic9-0afezp-fc``."""

from __future__ import annotations

from typing import Final

from mock_server.core.clock import SECOND, Instant

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_ALL: Final = 36**6
_STEP: Final = 1_540_483_477
"""Has no divisor in common with 36, so that no number of a mail leads where another one does."""


def key_of(at: Instant, number: int) -> str:
    """The id of the account's mail of that number: always the same, and no other mail's."""
    seconds, rest = divmod(at, SECOND)
    return f"{_written(seconds, 6)}-{_written(number * _STEP % _ALL, 6)}-{_written(rest * 36**2 // SECOND, 2)}"


def _written(number: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
