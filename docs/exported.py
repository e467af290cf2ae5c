"""Reference pages written from what they describe: a directive for each, so that nothing on them is typed by hand."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import click
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from contracts.catalogue import catalogue
from contracts.codes import CODES
from contracts.export import published
from contracts.model import Operation
from contracts.refusals import ANY_CALL, NOWHERE, Refusal
from contracts.schema import Schema
from mock_server.core.settings import SCHEMA, Settings
from mock_server.pipeline import STAGES


def operations() -> Iterator[str]:
    """Every operation with its arguments and what it refuses, service by service."""
    titles = dict.fromkeys(operation.service.title for operation in catalogue())
    for title in titles:
        yield f"## {title}"
        for operation in catalogue():
            if operation.service.title == title:
                yield from _operation(operation)


def _operation(operation: Operation) -> Iterator[str]:
    yield f"### `{operation.name}`"
    yield operation.summary
    paths = [f"`{operation.method} {path}`" for path in (operation.path, *operation.variants)]
    yield _table(["request", "effect", "evidence"], [[" or ".join(paths), operation.effect, operation.evidence]])
    if operation.arguments["properties"]:
        yield _arguments(operation, lambda schema: f"`{json.dumps(published(schema))}`")
    own = [refusal for refusal in operation.refusals.values() if refusal not in operation.service.refuses]
    if own:
        yield _refusals(own)


def _arguments(operation: Operation, told: Callable[[Schema], str]) -> str:
    required = operation.arguments.get("required", ())
    return _table(
        ["argument", "required", "is"],
        [
            [f"`{name}`", "yes" if name in required else "", told(schema)]
            for name, schema in operation.arguments["properties"].items()
        ],
    )


def any_call() -> Iterator[str]:
    """What every operation that needs a token can refuse."""
    yield _refusals(ANY_CALL)


def refusals() -> Iterator[str]:
    """Every refusal there is, each once, by key."""
    declared = {refusal for operation in catalogue() for refusal in operation.refusals.values()}
    yield _refusals(sorted({*declared, *NOWHERE}, key=lambda refusal: (refusal.key, refusal.code, refusal.message)))


def _refusals(refusals: Iterable[Refusal]) -> str:
    return _table(
        ["refusal", "status", "code", "message", "evidence"],
        [[f"`{known.key}`", known.status, known.code, known.message, known.evidence] for known in refusals],
    )


def codes() -> Iterator[str]:
    """The registry of the vendor's numbers."""
    rows = [[code.number, code.message, code.status, code.evidence] for code in CODES.values()]
    yield _table(["code", "message", "usual status", "evidence"], rows)


def settings() -> Iterator[str]:
    """What the dashboard would set, with the value a new account has."""
    defaults = Settings().as_json()
    yield _table(
        ["setting", "at first", "schema"],
        [
            [f"`{name}`", f"`{json.dumps(defaults[name])}`", f"`{json.dumps(schema)}`"]
            for name, schema in SCHEMA["properties"].items()
        ],
    )


def command_line() -> Iterator[str]:
    """What every command says of itself under ``--help``."""
    from mock_server.cli import commands

    top = click.Context(commands, info_name="sendpulse-mock", **commands.context_settings)
    yield _verbatim(commands.get_help(top))
    for name, command in commands.commands.items():
        yield f"## `{name}`"
        yield _verbatim(command.get_help(click.Context(command, top, name, **commands.context_settings)))


def _verbatim(text: str) -> str:
    return f"```text\n{text}\n```"


def admin_api() -> Iterator[str]:
    """Every call of the admin API with its arguments."""
    from mock_server.admin.arguments import described
    from mock_server.admin.calls import operations

    for operation in operations():
        yield f"## `{operation.method} {operation.path}`"
        yield operation.summary
        if operation.arguments["properties"]:
            yield _arguments(operation, described)
        yield f"Answers {described(operation.returns)}."


def python() -> Iterator[str]:
    """The handle of an account, side by side, and what surrounds it."""
    from mock_server.core.journal import Entry
    from mock_server.core.outbox import Message
    from mock_server.testing import AccountHandle, MockServer, RunningServer

    yield from _class("sendpulse", AccountHandle)
    with MockServer().intercept() as sendpulse:
        for name, side in vars(sendpulse).items():
            if type(side).__module__ == "mock_server.control":
                yield from _class(f"sendpulse.{name}", type(side))
    yield from _class("sendpulse.outbox.messages()[0]", Message)
    yield from _class("sendpulse.journal.entries()[0]", Entry)
    yield from _class("MockServer(…)", MockServer)
    yield from _class("sendpulse_server", RunningServer)


def _class(spelling: str, documented: type) -> Iterator[str]:
    yield f"## `{spelling}`"
    yield _summary(documented)
    yield _table(
        ["", "does"], [[f"`{_spelt(name, member)}`", _summary(member)] for name, member in _public_members(documented)]
    )


def _public_members(documented: type) -> Iterator[tuple[str, object]]:
    for name, member in inspect.getmembers(documented):
        if not name.startswith("_") and name != "as_json":
            yield name, member


class _Written(str):
    """An annotation that is shown as it was written, without quotes."""

    __repr__ = str.__str__
    __slots__ = ()


def _spelt(name: str, member: object) -> str:
    if not inspect.isfunction(member):
        return name
    signature = inspect.signature(member)
    parameters = [
        parameter.replace(annotation=_Written(parameter.annotation))
        for parameter in signature.parameters.values()
        if parameter.name != "self"
    ]
    return f"{name}{signature.replace(parameters=parameters, return_annotation=signature.empty)}"


def stages() -> Iterator[str]:
    """What a request goes through, outermost first."""
    yield _table(["stage", "does"], [[f"`{stage.__name__}`", _summary(stage)] for stage in STAGES])


def _summary(documented: object) -> str:
    """The first paragraph of a docstring."""
    return (inspect.getdoc(documented) or "").partition("\n\n")[0]


def _table(header: list[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


PAGES: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "operations": operations,
    "any-call": any_call,
    "refusals": refusals,
    "codes": codes,
    "settings": settings,
    "command-line": command_line,
    "admin-api": admin_api,
    "python": python,
    "stages": stages,
}
"""The directives, by name."""


def text(name: str) -> str:
    """What the directive `name` stands for, as Markdown."""
    return "\n\n".join(PAGES[name]())


class Exported(SphinxDirective):
    """A directive whose content is written by the function of its name."""

    def run(self) -> list[Any]:
        return self.parse_text_to_nodes(text(self.name), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Make every page a directive."""
    for name in PAGES:
        app.add_directive(name, Exported)
    return {"parallel_read_safe": True}
