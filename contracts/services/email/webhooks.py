"""Webhooks: where the service reports what happens to mails and addresses."""

from typing import Final

from contracts.envelopes import SUCCESS_AND_DATA
from contracts.evidence import documented, inferred
from contracts.model import READ, WRITE, Service, id_of
from contracts.refusals import refusal
from contracts.schema import array, const, integer, obj, one_of, string, url
from contracts.services.email import BY_HABIT
from contracts.services.email import service as email
from contracts.wording import BULK_EMAIL

service: Final = Service(email.name, email.title, SUCCESS_AND_DATA, BULK_EMAIL)

SHAPE: Final = documented("the vendor's bulk email OpenAPI document; a Go client and an Airbyte schema agree with it")

WEBHOOK_NOT_FOUND: Final = refusal("webhook.not_found", 404, BY_HABIT, message="Webhook not found")
WEBHOOK_EXISTS: Final = refusal(
    "webhook.exists", 422, inferred("an event is told to an address once"), message="Webhook already exists"
)

WEBHOOK_ID: Final = id_of("email.webhook", WEBHOOK_NOT_FOUND)

ACTION: Final = one_of(
    "delivered",
    "open",
    "redirect",
    "unsubscribe",
    "new_emails",
    "delete",
    "spam",
    "task_status_update",
    "soft_bounces",
    "hard_bounces",
)
WEBHOOK: Final = obj({"id": integer(min=1), "user_id": integer(min=1), "url": string, "action": ACTION})
DONE: Final = array(const(True), min=1, max=1)

create = service.post(
    "/v2/email-service/webhook",
    "createWebhook",
    "Have events told to an address, each kind by a webhook of its own. What is registered already stays as it is.",
    body=obj({"url": url, "actions": array(ACTION, min=1)}),
    returns=array(WEBHOOK, min=1),
    unpublished=("url.", "actions."),
    creates="email.webhook",
    effect=WRITE,
    evidence=SHAPE,
)

list = service.get(
    "/v2/email-service/webhook",
    "getWebhooks",
    "List the account's webhooks, oldest first.",
    returns=array(WEBHOOK),
    effect=READ,
    evidence=SHAPE,
)

get = service.get(
    "/v2/email-service/webhook/{id}",
    "getWebhookById",
    "Look at one webhook.",
    params={"id": WEBHOOK_ID},
    returns=WEBHOOK,
    effect=READ,
    evidence=SHAPE,
)

update = service.put(
    "/v2/email-service/webhook/{id}",
    "updateWebhook",
    "Give a webhook another address. Its event stays: a list of actions is ignored.",
    params={"id": WEBHOOK_ID},
    body=obj({"url": url}),
    returns=DONE,
    refuses=(WEBHOOK_EXISTS,),
    unpublished=("url.",),
    effect=WRITE,
    evidence=SHAPE,
)

delete = service.delete(
    "/v2/email-service/webhook/{id}",
    "deleteWebhook",
    "Forget a webhook.",
    params={"id": WEBHOOK_ID},
    returns=DONE,
    effect=WRITE,
    evidence=SHAPE,
)
