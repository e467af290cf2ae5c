"""Accounts, their keys and tokens, and whether the emulator runs at all."""

from __future__ import annotations

from typing import Any

from contracts.envelopes import Json
from contracts.redaction import redact
from mock_server import __version__
from mock_server.admin import operations as api
from mock_server.admin.calls import AdminCall, answers, refuse
from mock_server.control import AccountControl, new_account, smtp_login


@answers(api.get_health)
def get_health(_: AdminCall) -> Json:
    return {"status": "ok", "version": __version__}


@answers(api.list_accounts)
def list_accounts(call: AdminCall) -> Json:
    return {"accounts": [_about(AccountControl(account)) for account in call.world.accounts()]}


@answers(api.make_account)
def make_account(call: AdminCall) -> Json:
    account = AccountControl(new_account(call.world, **call.given))
    return {"client_id": account.client_id, "client_secret": account.client_secret} | _about(account)


@answers(api.get_account)
def get_account(call: AdminCall) -> Json:
    login = smtp_login(call.world, call.account.account)
    return _about(call.account) | {"smtp": {"host": login.host, "port": login.port, "user": login.user}}


@answers(api.delete_account)
def delete_account(call: AdminCall) -> Json:
    call.world.remove_account(call.account.account)
    return {"deleted": True}


@answers(api.reset_account)
def reset_account(call: AdminCall) -> Json:
    call.world.reset_account(call.account.account)
    return _about(call.account)


@answers(api.make_api_key)
def make_api_key(call: AdminCall) -> Json:
    return {"key": call.world.make_api_key(call.account.account)}


@answers(api.delete_api_key)
def delete_api_key(call: AdminCall) -> Json:
    key = call.path["key"]
    if not call.world.revoke_api_key(call.account.account, key):
        refuse(404, f"account {call.account.client_id!r} has no key {redact(key)!r}", "delete a key that POST made")
    return {"deleted": True}


@answers(api.revoke_tokens)
def revoke_tokens(call: AdminCall) -> Json:
    call.account.account.revoke_tokens()
    return {"revoked": True}


def _about(account: AccountControl) -> dict[str, Any]:
    with account.account.lock:
        return {
            "client_id": account.client_id,
            "sender": account.sender,
            "world": account.account.world,
            "plan": account.plan.as_json(),
            "limits": account.limits.as_json(),
            "clock": account.clock.as_json(),
            "settings": account.settings.as_json(),
        }
