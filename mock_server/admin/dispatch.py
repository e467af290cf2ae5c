"""The life of a call to the admin API: who may call, what is meant, of which account, with which arguments."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import orjson
from flask import Request, Response

import mock_server.admin.accounts
import mock_server.admin.conditions
import mock_server.admin.records
import mock_server.admin.trials  # noqa: F401 - these four register the functions
from contracts.catalogue import Match, Miss
from contracts.refusals import Refusal, Refused
from contracts.suggestions import closest_operation
from mock_server.admin.arguments import arguments_of, described
from mock_server.admin.calls import AdminCall, functions, operations, refuse, refuse_as
from mock_server.admin.guard import check_caller
from mock_server.admin.operations import ENVELOPE
from mock_server.control import AccountControl
from mock_server.core.world import Conflict, World
from mock_server.logs import log, shown

BROKEN: Final = {"error": "the emulator broke its own promise", "hint": "report this bug with what its log tells"}
HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class Admin:
    """The admin API of one world. With a `key`, callers need it; without, they must be on this machine."""

    def __init__(self, world: World, key: str | None) -> None:
        self._world = world
        self._key = key

    def answer(self, request: Request) -> Response:
        """The answer to a request whose path lies below ``/_mock``."""
        try:
            check_caller(request, self._key)
            meant = operations().match_segments(request.method, request.path.strip("/").split("/"))
            if isinstance(meant, Miss):
                return _missed(request, meant)
            return _response(meant.operation.status, self._act(meant, request))
        except Refused as refused:
            return _refused(refused.refusal)
        except Exception:
            log.exception("%s %s failed; this is a bug of the emulator", request.method, shown(request.path))
            return _response(500, BROKEN)

    def _act(self, meant: Match, request: Request) -> Any:
        operation = meant.operation
        account = self._account_of(meant)
        call = AdminCall(self._world, account, meant.params, arguments_of(operation, request))
        try:
            return ENVELOPE.wrap(functions[operation](call))
        except ValueError as error:
            status = HTTPStatus.CONFLICT if isinstance(error, Conflict) else HTTPStatus.BAD_REQUEST
            refuse_as(status, error, f"send {described(operation.arguments)}")

    def _account_of(self, meant: Match) -> AccountControl:
        client_id = meant.params.get("account")
        account = self._world.nobody if client_id is None else self._world.account(client_id)
        if account is None:
            refuse(404, f"unknown account: {client_id!r}", "use the client_id of one that GET /_mock/accounts lists")
        return AccountControl(account)


def _missed(request: Request, miss: Miss) -> Response:
    if not miss.allowed:
        closest = closest_operation(operations(), request.method, request.path)
        refuse(404, f"unknown path: {request.path!r}", f"did you mean {closest.method} {closest.path}?")
    allowed = ", ".join(miss.allowed)
    error = {"error": f"{request.path!r} does not answer {request.method}", "hint": f"send {allowed}"}
    return _response(405, error, {"Allow": allowed})


def _refused(refusal: Refusal) -> Response:
    challenge = {"WWW-Authenticate": ENVELOPE.challenge or ""} if refusal.status == HTTPStatus.UNAUTHORIZED else {}
    return _response(refusal.status, ENVELOPE.refuse(refusal), challenge)


def _response(status: int, payload: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(payload), status, {**HEADERS, **(headers or {})}, content_type=ENVELOPE.media_type)
