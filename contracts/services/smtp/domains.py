"""Sender domains as older clients know them: confirmed by a mail to an address there."""

from typing import Final

from contracts.evidence import documented, inferred
from contracts.model import READ, SPENDS
from contracts.refusals import refusal
from contracts.schema import array, email, obj, presence_first, string
from contracts.services.smtp import OK, USER_NEEDED, service

_BY_CLIENTS: Final = documented("the vendor's own clients, which still call it; the pages no longer show it")
_TABLE: Final = inferred("the vendor's table of codes names no operation; the situation fits its wording")

TAKEN: Final = refusal("email.exists", 19, _TABLE)
FREE_MAIL: Final = refusal("email.free", 20, _TABLE)
NOT_AWAITED: Final = refusal("email.not_awaited", 21, _TABLE)

list = service.get(
    "/smtp/domains",
    "",
    "List the account's sender domains, each with an `@` before it, oldest first.",
    returns=array(string),
    refuses=(USER_NEEDED,),
    effect=READ,
    evidence=_BY_CLIENTS,
)

create = service.post(
    "/smtp/domains",
    "",
    "Add the domain of an address, to which a mail is sent that asks to confirm it.",
    body=obj({"email": email}) | presence_first,
    returns=OK,
    refuses=(USER_NEEDED, FREE_MAIL, TAKEN),
    unpublished=("email.",),
    effect=SPENDS,
    evidence=_BY_CLIENTS,
)

request_confirmation = service.get(
    "/smtp/domains/{email}",
    "",
    "Mail an address once more, which was asked to confirm its domain.",
    returns=OK,
    refuses=(USER_NEEDED, NOT_AWAITED),
    effect=SPENDS,
    evidence=_BY_CLIENTS,
)
