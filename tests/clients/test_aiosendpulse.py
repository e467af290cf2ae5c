"""A third party's asynchronous client, unmodified, in process and live: what calls of it do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import pytest
from aiosendpulse import AioSendPulseClient
from aiosendpulse.storage.base import BaseTokenStorage

from mock_server import AccountHandle

Answer = TypeVar("Answer")

VENDOR = "https://api.sendpulse.com"
ADA, GRACE = "ada@example.com", "grace@example.com"


class NoStorage(BaseTokenStorage):
    """Where the client keeps its token: nowhere."""

    async def get(self) -> None:
        return None

    async def set(self, token: str, ex: object) -> None:
        pass


@pytest.fixture(params=["sendpulse", "sendpulse_live"])
def account(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def ask(account: AccountHandle, call: Callable[[AioSendPulseClient], Awaitable[Answer]]) -> Answer:
    """What a call of the client answers."""

    async def connected() -> Answer:
        client = AioSendPulseClient(account.client_id, account.client_secret, NoStorage())
        if account.base_url != VENDOR:  # in process it stays as it is
            client.base_url = httpx.URL(account.base_url)
        async with client:
            return await call(client)

    return asyncio.run(connected())


def test_contacts_are_added_to_a_list_that_is_renamed(account: AccountHandle) -> None:
    lists = account.client.email.mailing_lists
    book = lists.create("Readers").id
    contacts: list[Any] = [{"email": ADA, "variables": {"name": "Ada"}}, {"email": GRACE}]

    added = ask(account, lambda client: client.email.addressbook.add_emails(book, contacts))
    renamed = ask(account, lambda client: client.email.addressbook.edit(book, "Writers"))

    assert added.result
    assert renamed.result
    assert lists.get(book).name == "Writers"
    assert [(one.email, one.variables) for one in lists.list_emails(book)] == [(ADA, {"name": "Ada"}), (GRACE, {})]


def test_the_blacklist_keeps_a_campaign_from_its_addresses(account: AccountHandle) -> None:
    lists, campaigns = account.client.email.mailing_lists, account.client.email.campaigns
    book = lists.create("Readers")
    lists.add_emails(book, [ADA, GRACE])

    added = ask(account, lambda client: client.email.blacklist.add_emails_to_blacklist([ADA, GRACE]))
    removed = ask(account, lambda client: client.email.blacklist.delete_emails_from_blacklist([GRACE]))
    campaigns.create(
        sender_name="The editors",
        sender_email=account.sender,
        subject="News",
        html="<p>News</p>",
        list_id=book.id,
    )
    account.clock.advance("1m")

    assert added.result
    assert removed.result
    assert [mail.to for mail in account.outbox] == [GRACE]


def test_a_mail_is_sent(account: AccountHandle) -> None:
    sent = ask(
        account,
        lambda client: client.smtp.send_email(
            subject="Your receipt",
            sender={"name": "The editors", "email": account.sender},
            to=[{"name": "Ada", "email": ADA}],
            cc=[{"name": "Grace", "email": GRACE}],
            html="<p>Thank you!</p>",
            attachments_binary={"receipt.txt": "1 book"},
        ),
    )

    assert sent.result
    assert account.client.smtp.emails.get(sent.id).recipient == ADA
    mail = account.outbox.wait(to=GRACE)
    assert (mail.html, mail.attachments, mail.headers["Cc"]) == (
        "<p>Thank you!</p>",
        {"receipt.txt": b"1 book"},
        f"Grace <{GRACE}>",
    )


def test_a_token_that_was_revoked_is_renewed(account: AccountHandle) -> None:
    async def meanwhile(client: AioSendPulseClient) -> Any:
        account.account.revoke_tokens()
        return await client.email.blacklist.add_emails_to_blacklist([ADA])

    assert ask(account, meanwhile).result
    account.journal.assert_called("oauth.issue_token", times=2)
