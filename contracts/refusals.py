"""Refusals: a code in a context, with the status, wording and evidence it has there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contracts.codes import CODES
from contracts.evidence import Evidence, documented, inferred, observed


@dataclass(frozen=True, slots=True)
class Refusal:
    """The vendor says no.

    `key` is the vendor's name for the situation where it publishes one (``book.not_found``), ours otherwise. `code` is
    the number on the wire, `status` the HTTP status, `message` the wire's wording. `hint` serves the token endpoint.
    """

    key: str
    code: int
    status: int
    message: str
    evidence: Evidence
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.key} ({self.status} / {self.code}: {self.message})"


class Refused(Exception):
    """The vendor says no."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def refusal(
    key: str, code: int, evidence: Evidence, *, status: int | None = None, message: str | None = None
) -> Refusal:
    """A refusal whose status and message are those of the registry unless this context has its own."""
    known = CODES[code]
    return Refusal(
        key, code, known.status if status is None else status, known.message if message is None else message, evidence
    )


UNAUTHORIZED: Final = refusal("unauthorized", 401, observed("a probe of the API's root", "2026-08-13"))
TOO_FAST: Final = refusal("limit.second", 2020202020, inferred("the code is documented, its status is not"))
OVER_QUOTA: Final = refusal("limit.quota", 429, inferred("status and phrase are documented, the body is not"))
NOT_PERMITTED: Final = refusal(
    "action.not_permitted", 800, observed("php SDK issue 75", "2021"), message="Unauthorized action."
)
ACCOUNT_EXPIRED: Final = refusal("account.expired", 403, documented("the vendor's SMTP OpenAPI document"))
PLAN_REQUIRED: Final = refusal("tariff.exception", 3030303030, documented("the vendor's bulk email OpenAPI document"))
UNKNOWN_PATH: Final = refusal("path.unknown", 404, inferred("clients look at the status only"))
WRONG_METHOD: Final = refusal("method.not_allowed", 405, inferred("clients look at the status only"))

TOO_LARGE: Final = refusal("body.too_large", 413, inferred("every server has a bound; the vendor's is unknown"))

ANY_CALL: Final = (TOO_LARGE, UNAUTHORIZED, TOO_FAST, OVER_QUOTA, NOT_PERMITTED, ACCOUNT_EXPIRED)
"""What every operation that needs a token can answer."""

NOWHERE: Final = (TOO_LARGE, UNAUTHORIZED, TOO_FAST, OVER_QUOTA, UNKNOWN_PATH, WRONG_METHOD)
"""What a request that names no operation can be answered."""
