"""Mailing lists and the contacts in them."""

from typing import Final

from contracts.evidence import documented, inferred, observed
from contracts.model import READ, WRITE, Gate, id_of
from contracts.refusals import refusal
from contracts.schema import (
    anything,
    array,
    boolean,
    either,
    email,
    filled,
    integer,
    mapping,
    moment,
    number,
    obj,
    one_of,
    spends,
    string,
    text_as,
    when,
)
from contracts.services.email import BY_HABIT, OK, OPENAPI, PAGE, TABLE, service

BOOK_NOT_FOUND: Final = refusal("book.not_found", 213, OPENAPI, message="Book not found")
NO_SUCH_BOOK: Final = refusal("book.not_found", 213, BY_HABIT, message="Book not found")
BOOK_EMPTY: Final = refusal("book.empty", 211, OPENAPI, message="Addressbook is empty")
BOOK_HAS_CAMPAIGN: Final = refusal("book.has_campaign", 422, OPENAPI, message="The address book has active campaign")
NAME_TAKEN: Final = refusal("bookName.exists", 203, OPENAPI, message="Name already in use")
NAME_EMPTY: Final = refusal(
    "bookName.filled",
    201,
    inferred("a missing name is a documented 422; a blank one is the code of the vendor's table"),
)
SENDER_NOT_FOUND: Final = refusal("sender_email.not_found", 1003, OPENAPI, message="Sender not found")
CONFIRMATION_UNSENT: Final = refusal("confirmation.unsent", 1005, TABLE)
BADLY_FORMED: Final = refusal("emails.decodable", 21356, observed("php SDK issue 69", "2021"))
NO_EMAILS: Final = refusal("emails.empty", 303, OPENAPI, message="No emails")
TOO_MANY_EMAILS: Final = refusal("email.limit", 422, OPENAPI, message="Limit is exceeded. Max count: 100")
NO_ACTIVE_EMAILS: Final = refusal("emails.active", 422, OPENAPI, message="Active emails not found")
CONTACT_NOT_FOUND: Final = refusal("email.not_found", 502, OPENAPI, status=422, message="Email address not found")
NO_SUCH_CONTACT: Final = refusal("email.unknown", 502, BY_HABIT, status=404, message="Email address not found")
VARIABLE_NOT_FOUND: Final = refusal("variable.not_found", 299, OPENAPI)
VARIABLE_NAME_INVALID: Final = refusal("variable.error", 422, OPENAPI, message="Variable name is invalid")
VARIABLE_NOT_A_DATE: Final = refusal("variable.date.value", 422, OPENAPI, message="Variable value wrong format")
VARIABLE_VALUE_INVALID: Final = refusal(
    "variables.*.value.type",
    422,
    inferred("number and date variables take only their kind"),
    message="Argument variables is invalid",
)
PHONE_INVALID: Final = refusal("phone.error", 422, OPENAPI, message="Phone is not valid")
PHONE_OWNER_NOT_FOUND: Final = refusal("email.error", 17, OPENAPI, message="Email is not valid")
TARIFF_ENDED: Final = refusal("tariff.ended", 422, OPENAPI, message="Your tariff plan ended")

LIST_ID: Final = id_of("email.mailing_list", BOOK_NOT_FOUND)

MAILING_LIST: Final = obj(
    {
        "id": integer(min=1),
        "name": string,
        "all_email_qty": integer(min=0),
        "active_email_qty": integer(min=0),
        "inactive_email_qty": integer(min=0),
        "creationdate": moment,
        "status": integer(min=0, max=5),
        "status_explain": string,
    },
    new_phones_quantity=integer(min=0),
    active_phones_quantity=integer(min=0),
    exc_phones_quantity=integer(min=0),
)
STATUS: Final = integer(min=0, max=14)
VARIABLE_TYPE: Final = one_of("string", "number", "date")
VARIABLE: Final = obj({"name": string, "type": VARIABLE_TYPE, "value": anything})
LISTED_EMAIL: Final = obj(
    {"email": string, "status": STATUS, "status_explain": string, "variables": mapping(anything)}, phone=integer(min=1)
)
NEW_CONTACT: Final = obj(None, email=string, variables=mapping(anything)) | text_as("email")

create = service.post(
    "/addressbooks",
    "createMailingList",
    "Create an empty mailing list.",
    body=obj({"bookName": filled}),
    returns=obj({"id": integer(min=1)}),
    refuses=(NAME_TAKEN,),
    wordings={"bookName.filled": NAME_EMPTY},
    creates="email.mailing_list",
    effect=WRITE,
    evidence=OPENAPI,
)

