"""A transport that answers from a script, and a clock that only sleeping moves."""

import json
import threading
from collections.abc import Iterable, Iterator
from typing import Any

from sendpulse_client import Client, NetworkError, Request, Response, Timing

TOKEN_PATH = "/oauth/access_token"
SECRET = "a-secret-nobody-may-see"

Reply = Response | type[NetworkError]


class VirtualTime:
    """Stands still but for sleeps; chance always answers `chance`."""

    def __init__(self, now: float = 1000.0, chance: float = 0.5) -> None:
        self.now = now
        self.sleeps: list[float] = []
        self.timing = Timing(monotonic=lambda: self.now, sleep=self._sleep, random=lambda: chance)

    def _sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds


class ScriptedTransport:
    """Answers each request with the next reply; token requests have a script of their own, endless by default."""

    def __init__(self, *replies: Reply, tokens: Iterable[Reply] | None = None) -> None:
        self.requests: list[Request] = []
        self.token_requests: list[Request] = []
        self.timeouts: list[float] = []
        self.closed = False
        self._replies = iter(replies)
        self._tokens = iter(tokens) if tokens is not None else numbered_tokens()
        self._lock = threading.Lock()

    def send(self, request: Request, timeout: float) -> Response:
        with self._lock:
            self.timeouts.append(timeout)
            if request.url.endswith(TOKEN_PATH):
                self.token_requests.append(request)
                reply = next(self._tokens)
            else:
                self.requests.append(request)
                reply = next(self._replies)
        if isinstance(reply, Response):
            return reply
        raise reply(request, "as the script says")

    def close(self) -> None:
        self.closed = True


def client_over(transport: Any, time: VirtualTime | None = None, **options: Any) -> Client:
    timing = (time or VirtualTime()).timing
    return Client("an-id", SECRET, base_url="https://api.test", transport=transport, timing=timing, **options)


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, {"content-type": "application/json", **named}, json.dumps(body).encode())


def refusal(status: int, code: int, message: str = "No") -> Response:
    return answer({"message": message, "error_code": code}, status)


def token(value: str, expires_in: float = 3600) -> Response:
    return answer({"access_token": value, "token_type": "Bearer", "expires_in": expires_in})


def numbered_tokens() -> Iterator[Response]:
    number = 0
    while True:
        number += 1
        yield token(f"token-{number}")


def bearer(request: Request) -> str:
    return request.headers["Authorization"].removeprefix("Bearer ")


UNAUTHORIZED = refusal(401, 401, "Unauthorized!")
INVALID_CLIENT = answer({"error": "invalid_client", "message": "Client authentication failed"}, 401)
TOO_FAST = refusal(429, 2020202020, "More than 10 requests per second")
