"""The account itself."""

from typing import Final

from contracts.envelopes import CLASSIC
from contracts.evidence import observed
from contracts.model import READ, Service
from contracts.schema import integer, obj, string
from contracts.wording import BULK_EMAIL

service: Final = Service("account", "Account", CLASSIC, BULK_EMAIL)

# Unverified: all fields but the id.
get_info = service.get(
    "/user/info",
    "",
    "Look at the account's owner. Clients ask it to learn whether their credentials are good.",
    returns=obj({"id": integer(min=1), "email": string}),
    effect=READ,
    evidence=observed("the vendor's n8n node, which tests credentials so; the vendor documents no shape"),
)
