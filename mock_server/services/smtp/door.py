"""The other door: letters that come by SMTP, answered in its words, and noted in the journal like calls of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from contracts.refusals import Refusal, Refused
from contracts.services.smtp import SENDER_INVALID
from contracts.services.smtp import emails as api
from mock_server.core import stopwatch
from mock_server.core.accounts import Account
from mock_server.core.journal import LONGEST_KEPT, Entry
from mock_server.core.store import Changes
from mock_server.logs import log_request
from mock_server.services.smtp.letters import Letter, Person
from mock_server.services.smtp.sending import accept

SEND: Final = "smtp.door.send"
"""What a mail that came by SMTP is called in the journal."""


class Reply(NamedTuple):
    """What the client is told: three digits and a line."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


# Unverified: the vendor's wordings are those of its API; with which digits its SMTP server says them is not known.
_REPLIES: Final[Mapping[Refusal, tuple[int, str]]] = {
    SENDER_INVALID: (550, "5.7.1 "),
    api.TOO_MANY_RECIPIENTS: (550, ""),  # the wording has digits of its own
    api.TOO_LARGE: (552, "5.3.4 "),
    api.RECIPIENT_INVALID: (553, "5.1.3 "),
    api.MALFORMED: (554, "5.6.0 "),
    api.LIMITED: (451, "4.7.1 "),
    api.OUT_OF_MAILS: (452, "4.7.1 "),
}
_OTHERWISE: Final = (550, "5.7.1 ")


def reply_to(refusal: Refusal) -> Reply:
    """How SMTP says what the API would."""
    code, digits = _REPLIES.get(refusal, _OTHERWISE)
    return Reply(code, f"{digits}{refusal.message}")


def send(account: Account, letter: Letter) -> Reply:
    """Send a letter as if the API had been called, and note it in the journal."""
    started, refusal = stopwatch.now(), None
    with account.lock:
        if account.is_removed:
            return Reply(550, "5.7.1 The account is gone")
        now = account.clock.now()
        account.run_due(now)
        changes: Changes | None = None
        try:
            with account.store.transaction() as changes:
                reply = Reply(250, f"2.0.0 OK id={accept(account, letter, now).key}")
        except Refused as refused:
            changes, refusal = None, refused.refusal
            reply = reply_to(refusal)
        duration = stopwatch.now() - started
        _note(account, _given(letter), reply, refusal=refusal, changes=changes, duration=duration)
    return reply


def turn_away(account: Account, sender: str, recipients: Sequence[str], refusal: Refusal, why: str) -> Reply:
    """Refuse a mail that nobody can or wants to read, and note that it came; `why` is told in the journal."""
    reply, given = reply_to(refusal), {"from": {"email": sender}, "envelope": [*recipients]}
    with account.lock:
        _note(account, given, reply, refusal=refusal, why=why)
    return reply


def _note(
    account: Account,
    given: Mapping[str, Any],
    reply: Reply,
    *,
    refusal: Refusal | None,
    changes: Changes | None = None,
    duration: float = 0,
    why: str | None = None,
) -> None:
    if changes:
        changes.shorten()
    answer = orjson.dumps({"code": reply.code, "message": reply.text})
    size = len(orjson.dumps(given))
    entry = Entry(
        id=account.journal.next_id(),
        at=account.clock.now(),
        operation=SEND,
        method="SMTP",
        path=f"mailto:{','.join(given['envelope'])}",
        given=partial(dict, given if size <= LONGEST_KEPT else _LEFT_OUT),
        status=reply.code,
        error_code=refusal.code if refusal else None,
        answer=answer,
        changes=changes,
        evidence=(refusal or api.send).evidence,
        duration=duration,
        size=min(size, LONGEST_KEPT) + len(answer),
        told=why,
    )
    account.journal.add(entry)
    account.stir()
    log_request(entry)


_LEFT_OUT: Final = {"[left out]": f"more than {LONGEST_KEPT} bytes"}


def _given(letter: Letter) -> dict[str, Any]:
    """A letter with the names that the API has for its parts; of files their names."""
    return {
        "from": _person(letter.sender),
        "to": [*map(_person, letter.to)],
        "cc": [*map(_person, letter.cc)],
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "attachments": [*letter.attachments],
        "envelope": letter.recipients,
    }


def _person(person: Person) -> dict[str, str]:
    return {"email": person.email} | ({"name": person.name} if person.name else {})
