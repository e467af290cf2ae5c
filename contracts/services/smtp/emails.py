"""Transactional mail: sent to a few, and what became of it."""

from typing import Final

from contracts.evidence import documented, inferred
from contracts.model import READ, SPENDS
from contracts.refusals import refusal
from contracts.schema import (
    array,
    base64,
    boolean,
    const,
    either,
    email,
    filled,
    integer,
    mapping,
    moment,
    nullable,
    obj,
    string,
    text_as,
)
from contracts.services.smtp import (
    DAY_OR_MOMENT,
    NO_SMTP_USER,
    NOT_IN_TARIFF,
    OPENAPI,
    PAGE,
    SENDER_INVALID,
    USER_NEEDED,
    service,
)

EMAIL_MISSING: Final = refusal("email.required", 422, OPENAPI, message="Argument email missing")
MALFORMED: Final = refusal("data.malformed", 999, OPENAPI)
FROM_INVALID: Final = refusal("from.invalid", 422, OPENAPI, message="Argument from is invalid")
FROM_EMAIL_MISSING: Final = refusal("from.email.required", 10, OPENAPI, message="Argument from.email missing")
FROM_EMAIL_INVALID: Final = refusal("from.email.invalid", 10, OPENAPI, message="Argument from.email is invalid")
TO_INVALID: Final = refusal("email.to.invalid", 11, OPENAPI, message="Argument email.to is invalid")
RECIPIENT_INVALID: Final = refusal("recipient.email.invalid", 422, OPENAPI, message="Recipient email is invalid")
SUBJECT_MISSING: Final = refusal("subject.required", 12, OPENAPI)
BODY_MISSING: Final = refusal("email.body.missing", 13, OPENAPI, message="Missed email body")
TEMPLATE_INVALID: Final = refusal("template.invalid", 422, OPENAPI, message="Argument template is invalid")
TEMPLATE_ID_MISSING: Final = refusal("template.id.required", 10, OPENAPI, message="Argument template.id missing")
VARIABLES_INVALID: Final = refusal("variables.format_invalid", 731, OPENAPI)
TEMPLATE_NOT_FOUND: Final = refusal("template.not_found", 31, OPENAPI, status=422)
TEMPLATE_EMPTY: Final = refusal("template.body.empty", 32, OPENAPI)
ATTACHMENTS_INVALID: Final = refusal(
    "attachments_binary.invalid", 422, OPENAPI, message="Argument attachments_binary is invalid"
)
REPLY_TO_INVALID: Final = refusal(
    "reply_to.email.invalid",
    422,
    inferred("worded as the vendor words a bad address of the sender"),
    message="Argument reply_to.email is invalid",
)
TOO_MANY_RECIPIENTS: Final = refusal("recipients.too_many", 550, OPENAPI)
TOO_LARGE: Final = refusal("message.size_exceeded", 422, OPENAPI, message="Message size limit exceeded")
LIMITED: Final = refusal(
    "sending.limited",
    422,
    OPENAPI,
    message="Sending from your account is currently limited. Please try later.",
)
OUT_OF_MAILS: Final = refusal("quota.exceeded", 422, OPENAPI, message="Sending quota or bandwidth exceeded")

NO_SUCH_EMAIL: Final = refusal("email.not_found", 14, OPENAPI, message="No such email")
NO_SUCH_EMAILS: Final = refusal("emails.not_found", 14, OPENAPI, message="No such emails")
IDS_INVALID: Final = refusal("emails.invalid", 832, OPENAPI)
PERSON: Final = obj({"email": email}, name=string)
PEOPLE: Final = array(PERSON)

_PLACE: Final = {"browser": string, "os": string, "ip": string}
RECORD: Final = obj(
    {
        "id": string,
        "sender": string,
        "total_size": integer(min=0),
        "sender_ip": string,
        "smtp_answer_code": integer(min=0),
        "smtp_answer_code_explain": string,
        "smtp_answer_subcode": string,
        "smtp_answer_data": string,
        "used_ip": string,
        "recipient": nullable(string),
        "subject": string,
        "send_date": moment,
        "tracking": obj(
            {
                "click": integer(min=0),
                "open": integer(min=0),
                "link": array(
                    obj({"url": string, **_PLACE, "screen_resolution": string, "action_date": moment}, country=string)
                ),
                "client_info": array(obj({**_PLACE, "action_date": moment}, country=string)),
            }
        ),
    }
)
"""What became of a mail to one recipient. Unverified: that a mail to several has a record for each, under one id."""

_SHAPE: Final = documented("the vendor's SMTP OpenAPI document; the types of its numbers as a Go client reads them")

