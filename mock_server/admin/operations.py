"""The calls of the admin API, declared as the vendor's are: below ``/_mock``, in JSON, ``{account}`` a client id.

What makes something answers 201 with it, what changes something answers as the look at it does. Where nothing is left
to show, the answer tells what was done: ``{"deleted": true}``. A wait that ends without a find is a 404.
"""

from __future__ import annotations

from typing import Any, Final

from contracts.envelopes import Envelope, Json
from contracts.evidence import documented
from contracts.model import READ, WRITE, Operation, Service
from contracts.refusals import Refusal
from contracts.schema import (
    Schema,
    anything,
    array,
    boolean,
    const,
    either,
    integer,
    mapping,
    nullable,
    number,
    obj,
    one_of,
    string,
)
from contracts.wording import Rule, Wording
from mock_server.control import LONGEST_WAIT, PATIENCE
from mock_server.core.plans import CATEGORIES
from mock_server.core.settings import SCHEMA as SETTINGS
from mock_server.core.throttle import ALGORITHM_NAMES
from mock_server.core.webhooks import DELIVERED, FAILED, KEPT, QUEUED
from mock_server.emulator import OURS

OWN: Final = documented("the manual of this emulator")


def _error(refusal: Refusal) -> Json:
    return {"error": refusal.message, "hint": refusal.hint}


def _bare(payload: Json) -> Json:
    return payload


def _message(rule: Rule) -> str:
    return f"{rule.field} breaks the rule {rule.name!r}"


ENVELOPE: Final = Envelope(
    wrap=_bare,
    success=_bare,
    refuse=_error,
    error=obj({"error": string, "hint": string}),
    challenge='Bearer realm="sendpulse-mock"',
)
"""A bare answer; ``{"error": what was wrong, "hint": what to send instead}`` when refused."""

service: Final = Service("admin", "Admin API", ENVELOPE, Wording(_message, frozenset(), OWN), needs_token=False)

_ACCOUNT: Final = f"{OURS}/accounts/{{account}}"
_PLAN: Final = obj(None, category=one_of(*CATEGORIES), services=mapping(anything))
_LIMITS: Final = obj(
    None,
    algorithm=one_of(*ALGORITHM_NAMES),
    per_second=integer(min=1),
    per_minute=nullable(integer(min=1)),
    per_day=nullable(integer(min=1)),
)
_LIMITS_NOW: Final = {
    **_LIMITS,
    "properties": {**_LIMITS["properties"], "left": mapping(nullable(integer(min=0)))},
    "required": [*_LIMITS["properties"], "left"],
}
_CLOCK: Final = obj(None, now=string, frozen=boolean)
_FACTS: Final = {"client_id": string, "sender": string, "plan": _PLAN, "limits": _LIMITS_NOW, "clock": _CLOCK}
_ABOUT_ACCOUNT: Final = obj({**_FACTS, "world": nullable(string), "settings": SETTINGS})
_SMTP: Final = obj({"host": nullable(string), "port": nullable(integer()), "user": string})
_STEP: Final = obj(
    None,
    refuse=either(integer(), string),
    status=integer(min=400, max=599),
    latency=number,
    reset=const(True),
    truncate=integer(min=0),
    malformed=const(True),
    answer=anything,
    **{"pass": integer(min=1)},
)
_SNAPSHOT: Final = obj(
    None,
    clock=obj(),
    plan=_PLAN,
    limits=_LIMITS,
    settings=SETTINGS,
    rows=obj(None, rows=mapping(anything), next_ids=mapping(anything)),
)
_ENTRY: Final = obj({"id": integer(min=1), "at": string, "method": string, "path": string, "status": integer()})
_MESSAGE: Final = obj(
    {"id": integer(min=1), "at": string, "to": string, "subject": string, "links": array(string)},
    code=nullable(string),
)
_SCENARIO: Final = obj({"scenario": string, "told": string, "try": string, "good": string, "known": string})
_TRIAL: Final = obj(
    {
        "id": integer(min=1),
        "scenario": string,
        "over": boolean,
        "survived": boolean,
        "complaints": array(string),
        "try": string,
        "good": string,
    }
)
_TIMEOUT: Final[Schema] = {**number, "minimum": 0, "maximum": LONGEST_WAIT, "default": PATIENCE}
_OF_ENTRY: Final[Any] = {"operation": string, "status": integer(), "error_code": integer(), "since": string}
_DELIVERY: Final = obj(
    {
        "id": integer(min=1),
        "url": string,
        "state": one_of(QUEUED, DELIVERED, FAILED, KEPT),
        "opened": string,
        "attempted": nullable(string),
        "status_code": nullable(integer()),
        "error": nullable(string),
        "copy_of": nullable(integer(min=1)),
        "events": array(mapping(anything)),
    },
    channel=string,
)
_DELIVERIES: Final = obj({"deliveries": array(_DELIVERY)})
_OF_MESSAGE: Final[Any] = {"to": string, "subject": string}


