"""Domains in whose name mail may go out, and what their DNS says of it."""

from typing import Final

from contracts.envelopes import UNDER_DATA
from contracts.evidence import documented, inferred
from contracts.model import READ, WRITE, Service
from contracts.refusals import refusal
from contracts.schema import array, boolean, const, integer, moment, nullable, obj, string
from contracts.services.smtp import OK, OPENAPI, USER_NEEDED
from contracts.services.smtp import service as smtp
from contracts.wording import SMTP

service: Final = Service(smtp.name, smtp.title, UNDER_DATA, SMTP)

DOMAIN_INVALID: Final = refusal(
    "domain.invalid",
    422,
    inferred("worded as the vendor words bad values"),
    message="Argument domain is invalid",
)
DOMAIN_TAKEN: Final = refusal(
    "domain.exists", 19, inferred("the vendor's table of codes names no operation; no other code fits")
)

FLAG: Final = integer(min=0, max=1)
CHECKS: Final = obj(
    {
        "check_dkim": boolean,
        "check_spf": boolean,
        "check_dmarc": boolean,
        "all_checks": boolean,
        "spf_txt_needed": string,
    }
)
DOMAIN: Final = obj(
    {
        "id": integer(min=1),
        "user_id": integer(min=1),
        "service_type": const(3),
        "service_value": string,
        "status": FLAG,
        "expire_date": nullable(moment),
        "auto_free_prolong": FLAG,
        "currency": string,
        "is_default": boolean,
        "ssl_type": integer(min=0, max=2),
        "ssl_expired": nullable(moment),
        "ssl_generated": nullable(integer(min=0)),
        "checks": CHECKS,
    }
)

list = service.get(
    "/v2/email-service/smtp/sender_domains",
    "getSmtpAllowedDomains",
    "List the account's sender domains, oldest first, with what was found in their DNS.",
    returns=obj({"result": const(True), "data": array(DOMAIN)}),
    refuses=(USER_NEEDED,),
    effect=READ,
    evidence=documented("the vendor's SMTP OpenAPI document and pages; some fields as a C# client transcribes these"),
)

create = service.post(
    "/v2/email-service/smtp/sender_domains/{domain}",
    "addSmtpDomain",
    "Add a sender domain. It is active once its DNS is right.",
    returns=OK,
    refuses=(USER_NEEDED, DOMAIN_INVALID, DOMAIN_TAKEN),
    effect=WRITE,
    evidence=OPENAPI,
)
