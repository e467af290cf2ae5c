"""Campaigns: one mail to everybody in mailing lists, and what became of it."""

from typing import Final

from contracts.evidence import documented, inferred
from contracts.model import READ, SPENDS, WRITE, id_of
from contracts.refusals import refusal
from contracts.schema import (
    array,
    base64,
    boolean,
    const,
    either,
    filled,
    integer,
    mapping,
    moment,
    needs_one_of,
    nullable,
    number,
    obj,
    one_of,
    or_one,
    presence_first,
    string,
)
from contracts.services.email import BY_HABIT, OK, OPENAPI, PAGE, TABLE, service

_CLIENTS: Final = documented("the vendor's bulk email OpenAPI document; further fields from typed clients")
_LIMITS: Final = inferred("the limit is documented, its status follows the vendor's limits of one operation")

CAMPAIGN_NOT_FOUND: Final = refusal("campaign.not_found", 802, BY_HABIT)
NOTHING_TO_EDIT: Final = refusal("campaign.unknown", 602, BY_HABIT)
ALREADY_SENT: Final = refusal("campaign.sent", 602, TABLE, status=422)
WRONG_STATE: Final = refusal("campaign.state", 800, inferred("seen for permissions; the same status for a wrong state"))
RECIPIENT_NOT_FOUND: Final = refusal("recipient.unknown", 502, BY_HABIT, message="Email address not found")
NO_CHANGES: Final = refusal("campaign.no_changes", 8, TABLE)

SENDER_MISSING: Final = refusal("sender.missing", 701, TABLE)
SUBJECT_EMPTY: Final = refusal("subject.empty", 720, TABLE)
BODY_EMPTY: Final = refusal("body.empty", 721, TABLE)
LIST_MISSING: Final = refusal("list_id.missing", 722, TABLE)
LISTS_INVALID: Final = refusal(
    "list_id.several", 422, inferred("a segment or a test goes to one list"), message="Argument list_id is invalid"
)
LIST_NOT_FOUND: Final = refusal("list_id.unknown", 703, TABLE)
TEMPLATE_NOT_FOUND: Final = refusal(
    "template_id.unknown", 31, inferred("as the vendor's SMTP service refuses an unknown template"), status=422
)
SENDER_NOT_FOUND: Final = refusal("sender_email.unknown", 704, TABLE)
DATE_INVALID: Final = refusal("send_date.invalid", 799, TABLE)
LISTS_EMPTY: Final = refusal("lists.empty", 211, TABLE, message="Addressbook is empty")
SENT_TOO_RECENTLY: Final = refusal("list_id.recent", 711, TABLE)
TOO_MANY_CAMPAIGNS: Final = refusal("campaigns.hourly", 791, _LIMITS)
TOO_MANY_RECIPIENTS: Final = refusal("recipients.tariff", 708, inferred("newer vendor text than the table of codes"))
OUT_OF_FUNDS: Final = refusal("balance.depleted", 707, TABLE)

TO_READ: Final = id_of("email.campaign", CAMPAIGN_NOT_FOUND)
TO_CHANGE: Final = id_of("email.campaign", NOTHING_TO_EDIT)

STATUS: Final = integer(min=0, max=36)
COUNT: Final = integer(min=0)
TEMPLATE: Final = either(integer(min=1), string)

_ENVELOPE: Final = {
    "sender_name": string,
    "sender_email": string,
    "subject": string,
    "attachments": string,
    "list_id": COUNT,
}
_FACTS: Final = {
    "id": integer(min=1),
    "name": string,
    "status": STATUS,
    "all_email_qty": COUNT,
    "tariff_email_qty": COUNT,
    "paid_email_qty": COUNT,
    "overdraft_price": number,
    "overdraft_currency": string,
    "company_price": string,
    "is_sms": boolean,
    "is_viber": boolean,
    "send_date": nullable(moment),
}
_COUNTERS: Final = obj(
    {
        "sent": COUNT,
        "delivered": COUNT,
        "opening": COUNT,
        "link_redirected": COUNT,
        "unsubscribe": COUNT,
        "error": COUNT,
    }
)
_BREAKDOWN: Final = obj(
    {
        "general": array(obj({"code": integer(min=0, max=20), "count": COUNT, "explain": string})),
        "clicks": array(obj({"url": string, "count": COUNT})),
    }
)

