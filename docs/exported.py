"""Reference pages written from what they describe: a directive for each, so that nothing on them is typed by hand."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click
from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer
from sphinx.util.docutils import SphinxDirective
from walls import OUTCOMES, Call, walls

import mock_server.services
from contracts.catalogue import catalogue, modules_of
from contracts.codes import CODES
from contracts.conduct import RULES
from contracts.coverage import ledger, number_told
from contracts.evidence import Grade, inferred
from contracts.model import READ, SPENDS, WRITE, Operation
from contracts.questions import QUESTIONS, Question
from contracts.refusals import ANY_CALL, NOWHERE, UNKNOWN_PATH, WRONG_METHOD, Refusal, refusal
from contracts.schema import Schema
from contracts.shapes import TOLD, bounds_of, fields_of, type_of
from contracts.suite.habits import HABITS
from contracts.suite.refusals import ANY_RULE, Way, way_to
from contracts.verify.probes.asked import PROBES, Probe
from mock_server.core.settings import SCHEMA, Settings
from mock_server.core.store.entities import Entity, _by_name
from mock_server.pipeline import STAGES
from mock_server.scenarios import SCENARIOS, Trial
from mock_server.services.email.statuses import EXPLAINED

_OF_SERVICES: Final = "sendpulse_client.services."
_CONTROL: Final = "mock_server.control"
_PACKAGES: Final = ("contracts", "mock_server", "sendpulse_client")
PLANTED: Final = Path(__file__).with_name("twin.json")
"""What `python -m bench.twin --write` found."""

_WIDTH: Final = 100
"""Columns of the command line's help."""


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
    yield from _exchanged(operation)
    own = [refusal for refusal in operation.refusals.values() if refusal not in operation.service.refuses]
    if own:
        yield "Refuses:"
        yield _refusals(own)


def _exchanged(operation: Operation) -> Iterator[str]:
    """What a call takes and what it answers."""
    if operation.body == SCHEMA:
        yield "Takes any of the [settings](settings.md)."
    arguments = [
        *_path_parameters(operation),
        *_arguments("query", operation.query),
        *_arguments("body", operation.body),
    ]
    if arguments:
        yield _table(["argument", "in", "type", "required", "bounds"], arguments)
    answer = _without_settings(operation.service.envelope.success(operation.returns))
    inside = [[f"`{field.path}`", field.type, _yes(field.is_required), field.bounds] for field in fields_of(answer)]
    media = operation.service.envelope.media_type
    notes = [*bounds_of(answer), *([] if media == "application/json" else [f"`{media}`"])]
    yield f"Answers {operation.status} with {', '.join([_a(type_of(answer)), *notes])}{':' if inside else '.'}"
    if inside:
        yield _table(["field", "type", "always", "bounds"], inside)


def _path_parameters(operation: Operation) -> Iterator[list[object]]:
    """Those of which there is more to tell than that they are texts."""
    for name in operation.params:
        schema = operation.param_schema(name)
        names = [f"id of an `{schema['x-id-of']}`"] if "x-id-of" in schema else []
        yield [f"`{name}`", "path", type_of(schema), "yes", "; ".join([*names, *bounds_of(schema)])]


def _arguments(where: str, schema: Schema) -> Iterator[list[object]]:
    for field in fields_of(_without_settings(schema)):
        yield [f"`{field.path}`", where, field.type, _yes(field.is_required), field.bounds]


def _without_settings(schema: Any) -> Any:
    """A schema in which the settings are but named, because they have a page of their own."""
    if schema == SCHEMA:
        return {"type": "object", TOLD: "[by name](settings.md)"}
    if isinstance(schema, dict):
        return {name: _without_settings(inner) for name, inner in schema.items()}
    return [_without_settings(inner) for inner in schema] if isinstance(schema, list) else schema


def _yes(fact: bool) -> str:
    return "yes" if fact else ""


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


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


def code_coverage() -> Iterator[str]:
    """Every code: which operations refuse with it, when, with what status, and the test that brings that about."""
    refused = _refused_by_code()
    header = ["code", "status", "message", "operations", "condition", "test", "evidence"]
    yield _table(header, [row for number in CODES for row in refused.pop(number, [_never(number)])])
    yield "Some envelopes have no place for a number:"
    yield _table(header[1:], [row[1:] for rows in refused.values() for row in rows])


