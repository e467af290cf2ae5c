"""Whichever way a call comes in, the same happens: runs the conformance suite through each, and compares journals.

    python -m bench.ways [--examples N] [--every N] [--only WAY ...]

Every run has a world of its own, with the same accounts at the same frozen instant, and the same requests, since
Hypothesis is derandomized. What is compared is the journal of each account: each call with its arguments, answer,
changed rows and evidence, without what was measured in real time; tokens are unreadable in it, headers are not kept.
"""

from __future__ import annotations

import argparse
import socket
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import urllib3
from hypothesis import settings

from bench.ways_in import LIBRARIES, HttpClient, Urllib3
from contracts.messages import Answer, Request
from contracts.suite.exams import Exam, exams
from contracts.suite.laboratories import AdminLaboratory, Credentials
from contracts.suite.profiles import CI, register_profiles
from contracts.suite.targets import Target, WSGITarget
from mock_server.app import make_emulator
from mock_server.authority import Authority
from mock_server.running.doors import opened
from mock_server.serving.intercept import Interception
from mock_server.serving.live import LiveServer

if TYPE_CHECKING:
    from mock_server.emulator import Emulator

Journals = list[Any]
Way = Callable[["Emulator"], AbstractContextManager[Target]]

DIRECT = "WSGI"
"""The application called as it is, to which every other way is compared."""

SECONDS = 30.0
VENDOR = "https://api.sendpulse.com"


class Through:
    """A target that a library reaches at an address."""

    def __init__(self, library: Any, address: str) -> None:
        self._library = library
        self._address = address

    def send(self, request: Request) -> Answer:
        headers = {"Content-Type": request.content_type, "Authorization": request.authorization}
        got = self._library.send(
            request.method,
            f"{self._address}{request.path}{'?' if request.query else ''}{request.query}",
            headers={name: value for name, value in headers.items() if value},
            body=request.body or None,
            time_out=SECONDS,
        )
        return Answer(got.status, {name.lower(): value for name, value in got.headers}, got.body)


class Observed:
    """A laboratory whose calls come in one way, and whose controls are at hand; it keeps journals of who is removed."""

    def __init__(self, emulator: Emulator, target: Target) -> None:
        self.target = target
        self.journals: Journals = []
        self._control = WSGITarget(emulator)
        self._laboratory = AdminLaboratory(self._control)
        self._accounts = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._laboratory, name)

    def new_account(self, **options: Any) -> Credentials:
        self._accounts += 1
        named = {"client_id": f"account-{self._accounts}", "client_secret": f"secret-{self._accounts}"}
        return self._laboratory.new_account(**named, **options)

    def remove(self, account: Credentials) -> None:
        self.journals.append(self._journal(f"/accounts/{account.client_id}/journal"))
        self._laboratory.remove(account)

    def nobodys(self) -> Any:
        """What was sent by nobody who is known; its clock is real, so it has no instants to compare."""
        told = self._journal("/journal")
        for entry in told["entries"]:
            del entry["at"]
        return told

    def _journal(self, path: str) -> Any:
        told = self._control.send(Request("GET", f"/_mock{path}", "", "", "", b"")).json()
        for entry in told["entries"]:
            del entry["duration_ms"]
        return told


def journals_by(way: Way, chosen: Iterable[Exam]) -> Journals:
    """What all accounts wrote in the course of some exams, each of which must be passed."""
    with closing(make_emulator()) as emulator, way(emulator) as target:
        laboratory = Observed(emulator, target)
        for exam in chosen:
            exam.run(laboratory)
        return [*laboratory.journals, laboratory.nobodys()]


@contextmanager
def directly(emulator: Emulator) -> Iterator[Target]:
    yield WSGITarget(emulator)


@contextmanager
def _in_process(library: Callable[[], Any], emulator: Emulator) -> Iterator[Target]:
    with closing(library()) as used, Interception(emulator):
        yield Through(used, VENDOR)


@contextmanager
def _plain(emulator: Emulator) -> Iterator[Target]:
    with LiveServer(emulator) as server, closing(HttpClient()) as used:
        yield Through(used, server.url)


@contextmanager
def _tls(emulator: Emulator) -> Iterator[Target]:
    with _authority() as authority, LiveServer(emulator, identity=authority.identity()) as server:
        trusting = ssl.create_default_context(cafile=authority.certificate_file)
        with closing(HttpClient(trusting)) as used:
            yield Through(used, server.url)


@contextmanager
def _proxy(emulator: Emulator) -> Iterator[Target]:
    # urllib3 leaves Nagle's algorithm on for proxies, which costs every call with a body 40 ms.
    at_once = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
    with _authority() as authority, opened(emulator, authority.identity(), environment={}) as doors:
        trusted = str(authority.certificate_file)
        pools = urllib3.ProxyManager(doors.proxy, ca_certs=trusted, socket_options=at_once)
        with closing(Urllib3(pools)) as used:
            yield Through(used, VENDOR)


@contextmanager
def _authority() -> Iterator[Authority]:
    with tempfile.TemporaryDirectory() as folder:
        yield Authority(Path(folder))


WAYS: dict[str, Way] = {
    **{name: partial(_in_process, library) for name, library in LIBRARIES.items() if name != "urllib.request"},
    "plain HTTP": _plain,
    "TLS": _tls,
    "proxy": _proxy,
}
"""All ways but the direct one. `urllib.request` is `http.client`, and calls every body without a type a form."""


def some(every: int) -> list[Exam]:
    """Each `every`th exam, and the first of each check; but for quotas, which are thousands of calls of one kind."""
    eligible = [exam for exam in exams() if "quotas" not in exam.check]
    firsts = {exam.check: exam for exam in reversed(eligible)}
    return [exam for number, exam in enumerate(eligible) if number % every == 0 or firsts[exam.check] is exam]


@contextmanager
def few_examples(number: int) -> Iterator[None]:
    """So many examples of each property, the same in every run."""
    register_profiles()
    usual = settings.get_current_profile_name()
    few = settings(settings.get_profile(CI), max_examples=number, stateful_step_count=10)
    settings.register_profile("ways", few)
    settings.load_profile("ways")
    try:
        yield
    finally:
        settings.load_profile(usual)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=1, help="of each property (1)")
    parser.add_argument("--every", type=int, default=1, help="take each so-manyth exam (1: all)")
    parser.add_argument("--only", nargs="+", choices=WAYS, default=[*WAYS], help="leave out the other ways")
    asked = parser.parse_args()
    chosen = some(asked.every)
    with few_examples(asked.examples):
        direct = _timed(DIRECT, directly, chosen)
        differ = [name for name in asked.only if _timed(name, WAYS[name], chosen) != direct]
    print(f"{len(chosen)} exams, {len(asked.only)} ways:", f"differ: {differ}" if differ else "all journals are equal")
    return 1 if differ else 0


def _timed(name: str, way: Way, chosen: list[Exam]) -> Journals:
    began = perf_counter()
    journals = journals_by(way, chosen)
    calls = sum(len(journal["entries"]) + journal["dropped"] for journal in journals)
    print(f"{name}: {len(journals)} journals of {calls} calls in {perf_counter() - began:.1f} s", flush=True)
    return journals


if __name__ == "__main__":
    sys.exit(main())
