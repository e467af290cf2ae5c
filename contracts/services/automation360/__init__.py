"""Automation 360: what its resources share."""

from typing import Final

from contracts.envelopes import CLASSIC
from contracts.model import Service
from contracts.wording import BULK_EMAIL

service: Final = Service("automation360", "Automation 360", CLASSIC, BULK_EMAIL)