def _refused_by_code() -> dict[int | None, list[list[object]]]:
    """The rows of the table by code, and under None those of refusals that travel without one."""
    operations: dict[tuple[int | None, Refusal, Way], list[str]] = {}
    for operation in catalogue():
        for known in operation.refusals.values():
            way = way_to(operation, known) or Way("", "")
            about = _BROKEN_RULE if way == ANY_RULE else known
            operations.setdefault((number_told(operation, known), about, way), []).append(operation.name)
    for known, condition in _NOWHERE_AT_ALL.items():
        operations[known.code, known, Way(condition, _BAD_REQUESTS)] = []
    rows: dict[int | None, list[list[object]]] = {}
    for (number, known, way), names in operations.items():
        rows.setdefault(number, []).append(_code_row(number, known, way, names))
    return rows


def _code_row(number: int | None, known: Refusal, way: Way, names: list[str]) -> list[object]:
    callers = [f"`{name}`" for name in dict.fromkeys(names)]
    among = "every operation that needs a token" if known in ANY_CALL else ", ".join(callers) or "none"
    test = f"`{way.test}`" if way.test else ""
    return [number, known.status, known.message, among, way.condition, test, known.evidence]


def _never(number: int) -> list[object]:
    code = CODES[number]
    return [number, code.status, code.message, "none yet", "Planned as a fault alone.", f"`{_FAULTS}`", code.evidence]


_BROKEN_RULE: Final = refusal(
    "rule",
    422,
    inferred("the vendor publishes an error example of some; the others are worded like those"),
    message="the words for the rule, such as `Argument name missing`",
)
_FAULTS: Final = "tests/mock_server/test_every_code.py: test_code_can_be_planned_as_a_fault"
_BAD_REQUESTS: Final = "contracts/suite/bad_input.py: unknown_paths_and_methods_are_answered_in_the_envelope"
_NOWHERE_AT_ALL: Final = {
    UNKNOWN_PATH: "No operation has that path.",
    WRONG_METHOD: "An operation has that path, none with that method.",
}


def evidence() -> Iterator[str]:
    """How well the answers of each operation are known, and what those rest on that are inferred."""
    operations = list(catalogue())
    grades = [*Grade]
    rows = [[f"`{name}`", *(counted[grade] for grade in grades)] for name, counted in ledger(operations).items()]
    totals = [sum(row[column] for row in rows) for column in range(1, len(grades) + 1)]
    yield _table(["answers of", *grades], [["**all**", *(f"**{total}**" for total in totals)], *rows])
    yield "## What is inferred"
    yield _table(["why", "answers", "of"], _inferred(operations))


def _inferred(operations: Iterable[Operation]) -> Iterator[list[object]]:
    reasons: dict[str, list[str]] = {}
    for operation in operations:
        for known in (operation.evidence, *(refused.evidence for refused in operation.refusals.values())):
            if known.grade is Grade.INFERRED:
                reasons.setdefault(known.source, []).append(operation.name)
    for why, names in sorted(reasons.items(), key=lambda reason: -len(reason[1])):
        among = [*dict.fromkeys(names)]
        few = ", ".join(f"`{name}`" for name in among)
        yield [why, len(names), few if len(among) <= _FEW else f"{len(among)} operations"]


_FEW: Final = 5
"""So many operations are named."""


def habits() -> Iterator[str]:
    """What clients write instead of the plain form, and whose habit each is."""
    yield _table(["habit", "is", "of"], [[one.name, one.told, one.clients] for one in HABITS.values()])


def conduct_rules() -> Iterator[str]:
    """The rules of good conduct."""
    rows = [
        [f"`{one.name}`", one.severity, one.explanation, one.remedy, one.evidence]
        for one in sorted(RULES.values(), key=lambda one: one.name)
    ]
    yield _table(["rule", "severity", "why", "what to do instead", "evidence"], rows)


def scenarios() -> Iterator[str]:
    """The troubles that an account can be put through."""
    rows = [
        [f"`{one.name}`", one.told, one.try_it, one.good, ", ".join(f"`{name}`" for name in one.rules), one.known]
        for one in SCENARIOS.values()
    ]
    header = ["scenario", "what goes wrong", "to meet it", "a good client", "rules of conduct", "known from"]
    yield _table(header, rows)


