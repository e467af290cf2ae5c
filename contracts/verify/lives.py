"""What is done to an object of the run's own, from its birth to its end: made, read, changed, removed, gone.

Each step is a call and what has to come of it. The steps are data, so that a plan can tell them before any is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contracts.envelopes import Json
from contracts.model import WRITE, Operation
from contracts.refusals import Refusal
from contracts.services.automation360 import events
from contracts.services.email import addresses, blacklist, campaigns, mailing_lists, senders, tags, webhooks
from contracts.strategies import Case, case_of
from contracts.suite.scenes import MAIL, in_base64
from contracts.verify.runs import Run

PHONE: Final = "+1 202 555 0143"
"""A number of the range that is kept for fiction."""

SOON, LATER = 3, 8
"""How often is looked for what shows at once, and for what is put into a queue."""


@dataclass(slots=True)
class Stage:
    """Where a life takes place: the run, the ids of what was made so far, an address that the user owns."""

    run: Run
    owned: str = ""
    tomorrow: str = ""
    ids: dict[str, Any] = field(default_factory=dict)

    def __getitem__(self, word: str) -> Any:
        return self.ids[word]


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a life.

    Attributes:
        call: its path's values, then its arguments.
        keeps: the word under which the id of what it makes is remembered.
        holds: what its answer has to show, and `says` what is wrong where it does not.
        refused: the refusal that has to come instead of a success.
        tries: how often is looked until it holds.
        may_fail: whether a declared refusal is as good: it depends on the account.
    """

    operation: Operation
    call: Callable[[Stage], tuple[tuple[Any, ...], Mapping[str, Any]]]
    keeps: str = ""
    holds: Callable[[Stage, Json], Any] | None = None
    says: str = ""
    refused: Refusal | None = None
    tries: int = 1
    may_fail: bool = False

    def case(self, stage: Stage) -> Case:
        """The call. Raises `KeyError` where what it is about was never made."""
        path, arguments = self.call(stage)
        return case_of(self.operation, *path, **arguments)


@dataclass(frozen=True, slots=True)
class Life:
    """The life of one kind of object.

    Attributes:
        steps: from birth to end.
        broken_after: how many steps are made before calls are tried that break a rule, and change nothing.
        readings: calls whose answers those leave as they were, with the words of the ids that they name.
        spends: the operation that has to be allowed by name; `mails` is how many leave then.
    """

    name: str
    steps: tuple[Step, ...]
    broken_after: int = 0
    readings: tuple[tuple[Operation, tuple[str, ...]], ...] = ()
    spends: Operation | None = None
    mails: int = 0

    @property
    def writes(self) -> list[Operation]:
        """The operations that change something, each once."""
        return [*dict.fromkeys(step.operation for step in self.steps if step.operation.effect is WRITE)]


def _with(*words: str, **arguments: Any) -> Callable[[Stage], tuple[tuple[Any, ...], Mapping[str, Any]]]:
    """A call whose path names what is remembered under `words`, or an address of the run's, ``@ada``.

    Arguments that are functions are asked for their value on the stage.
    """

    def call(stage: Stage) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        path = tuple(stage.run.address(word[1:]) if word.startswith("@") else stage[word] for word in words)
        return path, {name: value(stage) if callable(value) else value for name, value in arguments.items()}

    return call


def _name(words: str) -> Callable[[Stage], str]:
    return lambda stage: stage.run.name(words)


def _address(who: str) -> Callable[[Stage], str]:
    return lambda stage: stage.run.address(who)


def _addresses(*people: str) -> Callable[[Stage], list[str]]:
    return lambda stage: [stage.run.address(who) for who in people]


def _coded(who: str) -> Callable[[Stage], str]:
    return lambda stage: in_base64(stage.run.address(who))


def _hook(what: str) -> Callable[[Stage], str]:
    return lambda stage: stage.run.hook(what)


def _tag(stage: Stage) -> list[Any]:
    return [stage["tag"]]


