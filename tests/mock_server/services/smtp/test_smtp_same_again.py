"""Nothing of transactional mail is left to chance: the same calls lead to the same ids, outcomes and webhooks."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

from mock_server import AccountHandle, MockServer
from mock_server.core.settings import SMTP_EVENTS

SETTINGS = {
    "reactions": {
        "seed": 5,
        "open": 0.6,
        "click": 0.3,
        "bounce": 0.1,
        "softbounce": 0.1,
        "spam": 0.1,
        "unsubscribe": 0.1,
    },
    "smtp_webhooks": [{"url": "https://hooks.example.com/smtp", "events": [*SMTP_EVENTS]}],
}


def week(database: str | None = None) -> list[Any]:
    """What a week of mail leaves: records, suppression list, messages, webhooks, rows."""
    options: Any = {"clock": "2026-01-31T12:00:00Z", "limits": "off", "settings": SETTINGS}
    with closing(MockServer(database=database)) as mock, mock.intercept(**options) as account:
        for day in range(7):
            mail_everybody(account, day)
        smtp = account.client.smtp
        return [
            [*smtp.emails.iterate()],
            [*smtp.unsubscribed.iterate()],
            smtp.bounces.list(),
            [mail.as_json() for mail in account.outbox],
            [batch.as_json() for batch in account.webhooks],
            {name: rows for name, rows in account.state.snapshot()["rows"]["rows"].items() if name.startswith("smtp.")},
        ]


def mail_everybody(account: AccountHandle, day: int) -> None:
    smtp = account.client.smtp
    people = [f"reader-{number}@example.com" for number in range(20)]
    smtp.emails.send(
        sender=account.sender, to=people, subject=f"Day {day}", html='<a href="https://example.com">news</a>'
    )
    account.clock.advance("1d")
    for entry in smtp.unsubscribed.list(limit=1):
        smtp.unsubscribed.resubscribe(entry.email, sender=account.sender)
        account.simulate.confirm(entry.email)


def test_a_week_of_mail_goes_as_it_went_before() -> None:
    first, again = week(), week()

    assert first == again
    records, suppressed, *_ = first
    assert {record.smtp_answer_code for record in records} == {250, 452, 550}
    assert suppressed


def test_a_week_of_mail_in_a_file_goes_as_in_memory(tmp_path: Path) -> None:
    assert week(f"sqlite:///{tmp_path}/mail.db") == week()
