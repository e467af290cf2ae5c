"""Tags on addresses and phones. A write waits in a queue for a second, and only then shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from contracts.envelopes import TAG_SERVICE, Json
from contracts.services.email import tags as api
from mock_server.behaviour import Call, Errand, does, refuse, serves
from mock_server.core.store import Store
from mock_server.services.email.entities import Contact, MailingList, Tag, Tagging, TagWrite
from mock_server.services.email.variables import phone_of

WRITING: Final = "email.write_tags"
DELAY: Final = 1
"""Seconds for which a write waits. Unverified: the vendor tells only that it does."""

_QUEUE_ID: Final = "00000000-0000-4000-8000-{:012x}"
"""A UUID to its readers; that it counts makes two accounts with the same past answer alike."""


@serves(api.list)
def list(call: Call) -> Json:
    tags = [{"id": tag.id, "name": tag.name, "color": tag.color} for tag in call.store[Tag].where()]
    return {"tags": tags, "user_id": call.account.user_id, "version": TAG_SERVICE}


@serves(api.create)
def create(call: Call) -> Json:
    _refuse_taken(call, call.body["name"])
    return _queue(call, "create", name=call.body["name"], color=call.body["color"])


@serves(api.update)
def update(call: Call) -> Json:
    tag = call.found[Tag]
    _refuse_taken(call, call.body["name"], by_others_than=tag)
    return _queue(call, "update", tag_ids=[tag.id], name=call.body["name"], color=call.body["color"])


@serves(api.delete)
def delete(call: Call) -> Json:
    return _queue(call, "delete", tag_ids=[call.found[Tag].id])


@serves(api.pin_to_email)
def pin_to_email(call: Call) -> Json:
    return _queue(call, "pin", tag_ids=_tags(call), email=_email(call))


@serves(api.unpin_from_email)
def unpin_from_email(call: Call) -> Json:
    return _queue(call, "unpin", tag_ids=_tags(call), email=_email(call))


@serves(api.pin_to_phone)
def pin_to_phone(call: Call) -> Json:
    return _queue(call, "pin", tag_ids=_tags(call), phone=_phone(call))


@serves(api.unpin_from_phone)
def unpin_from_phone(call: Call) -> Json:
    return _queue(call, "unpin", tag_ids=_tags(call), phone=_phone(call))


def pin(store: Store, tag_ids: Iterable[int], **owner: Any) -> None:
    """Put tags on an owner, an ``email`` or a ``phone``: once each, and those alone that there are."""
    taggings = store[Tagging]
    for number in dict.fromkeys(tag_ids):
        if _get(store, number) and taggings.find(tag_id=number, **owner) is None:
            taggings.add(tag_id=number, **owner)


@does(WRITING)
def write_tags(errand: Errand) -> None:
    """What waited in the queue takes effect, as far as it still can: a restored state may hold anything."""
    write = errand.store[TagWrite].get(errand.payload["write"])
    if write is not None:
        errand.store[TagWrite].remove(write)
        _WRITES[write.kind](errand.store, write)


def _create(store: Store, write: TagWrite) -> None:
    if store[Tag].find(name=write.name) is None:
        store[Tag].add(name=write.name, color=write.color)


def _update(store: Store, write: TagWrite) -> None:
    bearer = store[Tag].find(name=write.name)
    for tag in _tags_of(store, write):
        if bearer in {None, tag}:
            store[Tag].change(tag, name=write.name, color=write.color)


def _delete(store: Store, write: TagWrite) -> None:
    for tag in _tags_of(store, write):
        store[Tagging].remove_where(tag_id=tag.id)
        store[Tag].remove(tag)


def _pin(store: Store, write: TagWrite) -> None:
    pin(store, write.tag_ids, **_owner(write))


def _unpin(store: Store, write: TagWrite) -> None:
    for number in write.tag_ids:
        tagging = store[Tagging].find(tag_id=number, **_owner(write))
        if tagging is not None:
            store[Tagging].remove(tagging)


_WRITES: Final[Mapping[str, Callable[[Store, TagWrite], None]]] = {
    "create": _create,
    "update": _update,
    "delete": _delete,
    "pin": _pin,
    "unpin": _unpin,
}


def _queue(call: Call, kind: str, **facts: Any) -> Json:
    write = call.store[TagWrite].add(kind=kind, **{"tag_ids": []} | facts)
    call.later(DELAY, WRITING, write=write.id)
    return {"queue_id": _QUEUE_ID.format(write.id), "user_id": call.account.user_id}


def _tags_of(store: Store, write: TagWrite) -> Iterable[Tag]:
    return [tag for number in write.tag_ids if (tag := _get(store, number))]


def _owner(write: TagWrite) -> dict[str, Any]:
    return {"phone": write.phone} if write.email is None else {"email": write.email}


def _get(store: Store, number: int) -> Tag | None:
    return store[Tag].get(number) if number > 0 else None


def _refuse_taken(call: Call, name: str, *, by_others_than: Tag | None = None) -> None:
    """A name is taken by the tag that has it, and by the write that waits to give it."""
    mine = by_others_than.id if by_others_than else None
    tag = call.store[Tag].find(name=name)
    waiting = call.store[TagWrite].where(name=name)
    if (tag and tag.id != mine) or any(write.tag_ids != [mine] for write in waiting):
        refuse(api.NAME_TAKEN)


def _tags(call: Call) -> Any:
    numbers = call.body["tags"]
    return numbers if all(_get(call.store, number) for number in numbers) else refuse(api.TAGS_UNKNOWN)


def _email(call: Call) -> str:
    address: str = call.body["email"].lower()
    books, contacts = call.store[MailingList].where(), call.store[Contact]
    is_there = any(contacts.find(list_id=book.id, email=address) for book in books)
    return address if is_there else refuse(api.EMAIL_UNKNOWN)


def _phone(call: Call) -> int:
    phone = phone_of(call.body["phone"]) or refuse(api.PHONE_INVALID)
    books, contacts = call.store[MailingList].where(), call.store[Contact]
    owners = (contacts.find(list_id=book.id, has_phone=True, phone=phone) for book in books)
    return phone if any(owners) else refuse(api.PHONE_UNKNOWN)
