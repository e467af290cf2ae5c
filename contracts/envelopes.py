"""The shapes in which services wrap what they answer. A behaviour never builds one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from contracts.refusals import ANY_CALL, PLAN_REQUIRED, Refusal
from contracts.schema import Schema, const, either, integer, nullable, obj, string

Json = Any
"""What `json.loads` can return."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """How one family of services wraps a success (`wrap`, `success`) and a refusal (`refuse`, `error`).

    `wrap` and `refuse` make values; `success` and `error` make the schemas those values keep. `challenge` is the
    ``WWW-Authenticate`` header of a 401 to a request that brought an ``Authorization`` header.
    """

    wrap: Callable[[Json], Json]
    success: Callable[[Schema], Schema]
    refuse: Callable[[Refusal], Json]
    error: Schema
    media_type: str = "application/json"
    challenge: str | None = None


def _bare(payload: Json) -> Json:
    return payload


def _message_and_code(refusal: Refusal) -> Json:
    return {"message": refusal.message, "error_code": refusal.code}


def _oauth_error(refusal: Refusal) -> Json:
    hint = {} if refusal.hint is None else {"hint": refusal.hint}
    return {"error": refusal.key, "error_description": refusal.message, **hint, "message": refusal.message}


CLASSIC: Final = Envelope(
    wrap=_bare,
    success=_bare,
    refuse=_message_and_code,
    error=obj({"message": string, "error_code": integer()}),
)
"""Bulk email, SMTP and their like: a bare answer; ``{"message", "error_code"}`` when refused."""

_AT_THE_DOOR: Final = frozenset({*ANY_CALL, PLAN_REQUIRED})


def past_the_door(refuse: Callable[[Refusal], Json]) -> Callable[[Refusal], Json]:
    """Have `refuse` word what a service itself refuses; what never reaches it is worded as everywhere.

    Clients look for the usual body of a bad token, an exhausted limit or a plan that is too small at every service.
    """
    return lambda refusal: _message_and_code(refusal) if refusal in _AT_THE_DOOR else refuse(refusal)


def _succeeded(payload: Json) -> Json:
    return {"success": True, "data": payload}


def _success_and_data(payload: Schema) -> Schema:
    return obj({"success": const(True), "data": payload})


def _failed(refusal: Refusal) -> Json:
    return {"success": False, "data": _message_and_code(refusal)}


SUCCESS_AND_DATA: Final = Envelope(
    wrap=_succeeded,
    success=_success_and_data,
    refuse=past_the_door(_failed),
    error=either(CLASSIC.error, obj({"success": const(False), "data": CLASSIC.error})),
)
"""The webhooks of bulk email: ``{"success", "data"}``, refused or not.

Unverified: what stands under ``data`` when they refuse.
"""


def _under_data(payload: Json) -> Json:
    return {"data": payload}


def _data_schema(payload: Schema) -> Schema:
    return obj({"data": payload})


UNDER_DATA: Final = Envelope(
    wrap=_under_data,
    success=_data_schema,
    refuse=_message_and_code,
    error=CLASSIC.error,
)
"""The sender domains of SMTP: ``{"data": {"result", "data"}}``. Unverified: that a refusal is like any other."""

OAUTH: Final = Envelope(
    wrap=_bare,
    success=_bare,
    refuse=_oauth_error,
    error=obj({"error": string, "error_description": string, "message": string}, hint=string),
    challenge='Basic realm="OAuth"',
)
"""The token endpoint: the error body of an OAuth 2 server, without a numeric code."""

DOCUMENT: Final = Envelope(
    wrap=_bare,
    success=_bare,
    refuse=_message_and_code,
    error=CLASSIC.error,
    media_type="application/yaml",
)
"""Static documents: text as it is."""

TAG_SERVICE: Final = "2.7.3"
"""The version that the service of tags says it has (the vendor's own sample)."""

_QUEUED: Final = {
    "code": "request_sended_to_queue",
    "description": "Request sended to queue",
    "failure": False,
    "http_code": 200,
    "success": True,
    "version": TAG_SERVICE,
}
_QUEUE_ANSWER: Final[dict[str, Schema]] = {"code": string, "description": string, "version": string}


def _queued(payload: Json) -> Json:
    return _QUEUED | payload


def _queued_schema(payload: Schema) -> Schema:
    promised = {
        **_QUEUE_ANSWER,
        "code": const("request_sended_to_queue"),
        "failure": const(False),
        "http_code": integer(min=200, max=200),
        "success": const(True),
    }
    return obj(promised | payload["properties"])


def _not_queued(refusal: Refusal) -> Json:
    return {
        "code": refusal.key,
        "description": refusal.message,
        "failure": True,
        "http_code": refusal.status,
        "queue_id": None,
        "success": False,
        "user_id": None,
        "version": TAG_SERVICE,
    }


_NOT_QUEUED: Final = obj(
    {
        **_QUEUE_ANSWER,
        "failure": const(True),
        "http_code": integer(min=400, max=599),
        "queue_id": nullable(string),
        "success": const(False),
        "user_id": nullable(integer()),
    }
)

QUEUE: Final = Envelope(
    wrap=_queued,
    success=_queued_schema,
    refuse=past_the_door(_not_queued),
    error=either(CLASSIC.error, _NOT_QUEUED),
)
"""Tags: a receipt for what was put into a queue.

The receipt is documented. Unverified: a refusal, which is taken to have the same keys, the vendor's name for the
situation in ``code``, and neither a place in the queue nor a user.
"""
