"""Campaigns and what became of them. Names on the wire are the vendor's; so are the names of fields here."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sendpulse_client._pages import items
from sendpulse_client._paths import Query, path_of
from sendpulse_client._records import Rows, many, one

if TYPE_CHECKING:
    from sendpulse_client._client import Client

Order = Literal["asc", "desc"]


@dataclass(frozen=True)
class NewCampaign:
    """A campaign that was just created: `status` is 13, or 26 for a draft; `count` says to how many it goes."""

    id: int
    status: int | None = None
    count: int | None = None
    tariff_email_qty: int | None = None
    overdraft_price: str | None = None
    ovedraft_currency: str | None = None


@dataclass(frozen=True)
class Campaign:
    """A campaign. `message` and `statistics` are as they were answered: shorter in a list than of one alone."""

    id: int
    name: str | None = None
    status: int | None = None
    all_email_qty: int | None = None
    tariff_email_qty: int | None = None
    paid_email_qty: int | None = None
    overdraft_price: float | None = None
    overdraft_currency: str | None = None
    company_price: str | None = None
    is_sms: bool | None = None
    is_viber: bool | None = None
    send_date: str | None = None
    message: Mapping[str, Any] = field(default_factory=dict)
    statistics: Mapping[str, Any] = field(default_factory=dict)
    permalink: str | None = None
    external_stat: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Referral:
    """A link of a campaign, and how often it was followed."""

    link: str
    count: int


@dataclass(frozen=True)
class Recipient:
    """What became of a campaign's mail to one address; `sent_date` is in the account's time."""

    sent_date: str | None = None
    global_status: int | None = None
    global_status_explain: str | None = None
    detail_status: int | None = None
    detail_status_explain: str | None = None


class Campaigns:
    """The operations on campaigns, named as the API's contract names them.

    A campaign is given as a Campaign, a NewCampaign or by its id. Whatever the server refuses is a SendPulseError.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(
        self,
        *,
        sender_name: str,
        sender_email: str,
        subject: str,
        list_id: int | Sequence[int] | None = None,
        html: str | None = None,
        template_id: int | str | None = None,
        segment_id: int | None = None,
        send_date: str | None = None,
        name: str | None = None,
        is_test: bool | None = None,
        is_draft: bool = False,
        use_dynamic_list: bool | None = None,
        attachments: Mapping[str, bytes] | None = None,
        body_amp: str | None = None,
        stats: Mapping[str, Any] | None = None,
    ) -> NewCampaign:
        """Send a campaign, or schedule it for `send_date` (``YYYY-MM-DD HH:MM:SS`` in the account's time).

        It needs `html` or `template_id`, and `list_id` or `segment_id`. A test goes to the sender alone; a draft waits.
        """
        given = {
            "sender_name": sender_name,
            "sender_email": sender_email,
            "subject": subject,
            "list_id": list_id if list_id is None or isinstance(list_id, int) else [*list_id],
            "body": _encoded(html),
            "template_id": template_id,
            "segment_id": segment_id,
            "send_date": send_date,
            "name": name,
            "is_test": is_test,
            "type": "draft" if is_draft else None,
            "use_dynamic_list": use_dynamic_list,
            "attachments_binary": _attached(attachments),
            "body_amp": _encoded(body_amp),
            "stats": stats,
        }
        return self._client.read(one(NewCampaign), "POST", "/campaigns", json=_without_nothing(given))

    def list(
        self,
        *,
        limit: int | None = None,
        offset: int | None = None,
        order: Order | None = None,
        status: Sequence[int] | None = None,
        planed: bool | None = None,
    ) -> Rows[Campaign]:
        """One page of the account's campaigns, at most 100; `planed` (so spelt) asks for scheduled ones alone."""
        query: Query = {"limit": limit, "offset": offset, "order": order, "status": status, "planed": planed}
        return self._client.read(many(Campaign), "GET", "/campaigns", query)

    def iterate(self, *, order: Order | None = None) -> Iterator[Campaign]:
        """All of the account's campaigns."""
        return items(lambda limit, offset: self.list(limit=limit, offset=offset, order=order))

    def get(self, campaign: Campaign | NewCampaign | int) -> Campaign:
        """The campaign as it is now, its mail and its statistics."""
        return self._client.read(one(Campaign), "GET", _path(campaign))

    def update(
        self,
        campaign: Campaign | NewCampaign | int,
        *,
        name: str | None = None,
        sender_name: str | None = None,
        sender_email: str | None = None,
        subject: str | None = None,
        html: str | None = None,
        template_id: int | str | None = None,
        send_date: str | None = None,
    ) -> None:
        """Edit a draft, or a campaign that has not begun to be sent."""
        given = {
            "name": name,
            "sender_name": sender_name,
            "sender_email": sender_email,
            "subject": subject,
            "body": _encoded(html),
            "template_id": template_id,
            "send_date": send_date,
        }
        self._client.request("PATCH", _path(campaign), json=_without_nothing(given))

    def cancel(self, campaign: Campaign | NewCampaign | int) -> None:
        """Send no more of it; what left is not recalled."""
        self._client.request("DELETE", _path(campaign))

    def get_countries(self, campaign: Campaign | NewCampaign | int) -> Mapping[str, int]:
        """How often it was opened, by the code of the country."""
        return self._client.read(dict, "GET", _path(campaign, "countries"))

    def get_referrals(self, campaign: Campaign | NewCampaign | int) -> Rows[Referral]:
        """How often each of its links was followed."""
        return self._client.read(many(Referral), "GET", _path(campaign, "referrals"))

    def get_recipient(self, campaign: Campaign | NewCampaign | int, email: str) -> Recipient:
        """What became of the mail to one address."""
        return self._client.read(_recipient, "GET", _path(campaign, "email", email))


def _path(campaign: Campaign | NewCampaign | int, *segments: str | int) -> str:
    number = campaign if isinstance(campaign, int) else campaign.id
    return path_of("campaigns", number, *segments)


def _recipient(row: Mapping[str, Any]) -> Recipient:
    """The vendor's own clients know the date by either name."""
    return one(Recipient)({"sent_date": row.get("send_date"), **row})


def _encoded(text: str | None) -> str | None:
    return None if text is None else b64encode(text.encode()).decode()


def _attached(files: Mapping[str, bytes] | None) -> Mapping[str, str] | None:
    return None if files is None else {name: b64encode(content).decode() for name, content in files.items()}


def _without_nothing(given: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
