"""How fast a client calls."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Final

from contracts.conduct.calls import Call, Conversation
from contracts.conduct.rules import Breach, rule
from contracts.evidence import documented, inferred
from contracts.verify.findings import Severity

A_SECOND: Final = 10
"""Calls that the vendor admits in a second."""

AT_ONCE: Final = 0.1
"""Seconds: whoever repeats a call sooner did not wait. Pauses drawn by lot are short now and then, but not twice."""

HASTY: Final = 1.0
"""Seconds: whoever asks the same again sooner asks too often."""

OFTEN: Final = 5
"""So many times in a row is a habit."""


@rule(
    severity=Severity.ERROR,
    explanation="The vendor answers 429 to more than 10 a second, and nobody knows where its second begins.",
    remedy="pace all threads and processes of an account together: one call each 0.104 seconds is 9.6 a second",
    evidence=documented("the vendor's table of codes, 2020202020"),
    needs_time=True,
)
def rate_peak(conversation: Conversation) -> Iterator[Breach]:
    calls = [call for call in conversation.calls if call.is_counted]
    peak: tuple[Call, ...] = ()
    start = 0
    for end, call in enumerate(calls):
        while call.at - calls[start].at >= 1:
            start += 1
        if end + 1 - start > max(A_SECOND, len(peak)):
            peak = tuple(calls[start : end + 1])
    if peak:
        yield Breach("all calls", f"{len(peak)} calls were made within a second.", peak)


@rule(
    severity=Severity.WARNING,
    explanation="A server that refuses for the moment needs a pause, or it will refuse again.",
    remedy="wait before each repetition, longer every time and by a time drawn by lot; obey Retry-After",
    evidence=inferred("RFC 6585 and RFC 9110; the vendor says only that there is a limit"),
    needs_time=True,
)
def no_back_off(conversation: Conversation) -> Iterator[Breach]:
    for attempts in _repeated(conversation):
        hasty = [pair for pair in pairwise(attempts) if _is_hasty(*pair)]
        if len(hasty) > 1:
            status = hasty[0][0].status
            happened = f"After a {status} the same call was repeated without a pause, {len(hasty)} times."
            yield Breach(hasty[0][0].about, happened, tuple(later for _, later in hasty))


def _is_hasty(earlier: Call, later: Call) -> bool:
    return (earlier.status == 429 or earlier.status >= 500) and later.at - earlier.at < AT_ONCE


@rule(
    severity=Severity.WARNING,
    explanation="Each call counts against the limits of the account, and what is asked for seldom changes so soon.",
    remedy="ask every few seconds, and more seldom the longer it takes; a webhook tells without being asked",
    evidence=inferred("every call counts against the documented limits of the second, the minute and the day"),
    needs_time=True,
)
def hasty_polling(conversation: Conversation) -> Iterator[Breach]:
    for asked in _repeated(conversation):
        for run in _hasty_runs([call for call in asked if call.is_read and call.status < 400]):
            happened = (
                f"The same was asked {len(run)} times, each less than {HASTY:g} s after the last, and was the same."
            )
            yield Breach(run[0].about, happened, run)


def _hasty_runs(calls: list[Call]) -> Iterator[tuple[Call, ...]]:
    run: list[Call] = []
    for call in calls:
        if run and (call.at - run[-1].at >= HASTY or call.answer != run[-1].answer):
            yield from _if_often(run)
            run = []
        run.append(call)
    yield from _if_often(run)


def _if_often(run: list[Call]) -> Iterator[tuple[Call, ...]]:
    if len(run) >= OFTEN:
        yield tuple(run)


def _repeated(conversation: Conversation) -> Iterator[list[Call]]:
    """The calls that were made more than once, each list in their order."""
    same = sorted(conversation.calls, key=lambda call: call.same)
    for _, calls in groupby(same, key=lambda call: call.same):
        attempts = list(calls)
        if len(attempts) > 1:
            yield attempts
