"""The command `health`: does an emulator serve on this machine? For whatever watches over a container."""

from __future__ import annotations

import json
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final

import click

from mock_server.cli.ca import authority_of_user
from mock_server.cli.exits import FINDINGS, GOOD
from mock_server.configuration import setting

HOST: Final = "127.0.0.1"
SECONDS: Final = 3.0
"""How long a server may leave a question unanswered."""


@click.command
@setting("--port", type=click.IntRange(1, 65535), metavar="PORT", default=8480, help="Port on which it serves.")
def health(*, port: int) -> int:
    """Ask whether an emulator serves on this machine, by http or by https, with an admin key or without.

    Exit code 0 if it does, 1 if not. It is the health check of the image.
    """
    try:
        reason = _complaint(port)
    except (OSError, HTTPException) as error:
        reason = str(error) or type(error).__name__
    if not reason:
        return GOOD
    click.echo(f"no emulator answers on {HOST}:{port} ({reason}): start serve, or give the --port it has", err=True)
    return FINDINGS


def _complaint(port: int) -> str:
    """What is wrong with its answer. A server of TLS hangs up on who speaks without, and is asked again."""
    try:
        return _asked(HTTPConnection(HOST, port, timeout=SECONDS))
    except (ConnectionResetError, BrokenPipeError, HTTPException):
        with authority_of_user() as authority:
            trusting = ssl.create_default_context(cafile=authority.certificate_file)
        return _asked(HTTPSConnection(HOST, port, timeout=SECONDS, context=trusting))


def _asked(connection: HTTPConnection) -> str:
    try:
        connection.request("GET", "/_mock/health")
        answer = connection.getresponse()
        return "" if _is_ours(answer.status, answer.read()) else f"it says {answer.status}, and is something else"
    finally:
        connection.close()


def _is_ours(status: int, body: bytes) -> bool:
    """Who wants to see the admin key first is well, too."""
    try:
        told = json.loads(body)
        return told["status"] == "ok" if status == 200 else status == 401 and "admin key" in told["error"]
    except (ValueError, LookupError, TypeError):
        return False
