"""Events that start flows."""

from typing import Final

from contracts.evidence import observed
from contracts.model import SPENDS
from contracts.refusals import refusal
from contracts.schema import const, either, email, further, integer, needs_one_of, obj, string
from contracts.services.automation360 import service

GO_TESTS: Final = observed("tests of a Go client", "2019")

EVENT_UNKNOWN: Final = refusal("event.not_found", 102, GO_TESTS)

TRIGGERED: Final = obj({"result": const(True)})
SEEN_BEFORE: Final = obj({"result": const(False), "message": const("Dublicate data")})
"""What a second call in a row is answered, with 200: so spelt, and so seen (Go client, 2019)."""

trigger = service.post(
    "/events/name/{event}",
    "",
    "Report an event of an address or a phone, with any variables as further fields.",
    body=obj(None, email=email, phone=either(string, integer())) | needs_one_of(("email", "phone")) | further,
    returns=either(TRIGGERED, SEEN_BEFORE),
    refuses=(EVENT_UNKNOWN,),
    unpublished=("email.", "phone."),
    effect=SPENDS,
    evidence=GO_TESTS,
)
