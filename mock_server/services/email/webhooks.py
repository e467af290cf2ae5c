"""Webhooks: who is told of which events. What they are told is in `notifications`."""

from __future__ import annotations

from typing import Final

from contracts.envelopes import Json
from contracts.services.email import webhooks as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.services.email.entities import Webhook

DONE: Final = [True]


@serves(api.create)
def create(call: Call) -> Json:
    """Unverified: that registering again brings what is there."""
    webhooks, url = call.store[Webhook], call.body["url"]
    return [
        _shown(call, webhooks.find(url=url, action=action) or webhooks.add(url=url, action=action))
        for action in dict.fromkeys(call.body["actions"])
    ]


@serves(api.list)
def list(call: Call) -> Json:
    return [_shown(call, webhook) for webhook in call.store[Webhook].where()]


@serves(api.get)
def get(call: Call) -> Json:
    return _shown(call, call.found[Webhook])


@serves(api.update)
def update(call: Call) -> Json:
    webhooks, webhook = call.store[Webhook], call.found[Webhook]
    rival = webhooks.find(url=call.body["url"], action=webhook.action)
    if rival not in {None, webhook}:
        refuse(api.WEBHOOK_EXISTS)
    webhooks.change(webhook, url=call.body["url"])
    return DONE


@serves(api.delete)
def delete(call: Call) -> Json:
    call.store[Webhook].remove(call.found[Webhook])
    return DONE


def _shown(call: Call, webhook: Webhook) -> Json:
    return {"id": webhook.id, "user_id": call.account.user_id, "url": webhook.url, "action": webhook.action}
