"""Bulk email."""

from typing import Final

from contracts.envelopes import CLASSIC
from contracts.model import Service
from contracts.wording import BULK_EMAIL

service: Final = Service("email", "Bulk email", CLASSIC, BULK_EMAIL)