def _value_of(name: str, contact: Json) -> Any:
    return next((variable["value"] for variable in contact["variables"] if variable["name"] == name), None)


def _people(stage: Stage) -> list[Any]:
    ada = {"email": stage.run.address("ada"), "variables": {"city": "Kyiv", "age": 36}}
    return [ada, stage.run.address("bob")]


def _digits(text: object) -> str:
    return "".join(character for character in str(text) if character.isdigit())


def _is_named(words: str) -> Callable[[Stage, Json], bool]:
    return lambda stage, rows: rows[0]["name"] == stage.run.name(words)


def _tag_named(words: str, *, color: str) -> Callable[[Stage, Json], bool]:
    """Whether the tag is listed so; where it is, its id is remembered."""

    def holds(stage: Stage, listed: Json) -> bool:
        named = [tag for tag in listed["tags"] if tag["name"] == stage.run.name(words)]
        for tag in named:
            stage.ids["tag"] = tag["id"]
        return any(tag["color"].lower() == color for tag in named)

    return holds


MAILING_LIST: Final = Life(
    "a mailing list and its contacts",
    (
        Step(mailing_lists.create, _with(bookName=_name("list")), keeps="list"),
        Step(mailing_lists.add_emails, _with("list", emails=_people)),
        Step(
            mailing_lists.list_emails,
            _with("list"),
            holds=lambda stage, rows: sorted(row["email"] for row in rows) == sorted(_addresses("ada", "bob")(stage)),
            says="The contacts that were added are not those that are listed.",
            tries=SOON,
        ),
        Step(
            mailing_lists.get,
            _with("list"),
            holds=_is_named("list"),
            says="A new mailing list does not bear its name.",
        ),
        Step(mailing_lists.rename, _with("list", name=_name("renamed"))),
        Step(
            mailing_lists.get,
            _with("list"),
            holds=_is_named("renamed"),
            says="A mailing list that was renamed does not bear its new name.",
            tries=SOON,
        ),
        Step(mailing_lists.create, _with(bookName=_name("renamed")), refused=mailing_lists.NAME_TAKEN),
        Step(
            mailing_lists.get_total,
            _with("list"),
            holds=lambda _, told: told["total"] == 2,
            says="The count of the contacts is not how many were added.",
            tries=SOON,
        ),
        Step(
            mailing_lists.list_variables,
            _with("list"),
            holds=lambda _, rows: {"city", "age"} <= {row["name"] for row in rows},
            says="Variables that a contact came with are not listed.",
            tries=SOON,
        ),
        Step(
            mailing_lists.set_variables,
            _with("list", email=_address("ada"), variables=[{"name": "age", "value": 37}]),
        ),
        Step(
            mailing_lists.get_contact,
            _with("list", "@ada"),
            holds=lambda _, contact: str(_value_of("age", contact)) == "37",
            says="A variable that was set does not show its value.",
            tries=SOON,
        ),
        Step(
            mailing_lists.find_by_variable,
            lambda stage: ((stage["list"], "age", "37"), {}),
            holds=lambda stage, rows: [row["email"] for row in rows] == [stage.run.address("ada")],
            says="A contact is not found by the value of its variable.",
            tries=SOON,
        ),
        Step(mailing_lists.set_phone, _with("list", email=_address("ada"), phone=PHONE)),
        Step(
            mailing_lists.get_contact,
            _with("list", "@ada"),
            holds=lambda _, contact: _digits(contact["phone"]) == _digits(PHONE),
            says="A phone that was set does not show.",
            tries=SOON,
        ),
        Step(
            addresses.get,
            _with("@ada"),
            holds=lambda stage, rows: [row["book_id"] for row in rows] == [stage["list"]],
            says="An address is not seen in the one mailing list that has it.",
            tries=SOON,
        ),
        Step(
            addresses.get_details,
            _with("@ada"),
            holds=lambda stage, rows: [row["list_id"] for row in rows] == [stage["list"]],
            says="The details of an address do not name its mailing list.",
        ),
        Step(
            addresses.get_many,
            _with(emails=_addresses("ada")),
            holds=lambda stage, told: [row["book_id"] for row in told[stage.run.address("ada")]] == [stage["list"]],
            says="Several addresses asked for at once are not seen where each is.",
        ),
        Step(
            addresses.get_campaigns,
            _with("@ada"),
            holds=lambda _, told: told["statistic"]["sent"] == 0,
            says="Somebody who was never mailed is said to have been.",
        ),
        Step(addresses.get_campaigns_of_many, _with(emails=_addresses("ada"))),
        Step(mailing_lists.unsubscribe, _with("list", emails=_addresses("bob"))),
        Step(
            mailing_lists.get_contact,
            _with("list", "@bob"),
            holds=lambda _, contact: contact["status"] == 4,
            says="Somebody who was unsubscribed has not that status.",
            tries=SOON,
        ),
        Step(
            mailing_lists.unsubscribe, _with("list", emails=_addresses("bob")), refused=mailing_lists.NO_ACTIVE_EMAILS
        ),
        Step(mailing_lists.delete_emails, _with("list", emails=_addresses("bob"))),
        Step(mailing_lists.get_contact, _with("list", "@bob"), refused=mailing_lists.NO_SUCH_CONTACT, tries=SOON),
        Step(mailing_lists.delete_emails, _with("list", emails=_addresses("bob")), refused=mailing_lists.NO_EMAILS),
        Step(addresses.delete, _with("@ada")),
        Step(mailing_lists.get_contact, _with("list", "@ada"), refused=mailing_lists.NO_SUCH_CONTACT, tries=SOON),
        Step(mailing_lists.get_cost, _with("list"), refused=mailing_lists.BOOK_EMPTY),
        Step(
            mailing_lists.list_campaigns,
            _with("list"),
            holds=lambda _, rows: rows == [],
            says="A mailing list that was never mailed is said to have been.",
        ),
        Step(mailing_lists.delete, _with("list")),
        Step(mailing_lists.get, _with("list"), refused=mailing_lists.BOOK_NOT_FOUND, tries=SOON),
    ),
    broken_after=3,
    readings=((mailing_lists.get, ("list",)), (mailing_lists.list_emails, ("list",))),
)

