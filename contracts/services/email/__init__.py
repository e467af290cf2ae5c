"""Bulk email: what its resources share."""

from typing import Final

from contracts.envelopes import CLASSIC
from contracts.evidence import documented, inferred
from contracts.model import Service
from contracts.schema import const, integer, obj
from contracts.wording import BULK_EMAIL

service: Final = Service("email", "Bulk email", CLASSIC, BULK_EMAIL)

OPENAPI: Final = documented("the vendor's bulk email OpenAPI document")
TABLE: Final = inferred("the vendor's table of codes names no operation; the situation fits its wording")
BY_HABIT: Final = inferred("a missing object in the path is a 404 at this vendor, a bad value in the body a 422")

OK: Final = obj({"result": const(True)})
"""What most calls that change something answer."""

PAGE: Final = {"limit": integer(min=1, max=100, default=100), "offset": integer(min=0, default=0)}
"""The fields of a query for one page."""
