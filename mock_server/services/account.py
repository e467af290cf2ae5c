"""The account itself."""

from contracts.envelopes import Json
from contracts.services import account as api
from mock_server.behaviour import Call, serves


@serves(api.get_info)
def get_info(call: Call) -> Json:
    return {"id": call.account.user_id, "email": call.account.owner}
