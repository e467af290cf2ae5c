"""The command `conduct`: how well a client behaves, by the calls that it made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import click

from mock_server.cli.reports import reporting, tell

if TYPE_CHECKING:
    from contracts.conduct import Conversation
    from mock_server.cli.reports import Wanted

PATIENCE: Final = 30
"""Seconds for which the emulator's answer is waited for."""


@click.command
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", metavar="URL", help="Ask a running emulator for its journal, in place of a file.")
@click.option("--account", metavar="ID", help="Whose journal, by its client id; without it that of nobody.")
@click.option("--admin-key", envvar="SENDPULSE_MOCK_ADMIN_KEY", metavar="KEY", help="The emulator's admin key.")
@click.option("--rule", "rules", multiple=True, metavar="NAME", help="Judge by this rule alone. May be repeated.")
@click.option(
    "--host", "hosts", multiple=True, metavar="HOST", help="In a HAR file or cassette, look at this host too."
)
@reporting
def conduct(
    *,
    file: Path | None,
    url: str | None,
    account: str | None,
    admin_key: str | None,
    rules: tuple[str, ...],
    hosts: tuple[str, ...],
    report: tuple[Wanted, ...],
) -> int:
    """Tell how well a client behaves, by the calls in FILE or in the journal of a running emulator.

    FILE is a journal as `GET /_mock/accounts/{account}/journal` answers it, a HAR file or a cassette.
    """
    from contracts.captures import Unreadable
    from contracts.conduct import NoJournal, report_on, rules_named
    from contracts.conduct.files import conversation_in
    from contracts.redaction import redact
    from mock_server.core.clock import Clock, format_instant

    if (file is None) == (url is None):
        raise click.UsageError("give a FILE or an --url, and not both")
    try:
        rules_named(rules)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--rule") from None
    try:
        conversation = conversation_in(file, hosts) if file else _asked(str(url), account, admin_key)
        target = redact(str(file)) if file else f"the journal of {account or 'nobody'}"
        found = report_on(conversation, target=target, started=format_instant(Clock().now()), rules=rules)
    except Unreadable as error:
        raise click.ClickException(f"{redact(str(file))}: {error}") from error
    except NoJournal as error:
        raise click.ClickException(f"{url} sent no journal: {error}") from error
    return tell(found, report)


def _asked(url: str, account: str | None, admin_key: str | None) -> Conversation:
    """The journal of an emulator. Raises `click.ClickException` where there is none."""
    import requests

    from contracts.conduct import from_journal

    of = f"/accounts/{quote(account, safe='')}" if account else ""
    address = f"{url.rstrip('/')}/_mock{of}/journal"
    headers = {"Authorization": f"Bearer {admin_key}"} if admin_key else {}
    try:
        answer = requests.get(address, headers=headers, timeout=PATIENCE)
    except requests.RequestException as error:
        raise click.ClickException(f"cannot reach {address}: {type(error).__name__}") from error
    if answer.status_code != 200:
        raise click.ClickException(f"{address} answered {answer.status_code}: {_told(answer)}")
    return from_journal(_json(answer))


def _told(answer: Any) -> str:
    document = _json(answer)
    return str(document.get("error")) if isinstance(document, dict) else "it is no emulator's"


def _json(answer: Any) -> Any:
    try:
        return json.loads(answer.content)
    except ValueError:
        return None
