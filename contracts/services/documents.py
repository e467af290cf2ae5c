"""The documents that describe the API, served without a token."""

from typing import Final

from contracts.envelopes import DOCUMENT
from contracts.evidence import inferred, observed
from contracts.model import READ, Service
from contracts.refusals import UNKNOWN_PATH
from contracts.schema import string
from contracts.wording import BULK_EMAIL

service: Final = Service("documents", "Documents", DOCUMENT, BULK_EMAIL, needs_token=False)

get_index = service.get(
    "/.well-known/openapi/index.yaml",
    "",
    "Read the OpenAPI document of the whole API.",
    returns=string,
    effect=READ,
    evidence=observed("a third-party catalogue that probed the vendor's static documents", "2026-08-13"),
)

get = service.get(
    "/.well-known/openapi/{name}",
    "",
    "Read the OpenAPI document of one service, by its file name.",
    returns=string,
    refuses=(UNKNOWN_PATH,),
    effect=READ,
    evidence=inferred("the vendor publishes a document per service; these file names are ours"),
)