def _done(what: str) -> Schema:
    """The answer where nothing is left to show."""
    return obj({what: const(True)})


def _look(path: str, summary: str, returns: Schema, **facts: Any) -> Operation:
    return service.get(path, "", summary, returns=returns, effect=READ, evidence=OWN, **facts)


def _make(path: str, summary: str, returns: Schema, **facts: Any) -> Operation:
    return service.post(path, "", summary, returns=returns, effect=WRITE, evidence=OWN, status=201, **facts)


def _do(path: str, summary: str, returns: Schema, **facts: Any) -> Operation:
    return service.post(path, "", summary, returns=returns, effect=WRITE, evidence=OWN, **facts)


def _put(path: str, summary: str, returns: Schema, **facts: Any) -> Operation:
    return service.put(path, "", summary, returns=returns, effect=WRITE, evidence=OWN, **facts)


def _delete(path: str, summary: str) -> Operation:
    return service.delete(path, "", summary, returns=_done("deleted"), effect=WRITE, evidence=OWN)


get_health = _look(f"{OURS}/health", "Whether the emulator runs.", obj({"status": const("ok"), "version": string}))

list_accounts = _look(f"{OURS}/accounts", "All accounts, oldest first.", obj({"accounts": array(_ABOUT_ACCOUNT)}))
make_account = _make(
    f"{OURS}/accounts",
    "Make an account. Its secret is shown here and never again.",
    obj({"client_id": string, "client_secret": string, **_FACTS}),
    body=obj(
        None,
        client_id=string,
        client_secret=string,
        plan=either(string, _PLAN),
        world=string,
        limits=either(string, _LIMITS),
        clock=either(string, _CLOCK),
        settings=SETTINGS,
    ),
)
get_account = _look(
    _ACCOUNT,
    "What an account is, without its secrets, and where and as whom it sends by SMTP.",
    obj({**_ABOUT_ACCOUNT["properties"], "smtp": _SMTP}),
)
delete_account = _delete(_ACCOUNT, "Forget an account, its data, keys and tokens.")
reset_account = _do(
    f"{_ACCOUNT}/reset", "Back to the account's world. Credentials, keys and tokens stay.", _ABOUT_ACCOUNT
)
make_api_key = _make(f"{_ACCOUNT}/api-keys", "A new static key, shown here and never again.", obj({"key": string}))
delete_api_key = _delete(f"{_ACCOUNT}/api-keys/{{key}}", "Forget a static key.")
revoke_tokens = _do(f"{_ACCOUNT}/tokens/revoke", "Refuse every token issued so far.", _done("revoked"))

get_plan = _look(f"{_ACCOUNT}/plan", "The plan.", _PLAN)
set_plan = _put(f"{_ACCOUNT}/plan", "Set the category, or the plans from which it follows.", _PLAN, body=_PLAN)
get_limits = _look(f"{_ACCOUNT}/limits", "The limits, and what is left of them.", _LIMITS_NOW)
set_limits = _put(
    f"{_ACCOUNT}/limits", "Change limits; a quota of null is the plan's again.", _LIMITS_NOW, body=_LIMITS
)
get_clock = _look(f"{_ACCOUNT}/clock", "The account's time.", _CLOCK)
set_clock = _put(f"{_ACCOUNT}/clock", "Move to any instant, freeze or unfreeze.", _CLOCK, body=_CLOCK)
advance_clock = _do(
    f"{_ACCOUNT}/clock/advance",
    "Move forward by seconds or by a duration such as 1h1m; what is due is done before the answer.",
    _CLOCK,
    body=obj(None, seconds={**number, "minimum": 0}, duration=string),
)
get_settings = _look(f"{_ACCOUNT}/settings", "What the vendor's dashboard would set.", SETTINGS)
set_settings = _put(f"{_ACCOUNT}/settings", "Change the settings given.", SETTINGS, body=SETTINGS)
get_state = _look(f"{_ACCOUNT}/state", "A snapshot of clock, plan, limits, settings and rows.", _SNAPSHOT)
set_state = _put(
    f"{_ACCOUNT}/state", "Become what a snapshot says; what it leaves out stays.", _done("restored"), body=_SNAPSHOT
)

