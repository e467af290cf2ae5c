"""Generated calls: valid ones, and ones that break a chosen rule. Needs Hypothesis, the extra ``contracts``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contracts.model import Operation
from contracts.schema import Schema, is_filled
from contracts.wording import Rule, groups_of

Known: TypeAlias = Mapping[str, Sequence[object]]
"""What exists: ids by entity, other values by the path parameter they fit. Random ones would test only the 404."""

EMAILS: Final = ("ada@example.com", "ADA@Example.com", "bob+tag@example.org", "eve.o'hara@mail.example.net")
"""Few, two of them the same to the vendor: collisions are where the bugs are."""

BAD_EMAILS: Final = ("no address", "ada@", "@example.com", "zoë@example.com", "ada@example", "a" * 65 + "@example.com")

UNKNOWN_ID: Final = 10**9

_TEXTS: Final = ("Readers", "readers", "Zoë’s 読者", "{}", "[1]", "a:1:{}", "0", "null", "x" * 300, "a\x00b", "🦉")
_NAMES: Final = ("city", "born", "age", "Zoë", "Phone")
_TWO_ADDRESSES: Final = "YWRhQGV4YW1wbGUuY29tLEJPQkBleGFtcGxlLm9yZw=="
_BASE64: Final = ("PHA+SGVsbG88L3A+", "PHA+SGVs\nbG88L3A+\n", "PHA+e3tuYW1lfX08L3A+", "Cg==", _TWO_ADDRESSES)
_COLORS: Final = ("#0080ff", "#ABCDEF", "#000000")
_URLS: Final = ("https://hooks.example.com/sendpulse", "http://hooks.example.com:8080/?from=sendpulse&kind=1#all")
"""None of them on this machine: what is registered there is kept, and sent nowhere."""
_INTEGERS: Final = (0, 1, 2, 7, 100, 2**31, 2**53, 2**63 - 1)
_LEAST, _MOST = -(2**63), 2**63 - 1
"""The integers there are, to PHP."""


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """A call to make: an operation, the values of its path's parameters, and its arguments."""

    operation: Operation
    path: Mapping[str, str] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"{self.operation.name}({', '.join(self.path.values())}) with {self.arguments}"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:  # how Hypothesis prints
        printer.text(repr(self))


def path_names(operation: Operation) -> list[str]:
    """The names of the path's parameters, in order."""
    return [segment[1:-1] for segment in operation.path.split("/") if segment.startswith("{")]


def case_of(operation: Operation, *path: object, **arguments: Any) -> Case:
    """A call of `operation`, the values of its path in order."""
    return Case(operation, dict(zip(path_names(operation), map(str, path), strict=True)), arguments)


@st.composite
def cases(draw: DrawFn, operation: Operation, known: Known, *, spends: bool = False) -> Case:
    """Valid calls of `operation`. Arguments that send or cost something are given only if `spends`."""
    return Case(operation, draw(paths(operation, known)), draw(arguments(operation, spends=spends)))


@st.composite
def breaking(draw: DrawFn, operation: Operation, rule: Rule, known: Known) -> Case:
    """Calls whose arguments break `rule` and no other. It alone may give what spends: the call is to be refused."""
    there = st.fixed_dictionaries({name: _there(operation, name, known) for name in path_names(operation)})
    return Case(operation, draw(there), draw(_broken(operation.arguments, rule.field.split("."), rule)))


def paths(operation: Operation, known: Known) -> SearchStrategy[dict[str, str]]:
    """Values of the path's parameters, mostly of what exists."""
    return st.fixed_dictionaries({name: _path_value(operation, name, known) for name in path_names(operation)})


def arguments(operation: Operation, *, spends: bool = False) -> SearchStrategy[dict[str, Any]]:
    """Valid arguments of `operation`."""
    return _objects(operation.arguments, spends=spends)


def values(schema: Schema) -> SearchStrategy[Any]:
    """Valid instances of a schema, written in the vocabulary of `contracts.schema`."""
    for keyword, strategy in _BY_KEYWORD.items():
        if keyword in schema:
            return strategy(schema)
    return anything


