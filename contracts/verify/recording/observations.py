"""What recordings prove: promises that the vendor was seen to keep, and on which day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from contracts.coverage import Observed
from contracts.evidence import observed
from contracts.verify.recording.files import Recording

VENDOR: Final = "the vendor"
"""The source of recordings that prove something. Others, such as those of the emulator, prove nothing of the vendor."""

_SOURCE: Final = "a recording of the vendor's answers"


def observations(recordings: Iterable[Recording]) -> Observed:
    """The evidence for what was answered as promised: an operation, or one of its refusals by its key."""
    return {
        (recording.operation, exchange.refusal): observed(_SOURCE, recording.recorded)
        for recording in recordings
        if recording.source == VENDOR
        for exchange in recording.exchanges
        if exchange.keeps
    }
