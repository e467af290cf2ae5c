"""The command line: `sendpulse-mock`, or `python -m mock_server`."""

from __future__ import annotations

import sys

import click

from mock_server import __version__
from mock_server.cli.ca import ca
from mock_server.cli.check import check
from mock_server.cli.conduct import conduct
from mock_server.cli.coverage import coverage
from mock_server.cli.drift import drift
from mock_server.cli.env import env
from mock_server.cli.exec import execute
from mock_server.cli.exits import COULD_NOT_RUN, INTERRUPTED
from mock_server.cli.export import export
from mock_server.cli.health import health
from mock_server.cli.record import record
from mock_server.cli.serve import serve
from mock_server.cli.verify import verify


@click.group(context_settings={"max_content_width": 100})
@click.version_option(__version__, prog_name="sendpulse-mock")
def commands() -> None:
    """An emulator of the SendPulse API. Nothing leaves this machine unless you ask for it.

    Exit codes: 0 good, 1 findings, 2 could not run, 130 interrupted.
    """


for command in (serve, execute, export, coverage, verify, record, check, conduct, drift, ca, env, health):
    commands.add_command(command)


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    try:
        code = commands(prog_name="sendpulse-mock", standalone_mode=False)
    except click.Abort:
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = COULD_NOT_RUN
    sys.exit(code)
