"""Who receives webhooks in this process: a function of the events, or a WSGI application."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from mock_server.core.courier import HEADERS, SECONDS, Attempt, Post
from sendpulse_client import Request, WSGITransport

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

Listener = Callable[[list[dict[str, Any]]], object]
"""Is called with the events of a batch. It fails the delivery by raising something."""

log: Final = logging.getLogger("sendpulse_mock")


def post_to(receiver: Listener | WSGIApplication) -> Post:
    """How to post to a receiver: a callable that needs two arguments is a WSGI application, any other takes events.

    Raises `TypeError` for what is neither.
    """
    if not callable(receiver):
        raise TypeError(f"{receiver!r} cannot receive webhooks; give a function of the events, or a WSGI application")
    needed = _arguments_needed(receiver)
    if needed > 2:
        raise TypeError(f"{receiver!r} needs {needed} arguments; give a function of one, or a WSGI application")
    make = _post_to_application if needed == 2 else _post_to_listener
    return _telling_failures(make(receiver))


def _arguments_needed(receiver: Callable[..., Any]) -> int:
    try:
        parameters = inspect.signature(receiver).parameters.values()
    except ValueError:  # some functions written in C do not tell
        return 1
    in_order = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(parameter.kind in in_order and parameter.default is parameter.empty for parameter in parameters)


def _post_to_listener(listener: Any) -> Post:
    def post(_url: str, body: bytes, _attempt: Attempt) -> int:
        listener(json.loads(body))
        return 200

    return post


def _post_to_application(app: Any) -> Post:
    transport = WSGITransport(app)

    def post(url: str, body: bytes, _attempt: Attempt) -> int:
        return transport.send(Request("POST", url, HEADERS, body), SECONDS).status

    return post


def _telling_failures(post: Post) -> Post:
    """What a receiver raises is no exception of the test's, so the log tells where it came from."""

    def telling(url: str, body: bytes, attempt: Attempt) -> int:
        try:
            return post(url, body, attempt)
        except BaseException:
            log.exception("what receives webhooks failed")
            raise

    return telling