scalars: Final[SearchStrategy[Any]] = (
    st.sampled_from(_TEXTS)
    | st.sampled_from(_INTEGERS)
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
)
anything: Final[SearchStrategy[Any]] = (
    scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=3), scalars, max_size=2)
)
"""Any JSON but null, which to the vendor is the same as a missing argument."""


def _path_value(operation: Operation, name: str, known: Known) -> SearchStrategy[str]:
    strange = _STRANGE_IDS if "x-id-of" in operation.param_schema(name) else _STRANGE_TEXTS
    there = _there(operation, name, known)
    return st.integers(0, 9).flatmap(lambda die: strange if die == 0 else there)


def _there(operation: Operation, name: str, known: Known) -> SearchStrategy[str]:
    kind = operation.param_schema(name).get("x-id-of", name)
    return st.sampled_from(known.get(kind) or EMAILS).map(str)


_STRANGE_IDS: Final = st.sampled_from((str(UNKNOWN_ID), "0", "-1", "1.0", "９", "9" * 40, "first"))
# No slash: many a server decodes the path before it is split, and then cannot tell what was one segment.
_STRANGE_TEXTS: Final = st.sampled_from((*EMAILS, *_TEXTS)) | st.text(
    st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=10
)


@st.composite
def _objects(draw: DrawFn, schema: Schema, *, spends: bool = False) -> dict[str, Any]:
    required = schema.get("required", ())
    given = {
        name: inner
        for name, inner in schema["properties"].items()
        if name in required or ((spends or not inner.get("x-spends")) and draw(st.booleans()))
    }
    needed = [other for name in given for other in schema.get("dependentRequired", {}).get(name, ())]
    needed += [draw(st.sampled_from(group)) for group in groups_of(schema) if given.keys().isdisjoint(group)]
    named = {name: draw(values(schema["properties"][name])) for name in dict.fromkeys([*given, *needed])}
    if "additionalProperties" not in schema:
        return named
    others = st.sampled_from(_NAMES).filter(lambda name: name not in schema["properties"])
    return named | draw(st.dictionaries(others, values(schema["additionalProperties"]), max_size=2))


def _object_values(schema: Schema) -> SearchStrategy[Any]:
    if "properties" not in schema:
        names = st.sampled_from(_NAMES) | st.text(min_size=1, max_size=5)
        most = min(schema.get("maxProperties", 3), 3)
        return st.dictionaries(names, values(schema["additionalProperties"]), max_size=most)
    text_as = schema.get("x-text-as")
    return _objects(schema) if text_as is None else _objects(schema) | values(schema["properties"][text_as])


def _array_values(schema: Schema) -> SearchStrategy[Any]:
    most = min(schema.get("maxItems", 5), 5)
    return st.lists(values(schema["items"]), min_size=schema.get("minItems", 0), max_size=most)


def _integer_values(schema: Schema) -> SearchStrategy[Any]:
    least, most = schema.get("minimum", _LEAST), schema.get("maximum", _MOST)
    return st.sampled_from([number for number in _INTEGERS if least <= number <= most]) | st.integers(least, most)


def _text_values(schema: Schema) -> SearchStrategy[Any]:
    return _BY_FORMAT.get(schema.get("format", ""), _ANY_TEXT)


