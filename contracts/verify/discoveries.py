"""What an account has, as far as calls need to name it. It stays in memory: nothing of it is told or kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.envelopes import Json
from contracts.model import IdOf, Operation
from contracts.services.email import addresses, campaigns, mailing_lists, senders, tags, templates, webhooks
from contracts.services.smtp import emails
from contracts.strategies import path_names

MOST: Final = 3
"""Values of a kind that are remembered."""

ARGUMENTS: Final[Mapping[Operation, Mapping[str, str]]] = {
    addresses.get_many: {"emails": "email"},
    addresses.get_campaigns_of_many: {"emails": "email"},
    emails.get_many: {"emails": "id"},
}
"""Arguments of calls that only read, and what they name."""

CONSTANTS: Final[Mapping[str, Sequence[object]]] = {"currency": ("USD", "EUR"), "name": ("email.yaml",)}
"""What every account has."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """A call whose answer shows what there is: by entity or by parameter of a path."""

    operation: Operation
    shows: Mapping[str, Callable[[Json], list[Any]]]


def _ids(rows: Json) -> list[Any]:
    return [row["id"] for row in rows]


def _with_contacts_first(rows: Json) -> list[Any]:
    return _ids(sorted(rows, key=lambda row: not row["all_email_qty"]))


def _variables_first(rows: Json) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: not row["variables"])


DISCOVERIES: Final = (
    Discovery(mailing_lists.list, {"email.mailing_list": _with_contacts_first}),
    Discovery(
        mailing_lists.list_emails,
        {
            "email": lambda rows: [row["email"] for row in _variables_first(rows)],
            "variableName": lambda rows: [name for row in _variables_first(rows) for name in row["variables"]],
            "searchValue": lambda rows: [
                value for row in _variables_first(rows) for value in row["variables"].values()
            ],
        },
    ),
    Discovery(campaigns.list, {"email.campaign": _ids}),
    Discovery(tags.list, {"email.tag": lambda listed: _ids(listed["tags"])}),
    Discovery(webhooks.list, {"email.webhook": lambda listed: _ids(listed["data"])}),
    Discovery(
        templates.list,
        {
            "template_id": _ids,
            "name_slug": lambda rows: [row["name_slug"] for row in rows if row["name_slug"]],
        },
    ),
    Discovery(emails.list, {"id": _ids}),
    Discovery(senders.list, {"sender": lambda rows: [row["email"] for row in rows]}),
)
"""In the order in which one needs what another showed."""


def kinds_in_path(operation: Operation) -> list[str]:
    """What has to be known to call an operation: an entity, or the parameter itself."""
    params = [(name, operation.params.get(name)) for name in path_names(operation)]
    return [param.entity if isinstance(param, IdOf) else name for name, param in params]


def discoveries_for(operations: Sequence[Operation]) -> list[Discovery]:
    """The calls that show all that `operations` need, and what those calls need in turn."""
    needed = {kind for operation in operations for kind in kinds_in_path(operation)}
    needed |= {kind for operation in operations for kind in ARGUMENTS.get(operation, {}).values()}
    chosen: list[Discovery] = []
    for discovery in reversed(DISCOVERIES):
        if not needed.isdisjoint(discovery.shows):
            chosen.insert(0, discovery)
            needed.update(kinds_in_path(discovery.operation))
    return chosen


def shown_by(discovery: Discovery, body: Json) -> dict[str, list[Any]]:
    """What an answer shows; nothing where it has another shape than was promised."""
    shown = {}
    for kind, read in discovery.shows.items():
        try:
            shown[kind] = read(body)[:MOST]
        except (KeyError, TypeError, IndexError, AttributeError):
            shown[kind] = []
    return shown
