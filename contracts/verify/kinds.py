"""What a run may make on an account: how each kind of object is named, found again by its name, and removed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracts.envelopes import Json
from contracts.model import Operation
from contracts.services.email import blacklist, campaigns, mailing_lists, senders, tags, webhooks
from contracts.strategies import Case, case_of
from contracts.suite.scenes import in_base64

_CANCELLED: Final = 16
"""The status of a campaign that will not be sent."""


def _its_id(row: Json) -> Any:
    return row["id"]


def _its_name(row: Json) -> Any:
    return row["name"]


def _as_it_is(payload: Json) -> Json:
    return payload


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object, by four operations of its contract.

    Attributes:
        rows: the objects in an answer of `listing`.
        id_of, name_of: what an object is removed by, and what bears the run's mark.
        made_by: the ids of what a call made, from its arguments and its answer.
        removal: the call that removes the object with an id.
        page: how many objects `listing` brings at once, by ``limit`` and ``offset``; None where it brings all.
        is_late: whether what was done shows only some time later.
        is_over: whether an object that is still listed is as good as removed.
    """

    entity: str
    create: Operation
    listing: Operation
    remove: Operation
    made_by: Callable[[Mapping[str, Any], Json], Iterable[Any]]
    removal: Callable[[Any], Case]
    rows: Callable[[Json], list[Json]] = _as_it_is
    id_of: Callable[[Json], Any] = _its_id
    name_of: Callable[[Json], Any] = _its_name
    page: int | None = None
    is_late: bool = False
    is_over: Callable[[Json], bool] = lambda _: False


KINDS: Final = (
    Kind(
        "email.campaign",
        campaigns.create,
        campaigns.list,
        campaigns.cancel,
        made_by=lambda _, made: [made["id"]],
        removal=lambda number: case_of(campaigns.cancel, number),
        page=100,
        is_over=lambda row: row["status"] == _CANCELLED,
    ),
    Kind(
        "email.mailing_list",
        mailing_lists.create,
        mailing_lists.list,
        mailing_lists.delete,
        made_by=lambda _, made: [made["id"]],
        removal=lambda number: case_of(mailing_lists.delete, number),
        page=100,
    ),
    Kind(
        "email.tag",
        tags.create,
        tags.list,
        tags.delete,
        made_by=lambda *_: (),
        removal=lambda number: case_of(tags.delete, number),
        rows=lambda listed: listed["tags"],
        is_late=True,
    ),
    Kind(
        "email.webhook",
        webhooks.create,
        webhooks.list,
        webhooks.delete,
        made_by=lambda _, made: [row["id"] for row in made["data"]],
        removal=lambda number: case_of(webhooks.delete, number),
        rows=lambda listed: listed["data"],
        name_of=lambda row: row["url"],
    ),
    Kind(
        "email.blacklisted",
        blacklist.add,
        blacklist.list,
        blacklist.remove,
        made_by=lambda *_: (),
        removal=lambda address: case_of(blacklist.remove, emails=in_base64(address)),
        id_of=_as_it_is,
        name_of=_as_it_is,
        page=100,
    ),
    Kind(
        "email.sender",
        senders.create,
        senders.list,
        senders.delete,
        made_by=lambda given, _: [given["email"]],
        removal=lambda address: case_of(senders.delete, email=address),
        id_of=lambda row: row["email"],
    ),
)
"""In the order in which they are removed: what keeps another alive first. Templates cannot be removed, so none is."""

KIND_OF: Final[Mapping[str, Kind]] = {kind.entity: kind for kind in KINDS}
MAKERS: Final[Mapping[Operation, Kind]] = {kind.create: kind for kind in KINDS}
LISTINGS: Final[Mapping[Operation, Kind]] = {kind.listing: kind for kind in KINDS}
REMOVERS: Final[Mapping[Operation, Kind]] = {kind.remove: kind for kind in KINDS}