def settings() -> Iterator[str]:
    """What the dashboard would set, with the value a new account has."""
    yield _table(["setting", "type", "at first", "does"], _settings(SCHEMA, Settings().as_json()))


def _settings(schema: Schema, defaults: Mapping[str, Any], path: str = "") -> Iterator[list[str]]:
    for name, inner in schema["properties"].items():
        bounds = "; ".join([type_of(inner), *bounds_of(inner)])
        first = "" if "properties" in inner else f"`{json.dumps(defaults.get(name, inner.get('default')))}`"
        yield [f"`{path}{name}`", bounds, first, inner["description"]]
        if "properties" in inner:
            yield from _settings(inner, defaults[name], f"{path}{name}.")


def entities() -> Iterator[str]:
    """What a world may hold rows of."""
    list(modules_of(mock_server.services))
    for name, kept in sorted(_by_name.items()):
        if not name.startswith("core."):
            yield f"## `{name}`"
            yield _summary(kept.cls)
            hints = {field.name: field for field in dataclasses.fields(kept.cls)}
            yield _table(
                ["field", "type", "if left out"],
                [[f"`{field}`", f"`{hints[field].type}`", _left_out(kept, field)] for field in kept.fields],
            )
    yield "## The status of a contact"
    yield _table(["status", "is"], EXPLAINED.items())


def _left_out(kept: Entity, field: str) -> str:
    if field == "id":
        return "the next number"
    return f"`{json.dumps(kept.defaults[field]())}`" if field in kept.defaults else "refused"


def command_line() -> Iterator[str]:
    """What every command says of itself under ``--help``."""
    from mock_server.cli import commands

    top = click.Context(commands, info_name="sendpulse-mock", terminal_width=_WIDTH, max_content_width=_WIDTH)
    yield _verbatim(commands.get_help(top))
    yield from _commands_of(commands, top, "")


def _commands_of(group: click.Group, above: click.Context, path: str) -> Iterator[str]:
    for name in group.list_commands(above):
        command = group.commands[name]
        yield f"## `{path}{name}`"
        context = click.Context(command, above, name, terminal_width=_WIDTH, max_content_width=_WIDTH)
        yield _verbatim(command.get_help(context))
        if isinstance(command, click.Group):
            yield from _commands_of(command, context, f"{path}{name} ")


def _verbatim(text: str) -> str:
    return f"```text\n{text}\n```"


def admin_api() -> Iterator[str]:
    """Every call of the admin API with its arguments and what it answers."""
    from mock_server.admin.calls import operations

    for operation in operations():
        yield f"## `{operation.method} {operation.path}`"
        yield operation.summary
        if operation.variants:
            yield f"Also {', '.join(f'`{operation.method} {path}`' for path in operation.variants)}."
        yield from _exchanged(operation)


def python() -> Iterator[str]:
    """The handle of an account, side by side, and what surrounds it."""
    from mock_server.core.journal import Entry
    from mock_server.core.mails import Mail
    from mock_server.core.webhooks import Batch
    from mock_server.testing import AccountHandle, AccountOptions, MockServer, RunningServer

    with MockServer().intercept() as sendpulse:
        sides = {name: type(side) for name, side in vars(sendpulse).items() if type(side).__module__ == _CONTROL}
    yield from _class("sendpulse", AccountHandle)
    yield _table(["side", "is"], [[f"`sendpulse.{name}`", _summary(side)] for name, side in sides.items()])
    for name, side in sides.items():
        yield from _class(f"sendpulse.{name}", side)
    yield from _class("sendpulse.outbox.messages()[0]", Mail)
    yield from _class("sendpulse.journal.entries()[0]", Entry)
    yield from _class("sendpulse.webhooks.deliveries()[0]", Batch)
    yield from _class('sendpulse.scenario("revoked-token")', Trial)
    yield from _class("MockServer(…)", MockServer)
    yield "Its options, all of them keywords:"
    yield _table(["option", "is"], _emulator_options())
    yield "## Options of an account"
    yield _summary(AccountOptions)
    types = AccountOptions.__annotations__
    options = _attributes(AccountOptions)
    yield _table(
        ["option", "type", "is"],
        [[f"`{name}`", f"`{types[name].__forward_arg__}`", does] for name, does in options.items()],
    )
    yield from _class("sendpulse_server", RunningServer)


