"""Addresses in whose name mail may go out."""

from contracts.model import READ
from contracts.schema import array, string
from contracts.services.smtp import OPENAPI, USER_NEEDED, service

list = service.get(
    "/smtp/senders",
    "getSmtpSenders",
    "List the addresses of the active senders, oldest first.",
    returns=array(string),
    refuses=(USER_NEEDED,),
    effect=READ,
    evidence=OPENAPI,
)