TAG: Final = Life(
    "a tag",
    (
        Step(mailing_lists.create, _with(bookName=_name("tagged")), keeps="tagged"),
        Step(mailing_lists.add_emails, _with("tagged", emails=_addresses("eve"))),
        Step(tags.create, _with(name=_name("tag"), color="#0080ff")),
        Step(
            tags.list,
            _with(),
            holds=_tag_named("tag", color="#0080ff"),
            says="A new tag does not show.",
            tries=LATER,
        ),
        Step(tags.create, _with(name=_name("tag"), color="#0080ff"), refused=tags.NAME_TAKEN),
        Step(tags.update, _with("tag", name=_name("renamed"), color="#ff8000")),
        Step(
            tags.list,
            _with(),
            holds=_tag_named("renamed", color="#ff8000"),
            says="A tag that was changed does not show so.",
            tries=LATER,
        ),
        Step(tags.pin_to_email, _with(email=_address("eve"), tags=_tag)),
        Step(tags.unpin_from_email, _with(email=_address("eve"), tags=_tag)),
        Step(tags.delete, _with("tag")),
        Step(
            tags.list,
            _with(),
            holds=lambda stage, listed: stage["tag"] not in [tag["id"] for tag in listed["tags"]],
            says="A tag that was deleted is listed still.",
            tries=LATER,
        ),
        Step(mailing_lists.delete, _with("tagged")),
    ),
    broken_after=4,
    readings=((tags.list, ()),),
)

