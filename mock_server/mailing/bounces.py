"""What the servers of recipients say when they do not take a mail."""

from __future__ import annotations

from typing import Final, NamedTuple


class Reply(NamedTuple):
    """What a mail server answered: the code, the enhanced code, and the whole line."""

    code: int
    subcode: str
    text: str


NO_MAILBOX: Final = Reply(550, "5.1.1", "550 5.1.1 No such mailbox here")
FULL_MAILBOX: Final = Reply(452, "4.2.2", "452 4.2.2 The mailbox is full")
