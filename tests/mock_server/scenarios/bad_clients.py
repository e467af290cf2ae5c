"""Clients written badly on purpose, each with one of the bugs that clients in use are known to have."""

from __future__ import annotations

import base64
import contextlib
import json
import time
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import requests

from mock_server.testing import AccountHandle

THREADS = 6
SECONDS = 5.0
WRITE = {"bookName": "Readers"}


class Naive:
    """Logs in once, and never again. What the bad clients below have in common."""

    repeated = frozenset[int]()
    """The statuses after which a call is made again, at once, up to `attempts` times."""
    attempts = 1

    def __init__(self, sendpulse: AccountHandle) -> None:
        self.url = sendpulse.base_url
        self.credentials = {"client_id": sendpulse.client_id, "client_secret": sendpulse.client_secret}
        self.token: Any = None

    def log_in(self) -> None:
        self.token = self.ask_for_token().json().get("access_token")

    def ask_for_token(self, timeout: float = SECONDS) -> requests.Response:
        asked = {"grant_type": "client_credentials", **self.credentials}
        return requests.post(f"{self.url}/oauth/access_token", json=asked, timeout=timeout)

    def send(self, method: str, path: str, **arguments: Any) -> requests.Response:
        bearer = {} if self.token is None else {"Authorization": f"Bearer {self.token}"}
        return requests.request(method, f"{self.url}{path}", headers=bearer, timeout=SECONDS, **arguments)

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        if self.token is None:
            self.log_in()
        answer = self.send(method, path, **arguments)
        for _ in range(self.attempts - 1):
            if answer.status_code in self.repeated:
                self.before_repeating()
                answer = self.send(method, path, **arguments)
        return answer

    def before_repeating(self) -> None:
        """Whatever helps."""

    def warm_up(self) -> None:
        self.call("GET", "/addressbooks")

    def meet(self) -> None:
        self.call("GET", "/addressbooks")


class GivesUp(Naive):
    """PHP: a guard against loops, set by the first refusal and taken away by a token alone."""

    is_guarded = False

    def meet(self) -> None:
        for _ in range(3):
            if self.call("GET", "/addressbooks").status_code == 401 and not self.is_guarded:
                self.is_guarded = True
                with contextlib.suppress(ValueError):
                    self.log_in()


class ForgetsItsToken(Naive):
    """Java: repeats the call after a new log-in, without any token."""

    repeated, attempts = frozenset({401}), 2

    def before_repeating(self) -> None:
        self.log_in()
        self.token = None


class KeepsItsToken(Naive):
    """aiosendpulse: asks its store, which holds the same token."""

    repeated, attempts = frozenset({401}), 2


class Storms(Naive):
    """Every thread that is refused logs in for itself."""

    def meet(self) -> None:
        together = Barrier(THREADS)

        def work() -> None:
            mine = Naive.__new__(Naive)
            mine.__dict__ = dict(self.__dict__)
            together.wait(SECONDS)
            if mine.call("GET", "/addressbooks").status_code == 401:
                mine.log_in()
                mine.call("GET", "/addressbooks")

        threads = [Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)


class SavesWhatComes(Naive):
    """Takes whatever stands in the answer for its token."""

    def log_in(self) -> None:
        answer = self.ask_for_token().json()
        self.token = answer.get("access_token", answer.get("error"))

    def meet(self) -> None:
        if self.call("GET", "/addressbooks").status_code == 401:
            self.log_in()
        for _ in range(2):
            self.call("GET", "/addressbooks")


class Impatient(Naive):
    """One short time-out for everything."""

    def meet(self) -> None:
        self.call("GET", "/addressbooks")
        for _ in range(3):
            with contextlib.suppress(requests.Timeout):
                self.token = self.ask_for_token(timeout=0.01).json()["access_token"]


class Insists(Naive):
    """Asks for a token until it has one."""

    def meet(self) -> None:
        self.call("GET", "/addressbooks")
        for _ in range(20):
            if self.ask_for_token().ok:
                break


