"""Which calls a run may make on an account that is not its own toy: reads, its own objects, and nothing else.

What changes something is forbidden unless it is declared here how a call is kept to what the run itself made.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from contracts.model import READ, SPENDS, IdOf, Operation
from contracts.services import oauth
from contracts.services.automation360 import events
from contracts.services.email import addresses, blacklist, campaigns, mailing_lists, senders, tags, webhooks
from contracts.strategies import Case
from contracts.verify.runs import Run


class Owner(Protocol):
    """Knows what the run made."""

    def owns(self, entity: str, number: object) -> bool: ...


@dataclass(frozen=True, slots=True)
class Confined:
    """How calls of an operation are kept to what the run made, beyond the ids in the path and all addresses.

    Attributes:
        named: arguments that must be there and bear the run's mark.
        numbers: arguments that hold ids, each by the entity of which the run must have made it.
        coded: arguments that must be there and hold addresses in base64.
        needed: arguments without which a call would mean anything at all.
        never: arguments that are not given, whatever they hold.
        may_be_blank: whether what is `named` may be blank or missing: the object is known by its id already.
    """

    named: tuple[str, ...] = ()
    numbers: Mapping[str, str] = field(default_factory=dict)
    coded: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    may_be_blank: bool = False


_OWN_TAGS: Final = {"tags": "email.tag"}

WRITES: Final[Mapping[Operation, Confined]] = {
    mailing_lists.create: Confined(named=("bookName",)),
    mailing_lists.rename: Confined(named=("name",), may_be_blank=True),
    mailing_lists.delete: Confined(),
    mailing_lists.add_emails: Confined(numbers=_OWN_TAGS, never=("check_emails",)),
    mailing_lists.delete_emails: Confined(),
    mailing_lists.unsubscribe: Confined(),
    mailing_lists.set_variables: Confined(),
    mailing_lists.set_phone: Confined(),
    addresses.delete: Confined(),
    tags.create: Confined(named=("name",)),
    tags.update: Confined(named=("name",)),
    tags.delete: Confined(),
    tags.pin_to_email: Confined(named=("email",), numbers=_OWN_TAGS),
    tags.unpin_from_email: Confined(named=("email",), numbers=_OWN_TAGS),
    webhooks.create: Confined(named=("url",)),
    webhooks.update: Confined(named=("url",)),
    webhooks.delete: Confined(),
    blacklist.add: Confined(coded=("emails",)),
    blacklist.remove: Confined(coded=("emails",)),
    campaigns.cancel: Confined(),
    senders.delete: Confined(numbers={"email": "email.sender"}, needed=("email",)),
}
"""What may be called where writes are allowed. What is left out cannot be told apart or not be undone: templates."""

SPENDING: Final[Mapping[Operation, Confined]] = {
    campaigns.create: Confined(
        named=("name",), numbers={"list_id": "email.mailing_list"}, never=("segment_id", "use_dynamic_list")
    ),
    mailing_lists.add_emails: Confined(numbers=_OWN_TAGS, never=("check_emails",)),
    senders.create: Confined(named=("name",)),
    senders.request_code: Confined(),
    events.trigger: Confined(never=("phone",)),
}
"""What may be called by name, and only to addresses that the user lists as owned."""


@dataclass(frozen=True, slots=True)
class Permit:
    """What the user allows.

    Attributes:
        writes: whether the run may make things of its own, and change and remove those.
        spending: names of operations that may send or cost something.
        owned: addresses that those may reach, in small letters.
    """

    writes: bool = False
    spending: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        known = {operation.name for operation in SPENDING}
        for name in sorted(self.spending - known):
            raise ValueError(f"{name!r} cannot be allowed to spend; these can: {', '.join(sorted(known))}")
        if self.spending and not self.owned:
            raise ValueError("what spends goes to addresses of yours alone: list them with --owned")


def objection(case: Case, permit: Permit, run: Run, owner: Owner) -> str | None:
    """Why a call may not be made; None where it may."""
    operation = case.operation
    if operation is oauth.issue_token:
        return None
    given = [name for name in case.arguments if operation.arguments["properties"].get(name, {}).get("x-spends")]
    if operation.effect is SPENDS or given:
        return _objection_to_spending(case, permit, run, owner)
    if operation.effect is READ:
        return None
    if not permit.writes:
        return "writes are not allowed"
    if operation not in WRITES:
        return "it cannot be kept to what the run made"
    return next(_objections(case, WRITES[operation], run, owner, permit.owned), None)


def _objection_to_spending(case: Case, permit: Permit, run: Run, owner: Owner) -> str | None:
    operation = case.operation
    if operation.name not in permit.spending:
        return "it sends or costs something"
    if _NOBODY.strangers_in(_given(case), permit.owned):
        return "it goes to an address that is not listed as owned"
    if permit.owned.isdisjoint(_leaves(_given(case))):
        return "it goes to no address that is listed as owned"
    return next(_objections(case, SPENDING[operation], run, owner, permit.owned), None)


def _objections(case: Case, confined: Confined, run: Run, owner: Owner, owned: frozenset[str]) -> Iterator[str]:
    arguments = case.arguments
    numbered = {name: value for name, value in case.arguments.items() if name not in confined.numbers}
    if run.strangers_in([*case.path.values(), numbered], owned):
        yield "it holds an address that is not the run's"
    for name, value in case.path.items():
        param = case.operation.params.get(name)
        if isinstance(param, IdOf) and not owner.owns(param.entity, value):
            yield f"the run did not make the {param.entity} {value}"
        if not isinstance(param, IdOf) and not run.bears_mark(value) and value.lower() not in owned:
            yield f"{name} does not bear the mark {run.mark}"
    yield from (
        f"{name} does not bear the mark {run.mark}"
        for name in confined.named
        if not (_is_named(case, name, run) or (confined.may_be_blank and _is_blank(case, name)))
    )
    yield from (f"{name} is not to be given" for name in confined.never if name in arguments)
    yield from (f"{name} is missing" for name in confined.needed if not arguments.get(name))
    for name, entity in confined.numbers.items():
        for number in _items(arguments.get(name, [])):
            if not owner.owns(entity, number):
                yield f"the run did not make the {entity} in {name}"
    yield from (f"{name} holds what the run did not make" for name in confined.coded if not _is_coded(case, name, run))


_NOBODY: Final = Run("nobody0nobody0nobody")
"""A run that made nothing."""


def _given(case: Case) -> list[Any]:
    return [*case.path.values(), dict(case.arguments)]


def _leaves(value: Any) -> Iterator[str]:
    """Every text in a JSON value, in small letters."""
    for item in value.values() if isinstance(value, dict) else _items(value):
        if isinstance(item, dict | list):
            yield from _leaves(item)
        elif isinstance(item, str):
            yield item.lower()


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_named(case: Case, name: str, run: Run) -> bool:
    return run.bears_mark(case.arguments.get(name))


def _is_blank(case: Case, name: str) -> bool:
    return not str(case.arguments.get(name, "")).strip()


def _is_coded(case: Case, name: str, run: Run) -> bool:
    try:
        text = b64decode(case.arguments.get(name, ""), validate=True).decode()
    except (ValueError, TypeError):
        return False
    return all(run.bears_mark(address) for address in text.split(","))