def _emulator_options() -> Iterator[list[str]]:
    """What `serve` hands on to the emulator, in the words of its own help."""
    from mock_server.cli.serve import serve

    its_own = inspect.signature(serve.callback).parameters if serve.callback else {}
    for option in serve.params:
        if isinstance(option, click.Option) and option.expose_value and option.name not in its_own:
            yield [f"`{option.name}`", str(option.help)]


def client() -> Iterator[str]:
    """The client, what it raises, returns and sends with."""
    import sendpulse_client
    from sendpulse_client import Client, Timing, Transport

    yield from _class("Client(…)", Client, whole=True)
    yield "Its arguments:"
    yield _table(["argument", "type", "if left out"], _parameters(Client))
    for spelling, resource in _resources("client", Client(api_key="sp_apikey_")):
        yield from _class(spelling, resource, whole=True)
    yield "## Values"
    for name in sendpulse_client.__all__:
        value = getattr(sendpulse_client, name)
        if dataclasses.is_dataclass(value) and value.__module__.startswith(_OF_SERVICES):
            yield from _class(name, value, level="###")
    yield from _class("Transport", Transport)
    for made in (sendpulse_client.SocketTransport, sendpulse_client.WSGITransport):
        yield f"### `{made.__name__}(…)`"
        yield inspect.cleandoc(made.__doc__ or "")
        yield _table(["argument", "type", "if left out"], _parameters(made))
    for value in (sendpulse_client.Request, sendpulse_client.Response, Timing):
        yield from _class(value.__name__, value, level="###")


def _resources(spelling: str, parent: object) -> Iterator[tuple[str, type]]:
    """What has operations below `parent`, each with the way to write it."""
    for name, child in vars(parent).items():
        if not name.startswith("_") and type(child).__module__.startswith(_OF_SERVICES):
            its_own = list(_resources(f"{spelling}.{name}", child))
            yield from its_own or [(f"{spelling}.{name}", type(child))]


def _parameters(made: type) -> Iterator[list[str]]:
    for name, parameter in inspect.signature(made).parameters.items():
        is_optional = parameter.default is not parameter.empty
        yield [f"`{name}`", f"`{parameter.annotation}`", f"`{parameter.default!r}`" if is_optional else "refused"]


def client_errors() -> Iterator[str]:
    """The tree of errors, as the module that declares them draws it."""
    from sendpulse_client import ApiError, _errors

    _, tree, *_ = (_errors.__doc__ or "").split("\n\n")
    yield _verbatim(tree)
    yield inspect.cleandoc(ApiError.__doc__ or "")


def _class(spelling: str, documented: type, *, level: str = "##", whole: bool = False) -> Iterator[str]:
    yield f"{level} `{spelling}`"
    yield inspect.cleandoc(documented.__doc__ or "") if whole else _summary(documented)
    if dataclasses.is_dataclass(documented):
        fields = [field for field in dataclasses.fields(documented) if not field.name.startswith("_")]
        if fields:
            yield _table(["field", "type"], [[f"`{field.name}`", f"`{field.type}`"] for field in fields])
    members = dict(_public_members(documented))
    if members:
        yield _table(["member", "does"], [[f"`{spelt}`", does] for spelt, does in members.items()])


def _public_members(documented: type) -> Iterator[tuple[str, str]]:
    """Attributes, properties and methods that say what they are for, each as it is spelt."""
    own_fields = (
        {field.name for field in dataclasses.fields(documented)} if dataclasses.is_dataclass(documented) else {}
    )
    yield from _attributes(documented).items()
    for name in dict.fromkeys(name for cls in reversed(documented.__mro__) for name in vars(cls)):
        if not name.startswith("_") and name != "as_json" and name not in own_fields:
            member = inspect.getattr_static(documented, name)
            yield _spelt(name, member), _summary(member)


