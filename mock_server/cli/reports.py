"""What the commands that find something have in common: `--report`, and how a report is told."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

import click

from mock_server.cli.exits import FINDINGS, GOOD

if TYPE_CHECKING:
    from contracts.verify.findings import Report

Command = TypeVar("Command", bound=Callable[..., Any])

STANDARD_OUTPUT: Final = Path("-")
_FORMATS: Final = ("text", "json", "junit", "html", "github")
"""Those of `contracts.verify.reports`, which is imported when there is something to report."""


class Wanted(NamedTuple):
    """A report in a format, and the file that it goes to."""

    format: str
    file: Path


def reporting(command: Command) -> Command:
    """The option `--report`. The command gets `report`, which it hands to `tell` with what it found."""
    add = click.option(
        "--report",
        metavar="FORMAT=FILE",
        multiple=True,
        callback=_all_wanted,
        help=f"Write the report to a file too: {', '.join(_FORMATS)}. May be repeated; - is standard output.",
    )
    return add(command)


def _all_wanted(_: click.Context, option: click.Parameter, texts: tuple[str, ...]) -> tuple[Wanted, ...]:
    try:
        wanted = tuple(map(_wanted, texts))
    except ValueError as error:
        raise click.BadParameter(str(error), param=option) from None
    files = [one.file for one in wanted]
    if twice := [str(file) for file in files if files.count(file) > 1]:
        raise click.BadParameter(f"{twice[0]!r} is named twice; give each report a file of its own", param=option)
    return wanted


def _wanted(text: str) -> Wanted:
    """ValueError for what no report can be written to."""
    style, _, name = text.partition("=")
    if style not in _FORMATS:
        raise ValueError(f"{style!r} is no format; write one of {', '.join(_FORMATS)}, then = and a file")
    if not name:
        raise ValueError(f"{text!r} names no file; write {style}=FILE, or {style}=- for standard output")
    if Path(name).is_dir() or not Path(name).parent.is_dir():
        raise ValueError(f"{name!r} is no file in a folder that exists; name one")
    return Wanted(style, Path(name))


def present() -> str:
    """The present instant, RFC 3339, as a report's start."""
    from mock_server.core.clock import Clock, format_instant

    return format_instant(Clock().now())


def tell(report: Report, wanted: Iterable[Wanted] = (), *, to_error: bool = False) -> int:
    """Show the report and write what is wanted of it; the exit code that follows.

    People read standard output, unless a report goes there or that is another's: then they read standard error.
    """
    files = list(wanted)
    _show(report, to_error=to_error or any(one.file == STANDARD_OUTPUT for one in files))
    write(report, files)
    return GOOD if report.is_good else FINDINGS


def write(report: Report, wanted: Iterable[Wanted]) -> None:
    """Write what is wanted of a report, and show nothing of it."""
    complaints = [complaint for one in wanted for complaint in _write(report, one)]
    if complaints:
        raise click.ClickException("; ".join(complaints))


def _write(report: Report, wanted: Wanted) -> Iterator[str]:
    """Write one report; what was in the way."""
    from contracts.verify.reports import FORMATS

    text = FORMATS[wanted.format](report)
    if wanted.file == STANDARD_OUTPUT:
        click.echo(text, nl=False)
        return
    try:
        wanted.file.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        yield f"cannot write {wanted.file}: {error.strerror}"


def _show(report: Report, *, to_error: bool) -> None:
    from contracts.verify.reports.terminal import laid_out, plain_text

    stream = sys.stderr if to_error else sys.stdout
    if not stream.isatty():
        click.echo(plain_text(report), nl=False, err=to_error)
        return
    styles = {} if os.environ.get("NO_COLOR") else _STYLES
    for line in laid_out(report, shutil.get_terminal_size().columns):
        click.echo(click.style(line.text, **styles.get(line.tone.name, {"reset": False})), err=to_error)


_STYLES: Final[dict[str, dict[str, Any]]] = {
    "STRONG": {"bold": True},
    "FAINT": {"dim": True},
    "GOOD": {"fg": "green", "bold": True},
    "ERROR": {"fg": "red", "bold": True},
    "WARNING": {"fg": "yellow"},
    "NOTE": {"fg": "cyan"},
}
