"""An account in process, called by each library that is intercepted, in good times and in bad."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import httpx
import pytest

from bench.ways_in import LIBRARIES
from mock_server import AccountHandle

VENDOR = "https://api.sendpulse.com"
BEARER = {"Authorization": "Bearer whatever"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

pytestmark = pytest.mark.sendpulse(limits="off")


@pytest.fixture(params=LIBRARIES, scope="module")
def library(request: pytest.FixtureRequest) -> Iterator[Any]:
    library = LIBRARIES[request.param]()
    yield library
    library.close()


def test_each_library_logs_in_and_works(library: Any, sendpulse: AccountHandle) -> None:
    asked = b"grant_type=client_credentials&client_id=anybody&client_secret=anything"

    token = json.loads(library.send("POST", f"{VENDOR}/oauth/access_token", headers=FORM, body=asked).body)
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    made = library.send("POST", f"{VENDOR}/addressbooks", headers={**FORM, **bearer}, body=b"bookName=Readers")

    assert json.loads(made.body) == {"id": 1}
    assert [one.name for one in sendpulse.client.email.mailing_lists.list()] == ["Readers"]
    sendpulse.journal.assert_called("email.mailing_lists.create", times=1)


def test_each_library_meets_planned_faults_as_those_of_a_network(library: Any, sendpulse: AccountHandle) -> None:
    sendpulse.faults.add({"reset": True}, {"truncate": 1}, {"status": 503}, operation="email.mailing_lists.create")

    def create() -> int:  # a GET that was reset aiohttp would repeat
        return library.send("POST", f"{VENDOR}/addressbooks", headers={**FORM, **BEARER}, body=b"bookName=A").status

    with pytest.raises(library.failures):
        create()
    with pytest.raises(library.cuts):
        create()
    assert create() == 503


def test_each_library_gives_up_at_its_timeout_and_the_call_acts(library: Any, sendpulse: AccountHandle) -> None:
    sendpulse.faults.add({"latency": 60}, operation="email.mailing_lists.create")
    headers = {**FORM, **BEARER}

    with pytest.raises(library.time_outs):
        library.send("POST", f"{VENDOR}/addressbooks", headers=headers, body=b"bookName=Readers", time_out=0.05)

    assert sendpulse.journal.wait(20, operation="email.mailing_lists.create")
    assert [one.name for one in sendpulse.client.email.mailing_lists.list()] == ["Readers"]


async def by_aiohttp(path: str) -> int:
    async with aiohttp.ClientSession(headers=BEARER) as session, session.get(VENDOR + path) as answer:
        return answer.status


async def by_httpx(path: str) -> int:
    async with httpx.AsyncClient(headers=BEARER, timeout=None) as client:  # noqa: S113 - the slow call is given up
        return (await client.get(VENDOR + path)).status_code


@pytest.mark.parametrize("call", [by_aiohttp, by_httpx])
def test_a_planned_latency_holds_up_no_other_task(call: Any, sendpulse: AccountHandle) -> None:
    """The slow call takes two minutes; others come back before it does, and then nobody waits for it any more."""
    fault = sendpulse.faults.add({"latency": 120}, operation="email.mailing_lists.list")

    async def both() -> list[int]:
        slow = asyncio.create_task(call("/addressbooks"))
        quick = [await call("/balance")]
        while not fault.met[0]:
            await asyncio.sleep(0)
        quick.append(await call("/balance"))
        assert not slow.done()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        return quick

    assert asyncio.run(both()) == [200, 200]
    assert sendpulse.journal.wait(20, operation="email.mailing_lists.list").status == 200
