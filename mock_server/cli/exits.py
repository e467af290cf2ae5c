"""The exit codes of every command."""

from typing import Final

GOOD: Final = 0
FINDINGS: Final = 1
COULD_NOT_RUN: Final = 2
INTERRUPTED: Final = 130