class ReadsItsToken(Naive):
    """Asks for another token whenever the date in its own is past."""

    def call(self, method: str, path: str, **arguments: Any) -> requests.Response:
        if self.token is None or self.has_expired():
            self.log_in()
        answer = self.send(method, path, **arguments)
        if answer.status_code == 401:
            self.token = None
        return answer

    def has_expired(self) -> bool:
        _, claims, _ = self.token.split(".")
        return bool(json.loads(base64.urlsafe_b64decode(claims + "=="))["exp"] < time.time())

    def meet(self) -> None:
        for _ in range(4):
            self.call("GET", "/addressbooks")


class Loops(Naive):
    """PHP, Python, Node, Go: log in and repeat, without end."""

    repeated, attempts = frozenset({401}), 20

    def before_repeating(self) -> None:
        self.log_in()


class Hammers(Naive):
    """Repeats at once what was turned away."""

    repeated, attempts = frozenset({429}), 8


class CountsOnRetryAfter(Naive):
    """Fails on the header that never comes."""

    def meet(self) -> None:
        answer = self.call("GET", "/addressbooks")
        with contextlib.suppress(KeyError):
            time.sleep(float(answer.headers["Retry-After"]))
            self.call("GET", "/addressbooks")


class RepeatsEverything(Naive):
    """A retry of some library, for every method."""

    repeated, attempts = frozenset({500}), 3

    def meet(self) -> None:
        self.call("POST", "/addressbooks", json=WRITE)


class TakesHalfForNothing(Naive):
    """What cannot be read is an empty list."""

    def meet(self) -> None:
        with contextlib.suppress(requests.RequestException):
            self.call("GET", "/addressbooks")


class WritesTwice(Naive):
    """Opens a new connection and repeats, whatever was asked."""

    def meet(self) -> None:
        for _ in range(2):
            with contextlib.suppress(requests.ConnectionError):
                self.call("POST", "/addressbooks", json=WRITE)


class ReadsOnePage(Naive):
    """A hundred must be all."""

    def meet(self) -> None:
        [book] = self.call("GET", "/addressbooks").json()
        self.call("GET", f"/addressbooks/{book['id']}/emails?limit=100&offset=0")


class ReadsForEver(Naive):
    """Goes on after an empty page."""

    def meet(self) -> None:
        [book] = self.call("GET", "/addressbooks").json()
        for page in range(5):
            self.call("GET", f"/addressbooks/{book['id']}/emails?limit=100&offset={page * 100}")


BAD: list[tuple[str, Callable[[AccountHandle], Naive], str]] = [
    ("token-refresh-fails-once", GivesUp, "no call was served"),
    ("token-refresh-fails-once", KeepsItsToken, "no call was served"),
    ("expired-stored-token", ForgetsItsToken, "2 calls bore a token that was not good"),
    ("expired-stored-token", Naive, "no call was served"),
    ("revoked-token", KeepsItsToken, "2 calls bore a token that was not good"),
    ("refresh-storm", Storms, f"{THREADS} tokens were asked for"),
    ("error-body-saved-as-token", SavesWhatComes, "2 calls bore as a token what was never issued"),
    ("slow-token-endpoint", Impatient, "3 tokens were asked for"),
    ("token-endpoint-down", Insists, "20 tokens were asked for"),
    ("clock-skew", ReadsItsToken, "3 tokens were asked for"),
    ("unauthorized-loop", Loops, "20 calls were answered 401"),
    ("429-without-retry-after", Hammers, "conduct.no_back_off"),
    ("429-without-retry-after", CountsOnRetryAfter, "no call was served"),
    ("minute-quota-used-up", Hammers, "8 calls were answered 429"),
    ("html-500-on-post", RepeatsEverything, "conduct.unsafe_repeat"),
    ("truncated-body", TakesHalfForNothing, "came broken, and was not asked again"),
    ("connection-reset", WritesTwice, "conduct.unsafe_repeat"),
    ("connection-reset", TakesHalfForNothing, "came broken, and was not asked again"),
    ("full-last-page", ReadsOnePage, "every page that was read was full"),
    ("full-last-page", ReadsForEver, "3 empty pages were read"),
]
"""Which scenario shows the bug of which client, and what is said of it."""
