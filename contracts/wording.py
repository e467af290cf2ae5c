"""From a broken rule to the refusal the vendor words for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from contracts.evidence import Evidence, documented, inferred
from contracts.schema import Schema

_TYPE_RULES: Final = {"object": "array"}
"""What the vendor's validator calls a JSON object: to PHP, everything with keys is an array."""

_KEYWORD_RULES: Final = {
    "dependentRequired": "required_with",
    "minimum": "min",
    "maximum": "max",
    "minItems": "min",
    "maxItems": "max",
    "maxProperties": "max",
    "enum": "in",
    "const": "in",
}

CHECKED: Final = (
    "type",
    "format",
    "enum",
    "const",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "maxProperties",
    "anyOf",
)
"""The keywords that are looked at on one value, in the order in which they are."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the vendor's validator on one field.

    `field` is the dotted path with ``*`` for any index (``emails.*.email``), `name` the rule's name, `bound` its limit.
    """

    field: str
    name: str
    bound: int | None = None
    counts_items: bool = False

    @property
    def key(self) -> str:
        return f"{self.field}.{self.name}"


def rule_of(field: str, schema: Schema, keyword: str) -> Rule:
    """The rule that `keyword` of `schema` stands for on `field`. For ``required`` the field is the missing one."""
    if keyword == "type":
        kind: str = schema["type"]
        return Rule(field, "email" if schema.get("format") == "email" else _TYPE_RULES.get(kind, kind))
    if keyword == "format":
        return Rule(field, schema["format"])
    if keyword in {"minimum", "maximum"}:
        return Rule(field, _KEYWORD_RULES[keyword], schema[keyword])
    if keyword in {"minItems", "maxItems", "maxProperties"}:
        return Rule(field, _KEYWORD_RULES[keyword], schema[keyword], counts_items=True)
    return Rule(field, _KEYWORD_RULES.get(keyword, keyword))


def is_of_presence(rule: Rule) -> bool:
    """Whether a rule is about a field's being there at all, as an array is not where one item is needed."""
    return rule.name in {"required", "required_without", "filled"} or (rule.name == "min" and rule.counts_items)


def groups_of(schema: Schema) -> list[list[str]]:
    """The groups of fields of which `schema` needs one each."""
    return [[choice["required"][0] for choice in group["anyOf"]] for group in schema.get("allOf", ())]


def rules_of(schema: Schema, field: str = "") -> Iterator[Rule]:
    """Every rule that `schema` imposes, in the order of the vendor's checks: field by field, outside before inside."""
    if field:
        yield from dict.fromkeys(rule_of(field, schema, keyword) for keyword in CHECKED if keyword in schema)
    needed_with = {name for names in schema.get("dependentRequired", {}).values() for name in names}
    needed_without = {group[0] for group in groups_of(schema)}
    for name, inner in schema.get("properties", {}).items():
        path = f"{field}.{name}" if field else name
        if name in schema.get("required", ()):
            yield Rule(path, "required")
        if name in needed_with:
            yield Rule(path, "required_with")
        if name in needed_without:
            yield Rule(path, "required_without")
        yield from rules_of(inner, path)
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if inner:
            yield from rules_of(inner, f"{field}.*")


UNPUBLISHED: Final = inferred("worded as the vendor words the same rule elsewhere")


@dataclass(frozen=True, slots=True)
class Wording:
    """How a service words a broken rule: `message` where the operation has no wording of its own."""

    message: Callable[[Rule], str]
    published: frozenset[str]
    """Names of the rules whose wording the vendor publishes."""
    source: Evidence

    def evidence(self, rule: Rule) -> Evidence:
        """How we know the wording of `rule`, on an operation for which the vendor publishes its errors."""
        return self.source if rule.name in self.published else UNPUBLISHED


def _printed_name(field: str) -> str:
    return field.removesuffix(".*").rpartition(".")[2]


def _bulk_email_message(rule: Rule) -> str:
    argument = f"Argument {_printed_name(rule.field)}"
    if rule.name in {"required", "required_with", "required_without"}:
        return f"{argument} missing"
    is_nested = "." in rule.field
    if rule.name == "base64" and not is_nested:
        return f"{argument} is invalid string"
    if rule.name == "min" and not rule.counts_items:
        return f"{argument} must be at least {rule.bound}"
    if rule.name == "max":
        return f"{argument} may not " + (
            f"have more than {rule.bound} items" if rule.counts_items else f"be greater than {rule.bound}"
        )
    if rule.name in {"string", "array", "boolean", "integer"} and not is_nested:
        return f"{argument} must be {rule.name}"
    return f"{argument} is invalid"


BULK_EMAIL: Final = Wording(
    _bulk_email_message,
    frozenset(
        {"required", "required_with", "string", "array", "boolean", "integer", "min", "max", "in", "email", "base64"}
    ),
    documented("error examples of the vendor's bulk email OpenAPI document"),
)
"""The wordings of the bulk email service."""


def _smtp_message(rule: Rule) -> str:
    """As bulk email at the top; below it, a dotted name, without the field ``email`` that holds a mail."""
    if "." not in rule.field:
        return _bulk_email_message(rule)
    argument = f"Argument {rule.field.removeprefix('email.').replace('.*', '')}"
    return f"{argument} missing" if rule.name == "required" else f"{argument} is invalid"


SMTP: Final = Wording(
    _smtp_message,
    frozenset({"required", "string", "email"}),
    documented("error examples of the vendor's SMTP OpenAPI document"),
)
"""The wordings of the SMTP service."""
