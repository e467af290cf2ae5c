"""SMTP, the service of transactional mail: what its resources share."""

from typing import Final

from contracts.envelopes import CLASSIC
from contracts.evidence import documented, inferred
from contracts.model import Service
from contracts.refusals import refusal
from contracts.schema import const, either, integer, moment, obj
from contracts.wording import SMTP

service: Final = Service("smtp", "SMTP", CLASSIC, SMTP)

OPENAPI: Final = documented("the vendor's SMTP OpenAPI document")
BY_HABIT: Final = inferred("the SMTP service answers what it does not find with a 400")

NO_SMTP_USER: Final = refusal(
    "smtp_user.not_found", 400, OPENAPI, message="No such SMTP user, you need to create SMTP account first"
)
USER_NEEDED: Final = refusal(
    "smtp_user.not_found",
    400,
    inferred("documented for sending and for counting; elsewhere it can hardly be otherwise"),
    message=NO_SMTP_USER.message,
)
"""The same where the vendor does not say so."""
NOT_IN_TARIFF: Final = refusal("tariff.not_allowed", 422, OPENAPI, message="Your tariff does not allow the operation")
SENDER_INVALID: Final = refusal("sender.invalid", 422, OPENAPI, message="Sender is not valid")

OK: Final = obj({"result": const(True)})
"""What most calls that change something answer."""

DAY: Final = {"type": "string", "format": "date-only"}
DAY_OR_MOMENT: Final = either(DAY, moment)

# Unverified: that 0, which the vendor's SDKs send, means that nothing is asked for, and how large a page then is.
PAGE: Final = {"limit": integer(min=0, default=0), "offset": integer(min=0, default=0)}
"""The fields of a query for one page."""
