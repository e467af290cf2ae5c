"""What forms do: act, then lead back to a page, with a notice of what was done or of what was wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from flask import flash, redirect, request, url_for

from mock_server.ui.sessions import own_path

GOOD: Final = "good"
BAD: Final = "bad"
_LONGEST: Final = 1000

Action = Callable[..., None]


def acts(page: str) -> Callable[[Action], Callable[..., Any]]:
    """Have what a form does lead to its field ``to``, or to `page`. A `ValueError` is told there."""

    def decorate(act: Action) -> Callable[..., Any]:
        @wraps(act)
        def answer(**values: Any) -> Any:
            try:
                act(**values)
            except ValueError as error:
                wrong(error)
            return lead_to(page)

        return answer

    return decorate


def lead_to(page: str) -> Any:
    """Go on where the form's field ``to`` says, otherwise at `page`."""
    goal = request.form.get("to")
    return redirect(own_path(goal) if goal else url_for(page), HTTPStatus.SEE_OTHER)


def done(told: str) -> None:
    """Tell what was done."""
    flash(told, GOOD)


def wrong(error: Exception) -> None:
    """Tell what was wrong and what to do, as an error of ours says it: the two stand on either side of a semicolon."""
    what, _, remedy = str(error)[:_LONGEST].partition("; ")
    flash(f"{_sentence(what)} {_sentence(remedy)}".strip(), BAD)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""
