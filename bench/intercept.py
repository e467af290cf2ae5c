"""What a call of `requests` costs in process: an adapter that answers at once, a static `responses` answer, ours.

All answer the list of ten mailing lists. Ours goes through the whole pipeline: an unknown token for which the account
stands in, limiter, journal, store. Microseconds of CPU a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from bench.figures import TURNS, Figure, cost, ratios
from bench.server import ANSWERS, BOUNDLESS, LISTS
from mock_server import MockServer
from mock_server.serving.intercept import Interception

URL = "https://api.sendpulse.com/addressbooks"
BODY = ANSWERS["GET"]
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]
CALLS = 150


class AtOnce(HTTPAdapter):
    """The limit: what `requests` itself costs."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        raw = HTTPResponse(body=BytesIO(BODY), headers=dict(HEADERS), status=200, reason="OK", preload_content=False)
        return self.build_response(request, raw)


def at_once(session: requests.Session) -> float:
    session.mount("https://", AtOnce())
    return cost_of_call(session)


def static(session: requests.Session) -> float:
    with responses.RequestsMock() as mock:
        mock.get(URL, body=BODY, content_type="application/json")
        return cost_of_call(session)


def bytes_alone(session: requests.Session) -> float:
    """Our interception before an application that does nothing but answer."""

    def app(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", HEADERS)
        return [BODY]

    with Interception(app):
        return cost_of_call(session)


def emulated(mock: MockServer, session: requests.Session) -> float:
    with mock.intercept(limits=BOUNDLESS) as account:
        for number in range(LISTS):
            account.client.email.mailing_lists.create(f"List {number}")
        return cost_of_call(session)


def cost_of_call(session: requests.Session) -> float:
    call = partial(session.get, URL, headers={"Authorization": "Bearer x"})
    assert len(call().json()) == LISTS
    return cost(call, CALLS)


def figures() -> Iterator[Figure]:
    mock = MockServer()
    contenders = (at_once, static, bytes_alone, partial(emulated, mock))
    turns = [[contender(requests.Session()) for contender in contenders] for _ in range(2 * TURNS)]
    limit, theirs, alone, ours = zip(*turns, strict=True)
    yield Figure("`requests` call, emulated in process / a static `responses`", ratios(ours, theirs), 1.05)
    yield Figure("  the same, interception alone", ratios(alone, theirs))
    yield Figure("  the same, an adapter that answers at once", ratios(limit, theirs))
    yield Figure("  CPU of a static `responses` answer", theirs, unit="µs")
