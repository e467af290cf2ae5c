"""Variables of the environment, written as a shell, a file or a service takes them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_PLAIN: Final = re.compile(r"[\w@%+=:,./\\-]*", re.ASCII)
"""What every reader of ``NAME=value`` takes as it stands."""


def written(variables: Mapping[str, str], shell: str) -> str:
    """A line for each variable, in the manner of one of `SHELLS`."""
    heading, line = _MANNERS[shell]
    return "\n".join([*heading, *(line(name, value) for name, value in variables.items())])


def shell_option(command: Command) -> Command:
    """The option that says for whom variables are written."""
    add = click.option(
        "--shell",
        type=click.Choice(SHELLS),
        default="bash",
        show_default=True,
        help="For whom: a shell, a .env file, a service of a compose file, or the file $GITHUB_ENV of GitHub Actions.",
    )
    return add(command)


def _for_bash(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _for_powershell(name: str, value: str) -> str:
    return f"$env:{name} = '{value.replace(chr(39), chr(39) * 2)}'"


def _for_dotenv(name: str, value: str) -> str:
    """In single quotes, within which no reader expands anything, where that can be."""
    if _PLAIN.fullmatch(value):
        return f"{name}={value}"
    if "'" not in value:
        return f"{name}='{value}'"
    escaped = re.sub(r"([\\\"$`])", r"\\\1", value)
    return f'{name}="{escaped}"'


def _for_compose(name: str, value: str) -> str:
    """A string of JSON is one of YAML; compose itself would expand a dollar."""
    return f"  {name}: {json.dumps(value).replace('$', '$$')}"


def _for_github(name: str, value: str) -> str:
    return f"{name}={value}"


_MANNERS: Final[Mapping[str, tuple[tuple[str, ...], Callable[[str, str], str]]]] = {
    "bash": ((), _for_bash),
    "powershell": ((), _for_powershell),
    "dotenv": ((), _for_dotenv),
    "compose": (("environment:",), _for_compose),
    "github": ((), _for_github),
}

SHELLS: Final = tuple(_MANNERS)
