"""The token endpoint."""

from contracts.envelopes import Json
from contracts.services import oauth as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.core.tokens import LIFETIME


@serves(api.issue_token)
def issue_token(call: Call) -> Json:
    account = call.account
    if account is call.world.nobody or not account.has_secret(call.body["client_secret"]):
        refuse(api.INVALID_CLIENT)
    token = call.world.tokens.issue(account.client_id, account.user_id, account.token_epoch, call.now)
    return {"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME}
