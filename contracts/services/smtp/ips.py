"""Addresses of the servers that the account's mail leaves from."""

from contracts.model import READ
from contracts.schema import array, string
from contracts.services.smtp import OPENAPI, USER_NEEDED, service

list = service.get(
    "/smtp/ips",
    "getSmtpIps",
    "List the IP addresses that the account's mail leaves from.",
    returns=array(string),
    refuses=(USER_NEEDED,),
    effect=READ,
    evidence=OPENAPI,
)
