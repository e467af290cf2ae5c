"""Tags on addresses and phones. Writes wait in a queue; what comes of them shows in the list of tags."""

from typing import Final

from contracts.envelopes import QUEUE
from contracts.evidence import documented, inferred
from contracts.model import READ, WRITE, Gate, Service, id_of
from contracts.refusals import refusal
from contracts.schema import array, color, either, email, filled, integer, obj, string
from contracts.services.email import BY_HABIT, OPENAPI, service

queue: Final = Service(service.name, service.title, QUEUE, service.wording)
"""The same service, whose answers are receipts of the queue."""

NO_ERRORS: Final = inferred("the vendor publishes no error of a tag but that of a token and of a plan")

TAG_NOT_FOUND: Final = refusal("tag.not_found", 404, BY_HABIT, message="Tag not found")
TAGS_UNKNOWN: Final = refusal("tags.not_found", 422, BY_HABIT, message="Tag not found")
NAME_TAKEN: Final = refusal("tag.exists", 422, NO_ERRORS, message="Name already in use")
EMAIL_UNKNOWN: Final = refusal("email.not_found", 502, NO_ERRORS, status=422, message="Email address not found")
PHONE_INVALID: Final = refusal("phone.error", 422, NO_ERRORS, message="Phone is not valid")
PHONE_UNKNOWN: Final = refusal("phone.not_found", 422, NO_ERRORS, message="Phone not found")

GATE: Final = Gate("tags")
TAG_ID: Final = id_of("email.tag", TAG_NOT_FOUND)
UNPUBLISHED: Final = ("name.", "color.", "email.", "phone.", "tags.")

TAG: Final = obj({"id": integer(min=1), "name": string, "color": color})
NEW_TAG: Final = obj({"name": filled, "color": color})
RECEIPT: Final = obj({"queue_id": string, "user_id": integer(min=1)})

BY_EMAIL: Final = obj({"email": email, "tags": array(integer())})
BY_PHONE: Final = obj({"phone": either(string, integer()), "tags": array(integer())})

# Unverified: that what is refused is refused at once, and not dropped from the queue.
QUEUED: Final = documented("the vendor's bulk email OpenAPI document; that effects come later is inferred from it")

list = service.get(
    "/tags",
    "getTags",
    "List the account's tags.",
    returns=obj({"tags": array(TAG), "user_id": integer(min=1), "version": string}),
    gate=GATE,
    effect=READ,
    evidence=OPENAPI,
)

create = queue.post(
    "/tags",
    "createTag",
    "Make a tag. Its id shows in the list of tags, a little later.",
    body=NEW_TAG,
    returns=RECEIPT,
    refuses=(NAME_TAKEN,),
    unpublished=UNPUBLISHED,
    gate=GATE,
    creates="email.tag",
    effect=WRITE,
    evidence=QUEUED,
)

update = queue.put(
    "/tags/{id}",
    "updateTag",
    "Give a tag another name and colour.",
    params={"id": TAG_ID},
    body=NEW_TAG,
    returns=RECEIPT,
    refuses=(NAME_TAKEN,),
    unpublished=UNPUBLISHED,
    gate=GATE,
    effect=WRITE,
    evidence=QUEUED,
)

delete = queue.delete(
    "/tags/{id}",
    "deleteTag",
    "Delete a tag and take it off all that bear it.",
    params={"id": TAG_ID},
    returns=RECEIPT,
    gate=GATE,
    effect=WRITE,
    evidence=QUEUED,
)

pin_to_email = queue.post(
    "/tags/pin/email",
    "pinTagToEmail",
    "Put tags on an address that is in a mailing list.",
    body=BY_EMAIL,
    returns=RECEIPT,
    refuses=(EMAIL_UNKNOWN, TAGS_UNKNOWN),
    unpublished=UNPUBLISHED,
    gate=GATE,
    effect=WRITE,
    evidence=QUEUED,
)

unpin_from_email = queue.post(
    "/tags/unpin/email",
    "unpinTagFromEmail",
    "Take tags off an address.",
    body=BY_EMAIL,
    returns=RECEIPT,
    refuses=(EMAIL_UNKNOWN, TAGS_UNKNOWN),
    unpublished=UNPUBLISHED,
    gate=GATE,
    effect=WRITE,
    evidence=QUEUED,
)

pin_to_phone = queue.post(
    "/tags/pin/phone",
    "pinTagToPhone",
    "Put tags on a phone that is in a mailing list.",
    body=BY_PHONE,
    returns=RECEIPT,
    refuses=(PHONE_INVALID, PHONE_UNKNOWN, TAGS_UNKNOWN),
    unpublished=UNPUBLISHED,
    gate=GATE,
    effect=WRITE,
    evidence=QUEUED,
)

unpin_from_phone = queue.post(
    "/tags/unpin/phone",
    "unpinTagFromPhone",
    "Take tags off a phone.",
    body=BY_PHONE,
    returns=RECEIPT,
    refuses=(PHONE_INVALID, PHONE_UNKNOWN, TAGS_UNKNOWN),
    unpublished=UNPUBLISHED,
    gate=GATE,
    effect=WRITE,
    evidence=QUEUED,
)
