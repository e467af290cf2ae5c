"""What an account's owner would set in the vendor's dashboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from typing import Any, Final, Literal

from contracts.questions import QUESTIONS, Question
from contracts.schema import Schema, array, boolean, integer, number, obj, one_of, string, url
from contracts.validation import Validator, validator
from mock_server.core.choices import keys_of


@dataclass(frozen=True, slots=True)
class Balance:
    """Money on the account, in `currency`; `bonus` is spent before `main`."""

    main: float = 0
    bonus: float = 0
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Reactions:
    """The share, from 0 to 1, of all mails that bounces, and of those that arrive that meets with the others.

    `seed` decides which ones.
    """

    seed: int = 0
    bounce: float = 0
    softbounce: float = 0
    spam: float = 0
    unsubscribe: float = 0
    open: float = 0
    click: float = 0

    @property
    def any(self) -> bool:
        """Whether anything can follow a mail that its address does not tell."""
        return any((self.bounce, self.softbounce, self.spam, self.unsubscribe, self.open))


@dataclass(frozen=True, slots=True)
class SmtpWebhook:
    """Where the SMTP service reports events of some kinds."""

    url: str
    events: tuple[str, ...]


SMTP_EVENTS: Final = (
    *("delivered", "undelivered", "opened", "clicked", "unsubscribed", "resubscribed", "spam_by_user"),
    *("soft_bounces", "hard_bounces"),
)
"""What the SMTP service reports (documented)."""

Moderation = Literal["off", "approve", "reject", "ask", "edit"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The dashboard's switches and numbers. `forbidden` holds dotted operation names that the account may not call.

    `positions` are none of the dashboard: by question, they are what the vendor is taken to do where nobody knows it.
    """

    balance: Balance = Balance()
    emails_left: int = 15_000
    senders_allowed: int = 3
    smtp: bool = True
    blacklisted: tuple[str, ...] = ()
    undeliverable_domains: tuple[str, ...] = ()
    strict_dmarc_domains: tuple[str, ...] = ()
    authenticated_domains: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    time_zone: str = "UTC"
    campaigns_per_hour: int = 5
    webhook_hosts: tuple[str, ...] = ()
    plan_ended: bool = False
    account_expired: bool = False
    sending_limited: bool = False
    moderation: Moderation = "off"
    reactions: Reactions = Reactions()
    events: tuple[str, ...] = ()
    smtp_webhooks: tuple[SmtpWebhook, ...] = ()
    positions: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Every setting, as the admin API shows it."""
        return {name: _as_json(value) for name, value in asdict(self).items()}

    def changed(self, changes: Mapping[str, Any]) -> Settings:
        """A copy with `changes` (JSON; the keys of the balance one by one too).

        Raises `ValueError` naming the first key or value that does not fit.
        """
        given = keys_of("the settings", changes, SCHEMA["properties"])
        if not _validator().is_valid(given):
            raise ValueError(_complaint(given))
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
        }
        if "time_zone" in values:
            _refuse_unknown_zone(values["time_zone"])
        for name in {"balance", "reactions"} & values.keys():
            values[name] = replace(getattr(self, name), **values[name])
        if "smtp_webhooks" in values:
            values["smtp_webhooks"] = tuple(
                SmtpWebhook(webhook["url"], tuple(webhook["events"])) for webhook in values["smtp_webhooks"]
            )
        if "positions" in values:
            values["positions"] = {**self.positions, **values["positions"]}
        return replace(self, **values)

    def has_mail_server(self, address: str) -> bool:
        """Whether the domain of `address` takes mail; no DNS is asked."""
        return not address.lower().endswith(".invalid") and not _is_at(address, self.undeliverable_domains)

    def has_strict_dmarc(self, address: str) -> bool:
        """Whether the domain of `address` lets nobody else send in its name; no DNS is asked."""
        return _is_at(address, self.strict_dmarc_domains)

    def has_authenticated(self, domain: str) -> bool:
        """Whether the DNS of `domain` has what SPF, DKIM and DMARC ask for; no DNS is asked."""
        return _is_at(domain, self.authenticated_domains)


def _as_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    return {key: _as_json(item) for key, item in value.items()} if isinstance(value, dict) else value


def _is_at(address: str, domains: tuple[str, ...]) -> bool:
    return address.rpartition("@")[2].lower() in map(str.lower, domains)


_CLOSED: Final[Schema] = {"additionalProperties": False}


_SHARE: Final[Schema] = {"type": "number", "minimum": 0, "maximum": 1}


def _told(schema: Schema, what: str) -> Schema:
    """A schema that tells what its value does, which the reference shows."""
    return {**schema, "description": what}


def _told_apart(question: Question) -> str:
    return "; ".join(f"`{position}`: {seen}" for position, seen in question.positions.items()) + "."


SCHEMA: Final = (
    obj(
        None,
        balance=_told(
            obj(
                None,
                main=_told(number, "With `bonus`, pays for mails beyond `emails_left` in the cost of a campaign."),
                bonus=_told(number, "Money that counts as `main` does; nothing spends either yet."),
                currency=_told(string, "The currency of the balance and of the cost of a campaign."),
            )
            | _CLOSED,
            "Money on the account. What is not given of it stays.",
        ),
        emails_left=_told(
            integer(min=0),
            "Mails that the plan still includes, of campaigns and of SMTP; beyond them a campaign costs money, and "
            "SMTP is refused.",
        ),
        senders_allowed=_told(
            integer(min=0),
            "How many senders the account may have, its owner's address among them: one more is refused (905).",
        ),
        smtp=_told(
            boolean,
            "Whether SMTP is switched on: the detailed balance has a section for it. Without, every operation of the "
            "SMTP service is refused (400; 503 for resubscribing).",
        ),
        blacklisted=_told(
            array(string),
            "Addresses on the service's own blacklist, beside the account's: no campaign goes there, and none of them "
            "may be a sender (904).",
        ),
        undeliverable_domains=_told(
            array(string),
            "Domains that take no mail, as `.invalid` never does: what is sent there comes back, and to ask an address "
            "there to confirm, or for another activation code, is refused (1005).",
        ),
        strict_dmarc_domains=_told(
            array(string),
            "Domains whose DMARC policy lets nobody else send in their name: addresses there are refused as senders.",
        ),
        authenticated_domains=_told(
            array(string),
            "Domains whose DNS has what SPF, DKIM and DMARC ask for: among the sender domains of SMTP they are active.",
        ),
        forbidden=_told(
            array(string), "Operations, such as `email.mailing_lists.create`, that are refused as not permitted (800)."
        ),
        time_zone=_told(string, "The IANA time zone in which answers show moments, such as `Europe/Kyiv`."),
        campaigns_per_hour=_told(
            integer(min=0), "How many campaigns the account may create within an hour; one more is refused (791)."
        ),
        webhook_hosts=_told(
            array(string),
            "Hosts that webhooks are posted to, as they are to this machine, such as `app` of a Docker network.",
        ),
        plan_ended=_told(
            boolean, "Whether the plan has run out: the cost of a campaign is then refused, its end told to be past."
        ),
        account_expired=_told(
            boolean, "Whether the account has expired: every operation that needs a token is then refused (403)."
        ),
        moderation=_told(
            one_of("off", "approve", "reject", "ask", "edit"),
            "What a moderator does with a campaign a minute after it was created: with `off` there is none; `reject` "
            "blocks it, `ask` waits for the user's answer for ever, `edit` sends it back to be edited.",
        ),
        reactions=_told(
            obj(
                None,
                seed=_told(integer(), "Another seed lets the same rates meet other recipients."),
                bounce=_told(_SHARE, "The share of mails that no mailbox takes."),
                softbounce=_told(_SHARE, "The share of mails that find the mailbox full."),
                spam=_told(_SHARE, "The share of arriving mails that are reported as spam."),
                unsubscribe=_told(_SHARE, "The share of arriving mails whose recipient unsubscribes."),
                open=_told(_SHARE, "The share of arriving mails that are opened."),
                click=_told(_SHARE, "The share of arriving mails whose link is followed: among those that are opened."),
            )
            | _CLOSED,
            "What recipients do whose address does not tell it, as `+open` does. What is not given stays.",
        ),
        sending_limited=_told(boolean, "Whether sending is limited: mails of SMTP are then refused."),
        events=_told(
            array(string),
            "Names of the events that start a flow of Automation 360; to report any other is refused (102).",
        ),
        smtp_webhooks=_told(
            array(obj({"url": url, "events": array(one_of(*SMTP_EVENTS), min=1)}) | _CLOSED),
            "Where the SMTP service reports which events; no call of the API registers that.",
        ),
        positions=_told(
            obj(
                None,
                **{
                    question.name: _told(
                        one_of(*question.positions, default=question.promised),
                        f"{question.asks} {_told_apart(question)}",
                    )
                    for question in QUESTIONS.values()
                    if question.is_emulated
                },
            )
            | _CLOSED,
            "What the vendor is taken to do where only a real account could tell. What is not given stays.",
        ),
    )
    | _CLOSED
)
"""The JSON of `Settings.changed`."""


@cache
def _validator() -> Validator:
    return validator(SCHEMA)


def _complaint(given: Mapping[str, Any]) -> str:
    wanted = SCHEMA["properties"]
    name = next(name for name in given if not validator(wanted[name]).is_valid(given[name]))
    return f"setting {name!r} cannot be {given[name]!r}; it takes {wanted[name]}"


def _refuse_unknown_zone(name: str) -> None:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; no name at all; a folder's, or too long for the file system
        raise ValueError(f"unknown time zone: {name!r}; use a name such as UTC or Europe/Kyiv") from None
