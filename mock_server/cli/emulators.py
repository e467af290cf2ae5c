"""What the commands that run an emulator in their own process have in common: its beginning, and their end."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from mock_server.configuration import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_server.emulator import Emulator

Command = TypeVar("Command", bound=Callable[..., Any])


def scenario_setting(command: Command) -> Command:
    """The option `--scenario`, of a name for `begun`."""
    add = setting(
        "--scenario",
        metavar="NAME",
        callback=_known_scenario,
        help="Put the account through a trouble, such as unauthorized-loop.",
    )
    return add(command)


def _known_scenario(_: click.Context, option: click.Parameter, name: str | None) -> str | None:
    if name is None:
        return None  # and nothing is imported for it
    from mock_server.core.choices import choose
    from mock_server.scenarios import SCENARIOS

    try:
        return choose("scenario", name, SCENARIOS)
    except ValueError as error:
        raise click.BadParameter(str(error), param=option) from error


def begun(emulator: Emulator, scenario: str) -> str:
    """Put the account that everybody knows through a scenario; what to tell of it."""
    from mock_server import scenarios
    from mock_server.control import AccountControl

    trial = scenarios.begin(AccountControl(emulator.world.demo), scenario)
    return f"{trial.name}: {trial.scenario.told} To meet it, {trial.scenario.try_it}"


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
    for stream in filter(None, (sys.stdout, sys.stderr)):  # one that was closed from the start is None
        with suppress(OSError):  # nobody reads it any more
            stream.flush()
    os._exit(code)