list_faults = _look(
    f"{_ACCOUNT}/faults", "The planned faults, and how often each step was met.", obj({"faults": array(obj())})
)
add_fault = _make(
    f"{_ACCOUNT}/faults",
    "Plan a script of faults, one step a request.",
    obj({"id": integer(min=1)}),
    body=obj({"script": array(_STEP, min=1)}, operation={**string, "default": "*"}, probability=number, seed=integer()),
)
delete_faults = _delete(f"{_ACCOUNT}/faults", "Forget all faults.")
delete_fault = _delete(f"{_ACCOUNT}/faults/{{id}}", "Forget one fault.")

list_scenarios = _look(
    f"{OURS}/scenarios", "The troubles that an account can be put through.", obj({"scenarios": array(_SCENARIO)})
)
list_trials = _look(
    f"{_ACCOUNT}/scenarios",
    "The scenarios that an account was put through, and whether its client did as a good one does.",
    obj({"scenarios": array(_TRIAL)}),
)
begin_scenario = _make(
    f"{_ACCOUNT}/scenarios",
    "Put an account through a scenario from now on.",
    _TRIAL,
    body=obj({"scenario": string}),
)
end_scenario = _do(
    f"{_ACCOUNT}/scenarios/{{id}}/end",
    "Let nothing go wrong any more, and tell whether the client did as a good one does. Clock, limits and tokens stay.",
    _TRIAL,
)

get_journal = _look(
    f"{_ACCOUNT}/journal",
    "What was asked and answered, oldest first; outside of any account, what nobody asked.",
    obj({"entries": array(_ENTRY), "dropped": integer(min=0)}),
    variants=(f"{OURS}/journal",),
    query=obj(None, **_OF_ENTRY, limit=integer(min=0)),
)
await_entry = _do(
    f"{_ACCOUNT}/journal/wait",
    "The newest matching entry of the journal, as soon as there is one.",
    obj({"entry": _ENTRY}),
    body=obj(None, **_OF_ENTRY, timeout=_TIMEOUT),
)
get_outbox = _look(
    f"{_ACCOUNT}/outbox",
    "What would have left the machine, oldest first.",
    obj({"messages": array(_MESSAGE)}),
    query=obj(None, **_OF_MESSAGE, limit=integer(min=0)),
)
delete_messages = _delete(f"{_ACCOUNT}/outbox", "Forget all messages of the outbox; what became of them stays.")
delete_message = _delete(f"{_ACCOUNT}/outbox/{{id}}", "Forget one message of the outbox.")
await_message = _do(
    f"{_ACCOUNT}/outbox/wait",
    "The newest matching message of the outbox, as soon as there is one.",
    obj({"message": _MESSAGE}),
    body=obj(None, **_OF_MESSAGE, timeout=_TIMEOUT),
)
simulate = _do(
    f"{_ACCOUNT}/simulate/{{event}}",
    "What a recipient does: with a message of the outbox, a mail by its id of the SMTP service, a campaign's mail to "
    "an address, or whatever went there last.",
    _done("simulated"),
    body=obj(None, message=either(integer(min=1), string), email=string, campaign=integer(min=1), url=string),
)
list_deliveries = _look(
    f"{_ACCOUNT}/webhooks/deliveries", "What was told to web addresses, or would have been, oldest first.", _DELIVERIES
)
await_delivery = _do(
    f"{_ACCOUNT}/webhooks/wait",
    "The newest delivery that was attempted or kept, with an event of that kind in it, as soon as there is one.",
    obj({"delivery": _DELIVERY}),
    body=obj(None, action=string, timeout=_TIMEOUT),
)
replay_delivery = _do(
    f"{_ACCOUNT}/webhooks/deliveries/{{id}}/replay",
    "Deliver once more; the attempt, of at most 5 s, is made before the answer.",
    obj({"delivery": _DELIVERY}),
)
duplicate_delivery = _do(f"{_ACCOUNT}/webhooks/deliveries/{{id}}/duplicate", "Deliver twice in a row.", _DELIVERIES)
reorder_deliveries = _do(
    f"{_ACCOUNT}/webhooks/deliveries/reorder",
    "Deliver once more in another order.",
    _DELIVERIES,
    body=obj({"ids": array(integer(min=1), min=1)}),
)
