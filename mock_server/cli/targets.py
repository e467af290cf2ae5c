"""What the commands that call something have in common: which target, whose account, how much may be done there."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from contracts.verify.permits import Permit
    from contracts.verify.places import Identity
    from contracts.verify.selection import Selection

Command = TypeVar("Command", bound=Callable[..., Any])


class Asked(NamedTuple):
    """What a user asks for: where, about what, and how much of it."""

    place: str | None
    """The address of a server; None for the emulator in this process."""
    recordings: Path | None
    selection: Selection
    permit: Permit
    budget: int
    folder: Path

    @property
    def is_foreign(self) -> bool:
        """Whether the safety rules hold."""
        return self.place is not None


def asking(command: Command) -> Command:
    """The options that choose a target and limit what is done to it. The command gets them as `asked_of` takes them."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


_OPTIONS: Final = (
    click.option("--url", metavar="URL", help="Ask the server at this address, such as http://127.0.0.1:8480."),
    click.option("--live", is_flag=True, help="Ask the vendor. Credentials come from the environment alone."),
    click.option(
        "--recordings",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="Ask recordings, as `record` wrote them.",
    ),
    click.option("--service", "services", multiple=True, metavar="NAME", help="Only operations of this service."),
    click.option("--operation", "names", multiple=True, metavar="GLOB", help="Only operations of this name."),
    click.option(
        "--effect", "effects", multiple=True, type=click.Choice(["read", "write", "spends"]), help="Only this effect."
    ),
    click.option("--allow-writes", is_flag=True, help="Make things of the run's own, change them and remove them."),
    click.option(
        "--allow-spending", multiple=True, metavar="NAME", help="Call this operation too, which sends or costs."
    ),
    click.option("--owned", multiple=True, metavar="ADDRESS", help="An address of yours that what spends may reach."),
    click.option("--budget", type=click.IntRange(min=1), metavar="CALLS", help="Make no more calls.  [default: 400]"),
    click.option(
        "--ledgers",
        type=click.Path(file_okay=False, path_type=Path),
        help="Where runs keep account of what they do.  [default: in your home]",
    ),
)


def asked_of(
    *,
    url: str | None,
    live: bool,
    recordings: Path | None,
    services: tuple[str, ...],
    names: tuple[str, ...],
    effects: tuple[str, ...],
    allow_writes: bool,
    allow_spending: tuple[str, ...],
    owned: tuple[str, ...],
    budget: int | None,
    ledgers: Path | None,
    names_targets: bool = False,
) -> Asked:
    """What the options ask for. Raises `click.UsageError` for what contradicts itself or makes no sense.

    `names_targets` tells that the command has options of its own that name some.
    """
    from contracts.model import Effect
    from contracts.verify.opening import BUDGET
    from contracts.verify.permits import Permit
    from contracts.verify.places import VENDOR, place_of
    from contracts.verify.selection import Selection

    if sum([url is not None, live, recordings is not None]) > 1:
        raise click.UsageError("--url, --live and --recordings are three targets; give one of them")
    try:
        place = VENDOR if live else place_of(url) if url is not None else None
        selection = Selection(services, names, tuple(map(Effect, effects)))
        mine = frozenset(address.lower() for address in owned)
        permit = Permit(writes=allow_writes, spending=frozenset(allow_spending), owned=mine)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if place is None and not names_targets and permit != Permit():
        raise click.UsageError("what is allowed is for accounts that are not ours to play with: give --url or --live")
    return Asked(place, recordings, selection, permit, budget or BUDGET, ledgers or default_folder())


def need_hypothesis() -> None:
    """Have the extra `contracts`, and keep what Hypothesis writes out of the working directory."""
    from platformdirs import user_cache_path

    cache = user_cache_path("sendpulse-mock", appauthor=False) / "hypothesis"
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(cache))
    try:
        import hypothesis  # noqa: F401
    except ModuleNotFoundError:
        raise click.ClickException("this needs the extra: pip install 'sendpulse-mock[contracts]'") from None


def default_folder() -> Path:
    """Where ledgers lie unless the user says otherwise."""
    from platformdirs import user_state_path

    return user_state_path("sendpulse-mock", appauthor=False) / "runs"


def identity() -> Identity:
    """Whom the environment names."""
    from contracts.verify.places import Identity

    try:
        return Identity.of(os.environ)
    except ValueError as error:
        raise click.ClickException(str(error)) from None


class Progress:
    """Tells how far a run is: one line that changes on a terminal, plain lines elsewhere, always on standard error."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._is_terminal = sys.stderr.isatty()
        self._last = ""

    def __call__(self, number: int, what: str) -> None:
        """So many are begun, and this is the last of them."""
        if self._is_terminal:
            click.echo(f"\r\x1b[K[{number}/{self._total}] {what}"[:120], err=True, nl=False)
        elif what != self._last:
            click.echo(f"[{number}/{self._total}] {what}", err=True)
        self._last = what

    def close(self) -> None:
        """Give the line back."""
        if self._is_terminal:
            click.echo("\r\x1b[K", err=True, nl=False)


@contextmanager
def told_apart() -> Iterator[None]:
    """Errors that a run may end with, as a command tells them; a bug of ours without what it held in its hands."""
    from contracts.verify.gate import Leak
    from contracts.verify.guard import Forbidden, Halt
    from contracts.verify.ledger import LedgerUnusable
    from contracts.verify.pacing import Busy

    try:
        yield
    except (Busy, Leak, LedgerUnusable, Halt, Forbidden) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'a file'}: {error.strerror}") from None
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except Exception as error:
        raise click.ClickException(f"a bug of ours: {type(error).__name__} at {_place_of(error)}") from None


def _place_of(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "an unknown place"


@contextmanager
def ending_as_interrupted() -> Iterator[None]:
    """Take SIGTERM as Ctrl-C is taken: what was made is removed."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
