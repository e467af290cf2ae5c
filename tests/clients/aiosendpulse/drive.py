"""Calls every public method of PyPI's aiosendpulse and of its services."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Awaitable, Iterator
from typing import Any

import httpx
from aiosendpulse import AioSendPulseClient
from aiosendpulse.storage.base import BaseTokenStorage
from telling import methods_of, sender, tell, tell_raised, tell_surface

ADA, GRACE = "ada@example.com", "grace@example.com"


class Memory(BaseTokenStorage):
    """Where the client keeps its token."""

    token: str | None = None

    async def get(self) -> str | None:
        return self.token

    async def set(self, token: str, **_: object) -> None:
        self.token = token


async def call(name: str, awaitable: Awaitable[Any]) -> Any:
    """What came back, which is told."""
    try:
        answer = await awaitable
    except Exception as error:
        tell_raised(name, error)
        return None
    tell(name, answer.model_dump(mode="json") if hasattr(answer, "model_dump") else answer)
    return answer


def surface(one: object, path: str = "") -> Iterator[str]:
    """The public methods of an object and of the services that are its properties."""
    yield from (f"{path}{name}" for name in methods_of(type(one)))
    for name, _ in inspect.getmembers(type(one), lambda member: isinstance(member, property)):
        yield from surface(getattr(one, name), f"{path}{name}.")


async def drive(client: AioSendPulseClient) -> None:
    await call("authorize", client.authorize())
    await mailing_lists(client, await a_list(client))
    await blacklist(client)
    await templates(client)
    await smtp(client)
    await call("close", client.close())


async def a_list(client: AioSendPulseClient) -> int:
    """One that is made by hand: the client's own method cannot."""
    books = client.email.addressbook
    await call("email.addressbook.create", books.create("Readers"))
    made = await client.send(
        httpx.Request("POST", "https://api.sendpulse.com/addressbooks", json={"bookName": "Readers"})
    )
    tell("send", made.json())
    return made.json()["id"]


async def mailing_lists(client: AioSendPulseClient, book: int) -> None:
    books = client.email.addressbook
    contacts: list[Any] = [{"email": ADA, "variables": {"name": "Ada"}}, {"email": GRACE}]
    await call("email.addressbook.edit", books.edit(book, "Writers"))
    await call("email.addressbook.add_emails", books.add_emails(book, contacts))
    await call("email.addressbook.get_list", books.get_list())
    await call("email.addressbook.get", books.get(book))
    await call("email.addressbook.variables", books.variables(book))
    await call("email.addressbook.get_emails", books.get_emails(book))
    await call("email.addressbook.get_total_emails", books.get_total_emails(book))
    await call("email.addressbook.search_emails", books.search_emails(book, "name", "Ada"))


async def blacklist(client: AioSendPulseClient) -> None:
    black = client.email.blacklist
    await call("email.blacklist.add_emails_to_blacklist", black.add_emails_to_blacklist([ADA, GRACE], "asked for it"))
    await call("email.blacklist.delete_emails_from_blacklist", black.delete_emails_from_blacklist([ADA, GRACE]))


async def templates(client: AioSendPulseClient) -> None:
    template = client.email.template
    made = await call("email.template.create", template.create("<p>Hello</p>", "en", "Welcome"))
    await call("email.template.edit", template.edit(made.real_id, "<p>Good day</p>"))
    await call("email.template.get", template.get(made.real_id))


async def smtp(client: AioSendPulseClient) -> None:
    await call(
        "smtp.send_email",
        client.smtp.send_email(
            subject="Your receipt",
            sender={"name": "The editors", "email": sender()},
            to=[{"name": "Ada", "email": ADA}],
            cc=[{"name": "Grace", "email": GRACE}],
            html="<p>Thank you!</p>",
            attachments_binary={"receipt.txt": "1 book"},
        ),
    )


if __name__ == "__main__":
    made = AioSendPulseClient(os.environ["SENDPULSE_CLIENT_ID"], os.environ["SENDPULSE_CLIENT_SECRET"], Memory())
    tell_surface("aiosendpulse", surface(made))
    asyncio.run(drive(made))
