"""Addresses that no campaign of the account goes to."""

from typing import Final

from contracts.evidence import documented
from contracts.model import READ, WRITE
from contracts.refusals import refusal
from contracts.schema import array, base64, integer, obj, string
from contracts.services.email import OK, OPENAPI, TABLE, service

NO_DATA: Final = refusal("emails.empty", 8, TABLE)

# Unverified: that the addresses are taken in base64 alone. The vendor documents no other form, and its SDKs send none.
NO_ADDRESSES: Final = {"emails.required": NO_DATA, "emails.string": NO_DATA, "emails.base64": NO_DATA}

list = service.get(
    "/blacklist",
    "getBlacklist",
    "List the addresses on the blacklist, oldest first.",
    # Unverified: that a limit of 0, which the vendor's Python SDK sends, means all.
    query=obj(None, limit=integer(min=0, default=0), offset=integer(min=0, default=0)),
    returns=array(string),
    unpublished=("limit.", "offset."),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; limit and offset as the vendor's Python SDK sends"),
)

add = service.post(
    "/blacklist",
    "addToBlacklist",
    "Put addresses on the blacklist: joined by commas, in base64.",
    body=obj({"emails": base64}, comment=string),
    returns=OK,
    refuses=(NO_DATA,),
    wordings=NO_ADDRESSES,
    unpublished=("comment.",),
    effect=WRITE,
    evidence=OPENAPI,
)

remove = service.delete(
    "/blacklist",
    "removeFromBlacklist",
    "Take addresses off the blacklist: joined by commas, in base64.",
    body=obj({"emails": base64}),
    returns=OK,
    refuses=(NO_DATA,),
    wordings=NO_ADDRESSES,
    effect=WRITE,
    evidence=OPENAPI,
)
