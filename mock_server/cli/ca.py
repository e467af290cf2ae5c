"""The commands `ca path`, `ca env` and `ca remove`: the certificate authority of `serve --tls`, and trust in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from mock_server.cli.shells import shell_option, written

if TYPE_CHECKING:
    from mock_server.authority import Authority


@click.group
def ca() -> None:
    """Show the certificate authority of serve --tls, have it trusted, or remove it.

    It is yours alone, is made when it is first needed, and can vouch for SendPulse's domain and for this machine, and
    for nothing else. It is not installed anywhere: only what you give its certificate trusts it.
    """


@ca.command
def path() -> None:
    """Print where the certificate lies that clients are to trust."""
    with authority_of_user() as authority:
        click.echo(authority.certificate_file)


@ca.command
@shell_option
def env(*, shell: str) -> None:
    """Print the variables that make programs trust it.

    Each names the roots that this machine trusts, and this one.
    """
    from mock_server.authority import trust_variables

    with authority_of_user() as authority:
        click.echo(written(trust_variables(authority), shell))


@ca.command
def remove() -> None:
    """Leave nothing of it, nor of what was written for clients."""
    with authority_of_user() as authority:
        was_there = authority.remove()
        click.echo(f"removed {authority.folder}" if was_there else f"there is none in {authority.folder}", err=True)


@contextmanager
def authority_of_user() -> Iterator[Authority]:
    """The one that commands use; where it cannot be kept, they say why and end."""
    from mock_server.authority import Authority, AuthorityUnusable

    try:
        yield Authority()
    except AuthorityUnusable as error:
        raise click.ClickException(str(error)) from error