send = service.post(
    "/smtp/emails",
    "sendSmtpEmail",
    "Send a mail: HTML (in base64), text, or a template with values for its names.",
    body=obj(
        {
            "email": obj(
                {
                    # Clients leave the name out; the vendor says it is required and publishes no refusal.
                    "from": PERSON,
                    "to": array(PERSON, min=1),
                    "subject": filled,
                },
                html=base64,
                text=string,
                template=obj(None, id=either(integer(), string), variables=mapping({})),
                attachments=mapping(string),
                attachments_binary=mapping(base64),
                reply_to=obj(None, email=string, name=string) | text_as("email"),
                cc=PEOPLE,
                bcc=PEOPLE,
                auto_plain_text=boolean,
            )
        }
    ),
    returns=obj({"result": const(True), "id": string}),
    refuses=(
        TEMPLATE_NOT_FOUND,
        TEMPLATE_EMPTY,
        TEMPLATE_ID_MISSING,
        BODY_MISSING,
        REPLY_TO_INVALID,
        NO_SMTP_USER,
        LIMITED,
        SENDER_INVALID,
        TOO_MANY_RECIPIENTS,
        TOO_LARGE,
        OUT_OF_MAILS,
    ),
    wordings={
        "email.required": EMAIL_MISSING,
        "email.decodable": MALFORMED,
        "email.array": MALFORMED,
        "email.from.required": FROM_EMAIL_MISSING,
        "email.from.array": FROM_INVALID,
        "email.from.email.required": FROM_EMAIL_MISSING,
        "email.from.email.email": FROM_EMAIL_INVALID,
        "email.to.required": TO_INVALID,
        "email.to.array": MALFORMED,
        "email.to.min": TO_INVALID,
        "email.to.*.array": TO_INVALID,
        "email.to.*.email.required": TO_INVALID,
        "email.to.*.email.email": RECIPIENT_INVALID,
        "email.cc.*.email.required": RECIPIENT_INVALID,
        "email.cc.*.email.email": RECIPIENT_INVALID,
        "email.bcc.*.email.required": RECIPIENT_INVALID,
        "email.bcc.*.email.email": RECIPIENT_INVALID,
        "email.subject.required": SUBJECT_MISSING,
        "email.subject.filled": SUBJECT_MISSING,
        "email.template.array": TEMPLATE_INVALID,
        "email.template.variables.array": VARIABLES_INVALID,
        "email.attachments_binary.array": ATTACHMENTS_INVALID,
        # Unverified: that a value which is no base64 is refused as well.
        "email.attachments_binary.*.string": ATTACHMENTS_INVALID,
        "email.attachments_binary.*.base64": ATTACHMENTS_INVALID,
    },
    unpublished=("email.",),
    creates="smtp.email",
    effect=SPENDS,
    evidence=documented("the vendor's SMTP OpenAPI document; what may be left out as the vendor's clients send it"),
)

list = service.get(
    "/smtp/emails",
    "getSmtpEmails",
    "List what became of the account's mails, oldest first.",
    query=obj(
        None,
        **PAGE,
        **{"from": DAY_OR_MOMENT, "to": DAY_OR_MOMENT},
        sender=string,
        recipient=string,
        country=string,
    ),
    returns=array(RECORD),
    refuses=(USER_NEEDED, NOT_IN_TARIFF),
    unpublished=("",),
    effect=READ,
    evidence=_SHAPE,
)

get_total = service.get(
    "/smtp/emails/total",
    "getSmtpEmailsTotal",
    "Count the account's mails.",
    returns=obj({"total": integer(min=0)}),
    refuses=(NO_SMTP_USER, NOT_IN_TARIFF),
    effect=READ,
    evidence=OPENAPI,
)

get = service.get(
    "/smtp/emails/{id}",
    "getSmtpEmailInfo",
    "Tell what became of one mail.",
    returns=RECORD,
    refuses=(USER_NEEDED, NO_SUCH_EMAIL),
    effect=READ,
    evidence=_SHAPE,
)

get_many = service.post(
    "/smtp/emails/info",
    "getSmtpEmailsBatchInfo",
    "Tell what became of several mails, of which unknown ones are left out.",
    body=obj({"emails": array(string, min=1, max=500)}),
    returns=array(RECORD),
    refuses=(USER_NEEDED, NO_SUCH_EMAILS),
    wordings={
        "emails.required": IDS_INVALID,
        "emails.array": IDS_INVALID,
        "emails.min": IDS_INVALID,
        "emails.max": IDS_INVALID,  # Unverified: the bound is documented, how more are refused is not
        "emails.*.string": IDS_INVALID,
    },
    effect=READ,
    evidence=_SHAPE,
)
