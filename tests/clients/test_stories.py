"""Programs in five languages, with nothing but what comes with the language, through `exec`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.programs import STORIES, Program
from tests.clients.runs import Run

READERS = [f"{name}@example.com" for name in ("ada", "grace", "alan", "edsger", "barbara")]

ASKED = [
    "oauth.issue_token",
    "email.mailing_lists.create",
    "email.mailing_lists.add_emails",
    "email.mailing_lists.get",
    *["email.mailing_lists.list_emails"] * 3,
    "email.senders.list",
    "email.campaigns.create",
    "email.campaigns.get",
    "smtp.emails.send",
    "smtp.emails.get",
]


@pytest.mark.parametrize("program", STORIES, ids=str)
def test_program_of_any_language_reads_what_the_emulator_has(
    program: Program, through_exec: Callable[[list[str]], Run], tmp_path: Path
) -> None:
    if program.missing:
        pytest.skip(f"there is no {program.missing}")

    run = through_exec(program.command(tmp_path))

    answers = {entry["operation"]: entry["answer"] for entry in run.journal}
    mail = answers["smtp.emails.get"]
    [told] = run.printed
    assert run.operations == ASKED
    assert {entry["status"] for entry in run.journal} == {200}
    assert told == {
        "list": {"id": answers["email.mailing_lists.create"]["id"], "name": "Readers", "contacts": 5},
        "pages": [READERS[:2], READERS[2:4], READERS[4:]],
        "campaign": {
            "id": answers["email.campaigns.create"]["id"],
            "name": "First",
            "subject": "News 🦉",
            "recipients": 5,
        },
        "mail": {"id": mail["id"], "sender": mail["sender"], "recipient": "ada@example.com"},
    }
    assert [(sent["to"], sent["subject"], sent["html"]) for sent in run.outbox] == [
        ("ada@example.com", "Receipt 🦉", "<p>Thank you!</p>")
    ]