def _attributes(documented: type) -> dict[str, str]:
    """What the strings below the attributes of a class say."""
    told: dict[str, str] = {}
    for cls in reversed([cls for cls in documented.__mro__ if cls.__module__.startswith(_PACKAGES)]):
        for (owner, name), lines in ModuleAnalyzer.for_module(cls.__module__).find_attr_docs().items():
            if owner == cls.__name__ and not name.startswith("_"):
                told[name] = " ".join(lines).strip()
    return told


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


def questions() -> Iterator[str]:
    """The open questions, the positions on each, and what their probes do."""
    yield _table(
        ["question", "asks", "positions, the promised one first", "the probe", "needs"],
        [
            [f"`{name}`", question.asks, "; ".join(_positions(question)), PROBES[name].tells, _needs(PROBES[name])]
            for name, question in QUESTIONS.items()
        ],
    )


def _positions(question: Question) -> Iterator[str]:
    for position, seen in question.positions.items():
        yield f"`{position}`: {seen}"


def _needs(probe: Probe) -> str:
    return {READ: "", WRITE: "`--allow-writes`", SPENDS: "`--allow-spending`"}[probe.effect] or (
        "`--exceed-limit`" if probe.is_fast else ""
    )


def planted() -> Iterator[str]:
    """The differences that are planted for twin runs, and what became of each."""
    rows = json.loads(PLANTED.read_text(encoding="utf-8"))
    yield _table(
        ["planted", "is found as", "in steps"],
        [[row["what"], row["found"] or "not found", row["steps"] or ""] for row in rows],
    )


def wall() -> Iterator[str]:
    """Clients from the package registries, and what became of every call of theirs."""
    known = walls()
    counted = [[f"[{one.client}](#{one.client})", one.version, *_counts(one.calls)] for one in known]
    total = ["all", "", *_counts([call for one in known for call in one.calls])]
    yield _table(["client", "version", "calls", *OUTCOMES], [*counted, total])
    for one in known:
        yield f"## {one.client}"
        yield f"{one.about} [From there]({one.source}), version: {one.version}."
        yield _table(
            ["call", "outcome", "the emulator is asked for", "why"],
            [[f"`{call.name}`", call.outcome, _operations_told(call), call.because] for call in one.calls],
        )


def _counts(calls: Sequence[Call]) -> Iterator[int]:
    yield len(calls)
    yield from (sum(call.outcome == outcome for call in calls) for outcome in OUTCOMES)


def _operations_told(call: Call) -> str:
    operations = Counter(call.operations)
    return ", ".join(f"`{name}`" + (f" ({times} times)" if times > 1 else "") for name, times in operations.items())


def stages() -> Iterator[str]:
    """What a request goes through, outermost first."""
    yield _table(["stage", "does"], [[f"`{stage.__name__}`", _summary(stage)] for stage in STAGES])


def _summary(documented: object) -> str:
    """The first paragraph of a docstring."""
    return (inspect.getdoc(documented) or "").partition("\n\n")[0]


def _table(header: list[str], rows: Iterable[Iterable[object]]) -> str:
    """A table without the columns in which nothing stands."""
    filled = [column for column in zip(header, *rows, strict=True) if any(map(str, column[1:]))]
    titles, *rest = zip(*filled, strict=True)
    lines = [titles, ["---"] * len(titles), *rest]
    return "\n".join(f"| {' | '.join(_cell(value) for value in line)} |" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


PAGES: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "operations": operations,
    "any-call": any_call,
    "refusals": refusals,
    "codes": codes,
    "code-coverage": code_coverage,
    "evidence": evidence,
    "conduct-rules": conduct_rules,
    "habits": habits,
    "scenarios": scenarios,
    "settings": settings,
    "entities": entities,
    "command-line": command_line,
    "admin-api": admin_api,
    "python": python,
    "client": client,
    "client-errors": client_errors,
    "stages": stages,
    "wall": wall,
    "questions": questions,
    "planted": planted,
}
"""The directives, by name."""


def text(name: str) -> str:
    """What the directive `name` stands for, as Markdown."""
    return "\n\n".join(PAGES[name]())


class Exported(SphinxDirective):
    """A directive whose content is written by the function of its name. What it holds is for readers of the source."""

    has_content = True

    def run(self) -> list[Any]:
        return self.parse_text_to_nodes(text(self.name), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Make every page a directive."""
    for name in PAGES:
        app.add_directive(name, Exported)
    return {"parallel_read_safe": True}
