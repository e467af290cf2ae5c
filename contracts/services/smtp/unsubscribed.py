"""The suppression list: addresses that no mail goes to, and the way back."""

from typing import Final

from contracts.evidence import documented, inferred
from contracts.model import READ, SPENDS, WRITE
from contracts.refusals import refusal
from contracts.schema import array, array_as, boolean, const, email, filled, integer, moment, obj, string, text_as
from contracts.services.smtp import (
    BY_HABIT,
    DAY,
    NOT_IN_TARIFF,
    OK,
    OPENAPI,
    PAGE,
    SENDER_INVALID,
    USER_NEEDED,
    service,
)

EMAILS_EMPTY: Final = refusal("emails.empty", 14, OPENAPI, message="Empty emails")
NOT_SUPPRESSED: Final = refusal("emails.unknown", 17, BY_HABIT, status=400)
EMAIL_EMPTY: Final = refusal("email.empty", 422, OPENAPI, message="Empty email parameter")
EMAIL_WRONG: Final = refusal("email.invalid", 422, OPENAPI, message="Wrong email parameter")
EMAIL_MISSING: Final = refusal("email.required", 422, OPENAPI, message="Argument email missing")
EMAIL_INVALID: Final = refusal("email.invalid", 422, OPENAPI, message="Argument email is invalid")
SENDER_MISSING: Final = refusal("sender.required", 422, OPENAPI, message="Argument sender missing")
SENDER_NOT_ACTIVE: Final = refusal(
    "sender.invalid",
    422,
    inferred("the vendor publishes it for sending; who may not send can hardly invite"),
    message=SENDER_INVALID.message,
)
LANG_INVALID: Final = refusal("lang.string", 422, OPENAPI, message="Argument lang must be string")
NOT_BLOCKED: Final = refusal("email.not_blocked", 422, OPENAPI, message="Blocked email not found")
NO_USER: Final = refusal("smtp_user.not_found", 503, OPENAPI)
TOO_MANY_A_DAY: Final = refusal("daily_limit.exceeded", 422, OPENAPI, message="No more than 5 are allowed per day")

FLAG: Final = integer(min=0, max=1)
EITHER_FORM: Final = documented("the vendor's SMTP OpenAPI document; the field `emails` as the vendor's SDKs send it")

add = service.post(
    "/smtp/unsubscribe",
    "unsubscribeSmtpRecipients",
    "Let no more mail go to some addresses. What is no address is passed over.",
    body=obj({"emails": array(obj({"email": string}, comment=string) | text_as("email"), min=1)}) | array_as("emails"),
    returns=OK,
    refuses=(USER_NEEDED,),
    wordings={"emails.required": EMAILS_EMPTY, "emails.min": EMAILS_EMPTY},
    unpublished=("emails.",),
    effect=WRITE,
    evidence=EITHER_FORM,
)

remove = service.delete(
    "/smtp/unsubscribe",
    "removeSmtpUnsubscribe",
    "Let mail go to some addresses again; those that are not suppressed are passed over, if one is.",
    body=obj({"emails": array(string, min=1)}) | array_as("emails"),
    returns=OK,
    refuses=(USER_NEEDED, NOT_SUPPRESSED),
    wordings={"emails.required": EMAILS_EMPTY, "emails.min": EMAILS_EMPTY},
    unpublished=("emails.",),
    effect=WRITE,
    evidence=EITHER_FORM,
)

list = service.get(
    "/smtp/unsubscribe",
    "getSmtpUnsubscribed",
    "List the addresses that no mail goes to, and why, oldest first.",
    query=obj(None, date=DAY, **PAGE),
    returns=array(
        obj(
            {
                "email": string,
                "unsubscribe_by_link": FLAG,
                "unsubscribe_by_user": FLAG,
                "spam_complaint": FLAG,
                "date": moment,
            }
        )
    ),
    refuses=(USER_NEEDED, NOT_IN_TARIFF),
    unpublished=("",),
    effect=READ,
    evidence=documented("the vendor's SMTP OpenAPI document; the types as a Go client reads them"),
)

search = service.get(
    "/smtp/unsubscribe/search",
    "searchSmtpUnsubscribe",
    "Tell whether no mail goes to an address.",
    query=obj({"email": email}),
    returns=obj({"result": boolean}),
    refuses=(USER_NEEDED,),
    wordings={"email.required": EMAIL_EMPTY, "email.email": EMAIL_WRONG},
    effect=READ,
    evidence=OPENAPI,
)

resubscribe = service.post(
    "/smtp/resubscribe",
    "resubscribeSmtpRecipient",
    "Mail a suppressed address a link by which it comes back.",
    body=obj({"email": email, "sender": filled}, lang=string),
    returns=obj({"result": const(True), "id": string}),
    refuses=(NO_USER, NOT_BLOCKED, SENDER_NOT_ACTIVE, TOO_MANY_A_DAY),
    wordings={
        "email.required": EMAIL_MISSING,
        "email.email": EMAIL_INVALID,
        "sender.required": SENDER_MISSING,
        "sender.filled": SENDER_MISSING,
        "lang.string": LANG_INVALID,
    },
    unpublished=("sender.string",),
    effect=SPENDS,
    evidence=OPENAPI,
)
