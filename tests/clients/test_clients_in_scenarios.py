"""Clients in use, unmodified, in scenarios: those that show the bugs they are known for, and some that they survive."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosendpulse import AioSendPulseClient
from aiosendpulse.storage.base import BaseTokenStorage
from pysendpulse.pysendpulse import PySendPulse

from mock_server import AccountHandle


@pytest.fixture
def api(sendpulse: AccountHandle, tmp_path: Path) -> PySendPulse:
    """The vendor's package for Python, with a token in its file."""
    api = PySendPulse(sendpulse.client_id, sendpulse.client_secret, "FILE", f"{tmp_path}/")
    api.get_list_of_addressbooks()
    return api


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("unauthorized-loop", ["30 calls were answered 401", "30 tokens were asked for"]),
        ("token-refresh-fails-once", ["no call was served in the end", "2 calls bore a token that was not good"]),
        ("429-without-retry-after", ["no call was served in the end"]),
    ],
)
def test_the_vendors_package_does_not_survive(
    api: PySendPulse, sendpulse: AccountHandle, name: str, told: list[str]
) -> None:
    trial = sendpulse.scenario(name)

    api.get_list_of_addressbooks()

    trial.end()
    assert [complaint.partition(",")[0] for complaint in trial.complaints()] == told


@pytest.mark.parametrize(
    "name",
    ["expired-stored-token", "revoked-token", "slow-token-endpoint", "token-endpoint-down", "minute-quota-used-up"],
)
def test_the_vendors_package_survives(api: PySendPulse, sendpulse: AccountHandle, name: str) -> None:
    with sendpulse.scenario(name):
        api.get_list_of_addressbooks()


def test_the_vendors_package_repeats_no_write(api: PySendPulse, sendpulse: AccountHandle) -> None:
    with sendpulse.scenario("html-500-on-post"):
        assert api.add_addressbook("Readers")["data"]["http_code"] == 500


class Kept(BaseTokenStorage):
    """A store as users have it: it gives back the token that it was given."""

    token: Any = None

    async def get(self) -> Any:
        return self.token

    async def set(self, token: Any, ex: object) -> None:  # noqa: ARG002 - as the base has it
        self.token = token


def test_a_third_partys_client_sends_what_its_store_holds(sendpulse_live: AccountHandle) -> None:
    async def add_twice() -> None:
        client = AioSendPulseClient(sendpulse_live.client_id, sendpulse_live.client_secret, Kept())
        client.base_url = httpx.URL(sendpulse_live.base_url)
        async with client:
            await client.email.blacklist.add_emails_to_blacklist(["ada@example.com"])
            begun.append(sendpulse_live.scenario("revoked-token"))
            with contextlib.suppress(httpx.HTTPStatusError):
                await client.email.blacklist.add_emails_to_blacklist(["grace@example.com"])

    begun: list[Any] = []
    asyncio.run(add_twice())
    begun[0].end()

    assert begun[0].complaints() == ["no call was served in the end", "2 calls bore a token that was not good"]
