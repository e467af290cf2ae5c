"""What a declaration is made of: services and their operations, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from contracts.envelopes import Envelope
from contracts.evidence import Evidence
from contracts.refusals import ANY_CALL, PLAN_REQUIRED, TOO_LARGE, Refusal, refusal
from contracts.schema import Schema, integer, obj, string
from contracts.wording import UNPUBLISHED, Rule, Wording, rules_of

NO_FIELDS: Final = obj()


class Effect(StrEnum):
    """What a call does to a real account, and so who may make it."""

    READ = "read"
    """Changes nothing; free to call."""
    WRITE = "write"
    """Changes the account; called only on objects the run made itself."""
    SPENDS = "spends"
    """Sends, costs money or reaches strangers; never generated."""


READ, WRITE, SPENDS = Effect.READ, Effect.WRITE, Effect.SPENDS


@dataclass(frozen=True, slots=True)
class IdOf:
    """A path parameter that names an existing object, and the refusal where there is none."""

    entity: str
    refusal: Refusal

    @property
    def schema(self) -> Schema:
        return {**integer(min=1), "x-id-of": self.entity}


def id_of(entity: str, missing: Refusal) -> IdOf:
    """The id of an `entity` of the account; `missing` answers every other value, before the body is looked at."""
    return IdOf(entity, missing)


@dataclass(frozen=True, slots=True)
class Gate:
    """A feature that only some plans include. With `argument`, only calls that give that argument need it."""

    feature: str
    argument: str | None = None


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of the API: everything the vendor promises about it.

    Attributes:
        path: the template, parameters in braces; `variants` are further paths that clients use for the same.
        label: the vendor's operation id. Not unique at the vendor, so nothing looks it up.
        params: schemas of the path's parameters; text unless said otherwise.
        query, body: object schemas. A request may carry the fields of both anywhere.
        returns: the schema of the payload, without envelope.
        refuses: what the operation can refuse beyond `Service.refuses` and what breaks its schemas.
        wordings: for a rule key such as ``bookName.filled``, the refusal or message that replaces the usual wording.
        unpublished: beginnings of rule keys for which the vendor publishes no error on this operation.
        creates: the entity that a call makes. Its id is what the payload has under `created_id`, if it has that.
        name: dotted and unique; given by the catalogue from where the declaration stands.
    """

    service: Service
    method: str
    path: str
    label: str
    summary: str
    returns: Schema
    effect: Effect
    evidence: Evidence
    params: Mapping[str, Schema | IdOf] = field(default_factory=dict)
    query: Schema = field(default_factory=lambda: NO_FIELDS)
    body: Schema = field(default_factory=lambda: NO_FIELDS)
    refuses: tuple[Refusal, ...] = ()
    wordings: Mapping[str, Refusal | str] = field(default_factory=dict)
    unpublished: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    gate: Gate | None = None
    creates: str | None = None
    created_id: str = "id"
    status: int = 200
    name: str = field(default="", init=False)

    def __repr__(self) -> str:
        return f"<Operation {self.name or self.label}: {self.method} {self.path}>"

    def christen(self, name: str) -> None:
        """Give the operation its name, once. Raises `ValueError` if it already bears another."""
        if self.name not in {"", name}:
            raise ValueError(f"{self!r} is declared a second time as {name!r}: import the module, not the operation")
        object.__setattr__(self, "name", name)

    def param_schema(self, name: str) -> Schema:
        """The schema of one path parameter."""
        param = self.params.get(name, string)
        return param.schema if isinstance(param, IdOf) else param

    @cached_property
    def arguments(self) -> Schema:
        """The fields of query and body, and parameters with a schema of their own, as one: merged, validated once."""
        in_path = {name: param for name, param in self.params.items() if not isinstance(param, IdOf)}
        merged = {**self.query, **self.body, "properties": in_path | self.query["properties"] | self.body["properties"]}
        required = [*in_path, *self.query.get("required", ()), *self.body.get("required", ())]
        return {**merged, "required": required} if required else merged

    @property
    def array_as(self) -> str | None:
        """The field that a body which is a bare array stands for."""
        return self.body.get("x-array-as")

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """The arguments that have a value when they are not given."""
        properties: dict[str, Schema] = self.arguments["properties"]
        return {name: schema["default"] for name, schema in properties.items() if "default" in schema}

    @cached_property
    def refusals(self) -> Mapping[str, Refusal]:
        """Every refusal the operation may answer, by key, in the order they are checked."""
        missing = [param.refusal for param in self.params.values() if isinstance(param, IdOf)]
        gate = [PLAN_REQUIRED] if self.gate else []
        rules = [self.refusal_of(rule) for rule in rules_of(self.arguments)]
        own = [wording for wording in self.wordings.values() if isinstance(wording, Refusal)]
        return {known.key: known for known in (*self.service.refuses, *gate, *missing, *rules, *own, *self.refuses)}

    def refusal_of(self, rule: Rule) -> Refusal:
        """How the operation refuses arguments that break `rule`."""
        own = self.wordings.get(rule.key)
        if isinstance(own, Refusal):
            return own
        evidence = UNPUBLISHED if rule.key.startswith(self.unpublished) else self.service.wording.evidence(rule)
        return refusal(rule.key, 422, evidence, message=own or self.service.wording.message(rule))


@dataclass(frozen=True, slots=True)
class Service:
    """A family of operations with one envelope and one way of wording broken rules."""

    name: str
    title: str
    envelope: Envelope
    wording: Wording
    needs_token: bool = True

    @property
    def refuses(self) -> tuple[Refusal, ...]:
        """What each of its operations can refuse."""
        return ANY_CALL if self.needs_token else (TOO_LARGE,)

    def get(self, path: str, label: str, summary: str, **facts: Any) -> Operation:
        """Declare a GET; `facts` are further attributes of `Operation`."""
        return Operation(self, "GET", path, label, summary, **facts)

    def post(self, path: str, label: str, summary: str, **facts: Any) -> Operation:
        """Declare a POST; `facts` are further attributes of `Operation`."""
        return Operation(self, "POST", path, label, summary, **facts)

    def put(self, path: str, label: str, summary: str, **facts: Any) -> Operation:
        """Declare a PUT; `facts` are further attributes of `Operation`."""
        return Operation(self, "PUT", path, label, summary, **facts)

    def patch(self, path: str, label: str, summary: str, **facts: Any) -> Operation:
        """Declare a PATCH; `facts` are further attributes of `Operation`."""
        return Operation(self, "PATCH", path, label, summary, **facts)

    def delete(self, path: str, label: str, summary: str, **facts: Any) -> Operation:
        """Declare a DELETE; `facts` are further attributes of `Operation`."""
        return Operation(self, "DELETE", path, label, summary, **facts)
