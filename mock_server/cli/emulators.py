"""What the commands that run an emulator in their own process have in common: its beginning, and their end."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_server.emulator import Emulator


def emulator_of(options: Mapping[str, str | None]) -> Emulator:
    """An emulator as the options of a command want it."""
    from mock_server.app import make_emulator
    from mock_server.core.store import DatabaseUnusable

    try:
        return make_emulator(**options)
    except (ValueError, DatabaseUnusable) as error:
        raise click.ClickException(str(error)) from error


def end_process(code: int) -> NoReturn:
    """Leave at once, with everything closed.

    Nobody can join granian's native threads, which go a moment after they are told to; an interpreter that is taken
    down under them was seen to crash.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