WEBHOOK: Final = Life(
    "a webhook",
    (
        Step(webhooks.create, _with(url=_hook("hook"), actions=["task_status_update"]), keeps="hook"),
        Step(
            webhooks.get,
            _with("hook"),
            holds=lambda stage, told: told["data"]["url"] == stage.run.hook("hook"),
            says="A new webhook does not bear its address.",
            tries=SOON,
        ),
        Step(webhooks.update, _with("hook", url=_hook("moved"))),
        Step(
            webhooks.get,
            _with("hook"),
            holds=lambda stage, told: told["data"]["url"] == stage.run.hook("moved"),
            says="A webhook that was moved does not bear its new address.",
            tries=SOON,
        ),
        Step(
            webhooks.list,
            _with(),
            holds=lambda stage, told: stage["hook"] in [row["id"] for row in told["data"]],
            says="A webhook is not listed.",
        ),
        Step(webhooks.delete, _with("hook")),
        Step(webhooks.get, _with("hook"), refused=webhooks.WEBHOOK_NOT_FOUND, tries=SOON),
    ),
    broken_after=1,
    readings=((webhooks.get, ("hook",)),),
)

BLACKLISTED: Final = Life(
    "an address on the blacklist",
    (
        Step(mailing_lists.create, _with(bookName=_name("blacklist")), keeps="blacklist"),
        Step(mailing_lists.add_emails, _with("blacklist", emails=_addresses("gone"))),
        Step(blacklist.add, _with(emails=_coded("gone"), comment="a test")),
        Step(
            addresses.get_campaigns,
            _with("@gone"),
            holds=lambda _, told: told["blacklist"] is True,
            says="Somebody on the blacklist is not said to be.",
            tries=SOON,
        ),
        Step(blacklist.remove, _with(emails=_coded("gone"))),
        Step(
            addresses.get_campaigns,
            _with("@gone"),
            holds=lambda _, told: told["blacklist"] is False,
            says="Somebody who was taken off the blacklist is said to be on it.",
            tries=SOON,
        ),
        Step(mailing_lists.delete, _with("blacklist")),
    ),
)

_SPENDING: Final = (
    Life(
        "a sender, mailed its code",
        (
            Step(
                senders.create,
                _with(email=lambda stage: stage.owned, name=_name("sender")),
                may_fail=True,
            ),
        ),
        spends=senders.create,
        mails=1,
    ),
    Life(
        "another code for a sender",
        (Step(senders.request_code, lambda stage: ((stage.owned,), {}), may_fail=True),),
        spends=senders.request_code,
        mails=1,
    ),
    Life(
        "an event that starts nothing",
        (
            Step(
                events.trigger,
                lambda stage: ((stage.run.name("event"),), {"email": stage.owned}),
                refused=events.EVENT_UNKNOWN,
            ),
        ),
        spends=events.trigger,
    ),
    Life(
        "a contact, asked for consent",
        (
            Step(mailing_lists.create, _with(bookName=_name("consent")), keeps="consent"),
            Step(
                mailing_lists.add_emails,
                _with(
                    "consent",
                    emails=lambda stage: [stage.owned],
                    confirmation="force",
                    sender_email=lambda stage: stage.owned,
                ),
                may_fail=True,
            ),
            Step(mailing_lists.delete, _with("consent")),
        ),
        spends=mailing_lists.add_emails,
        mails=1,
    ),
    Life(
        "a campaign for tomorrow, cancelled",
        (
            Step(mailing_lists.create, _with(bookName=_name("campaign")), keeps="readers"),
            Step(mailing_lists.add_emails, _with("readers", emails=lambda stage: [stage.owned])),
            Step(
                campaigns.create,
                _with(
                    **MAIL,
                    name=_name("campaign"),
                    sender_email=lambda stage: stage.owned,
                    list_id=lambda stage: stage["readers"],
                    send_date=lambda stage: stage.tomorrow,
                ),
                keeps="campaign",
                may_fail=True,
            ),
        ),
        spends=campaigns.create,
    ),
)

LIVES: Final = (MAILING_LIST, TAG, WEBHOOK, BLACKLISTED)
"""What is done where writes are allowed."""

SPENDING_LIVES: Final[Mapping[Operation, Life]] = {life.spends: life for life in _SPENDING if life.spends}
"""What is done where an operation is allowed to spend, by that operation."""
