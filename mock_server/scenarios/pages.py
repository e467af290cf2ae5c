"""Troubles with lists that come in pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracts.conduct import Call
from contracts.services.email import mailing_lists
from mock_server.control import AccountControl
from mock_server.scenarios.courses import Course
from mock_server.scenarios.declarations import scenario
from mock_server.services.email.entities import Contact, MailingList
from mock_server.services.email.statuses import ACTIVE

PAGE: Final = 100
"""The most that the vendor gives at once."""

TWO_PAGES: Final = "Exactly two pages"


def reads_to_the_end(course: Course) -> Iterator[str]:
    """Pages are read until one is not full, and not further."""
    pages = [call for call in course.served if call.operation is mailing_lists.list_emails]
    if not pages:
        yield f"no call met it: nobody read the contacts of the list {TWO_PAGES!r}"
    empty = [page for page in pages if page.answer == []]
    if len(empty) > 1:
        yield f"{len(empty)} empty pages were read, and the first said that there is no more"
    if pages and not empty and not any(map(_is_short, pages)):
        yield "every page that was read was full, so there might have been more"


def _is_short(page: Call) -> bool:
    return len(page.answer or ()) < int(page.arguments.get("limit") or PAGE)


@scenario(
    try_it=f"read all contacts of the mailing list {TWO_PAGES!r}",
    good="asks for the third page, finds it empty, and ends there without an error",
    known="clients that stop at the first page, fail on an empty one, or go on asking for ever",
    expects=(reads_to_the_end,),
    rules=("unread_page",),
)
def full_last_page(account: AccountControl) -> None:
    """A mailing list fills its last page exactly, so that the next one is empty."""
    kept = account.account
    with kept.lock, kept.store.transaction():
        book = kept.store[MailingList].find(name=TWO_PAGES) or kept.store[MailingList].add(
            name=TWO_PAGES, created=kept.clock.now()
        )
        for number in range(kept.store[Contact].count(list_id=book.id), 2 * PAGE):
            address = f"reader-{number:03}@example.com"
            kept.store[Contact].add(
                list_id=book.id, email=address, status=ACTIVE, added=book.created, phone=None, variables={}
            )
    kept.stir()
