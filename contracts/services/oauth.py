"""The token endpoint: client credentials against a bearer token of one hour."""

from typing import Final

from contracts.envelopes import OAUTH
from contracts.evidence import documented, inferred
from contracts.model import WRITE, Service
from contracts.refusals import Refusal
from contracts.schema import const, integer, obj, one_of, string
from contracts.wording import BULK_EMAIL

service: Final = Service("oauth", "Authorization", OAUTH, BULK_EMAIL, needs_token=False)

INVALID_CLIENT: Final = Refusal(
    "invalid_client",
    401,
    401,
    "Client authentication failed",
    documented("the vendor's knowledge base on the sibling endpoint for app-directory keys", "2024"),
)
UNSUPPORTED_GRANT_TYPE: Final = Refusal(
    "unsupported_grant_type",
    400,
    400,
    "The authorization grant type is not supported by the authorization server.",
    inferred("the endpoint bears the fingerprint of league/oauth2-server, which answers so"),
    hint="Check that all required parameters have been provided",
)

issue_token = service.post(
    "/oauth/access_token",
    "",
    "Exchange client credentials for an access token.",
    body=obj({"grant_type": one_of("client_credentials"), "client_id": string, "client_secret": string}),
    returns=obj({"access_token": string, "token_type": const("Bearer"), "expires_in": integer(min=1)}),
    refuses=(UNSUPPORTED_GRANT_TYPE, INVALID_CLIENT),
    wordings={
        "grant_type.required": UNSUPPORTED_GRANT_TYPE,
        "grant_type.string": UNSUPPORTED_GRANT_TYPE,
        "grant_type.in": UNSUPPORTED_GRANT_TYPE,
        # Seen 2020 (php SDK issue 41): a form without recognisable id and secret was answered like a wrong secret.
        "client_id.required": INVALID_CLIENT,
        "client_id.string": INVALID_CLIENT,
        "client_secret.required": INVALID_CLIENT,
        "client_secret.string": INVALID_CLIENT,
    },
    effect=WRITE,
    evidence=documented("the vendor's API landing page"),
)
