"""A third party's asynchronous client, unmodified, against the live server: what it can do, as it does it.

It reads no list, since it raises at every type of one, gives a new mailing list no name, and asks for ever with wrong
credentials; so these are left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
from aiosendpulse import AioSendPulseClient
from aiosendpulse.storage.base import BaseTokenStorage

from mock_server import AccountHandle

Answer = TypeVar("Answer")

ADA, GRACE = "ada@example.com", "grace@example.com"


class NoStorage(BaseTokenStorage):
    """Where the client keeps its token: nowhere."""

    async def get(self) -> None:
        return None

    async def set(self, token: str, ex: object) -> None:
        pass


def ask(account: AccountHandle, call: Callable[[AioSendPulseClient], Awaitable[Answer]]) -> Answer:
    """What a call of the client answers."""

    async def connected() -> Answer:
        client = AioSendPulseClient(account.client_id, account.client_secret, NoStorage())
        client.base_url = httpx.URL(account.base_url)
        async with client:
            return await call(client)

    return asyncio.run(connected())


def test_contacts_are_added_to_a_list_that_is_renamed(sendpulse_live: AccountHandle) -> None:
    lists = sendpulse_live.client.email.mailing_lists
    book = lists.create("Readers").id
    contacts: list[Any] = [{"email": ADA, "variables": {"name": "Ada"}}, {"email": GRACE}]

    added = ask(sendpulse_live, lambda client: client.email.addressbook.add_emails(book, contacts))
    renamed = ask(sendpulse_live, lambda client: client.email.addressbook.edit(book, "Writers"))

    assert added.result
    assert renamed.result
    assert lists.get(book).name == "Writers"
    assert [(one.email, one.variables) for one in lists.list_emails(book)] == [(ADA, {"name": "Ada"}), (GRACE, {})]


def test_a_template_is_made_edited_and_read(sendpulse_live: AccountHandle) -> None:
    made = ask(sendpulse_live, lambda client: client.email.template.create("<p>Hello</p>", "en", "Welcome"))
    edited = ask(sendpulse_live, lambda client: client.email.template.edit(made.real_id, "<p>Good day</p>"))
    read = ask(sendpulse_live, lambda client: client.email.template.get(made.real_id))

    assert made.result
    assert edited.result
    assert (read.real_id, read.name, read.lang, read.owner) == (made.real_id, "Welcome", "en", "me")


def test_the_blacklist_keeps_a_campaign_from_its_addresses(sendpulse_live: AccountHandle) -> None:
    lists, campaigns = sendpulse_live.client.email.mailing_lists, sendpulse_live.client.email.campaigns
    book = lists.create("Readers")
    lists.add_emails(book, [ADA, GRACE])

    added = ask(sendpulse_live, lambda client: client.email.blacklist.add_emails_to_blacklist([ADA, GRACE]))
    removed = ask(sendpulse_live, lambda client: client.email.blacklist.delete_emails_from_blacklist([GRACE]))
    campaigns.create(
        sender_name="The editors",
        sender_email=sendpulse_live.sender,
        subject="News",
        html="<p>News</p>",
        list_id=book.id,
    )
    sendpulse_live.clock.advance("1m")

    assert added.result
    assert removed.result
    assert [mail.to for mail in sendpulse_live.outbox] == [GRACE]


def test_a_mail_is_sent(sendpulse_live: AccountHandle) -> None:
    sent = ask(
        sendpulse_live,
        lambda client: client.smtp.send_email(
            subject="Your receipt",
            sender={"name": "The editors", "email": sendpulse_live.sender},
            to=[{"name": "Ada", "email": ADA}],
            cc=[{"name": "Grace", "email": GRACE}],
            html="<p>Thank you!</p>",
            attachments_binary={"receipt.txt": "1 book"},
        ),
    )

    assert sent.result
    assert sendpulse_live.client.smtp.emails.get(sent.id).recipient == ADA
    mail = sendpulse_live.outbox.wait(to=GRACE)
    assert (mail.html, mail.attachments, mail.headers["Cc"]) == (
        "<p>Thank you!</p>",
        {"receipt.txt": b"1 book"},
        f"Grace <{GRACE}>",
    )


def test_a_token_that_was_revoked_is_renewed(sendpulse_live: AccountHandle) -> None:
    async def meanwhile(client: AioSendPulseClient) -> Any:
        sendpulse_live.account.revoke_tokens()
        return await client.email.blacklist.add_emails_to_blacklist([ADA])

    assert ask(sendpulse_live, meanwhile).result
    sendpulse_live.journal.assert_called("oauth.issue_token", times=2)
