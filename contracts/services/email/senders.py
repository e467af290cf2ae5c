"""Addresses that may send, and the codes that activate them."""

from typing import Final

from contracts.evidence import documented, inferred
from contracts.model import READ, SPENDS, WRITE
from contracts.refusals import refusal
from contracts.schema import array, boolean, const, filled, obj, presence_first, string
from contracts.services.email import BY_HABIT, OK, OPENAPI, TABLE, service

SMTP_OPENAPI: Final = documented("the vendor's SMTP OpenAPI document, which publishes the operation a second time")
BLANK: Final = inferred("a missing field is a documented 422; a blank one is the code of the vendor's table")
GO_CLIENT: Final = documented("the vendor's bulk email OpenAPI document; the address in the answer from a Go client")

EMAIL_MISSING: Final = refusal("email.required", 422, SMTP_OPENAPI, message="Argument email missing")
EMAIL_INVALID: Final = refusal("email.string", 422, SMTP_OPENAPI, message="Argument email is invalid")
EMAIL_EMPTY: Final = refusal("email.filled", 903, BLANK)
EMAIL_SYNTAX: Final = refusal(
    "email.syntax",
    906,
    inferred("text that is no address is the code of the vendor's table; the documented 422 is for other values"),
)
NAME_MISSING: Final = refusal("name.required", 422, SMTP_OPENAPI, message="Argument name missing")
NAME_INVALID: Final = refusal("name.string", 422, SMTP_OPENAPI, message="Argument name is invalid")
NAME_EMPTY: Final = refusal("name.filled", 901, BLANK)
FREE_MAIL: Final = refusal("email.free", 97, TABLE)
DMARC: Final = refusal(
    "email.dmarc", 422, SMTP_OPENAPI, message="DMARC policy error. Please, use another sender domain."
)
BLACKLISTED: Final = refusal("email.blacklisted", 904, SMTP_OPENAPI, message="This email in blacklist")
TAKEN: Final = refusal("email.exists", 902, SMTP_OPENAPI, message="Email already in use")
TOO_MANY: Final = refusal("senders.limit", 905, TABLE)
NOT_FOUND: Final = refusal("sender.not_found", 1003, BY_HABIT, message="Sender not found")
UNKNOWN: Final = refusal("sender.unknown", 1003, BY_HABIT, status=404, message="Sender not found")
NOT_NAMED: Final = refusal("sender.not_named", 1101, TABLE)
CODE_EMPTY: Final = refusal("code.filled", 1104, TABLE)
CODE_WRONG: Final = refusal(
    "code.wrong",
    422,
    inferred("no code of the vendor's table fits; worded as the vendor words bad values"),
    message="Argument code is invalid",
)
TOO_SOON: Final = refusal(
    "code.too_soon", 1004, inferred("the 15 minutes are those of the vendor's table; the status is not documented")
)
UNSENT: Final = refusal("code.unsent", 1005, TABLE)
NOT_AWAITED: Final = refusal("code.not_awaited", 21, TABLE)

DONE_FOR: Final = obj({"result": const(True)}, email=string)
"""What the calls about codes answer."""

list = service.get(
    "/senders",
    "getSenders",
    "List the addresses that may send, or will once they are activated, oldest first.",
    returns=array(obj({"email": string, "name": string, "status": string, "is_allowed_for_smtp": boolean})),
    effect=READ,
    evidence=documented(
        "the vendor's bulk email OpenAPI document; status from a Go client, the flag from an Airbyte schema"
    ),
)

create = service.post(
    "/senders",
    "addSender",
    "Add a sender and mail it the code that activates it.",
    body=obj({"email": filled, "name": filled}) | presence_first,
    returns=OK,
    refuses=(EMAIL_SYNTAX, FREE_MAIL, DMARC, BLACKLISTED, TAKEN, TOO_MANY),
    wordings={
        "email.required": EMAIL_MISSING,
        "email.string": EMAIL_INVALID,
        "email.filled": EMAIL_EMPTY,
        "name.required": NAME_MISSING,
        "name.string": NAME_INVALID,
        "name.filled": NAME_EMPTY,
    },
    effect=SPENDS,
    evidence=documented("the vendor's bulk email and SMTP OpenAPI documents"),
)

delete = service.delete(
    "/senders",
    "deleteSender",
    "Remove a sender.",
    body=obj({"email": filled}),
    returns=OK,
    refuses=(NOT_FOUND,),
    wordings={"email.filled": EMAIL_EMPTY},
    unpublished=("email.",),
    effect=WRITE,
    evidence=OPENAPI,
)

request_code = service.get(
    "/senders/{email}/code",
    "requestSenderActivationCode",
    "Mail a sender another activation code.",
    returns=DONE_FOR,
    refuses=(NOT_NAMED, UNKNOWN, TOO_SOON, UNSENT),
    effect=SPENDS,
    evidence=GO_CLIENT,
)

activate = service.post(
    "/senders/{email}/code",
    "activateSender",
    "Activate a sender with the code that was mailed to it.",
    body=obj({"code": filled}),
    returns=DONE_FOR,
    refuses=(NOT_NAMED, UNKNOWN, NOT_AWAITED, CODE_WRONG),
    wordings={"code.required": CODE_EMPTY, "code.filled": CODE_EMPTY},
    unpublished=("code.",),
    effect=WRITE,
    evidence=GO_CLIENT,
)
