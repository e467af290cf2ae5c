"""Faults: what shall go wrong, step by step, and what did; and scenarios, which are troubles with a name."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Response, request

from contracts.catalogue import catalogue
from mock_server.core.faults import ANY, GROUPS
from mock_server.scenarios import SCENARIOS, begin, trials_of
from mock_server.ui.accounts import account_pages, current, not_found
from mock_server.ui.actions import acts, done, lead_to, wrong
from mock_server.ui.fields import number_or_text
from mock_server.ui.live import live_page

pages: Final = account_pages("faults")

STEPS: Final = 4
"""Steps that the form has room for."""

KINDS: Final = {
    "refuse": "a code such as 707, or a refusal's key",
    "status": "an HTTP status from 400 to 599",
    "latency": "seconds, such as 1.5",
    "reset": "nothing: the connection breaks",
    "truncate": "bytes of the answer that arrive",
    "malformed": "nothing: the answer is no JSON",
    "answer": "the JSON object or array to answer with 200",
    "pass": "how many requests pass unharmed",
}
"""The kinds of steps, and what value each takes."""


@pages.get("/faults")
def show() -> Response:
    return live_page("faults", lambda: _about({}))


def _about(given: dict[str, str]) -> dict[str, Any]:
    return {
        "faults": list(current().faults),
        "groups": GROUPS,
        "scenarios": SCENARIOS,
        "trials": trials_of(current().account),
        "operations": sorted(catalogue().by_name),
        "kinds": KINDS,
        "steps": range(1, STEPS + 1),
        "given": given,
    }


@pages.post("/faults")
def add() -> Any:
    """Plan a fault; where something does not fit, show the form again as it was filled in."""
    given = request.form.to_dict()
    try:
        fault = current().faults.add(
            *_script(given),
            operation=given.get("operation", ANY),
            probability=_fraction(given.get("probability", "1")),
            seed=_whole("the seed", given.get("seed", "0")),
        )
    except ValueError as error:
        wrong(error)
        page = live_page("faults", lambda: _about(given))
        page.status_code = 400
        return page
    done(f"Fault {fault.id} is planned.")
    return lead_to("faults.show")


def _script(given: dict[str, str]) -> list[dict[str, Any]]:
    """The steps that are filled in."""
    kinds = ((given.get(f"kind{number}", ""), given.get(f"value{number}", "")) for number in range(1, STEPS + 1))
    return [{kind: _value(kind, text.strip())} for kind, text in kinds if kind]


def _value(kind: str, text: str) -> Any:
    """A step's value as JSON has it; what does not fit is left for the step to complain about."""
    if kind in {"reset", "malformed"}:
        return True
    return _json(text) if kind == "answer" else number_or_text(text)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"the answer cannot be {text!r} ({error}); give a JSON object or array") from None


def _fraction(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"the probability cannot be {text!r}; give more than 0, at most 1") from None


def _whole(what: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{what} cannot be {text!r}; give a whole number") from None


@pages.post("/faults/<int:number>/remove")
def remove(number: int) -> Any:
    if not current().faults.remove(number):
        return not_found(f"No fault has the id {number}", "It was removed already, or the account was reset.")
    done(f"Fault {number} is removed.")
    return lead_to("faults.show")


@pages.post("/scenarios")
@acts("faults.show")
def begin_scenario() -> None:
    trial = begin(current(), request.form.get("scenario", ""))
    done(f"It is on: {trial.name}. To meet it, {trial.scenario.try_it}.")


@pages.post("/scenarios/<int:number>/end")
@acts("faults.show")
def end_scenario(number: int) -> None:
    for trial in trials_of(current().account):
        if trial.id == number:
            trial.end()
            done(f"It is over: {trial.name}.")
            return
    raise ValueError(f"no scenario has the id {number}; the account was reset")


@pages.post("/faults/clear")
@acts("faults.show")
def clear() -> None:
    current().faults.clear()
    done("All faults are removed.")
