"""What came of an account while it was in a scenario, and sentences on what should not have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from contracts.conduct import Call, Conversation
from mock_server.scenarios.declarations import Expectation


@dataclass(frozen=True, slots=True)
class Course:
    """The calls since a scenario began; `strays` bore no good token, so nobody knows whose they are.

    `had_token` tells whether a client had been given a token before.
    """

    conversation: Conversation
    strays: Conversation
    had_token: bool

    @property
    def token_requests(self) -> list[Call]:
        return [call for call in self.conversation.calls if call.is_token_request]

    @property
    def others(self) -> list[Call]:
        """All but requests for tokens."""
        return [call for call in (*self.conversation.calls, *self.strays.calls) if not call.is_token_request]

    def answered(self, status: int) -> list[Call]:
        """The calls that were answered so, those for tokens aside."""
        return [call for call in self.others if call.status == status]

    @property
    def served(self) -> list[Call]:
        """The calls whose answer came, whole, and was no refusal."""
        return [call for call in self.others if 0 < call.status < HTTPStatus.BAD_REQUEST and not call.is_lost]


def goes_on(course: Course) -> Iterator[str]:
    """A call is served in the end."""
    if not course.served:
        yield "no call was served in the end"


def is_refused_once(course: Course) -> Iterator[str]:
    """What is not good any more is sent once."""
    refused = course.answered(HTTPStatus.UNAUTHORIZED)
    if len(refused) > 1:
        yield f"{len(refused)} calls bore a token that was not good"


def bears_tokens(course: Course) -> Iterator[str]:
    """Only what was issued is sent as a token. An account that takes any key would let it pass."""
    false = [call for call in course.served if not call.token]
    if false:
        yield f"{len(false)} calls bore as a token what was never issued as one"


def has_new_token(course: Course) -> Iterator[str]:
    """The trouble was met at all."""
    if not course.token_requests and not course.answered(HTTPStatus.UNAUTHORIZED):
        yield "no call met it: none was refused for its token, and none asked for another"


def loses_its_token(course: Course) -> Iterator[str]:
    """A token was refused, or a client that had one knew that it would be; a first log-in meets nothing."""
    renewed = course.had_token and course.token_requests
    if not renewed and not course.answered(HTTPStatus.UNAUTHORIZED):
        yield "no call met it: none was refused for its token, and no client that had one asked for another"


def asks_for_tokens(most: int) -> Expectation:
    """A client asks for so many tokens, not more."""

    def asks(course: Course) -> Iterator[str]:
        asked = len(course.token_requests)
        if asked > most:
            yield f"{asked} tokens were asked for, where {most} would do"

    return asks


def calls_often(least: int) -> Expectation:
    """The trouble shows with so many calls."""

    def calls(course: Course) -> Iterator[str]:
        if len(course.others) < least:
            yield f"it takes {least} calls to see what a client does, and {len(course.others)} came"

    return calls


def is_turned_away(status: int, *, most: int) -> Expectation:
    """A client meets the status, and takes it for an answer after so many times."""

    def turned_away(course: Course) -> Iterator[str]:
        met = len(course.answered(status))
        if not met:
            yield f"no call met it: none was answered {status}"
        if met > most:
            yield f"{met} calls were answered {status}, and {most} should have been enough to see that it stays so"

    return turned_away


def repeats_lost_reads(course: Course) -> Iterator[str]:
    """A read whose answer did not come whole is asked again."""
    for lost in course.others:
        again = [call for call in course.served if call.same == lost.same and call.number > lost.number]
        if lost.is_lost and lost.is_read and not again:
            yield f"{lost.about} came broken, and was not asked again"
