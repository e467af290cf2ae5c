"""Where a command's settings come from: the configuration file, then the environment, then flags; the later wins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from mock_server.core.choices import choose
from mock_server.core.plans import CATEGORIES
from mock_server.core.throttle import ALGORITHM_NAMES

Command = TypeVar("Command", bound=Callable[..., Any])

FILE: Final = Path("sendpulse-mock.toml")
"""The configuration file that is read when it lies in the working directory and no other is named."""


def setting(flag: str, **facts: Any) -> Callable[[Command], Command]:
    """An option that the file may give too, as ``log-format``, and the environment, as SENDPULSE_MOCK_LOG_FORMAT."""
    envvar = f"SENDPULSE_MOCK_{_key_of(flag).upper().replace('-', '_')}"
    return click.option(flag, envvar=envvar, show_envvar=True, show_default=True, **facts)


def config_file(command: Command) -> Command:
    """The option that names the file. It is read before the other options, to which it gives values."""
    add = click.option(
        "--config",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        envvar="SENDPULSE_MOCK_CONFIG",
        show_envvar=True,
        help=f"TOML file whose keys are the options that have a variable.  [default: {FILE}, where there is one]",
        is_eager=True,
        expose_value=False,
        callback=_read,
    )
    return add(command)


def emulator_settings(command: Command) -> Command:
    """The options of every command that runs an emulator: `database`, `world`, `plan` and `limits`."""
    for add in (
        setting("--limits", type=click.Choice(ALGORITHM_NAMES), help="How new accounts' 10 a second are counted."),
        setting("--plan", type=click.Choice(CATEGORIES), help="The plan of new accounts."),
        setting("--world", metavar="NAME_OR_FILE", callback=_known_world, help="What new accounts start with."),
        setting("--database", metavar="URL", help="sqlite:///FILE; everything stays in memory when left out."),
    ):
        command = add(command)
    return command


def _known_world(_: click.Context, option: click.Parameter, world: str | None) -> str | None:
    """Refuse an unknown world at once: a database that has its accounts would not ask for it until much later."""
    from mock_server.worldfiles import load_world

    try:
        if world is not None:
            load_world(world)
    except ValueError as error:
        raise click.BadParameter(str(error), param=option) from error
    return world


def _read(context: click.Context, _: click.Parameter, named: Path | None) -> None:
    file = named or FILE
    if named is not None or file.is_file():
        context.default_map = _settings_in(file, context)


def _settings_in(file: Path, context: click.Context) -> dict[str, Any]:
    import tomllib

    settings = [option for option in context.command.params if option.envvar and option.expose_value]
    options = {_key_of(option.opts[0]): option for option in settings}
    try:
        written = tomllib.loads(file.read_text(encoding="utf-8"))
        return dict(_setting_of(key, value, options, context) for key, value in written.items())
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{file}: {error}") from error


def _setting_of(
    key: str, value: object, options: Mapping[str, click.Parameter], context: click.Context
) -> tuple[str, Any]:
    """A parameter's name and value from a line of the file. ValueError for a key or value that no flag could have."""
    option = options[choose("key", key, options)]
    kind, expected = _kind_of(option)
    if type(value) is not kind:
        raise ValueError(f"{key} is {value!r}; give {expected}")
    try:
        return str(option.name), option.process_value(context, value)
    except click.BadParameter as error:
        raise ValueError(f"{key}: {error.message}") from error


def _kind_of(option: click.Parameter) -> tuple[type, str]:
    """What a line of the file has to hold for it, also in words."""
    if isinstance(option.type, click.types.BoolParamType):
        return bool, "true or false"
    if isinstance(option.type, click.types.IntParamType):
        return int, "an integer"
    return str, "a text in quotes"


def _key_of(flag: str) -> str:
    return flag.removeprefix("--")
