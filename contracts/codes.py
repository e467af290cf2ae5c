"""The registry of the vendor's numeric codes. A code alone is no error: see `contracts.refusals`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contracts.evidence import Evidence, documented, inferred, observed


@dataclass(frozen=True, slots=True)
class Code:
    """A number, the vendor's wording for it, the HTTP status it mostly travels with, and how we know it exists."""

    number: int
    message: str
    status: int
    evidence: Evidence


_TABLE: Final = documented("the vendor's table of codes")
_OPENAPI: Final = documented("the vendor's OpenAPI documents")


def _codes(*codes: Code) -> dict[int, Code]:
    registry = {code.number: code for code in codes}
    if len(registry) != len(codes):
        raise ValueError("a code is declared twice")
    return registry


# The messages are the vendor's wire values, typographic apostrophes included. Where the vendor has not told a status,
# the one given here follows its habit: a missing object in the path is a 404, what stands in the body a 422.
TABLE: Final = _codes(
    Code(8, "No data", 422, _TABLE),
    Code(10, "Sender email address missing", 422, _TABLE),
    Code(11, "Can’t find recipients addresses", 422, _TABLE),
    Code(13, "Empty email message content field", 422, _TABLE),
    Code(14, "Can’t find email address with the specified ID", 400, _TABLE),
    Code(17, "Can’t find the email address", 422, _TABLE),
    Code(19, "Email address already exists", 422, _TABLE),
    Code(20, "Using free email services (not allowed)", 422, _TABLE),
    Code(21, "No such email address awaiting activation", 422, _TABLE),
    Code(97, "Invalid email address type. Using free email services is not allowed.", 422, _TABLE),
    Code(201, "Empty mailing list name", 422, _TABLE),
    Code(203, "This mailing list name already exists", 422, _TABLE),
    Code(211, "Mailing list empty", 422, _TABLE),
    Code(213, "Mailing list not found", 404, _TABLE),
    Code(303, "Can’t find email addresses in the mailing list", 422, _TABLE),
    Code(400, "Specified SMTP user doesn’t exist. Create an SMTP account.", 422, _TABLE),
    Code(502, "Can’t find the email address", 404, _TABLE),
    Code(602, "Can’t find the campaign. Probably, it has already been sent.", 404, _TABLE),
    Code(701, "Sender email address or name not specified.", 422, _TABLE),
    Code(703, "Can’t find the mailing list", 422, _TABLE),
    Code(704, "Can’t find the sender", 422, _TABLE),
    Code(707, "Account balance depleted", 422, _TABLE),
    Code(711, "Wait 15 minutes before sending to the same list again", 422, _TABLE),
    Code(720, "Empty subject field", 422, _TABLE),
    Code(721, "Email message empty", 422, _TABLE),
    Code(722, "Mailing list ID not specified", 422, _TABLE),
    Code(791, "API-campaigns limit exceeded (5 per hour)", 422, _TABLE),
    Code(
        799,
        "Incorrect date format. Use YYYY-MM-DD hh:ii:ss that equals or greater than the current date",
        422,
        _TABLE,
    ),
    Code(800, "Invalid operation", 403, _TABLE),
    Code(802, "Campaign not found", 404, _TABLE),
    Code(901, "Sender name not specified", 422, _TABLE),
    Code(902, "Selected email address already in use", 422, _TABLE),
    Code(903, "Sender email address not specified", 422, _TABLE),
    Code(904, "Email address blacklisted", 422, _TABLE),
    Code(905, "Sender address quota reached", 422, _TABLE),
    Code(906, "Email address syntax error", 422, _TABLE),
    Code(1003, "The specified sender doesn’t exist", 422, _TABLE),
    Code(1004, "The activation code has been sent. Wait 15 minutes to retry", 422, _TABLE),
    Code(1005, "Error sending confirmation", 422, _TABLE),
    Code(1101, "Email address not specified", 422, _TABLE),
    Code(1104, "Activation code not specified", 422, _TABLE),
    Code(2020202020, "More than 10 requests per second", 429, _TABLE),
)
"""The 42 codes of the vendor's own table."""

FURTHER: Final = _codes(
    Code(1, "Client authentication failed.", 401, observed("php SDK issues 37 and 41", "2020")),
    Code(12, "Argument subject missing", 422, _OPENAPI),
    Code(31, "Template not found", 404, _OPENAPI),
    Code(32, "Template body is empty", 422, _OPENAPI),
    Code(102, "Event not exists", 400, observed("tests of a Go client", "2019")),
    Code(290, "Template not found", 404, _OPENAPI),
    Code(299, "Variable not found", 404, _OPENAPI),
    Code(401, "Unauthorized!", 401, observed("a probe of the API's root", "2026-08-13")),
    Code(403, "Account expired", 403, _OPENAPI),
    Code(404, "Not found", 404, inferred("by analogy with 401")),
    Code(405, "Method not allowed", 405, inferred("by analogy with 401")),
    Code(413, "Request entity too large", 413, inferred("by analogy with 401")),
    Code(422, "The given data was invalid.", 422, _OPENAPI),
    Code(429, "Too many requests", 429, inferred("the phrase is documented, the code is not")),
    Code(503, "Smtp user not found", 422, _OPENAPI),
    Code(550, "5.5.3 Too many recipients", 422, _OPENAPI),
    Code(573, "Template with such name already exist", 422, _OPENAPI),
    Code(708, "The number of recipients exceeds your pricing plan", 422, inferred("newer vendor text, paraphrased")),
    Code(731, "Variables list passed in wrong format", 422, _OPENAPI),
    Code(832, "Emails param empty or incorrect", 400, _OPENAPI),
    Code(999, "Badly formed incoming data", 422, observed("a Node SDK issue and a Go SDK pull request", "2022")),
    Code(2900, "This template in processing. You need to wait", 422, _OPENAPI),
    Code(21356, "Badly formed data. Check API documentation", 422, observed("php SDK issue 69", "2021")),
    Code(3030303030, "Access denied! Please change your tariff plan", 403, _OPENAPI),
)
"""Codes the vendor documents elsewhere, or that were seen on the wire."""

CODES: Final = TABLE | FURTHER
