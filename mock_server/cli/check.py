"""The command `check`: whether the exchanges that users keep, their mocks among them, are still true."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mock_server.cli.reports import reporting, tell

if TYPE_CHECKING:
    from mock_server.cli.reports import Wanted


@click.command
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="HOST",
    help="Look at the exchanges with this host too, such as localhost:8480. May be repeated.",
)
@reporting
def check(*, files: tuple[Path, ...], hosts: tuple[str, ...], report: tuple[Wanted, ...]) -> int:
    """Check the exchanges with api.sendpulse.com in FILES against the contracts.

    The format is found by itself: HAR files, cassettes of vcrpy, Ruby's VCR and PHP-VCR in YAML and JSON, recordings of
    `responses`. Nothing is sent anywhere. Secrets are shown nowhere.
    """
    from contracts.captures import Unreadable
    from contracts.verify.kept import check_files
    from mock_server.core.clock import Clock, format_instant

    try:
        found = check_files(files, started=format_instant(Clock().now()), hosts=hosts)
    except Unreadable as error:
        raise click.ClickException(str(error)) from error
    if not found.facts["checked"]:
        hint = "no exchange with api.sendpulse.com was found; --host adds the host that your files were recorded with"
        click.echo(f"Nothing was checked: {hint}", err=True)
    return tell(found, report)
