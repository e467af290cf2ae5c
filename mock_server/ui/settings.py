"""Settings: what the vendor's dashboard would set, and the account as a whole: kept, brought back, reset."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

import orjson
from flask import Response, render_template, request

from contracts.schema import Schema
from mock_server.core.settings import SCHEMA
from mock_server.ui.accounts import account_pages, current, world
from mock_server.ui.actions import acts, done, lead_to, wrong
from mock_server.ui.fields import number_or_text

pages: Final = account_pages("settings")


class Setting(NamedTuple):
    """One setting as a form shows it; `kind` is ``check``, ``choice``, ``json``, ``lines``, ``number`` or ``text``."""

    path: str
    kind: str
    value: Any
    schema: Schema

    @property
    def shown(self) -> str:
        """What stands in its field."""
        if self.kind == "lines":
            return "\n".join(self.value)
        if self.kind == "json":
            return self.value if isinstance(self.value, str) else json.dumps(self.value, indent=2)
        return "" if self.value is None else str(self.value)

    def read(self, form: Mapping[str, str]) -> Any:
        """What a form gives it; what is no number is left as it is, to be complained about."""
        text = form.get(self.path, "").replace("\r", "").strip()
        if self.kind == "check":
            return self.path in form
        if self.kind == "lines":
            return [line.strip() for line in text.split("\n") if line.strip()]
        if self.kind == "json":
            return _json_or_text(text)
        return number_or_text(text) if self.kind == "number" else text


def _settings(schema: Schema, values: Mapping[str, Any], path: str = "") -> Iterator[Setting]:
    for name, inner in schema["properties"].items():
        if "properties" in inner:
            yield from _settings(inner, values[name], f"{path}{name}.")
        else:
            yield Setting(f"{path}{name}", _kind_of(inner), values.get(name, inner.get("default")), inner)


def _json_or_text(text: str) -> Any:
    """What JSON says; what is none is left as it is, to be complained about."""
    try:
        return json.loads(text or "[]")
    except ValueError:
        return text


def _kind_of(schema: Schema) -> str:
    if "enum" in schema:
        return "choice"
    if schema["type"] == "array" and schema["items"]["type"] == "object":
        return "json"
    return {"boolean": "check", "array": "lines", "integer": "number", "number": "number"}.get(schema["type"], "text")


@pages.get("/settings")
def show() -> str:
    return _page([*_settings(SCHEMA, current().settings.as_json())])


def _page(settings: list[Setting]) -> str:
    return render_template("settings.html", settings=settings, world=current().account.world)


@pages.post("/settings")
def change() -> Any:
    """Change what is not as it was; where something does not fit, show the form again as it was filled in."""
    known = [*_settings(SCHEMA, current().settings.as_json())]
    given = [setting._replace(value=setting.read(request.form)) for setting in known]
    changed = [new for new, old in zip(given, known, strict=True) if new.value != old.value]
    try:
        current().settings.set(**_nested(changed))
    except ValueError as error:
        wrong(error)
        return _page(given), 400
    told = ", ".join(setting.path for setting in changed)
    done(f"Changed: {told}." if told else "Nothing was different.")
    return lead_to("settings.show")


def _nested(settings: list[Setting]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for setting in settings:
        *outer, name = setting.path.split(".")
        inner = whole.setdefault(outer[0], {}) if outer else whole
        inner[name] = setting.value
    return whole


@pages.get("/settings/snapshot.json")
def snapshot() -> Response:
    """The account as a file, which `restore` takes."""
    response = Response(orjson.dumps(current().state.snapshot()), content_type="application/json")
    response.headers.set("Content-Disposition", "attachment", filename="snapshot.json")
    return response


@pages.post("/settings/restore")
@acts("settings.show")
def restore() -> None:
    sent = request.files.get("snapshot")
    try:
        given = orjson.loads(sent.read() if sent else b"")
    except orjson.JSONDecodeError:
        raise ValueError("the file is no JSON; choose one that this page made") from None
    current().state.restore(given)
    done("The account is as the snapshot says.")


@pages.post("/settings/reset")
@acts("settings.show")
def reset() -> None:
    world().reset_account(current().account)
    done("The account is as it was at first. Its credentials, keys and tokens stay.")


@pages.post("/settings/revoke")
@acts("settings.show")
def revoke() -> None:
    current().account.revoke_tokens()
    done("Every token issued so far is refused from now on.")
