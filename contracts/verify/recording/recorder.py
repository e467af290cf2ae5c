"""A target that keeps what it answers, anonymous, on its way to whoever asked."""

from __future__ import annotations

from typing import Final

from contracts.checks import promise_of
from contracts.messages import Answer, Request
from contracts.strategies import Case
from contracts.suite.targets import Target
from contracts.verify.guard import case_of_request
from contracts.verify.recording.files import Exchange, Recording
from contracts.verify.recording.placeholders import Anonymizer
from contracts.verify.verdicts import judge
from contracts.verify.vocabulary import media_type

MOST: Final = 12
"""Exchanges that are kept of one operation."""


class Recorder:
    """Passes requests on to a target, and remembers the exchanges. `key` makes tokens of secrets."""

    def __init__(self, target: Target, *, key: str) -> None:
        self._target = target
        self._anonymizer = Anonymizer(key)
        self._exchanges: dict[str, list[Exchange]] = {}

    def send(self, request: Request) -> Answer:
        answer = self._target.send(request)
        case = case_of_request(request)
        kept = self._exchanges.setdefault(case.operation.name, [])
        exchange = self._anonymous(case, answer)
        if exchange not in kept and len(kept) < MOST:
            kept.append(exchange)
        return answer

    def recordings(self, *, source: str, recorded: str) -> list[Recording]:
        """All that was kept, by operation."""
        return [
            Recording(name, source, recorded, tuple(exchanges)) for name, exchanges in sorted(self._exchanges.items())
        ]

    def _anonymous(self, case: Case, answer: Answer) -> Exchange:
        operation, hide = case.operation, self._anonymizer
        body, refusal = None, None
        try:
            body = answer.json()
        except ValueError:
            told = "<document>" if answer.body else None
        else:
            is_success = promise_of(operation).is_success(answer)
            told = hide.answer(operation, body) if is_success else hide.refusal(operation, body)
            refusal = None if is_success else _declared(case, answer)
        return Exchange(
            hide.path(operation, case.path),
            hide.arguments(operation, case.arguments),
            answer.status,
            media_type(answer.headers.get("content-type", "")),
            told,
            keeps=not judge(operation, answer),
            refusal=refusal,
        )


def _declared(case: Case, answer: Answer) -> str | None:
    """The key of the refusal that an answer is, to the letter."""
    refuse = case.operation.service.envelope.refuse
    return next(
        (
            key
            for key, refusal in case.operation.refusals.items()
            if refusal.status == answer.status and refuse(refusal) == answer.json()
        ),
        None,
    )
