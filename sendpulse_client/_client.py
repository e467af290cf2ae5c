"""The client: it signs, paces, sends, repeats and decodes; the services below it only name what to send."""

from __future__ import annotations

import json as json_format
import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

from sendpulse_client._auth import ApiKey, Credentials, Token, TokenCache
from sendpulse_client._errors import Unauthorized, UnexpectedAnswer, answer_in
from sendpulse_client._paths import query_string
from sendpulse_client._retries import Retries
from sendpulse_client._throttle import Pacer
from sendpulse_client._timing import Timing
from sendpulse_client._transport import Request, SocketTransport, Transport
from sendpulse_client.services.account import OwnAccount
from sendpulse_client.services.automation360 import Automation360
from sendpulse_client.services.email import Email
from sendpulse_client.services.smtp import Smtp

if TYPE_CHECKING:
    from collections.abc import Callable

    from sendpulse_client._paths import Query

T = TypeVar("T")

_VENDOR = "https://api.sendpulse.com"


class Client:
    """The SendPulse API as one account sees it; one client serves all threads of a process.

    Give `client_id` and `client_secret`, or `api_key`. `base_url` is this argument, else SENDPULSE_BASE_URL, else the
    vendor's. `timeout` is in seconds. `rate` is the requests a second of the account (None: no pacing). `max_retries`
    bounds the repetitions of a request that is safe to repeat. `transport` is closed with the client.
    """

    def __init__(
        self,
        client_id: str | None = None,
        client_secret: str | None = None,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        transport: Transport | None = None,
        timeout: float = 30.0,
        rate: float | None = 10.0,
        max_retries: int = 5,
        timing: Timing | None = None,
    ) -> None:
        timing = timing or Timing()
        self.base_url = _checked_base_url(base_url or os.environ.get("SENDPULSE_BASE_URL") or _VENDOR)
        self._credentials: Credentials
        if api_key is not None and client_id is client_secret is None:
            self._credentials = ApiKey(api_key)
        elif client_id is not None and client_secret is not None and api_key is None:
            self._credentials = TokenCache(partial(self._fetch_token, client_id, client_secret), timing.monotonic)
        else:
            raise ValueError(
                "credentials are incomplete or doubled: give client_id and client_secret, or api_key alone"
            )
        self._timeout = timeout
        self._pacer = Pacer(rate, timing)
        self._retries = Retries(max_retries, timing)
        self._transport = transport or SocketTransport()
        self.account = OwnAccount(self)
        self.automation360 = Automation360(self)
        self.email = Email(self)
        self.smtp = Smtp(self)

    def request(self, method: str, path: str, query: Query | None = None, json: Any = None) -> Any:
        """Send any request of the API and return the decoded JSON of its answer.

        `path` begins with a slash and is sent as it stands. Raises a SendPulseError: `_errors` draws their tree.
        """
        return self.read(lambda answer: answer, method, path, query, json)

    def read(
        self, reader: Callable[[Any], T], method: str, path: str, query: Query | None = None, json: Any = None
    ) -> T:
        """As `request`, then what `reader` makes of the answer. An answer it can't read is an UnexpectedAnswer."""
        request = self._request(method.upper(), path + query_string(query or {}), json)
        token = self._credentials.token()
        try:
            return self._perform(request, token, reader)
        except Unauthorized:
            another = self._credentials.token_instead_of(token)
            if another is None:
                raise
        return self._perform(request, another, reader)

    def close(self) -> None:
        """Close the transport, and with it every connection."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client(base_url={self.base_url!r})"

    def _perform(self, request: Request, token: str, reader: Callable[[Any], T]) -> T:
        signed = replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})

        def attempt() -> T:
            self._pacer.wait()
            return self._ask(signed, reader)

        return self._retries.run(attempt, when_rate_limited=self._pacer.hold_off)

    def _fetch_token(self, client_id: str, client_secret: str) -> Token:
        """Neither paced, since the server does not count it, nor harmed by repetition: tokens live side by side."""
        body = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        request = self._request("POST", "/oauth/access_token", body)
        return self._retries.run(lambda: self._ask(request, Token.from_answer), safe=True)

    def _ask(self, request: Request, reader: Callable[[Any], T]) -> T:
        response = self._transport.send(request, self._timeout)
        answer = answer_in(request, response)
        try:
            return reader(answer)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise UnexpectedAnswer(request, response, f"the answer can't be read: {error!r}") from error

    def _request(self, method: str, target: str, json: Any) -> Request:
        if not target.startswith("/"):
            raise ValueError(f"the path {target!r} does not begin with a slash, so it might name another host")
        headers = {"Accept": "application/json", "User-Agent": "sendpulse-client"}
        if json is None:
            return Request(method, self.base_url + target, headers)
        body = json_format.dumps(json, ensure_ascii=False, allow_nan=False).encode()
        return Request(method, self.base_url + target, {**headers, "Content-Type": "application/json"}, body)


def _checked_base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"base_url={url!r}: give http:// or https:// and a host, such as {_VENDOR!r}")
    return url.rstrip("/")