create = service.post(
    "/campaigns",
    "createCampaign",
    "Send a campaign to mailing lists, schedule one, save a draft, or send a test.",
    body=obj(
        {"sender_name": filled, "sender_email": filled, "subject": filled},
        body=base64,
        template_id=TEMPLATE,
        list_id=array(integer(), min=1, max=10) | or_one,
        segment_id=integer(min=1),
        attachments=mapping(string, max=5),
        attachments_binary=mapping(base64, max=5),
        is_test=boolean,
        send_test_only=array(string) | or_one,
        send_date=string,
        name=string,
        use_dynamic_list=boolean,
        type=one_of("draft"),
        body_amp=base64,
        stats=obj(None, clicks=boolean, opens=boolean, utm_campaign=string),
    )
    | needs_one_of(("body", "template_id"), ("list_id", "segment_id"))
    | presence_first,
    returns=obj(
        {
            "id": integer(min=1),
            "status": STATUS,
            "count": COUNT,
            "tariff_email_qty": COUNT,
            "overdraft_price": string,
            "ovedraft_currency": string,
        }
    ),
    refuses=(
        BODY_EMPTY,
        LISTS_INVALID,
        LIST_NOT_FOUND,
        TEMPLATE_NOT_FOUND,
        SENDER_NOT_FOUND,
        DATE_INVALID,
        LISTS_EMPTY,
        SENT_TOO_RECENTLY,
        TOO_MANY_CAMPAIGNS,
        TOO_MANY_RECIPIENTS,
        OUT_OF_FUNDS,
    ),
    wordings={
        "sender_name.required": SENDER_MISSING,
        "sender_name.filled": SENDER_MISSING,
        "sender_email.required": SENDER_MISSING,
        "sender_email.filled": SENDER_MISSING,
        "subject.required": SUBJECT_EMPTY,
        "subject.filled": SUBJECT_EMPTY,
        "body.required_without": BODY_EMPTY,
        "list_id.required_without": LIST_MISSING,
        "list_id.min": LIST_MISSING,
    },
    unpublished=("",),
    creates="email.campaign",
    effect=SPENDS,
    evidence=documented("the vendor's bulk email OpenAPI document and skills; its misspelt key from a Go client"),
)

list = service.get(
    "/campaigns",
    "getCampaigns",
    "List the account's campaigns.",
    query=obj(
        None,
        **PAGE,
        order=one_of("asc", "desc", default="asc"),
        status=array(integer()) | or_one,
        planed=boolean,
    ),
    returns=array(obj({**_FACTS, "message": obj(_ENVELOPE), "statistics": _COUNTERS})),
    unpublished=("",),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; types as an Airbyte schema imported them"),
)

get = service.get(
    "/campaigns/{id}",
    "getCampaignById",
    "Look at one campaign, its mail and its statistics.",
    params={"id": TO_READ},
    returns=obj(
        {
            **_FACTS,
            "message": obj({**_ENVELOPE, "body": string, "preheader": string}),
            "statistics": _BREAKDOWN,
            "permalink": string,
            "external_stat": obj({"check_open_email": boolean, "check_redirect_link": boolean}),
        }
    ),
    effect=READ,
    evidence=_CLIENTS,
)

update = service.patch(
    "/campaigns/{id}",
    "updateCampaign",
    "Edit a draft or a scheduled campaign.",
    params={"id": TO_CHANGE},
    body=obj(
        None,
        name=string,
        sender_name=filled,
        sender_email=filled,
        subject=filled,
        body=base64,
        template_id=TEMPLATE,
        send_date=string,
    ),
    returns=obj({"result": const(True), "id": integer(min=1)}),
    refuses=(
        ALREADY_SENT,
        WRONG_STATE,
        NO_CHANGES,
        BODY_EMPTY,
        TEMPLATE_NOT_FOUND,
        SENDER_NOT_FOUND,
        DATE_INVALID,
    ),
    wordings={"subject.filled": SUBJECT_EMPTY},
    unpublished=("",),
    effect=WRITE,
    evidence=_CLIENTS,
)

cancel = service.delete(
    "/campaigns/{id}",
    "cancelCampaign",
    "Cancel a campaign. What was mailed already is not recalled.",
    params={"id": TO_CHANGE},
    returns=OK,
    refuses=(ALREADY_SENT, WRONG_STATE),
    effect=WRITE,
    evidence=OPENAPI,
)

get_countries = service.get(
    "/campaigns/{id}/countries",
    "getCampaignCountryStats",
    "Count the opens of a campaign by country.",
    params={"id": TO_READ},
    returns=mapping(integer(min=1)),
    effect=READ,
    evidence=OPENAPI,
)

get_referrals = service.get(
    "/campaigns/{id}/referrals",
    "getCampaignReferralStats",
    "Count how often each link of a campaign was followed.",
    params={"id": TO_READ},
    returns=array(obj({"link": string, "count": COUNT})),
    effect=READ,
    evidence=OPENAPI,
)

get_recipient = service.get(
    "/campaigns/{id}/email/{email}",
    "getEmailCampaignInfo",
    "Tell what became of a campaign's mail to one address.",
    params={"id": TO_READ},
    returns=obj(
        {
            "sent_date": nullable(moment),
            "send_date": nullable(moment),
            "global_status": integer(min=0),
            "global_status_explain": string,
            "detail_status": integer(min=0),
            "detail_status_explain": string,
        }
    ),
    refuses=(RECIPIENT_NOT_FOUND,),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; the second spelling of the date from a Go client"),
)