_ANY_TEXT: Final = st.sampled_from((*EMAILS, *BAD_EMAILS, *_TEXTS)) | st.text(max_size=20)
_BY_FORMAT: Final[Mapping[str, SearchStrategy[str]]] = {
    "email": st.sampled_from(EMAILS),
    "url": st.sampled_from(_URLS),
    "filled": (st.sampled_from((*EMAILS, *_TEXTS)) | st.text(min_size=1, max_size=20)).filter(is_filled),
    "base64": st.sampled_from(_BASE64),
    "color": st.sampled_from(_COLORS),
    "date-time-local": st.datetimes().map(lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S").zfill(19)),
    "date-only": st.dates().map(str),
}


_BY_TYPE: Final[Mapping[str, Callable[[Schema], SearchStrategy[Any]]]] = {
    "object": _object_values,
    "array": _array_values,
    "integer": _integer_values,
    "number": lambda _: st.floats(allow_nan=False, allow_infinity=False),
    "boolean": lambda _: st.booleans(),
    "string": _text_values,
    "null": lambda _: st.none(),
}
_BY_KEYWORD: Final[Mapping[str, Callable[[Schema], SearchStrategy[Any]]]] = {
    "const": lambda schema: st.just(schema["const"]),
    "enum": lambda schema: st.sampled_from(schema["enum"]),
    # An empty text counts as no value wherever more than text is meant.
    "anyOf": lambda schema: st.one_of(*map(values, schema["anyOf"])).filter(lambda value: value != ""),
    "type": lambda schema: _BY_TYPE[schema["type"]](schema),
}


@st.composite
def _broken(draw: DrawFn, schema: Schema, steps: list[str], rule: Rule) -> Any:
    """Instances of `schema` that break `rule` at the field that `steps` lead to."""
    if not steps:
        return draw(_wrong_values(schema, rule))
    step, *rest = steps
    if step == "*" and "additionalProperties" in schema:
        return {"one": draw(_broken(schema["additionalProperties"], rest, rule))}
    if step == "*":
        items = draw(st.lists(values(schema["items"]), max_size=2))
        return [*items, draw(_broken(schema["items"], rest, rule))]
    instance = draw(_objects(schema))
    if rule.name == "required_without":
        absent = next(group for group in groups_of(schema) if group[0] == step)
        return {name: value for name, value in instance.items() if name not in absent}
    if rest or rule.name not in {"required", "required_with"}:
        return instance | {step: draw(_broken(schema["properties"][step], rest, rule))}
    needing = [given for given, needed in schema.get("dependentRequired", {}).items() if step in needed]
    missing = {step: None} if draw(st.booleans()) else {}
    others = {name: value for name, value in instance.items() if name != step}
    return others | {name: draw(values(schema["properties"][name])) for name in needing} | missing


def _wrong_values(schema: Schema, rule: Rule) -> SearchStrategy[Any]:
    if rule.counts_items and "additionalProperties" in schema:
        names = [f"name {number}" for number in range(_bound(rule) + 1)]
        return st.fixed_dictionaries(dict.fromkeys(names, values(schema["additionalProperties"])))
    if rule.counts_items:
        size = _bound(rule) + (1 if rule.name == "max" else -1)
        return st.lists(values(schema["items"]), min_size=size, max_size=size)
    if rule.name == "min":
        return st.integers(_LEAST, _bound(rule) - 1)
    if rule.name == "max":
        return st.integers(_bound(rule) + 1, _MOST)
    if rule.name == "array":
        return st.sampled_from(_not_an_array(schema))
    return st.sampled_from(_WRONG[rule.name])


def _bound(rule: Rule) -> int:
    if rule.bound is None:
        raise ValueError(f"{rule} has no bound to overstep")
    return rule.bound


def _not_an_array(schema: Schema) -> list[Any]:
    """PHP calls arrays and objects one thing; texts are left out where they would be decoded or stand for an object."""
    if "x-or-one" in schema:
        return [{"key": "value"}]
    if schema["type"] == "array":
        return [5, 2.5, True, {"key": "value"}]
    return [5, 2.5, True, ["text"], *([] if "x-text-as" in schema else ["text"])]


_WRONG: Final[Mapping[str, tuple[Any, ...]]] = {
    "string": (5, 2.5, True, ["text"], {"key": "value"}),
    "integer": ("ten", "1.5", 1.5, 2**64, "9" * 20, ["text"], {"key": "value"}),
    "boolean": ("yes", 2, ["text"], {"key": "value"}),
    "email": (*BAD_EMAILS, 5, ["text"]),
    "url": ("example.com", "https://", "ftp://example.com", "https://example.com/a b", "https://привіт.example"),
    "filled": (" ", "\t\n", ""),
    "base64": ("<p>Hello</p>", "aGVsbG8", "aGVsbG8==", "привіт"),
    "date-only": ("today", "31.01.2026", "2026-13-01", "2026-01-32", "2026-01-31 12:00:00"),
    "color": ("red", "#fff", "#0080fg", "0080ff", "#0080ff "),
    "anyOf": (2.5, True, ["text"], {"key": "value"}),
    "in": ("none of these", "force "),
}
"""By the rule's name, values that no conversion makes fit."""
