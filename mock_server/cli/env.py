"""The command `env`: what to set so that programs find a running emulator in the vendor's place."""

from __future__ import annotations

import json
import os
from typing import IO, TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from mock_server.cli.ca import authority_of_user
from mock_server.cli.shells import shell_option, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_server.running.doors import Doors
    from mock_server.running.environment import Account

SERVED: Final = "http://127.0.0.1:8480"
"""Where `serve` is met unless it is told otherwise."""


class Address(click.ParamType):  # type: ignore[type-arg, unused-ignore]  # generic in later versions of click
    """Scheme, host and port of a server."""

    name = "url"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """As it stands, without a slash at its end."""
        url = value.rstrip("/")
        if not _is_address(url):
            self.fail(f"{value!r} is no address of a server; give one such as {SERVED}", param, ctx)
        return url


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.port) and url == f"{parts.scheme}://{parts.netloc}"
    except ValueError:
        return False


@click.command
@click.option("--ready", metavar="FILE", type=click.File(), help="What serve printed, - for standard input.")
@click.option("--url", type=Address(), help=f"Where it serves, unless --ready says so.  [default: {SERVED}]")
@click.option("--proxy", type=Address(), help="Where its proxy listens, unless --ready says so.")
@click.option("--doors", type=Address(), nargs=2, help="Where its proxy leads, unless --ready says so.")
@shell_option
def env(
    *, ready: IO[str] | None, url: str | None, proxy: str | None, doors: tuple[str, str] | None, shell: str
) -> None:
    """Print what to set so that programs find a running emulator in the vendor's place.

    It is given by the line of JSON that serve printed, or by its addresses. With a proxy, programs need no change:
    their calls to https://api.sendpulse.com are led to it. With the doors, one without TLS and one with it, those are,
    too, that ask for no proxy.
    """
    from mock_server.running.environment import variables

    said = _read(ready) if ready else {}
    account = _account(url or said.get("url", SERVED), said)
    ways = _doors(proxy or said.get("proxy", ""), doors, said.get("doors", {}))
    trust = _trust() if ways.proxy or account.base_url.startswith("https:") else {}
    told = variables(ways, account, trust, os.environ)
    click.echo(written({name: told[name] for name in told if (shell, name) not in _NOT_TAKEN}, shell))


_NOT_TAKEN: Final = {("github", "NODE_OPTIONS")}
"""GitHub refuses a file that sets it for the steps to come; a step may set it for itself."""


def _read(ready: IO[str]) -> Mapping[str, Any]:
    try:
        said = json.loads(ready.readline())
    except ValueError:
        said = None
    if not isinstance(said, dict) or not said.get("ready"):
        raise click.UsageError(f"{ready.name} does not begin with what serve prints on standard output; give that")
    return said


def _account(base_url: str, said: Mapping[str, Any]) -> Account:
    """The one from the start, unless the line names another."""
    from mock_server.core.world import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET
    from mock_server.running.environment import Account

    client_id, secret = (said.get("client_id", DEMO_CLIENT_ID), said.get("client_secret", DEMO_CLIENT_SECRET))
    return Account(base_url, client_id, secret)


def _doors(proxy: str, named: tuple[str, str] | None, said: Mapping[str, str]) -> Doors:
    from mock_server.running.doors import Doors

    plain, tls = named or (said.get("plain", ""), said.get("tls", ""))
    return Doors(plain, tls, proxy)


def _trust() -> Mapping[str, str]:
    from mock_server.authority import trust_variables

    with authority_of_user() as authority:
        return trust_variables(authority)