list = service.get(
    "/addressbooks",
    "getMailingLists",
    "List the account's mailing lists, oldest first.",
    query=obj(None, **PAGE),
    returns=array(MAILING_LIST),
    effect=READ,
    evidence=documented(
        "the vendor's bulk email OpenAPI document; phone counters as an Airbyte schema imported them from live answers"
    ),
)

get = service.get(
    "/addressbooks/{id}",
    "getMailingListById",
    "Look at one mailing list. The answer is an array that holds it.",
    params={"id": LIST_ID},
    returns=array(MAILING_LIST, min=1, max=1),
    effect=READ,
    evidence=OPENAPI,
)

rename = service.put(
    "/addressbooks/{id}",
    "updateMailingList",
    "Give a mailing list another name.",
    params={"id": LIST_ID},
    body=obj({"name": filled}),
    returns=OK,
    refuses=(NAME_TAKEN,),
    wordings={"name.filled": NAME_EMPTY},
    effect=WRITE,
    evidence=OPENAPI,
)

delete = service.delete(
    "/addressbooks/{id}",
    "deleteMailingList",
    "Delete a mailing list and the memberships in it.",
    params={"id": LIST_ID},
    returns=OK,
    refuses=(BOOK_HAS_CAMPAIGN,),
    effect=WRITE,
    evidence=OPENAPI,
)

list_variables = service.get(
    "/addressbooks/{id}/variables",
    "getMailingListVariables",
    "List the variables that the contacts of a mailing list may carry.",
    params={"id": LIST_ID},
    returns=array(obj({"name": string, "type": VARIABLE_TYPE})),
    effect=READ,
    evidence=OPENAPI,
)

list_emails = service.get(
    "/addressbooks/{id}/emails",
    "getEmailsFromMailingList",
    "List the contacts of a mailing list.",
    params={"id": LIST_ID},
    query=obj(None, **PAGE, order=one_of("asc", "desc", default="asc"), active=boolean, not_active=boolean),
    returns=array(LISTED_EMAIL),
    wordings={
        "active.boolean": "Argument active is invalid",
        "not_active.boolean": "Argument not_active is invalid",
    },
    effect=READ,
    evidence=documented(
        "the vendor's bulk email OpenAPI document; its error examples for the bounds, the skills for the default"
    ),
)

get_total = service.get(
    "/addressbooks/{id}/emails/total",
    "getEmailsTotalCount",
    "Count the contacts of a mailing list.",
    params={"id": LIST_ID},
    query=obj(None, active=boolean),
    returns=obj({"total": integer(min=0)}),
    wordings={"active.boolean": "Argument active is invalid"},
    unpublished=("active.",),
    effect=READ,
    evidence=OPENAPI,
)

add_emails = service.post(
    "/addressbooks/{id}/emails",
    "addEmailsToMailingList",
    "Add contacts to a mailing list or update those it has, with single or double opt-in.",
    params={"id": LIST_ID},
    body=obj(
        {"emails": array(NEW_CONTACT)},
        confirmation=one_of("force") | spends,
        sender_email=email,
        template_id=string,
        message_lang=one_of("en", "ru", "ua", "tr", "es", "pt"),
        disable_webhook=boolean,
        dont_update=boolean,
        check_emails=boolean,
        tags=array(integer()),
    )
    | when("confirmation", requires="sender_email"),
    returns=OK,
    refuses=(BADLY_FORMED, SENDER_NOT_FOUND, CONFIRMATION_UNSENT),
    unpublished=("message_lang.in",),
    wordings={
        "emails.decodable": BADLY_FORMED,
        "emails.*.variables.array": "Argument emails.*.variables is invalid",
        "template_id.string": "Argument template_id is invalid",
        "message_lang.string": "Argument message_lang is invalid",
    },
    gate=Gate("tags", argument="tags"),
    effect=WRITE,
    evidence=documented(
        "the vendor's bulk email OpenAPI document; the optional fields from its error examples and the vendor's skills"
    ),
)

delete_emails = service.delete(
    "/addressbooks/{id}/emails",
    "deleteEmailsFromMailingList",
    "Remove contacts from a mailing list.",
    params={"id": LIST_ID},
    body=obj(None, emails=array(string)),
    returns=OK,
    refuses=(TOO_MANY_EMAILS, NO_EMAILS),
    unpublished=("emails.",),
    effect=WRITE,
    evidence=OPENAPI,
)

