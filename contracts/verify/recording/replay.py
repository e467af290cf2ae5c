"""Recordings as a target of their own: they answer again what was answered then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from contracts.messages import Answer, Request
from contracts.strategies import Case
from contracts.verify.guard import case_of_request
from contracts.verify.recording.files import Exchange, Recording
from contracts.verify.recording.placeholders import UNKNOWN, Anonymizer, realized
from contracts.verify.tasks import Skipped


class NotRecorded(Skipped):
    """No recording holds an answer to the call."""


class RecordedTarget:
    """Answers with what was recorded: of the same object to the same arguments, or else to any."""

    def __init__(self, recordings: Mapping[str, Recording]) -> None:
        self._recordings = recordings

    def send(self, request: Request) -> Answer:
        """The answer that was recorded. Raises `NotRecorded` where none was."""
        case = case_of_request(request)
        recording = self._recordings.get(case.operation.name)
        fitting = [one for one in recording.exchanges if _is_about(one, case)] if recording else []
        if not fitting:
            raise NotRecorded("there is no recording of such a call")
        asked = Anonymizer("").arguments(case.operation, case.arguments)
        alike = [exchange for exchange in fitting if exchange.arguments == asked]
        if not alike:
            raise NotRecorded("there is no recording of such arguments")
        is_nobody = case.operation.service.needs_token and not request.authorization
        answered = [exchange for exchange in alike if (exchange.status == 401) == is_nobody]
        if not answered:
            raise NotRecorded("there is no recording of a call without a token")
        return _answer_of(answered[0])


def _is_about(exchange: Exchange, case: Case) -> bool:
    return all(_fits(told, case.path[name]) for name, told in exchange.path.items())


def _fits(told: str, value: str) -> bool:
    if told == UNKNOWN or not told.startswith("<"):
        return str(realized(told)) == value
    meant = realized(told)
    return not isinstance(meant, int) or str(meant) == value


def _answer_of(exchange: Exchange) -> Answer:
    body: Any = realized(exchange.answer)
    content = b"text" if body == "<document>" else b"" if body is None else json.dumps(body).encode()
    return Answer(exchange.status, {"content-type": exchange.media_type}, content)
