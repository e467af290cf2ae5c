"""What a call of `requests` costs in process: an adapter that answers at once, a static `responses` answer, ours.

Run it with `python bench/intercept.py`; CPU microseconds a call, the contenders in turns, medians. The application
behind ours does nothing but answer, so that the interception alone is measured.
"""

import statistics
import time
from io import BytesIO

import requests
import responses
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from mock_server.serving.intercept import Interception

URL = "https://api.sendpulse.com/addressbooks"
BODY = b"[" + b",".join(b'{"id":%d,"name":"Readers","all_email_qty":0}' % i for i in range(10)) + b"]"
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]
CALLS, TURNS = 200, 15


class AtOnce(HTTPAdapter):
    def send(self, request, *_args, **_options):
        raw = HTTPResponse(body=BytesIO(BODY), headers=dict(HEADERS), status=200, reason="OK", preload_content=False)
        return self.build_response(request, raw)


def app(_environ, start_response):
    start_response("200 OK", HEADERS)
    return [BODY]


def at_once(session: requests.Session) -> float:
    session.mount("https://", AtOnce())
    return cost(session)


def static(session: requests.Session) -> float:
    with responses.RequestsMock() as mock:
        mock.get(URL, body=BODY, content_type="application/json")
        return cost(session)


def ours(session: requests.Session) -> float:
    with Interception(app):
        return cost(session)


def cost(session: requests.Session) -> float:
    session.get(URL).json()
    began = time.process_time()
    for _ in range(CALLS):
        session.get(URL, headers={"Authorization": "Bearer x"})
    return (time.process_time() - began) / CALLS * 1e6


def main() -> None:
    contenders = (at_once, static, ours)
    turns = [[contender(requests.Session()) for contender in contenders] for _ in range(TURNS)]
    medians = [statistics.median(column) for column in zip(*turns, strict=True)]
    for contender, median in zip(contenders, medians, strict=True):
        print(f"{contender.__name__:8} {median:6.0f} µs   {median / medians[1]:.2f} × static")


if __name__ == "__main__":
    main()