unsubscribe = service.post(
    "/addressbooks/{id}/emails/unsubscribe",
    "unsubscribeEmailsFromMailingList",
    "Unsubscribe active contacts of a mailing list.",
    params={"id": LIST_ID},
    body=obj({"emails": array(string, max=100)}),
    returns=OK,
    refuses=(NO_ACTIVE_EMAILS,),
    wordings={"emails.array": "Argument emails is invalid"},
    effect=WRITE,
    evidence=OPENAPI,
)

set_variables = service.post(
    "/addressbooks/{id}/emails/variable",
    "updateContactVariables",
    "Set variables of one contact.",
    params={"id": LIST_ID},
    body=obj({"email": email, "variables": array(obj({"name": string, "value": anything}))}),
    returns=OK,
    refuses=(CONTACT_NOT_FOUND, VARIABLE_VALUE_INVALID),
    unpublished=("variables.*.",),
    wordings={
        "variables.array": "Argument variables is invalid",
        "variables.*.array": "Argument variables is invalid",
        "variables.*.name.required": "Argument variables is invalid",
        "variables.*.name.string": "Argument variables is invalid",
        "variables.*.value.required": "Argument variables is invalid",
    },
    effect=WRITE,
    evidence=documented(
        "the vendor's bulk email OpenAPI document; clients also send numbers, and objects that map names to values"
    ),
)

find_by_variable = service.get(
    "/addressbooks/{id}/variables/{variableName}/{searchValue}",
    "getContactsByVariable",
    "Find the contacts of a mailing list by the value of a variable.",
    params={"id": LIST_ID},
    variants=("/addressbooks/{id}/variables/{variableName}/emails/{searchValue}",),
    returns=array(obj({"email": string, "status": STATUS, "status_explain": string})),
    refuses=(VARIABLE_NAME_INVALID, VARIABLE_NOT_FOUND, VARIABLE_NOT_A_DATE),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; the variant as aiosendpulse calls it"),
)

set_phone = service.put(
    "/addressbooks/{id}/phone",
    "updateContactPhone",
    "Set the phone number of one contact.",
    params={"id": LIST_ID},
    body=obj({"phone": either(string, integer()), "email": string}),
    returns=OK,
    refuses=(PHONE_INVALID, PHONE_OWNER_NOT_FOUND),
    # The vendor publishes no other errors here: nothing tells a missing phone or address from a bad one.
    wordings={
        "phone.required": PHONE_INVALID,
        "phone.anyOf": PHONE_INVALID,
        "email.required": PHONE_OWNER_NOT_FOUND,
        "email.string": PHONE_OWNER_NOT_FOUND,
    },
    effect=WRITE,
    evidence=OPENAPI,
)

get_cost = service.get(
    "/addressbooks/{id}/cost",
    "getCampaignCostByList",
    "Tell what a campaign to a mailing list would cost.",
    params={"id": LIST_ID},
    returns=obj(
        {
            "cur": string,
            "sent_emails_qty": integer(min=0),
            "overdraftAllEmailsPrice": number,
            "addressesDeltaFromBalance": integer(),
            "addressesDeltaFromTariff": integer(),
            "max_emails_per_task": integer(min=0),
            "result": boolean,
        }
    ),
    refuses=(TARIFF_ENDED, BOOK_EMPTY),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; three further fields from typed clients"),
)

list_campaigns = service.get(
    "/addressbooks/{id}/campaigns",
    "getCampaignsByList",
    "List the campaigns that were sent to a mailing list.",
    params={"id": LIST_ID},
    query=obj(None, **PAGE),
    unpublished=("limit.", "offset."),
    returns=array(obj({"task_id": integer(min=1)}, task_name=string, task_status=integer(min=0))),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; name and status from a Go client"),
)

get_contact = service.get(
    "/addressbooks/{id}/emails/{email}",
    "getEmailFromList",
    "Look at one contact of a mailing list.",
    params={"id": id_of("email.mailing_list", NO_SUCH_BOOK)},
    returns=obj(
        {
            "email": string,
            "abook_id": string,
            "phone": string,
            "status": STATUS,
            "status_explain": string,
            "variables": array(VARIABLE),
        }
    ),
    refuses=(NO_SUCH_CONTACT,),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; the refusals are inferred: it lists none"),
)
