"""Calls that meet what is there: arguments that are seldom generated where the schema knows little of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contracts.strategies import EMAILS
from contracts.suite.scenes import HELLO, MAIL, in_base64
from contracts.verify.twin.steps import CLIENT_ID, CLIENT_SECRET, SENDER

Arguments: TypeAlias = SearchStrategy[dict[str, Any]]
Known: TypeAlias = Mapping[str, Sequence[str]]

NAMES: Final = ("Readers", "Writers", "readers", "Zoë’s 読者")

NAMED: Final[Mapping[str, str]] = {
    "email.mailing_lists.create": "bookName",
    "email.mailing_lists.rename": "name",
    "email.templates.create": "name",
    "email.tags.create": "name",
    "email.tags.update": "name",
    "email.webhooks.create": "url",
    "email.webhooks.update": "url",
}
"""The argument that names an object, by operation."""

ELSEWHERE: Final[Mapping[str, Sequence[str]]] = {
    "variableName": ("city", "age", "born"),
    "searchValue": ("Kyiv", "7", "2026-01-31"),
    "currency": ("EUR", "usd"),
    "name_slug": ("readers", "writers"),
    "event": ("purchase",),
}
"""Values of path parameters that name no object, as far as they may exist."""

_names: Final = st.sampled_from(NAMES)
_address: Final = st.sampled_from(EMAILS)
_values: Final = st.sampled_from(("Kyiv", 7, "7", 21.5, "2026-01-31", True))
_variable: Final = st.sampled_from(("city", "age", "born"))
_contact: Final = _address | st.fixed_dictionaries(
    {"email": _address, "variables": st.dictionaries(_variable, _values, min_size=1, max_size=2)}
)
_page: Final = st.fixed_dictionaries({"limit": st.integers(1, 3)}, optional={"offset": st.integers(0, 3)})
_flags: Final = {"active": st.booleans(), "not_active": st.booleans()}
_dates: Final = st.sampled_from(("2026-02-01 12:00:00", "2026-01-31 12:00:00", "2026-01-31 11:59:59"))
_letter: Final = {
    "sender_name": st.just(MAIL["sender_name"]),
    "subject": st.just("Hello") | st.just(MAIL["subject"]),
    "body": st.just(MAIL["body"]),
}


def _fixed(**fields: SearchStrategy[Any]) -> Arguments:
    return st.fixed_dictionaries(fields)


def _of_people(**fields: SearchStrategy[Any]) -> Callable[[Known], Arguments]:
    """Arguments with an ``email`` of somebody who is there, mostly."""
    return lambda known: _fixed(email=_somebody(known), **fields)


def _about_people(known: Known) -> Arguments:
    return _fixed(emails=_some(known))


def _about_people_in_base64(known: Known) -> Arguments:
    return _fixed(emails=_some(known).map(lambda people: in_base64(*people)))


def _some(known: Known) -> SearchStrategy[list[str]]:
    return st.lists(_somebody(known), min_size=1, max_size=3)


def _somebody(known: Known) -> SearchStrategy[str]:
    return st.sampled_from([*known.get("email", ()), *EMAILS])


def _campaigns(known: Known) -> Arguments:
    lists = st.sampled_from([*known.get("email.mailing_list", ()), 1_000_000_000])
    return st.fixed_dictionaries(
        {**_letter, "sender_email": st.just(SENDER), "list_id": st.lists(lists, min_size=1, max_size=2, unique=True)},
        optional={"type": st.just("draft"), "send_date": _dates, "name": _names},
    )


def _mails() -> SearchStrategy[dict[str, Any]]:
    person = _fixed(email=_address)
    return st.fixed_dictionaries(
        {
            "from": st.just({"name": "The editors", "email": SENDER}),
            "to": st.lists(person, min_size=1, max_size=2),
            "subject": st.just("Hello"),
            "text": st.just("Hello, all!"),
        },
        optional={"html": st.just(HELLO)},
    )


def _of_tags(known: Known) -> Arguments:
    tags = st.sampled_from([*known.get("email.tag", ()), 1_000_000_000])
    return _fixed(email=_somebody(known), tags=st.lists(tags, min_size=1, max_size=2))


_LIKELY: Final[Mapping[str, Arguments | Callable[[Known], Arguments]]] = {
    "oauth.issue_token": _fixed(
        grant_type=st.just("client_credentials"),
        client_id=st.just(CLIENT_ID) | st.just("nobody"),
        client_secret=st.just(CLIENT_SECRET) | st.just("wrong"),
    ),
    "email.mailing_lists.create": _fixed(bookName=_names),
    "email.mailing_lists.rename": _fixed(name=_names),
    "email.mailing_lists.list": _page,
    "email.mailing_lists.list_campaigns": _page,
    "email.mailing_lists.list_emails": st.fixed_dictionaries(
        {},
        optional={"limit": st.integers(1, 3), "offset": st.integers(0, 3), "order": st.just("desc"), **_flags},
    ),
    "email.mailing_lists.get_total": st.fixed_dictionaries({}, optional={"active": st.booleans()}),
    "email.mailing_lists.add_emails": st.fixed_dictionaries(
        {"emails": st.lists(_contact, min_size=1, max_size=4)}, optional={"dont_update": st.booleans()}
    ),
    "email.mailing_lists.delete_emails": _about_people,
    "email.mailing_lists.unsubscribe": _about_people,
    "email.mailing_lists.set_variables": _of_people(
        variables=st.lists(_fixed(name=_variable, value=_values), min_size=1, max_size=2),
    ),
    "email.mailing_lists.set_phone": _of_people(phone=st.sampled_from(("+380501234567", "by the door"))),
    "email.addresses.get_many": _about_people,
    "email.addresses.get_campaigns_of_many": _about_people,
    "email.blacklist.list": _page,
    "email.blacklist.add": _about_people_in_base64,
    "email.blacklist.remove": _about_people_in_base64,
    "email.campaigns.create": _campaigns,
    "email.campaigns.update": st.fixed_dictionaries({}, optional={"name": _names, "send_date": _dates, **_letter}),
    "email.campaigns.list": st.fixed_dictionaries(
        {}, optional={"limit": st.integers(1, 3), "offset": st.integers(0, 2), "order": st.just("desc")}
    ),
    "email.senders.create": _fixed(email=_address, name=_names),
    "email.senders.delete": _fixed(email=_address),
    "email.templates.create": st.fixed_dictionaries(
        {"name": _names, "body": st.just(HELLO)}, optional={"lang": st.sampled_from(("en", "ua"))}
    ),
    "email.templates.update": _fixed(body=st.sampled_from(("PHA+Tm93PC9wPg==", HELLO))),
    "email.templates.get": st.just({"owner": "me"}),
    "email.templates.get_by_slug": st.just({"owner": "me"}),
    "email.templates.list": _page.map(lambda page: {**page, "owner": "me"}),
    "email.tags.create": _fixed(name=_names, color=st.just("#0080ff")),
    "email.tags.update": _fixed(name=_names, color=st.just("#ABCDEF")),
    "email.tags.pin_to_email": _of_tags,
    "email.tags.unpin_from_email": _of_tags,
    "email.webhooks.create": _fixed(
        url=st.just("https://hooks.example.com/twin"),
        actions=st.lists(st.sampled_from(("open", "unsubscribe", "new_emails")), min_size=1, max_size=2, unique=True),
    ),
    "email.webhooks.update": _fixed(
        url=st.sampled_from(("https://hooks.example.com/1", "https://hooks.example.com/2"))
    ),
}


def likely(operation: str, known: Known) -> Arguments | None:
    """Arguments of an operation that may well succeed; None where any valid ones may."""
    strategy = _LIKELY.get(operation)
    return strategy(known) if callable(strategy) else strategy
