"""The reference, written from the contracts, with a form for each operation that sends it to the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from flask import Response, current_app, redirect, render_template, request, url_for

from contracts.catalogue import catalogue
from contracts.model import Operation
from contracts.refusals import Refusal
from contracts.schema import Schema
from contracts.shapes import Field, bounds_of, fields_of, type_of
from contracts.suggestions import operation_named
from mock_server.ui.accounts import account_pages, current, not_found, world
from mock_server.ui.examples import SECRET, Examples
from mock_server.ui.formats import pretty
from mock_server.ui.tables import text_asked
from mock_server.ui.trials import Trials, attempt

pages: Final = account_pages("reference")


class Argument(NamedTuple):
    """An argument of an operation, and where it stands."""

    place: str
    field: Field


@pages.get("/api")
def show() -> str:
    text = text_asked().lower()
    groups: dict[str, list[Operation]] = {}
    for operation in catalogue():
        if not text or text in f"{operation.name} {operation.method} {operation.path} {operation.summary}".lower():
            groups.setdefault(_group_of(operation), []).append(operation)
    return render_template("reference.html", groups=groups, text=text_asked(), total=len(catalogue()))


def _group_of(operation: Operation) -> str:
    """The service, and the resource where it has several: what stands before the verb."""
    _, *resource = operation.name.split(".")[:-1]
    return " · ".join([operation.service.title, *(name.replace("_", " ") for name in resource)])


@pages.get("/api/<name>")
def one(name: str) -> Any:
    operation = catalogue().by_name.get(name)
    if operation is None:
        return _unknown(name)
    trial = _trials().find(request.args.get("tried", ""), current().client_id, name)
    examples = Examples(current())
    answer = operation.service.envelope.success(operation.returns)
    return render_template(
        "operation.html",
        operation=operation,
        trial=trial,
        path=trial.path if trial else examples.of_path(operation),
        arguments=trial.arguments if trial else _written(examples.of_arguments(operation)),
        table=[*_arguments(operation)],
        answer_type=type_of(answer),
        answer_bounds=[*bounds_of(answer)],
        fields=[*fields_of(answer)],
        refusals=_own_refusals(operation),
        common=operation.service.refuses,
        secret=SECRET,
    )


@pages.post("/api/<name>")
def send(name: str) -> Any:
    operation = catalogue().by_name.get(name)
    if operation is None:
        return _unknown(name)
    path = {key.removeprefix("path-"): value for key, value in request.form.items() if key.startswith("path-")}
    trial = attempt(world(), current(), operation, path, request.form.get("arguments", ""))
    return redirect(url_for("reference.one", name=name, tried=_trials().keep(trial), _anchor="try"), 303)


def _trials() -> Trials:
    trials: Trials = current_app.extensions.setdefault("trials", Trials())
    return trials


def _unknown(name: str) -> Response:
    try:
        operation_named(name)
    except ValueError as error:
        what, _, remedy = str(error).partition("; ")
        return not_found(f"{what[:1].upper()}{what[1:]}", f"{remedy[:1].upper()}{remedy[1:]}")
    raise LookupError(name)


def _written(arguments: dict[str, Any]) -> str:
    return pretty(arguments) if arguments else ""


def _arguments(operation: Operation) -> Iterator[Argument]:
    for part in operation.path.split("/"):
        if part.startswith("{"):
            yield Argument("path", _param(part[1:-1], operation.param_schema(part[1:-1])))
    for place, schema in (("query", operation.query), ("body", operation.body)):
        for field in fields_of(schema):
            yield Argument(place, field)


def _param(name: str, schema: Schema) -> Field:
    of = [f"id of an `{schema['x-id-of']}`"] if "x-id-of" in schema else []
    return Field(name, type_of(schema), True, "; ".join([*of, *bounds_of(schema)]))


def _own_refusals(operation: Operation) -> list[Refusal]:
    return [known for known in operation.refusals.values() if known not in operation.service.refuses]
