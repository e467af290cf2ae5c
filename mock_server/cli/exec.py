"""The command `exec`: a program whose calls to the vendor reach an emulator, without the program knowing."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from typing import TYPE_CHECKING, NoReturn

import click

from mock_server import logs
from mock_server.cli.ca import authority_of_user
from mock_server.cli.emulators import begun, emulator_of, end_process, scenario_setting
from mock_server.cli.reports import present, reporting, tell, write
from mock_server.configuration import config_file, emulator_settings, setting
from mock_server.core.choices import ANY, CREDENTIALS
from mock_server.running.ways import NAMESPACE, PROXY, WAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_server.cli.reports import Wanted
    from mock_server.running.programs import Outcome, Program
    from mock_server.running.ways import Inside, Way


@click.command("exec", context_settings={"allow_interspersed_args": False})
@config_file
@emulator_settings
@scenario_setting
@setting("--credentials", type=click.Choice(CREDENTIALS), default=ANY, help="Take any, or the account's own alone.")
@setting("--through", type=click.Choice(WAYS), help="The way here; a namespace unless the system does not let us.")
@click.option("--offline", is_flag=True, help="Refuse what would go to other machines.")
@click.option("-q", "--quiet", is_flag=True, help="Tell nothing of the calls at the end.")
@reporting
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(
    *,
    command: tuple[str, ...],
    scenario: str | None,
    credentials: str,
    through: str | None,
    offline: bool,
    quiet: bool,
    report: tuple[Wanted, ...],
    **options: str | None,
) -> NoReturn:
    """Run COMMAND, and have its calls to SendPulse answered by an emulator, whatever it is written in.

    Signals and the exit code pass through; 127 and 126 mean that COMMAND could not be started. At the end standard
    error tells what was called, what was refused, and how well the program behaves.
    """
    from mock_server.running.ways import Inside

    logs.set_up("text", quiet=True, verbose=False)
    started = present()
    with (
        _made_private(command, through) as private,
        closing(emulator_of(options)) as emulator,
        authority_of_user() as authority,
    ):
        if scenario is not None:
            _complain(begun(emulator, scenario))
        inside = Inside(emulator, authority, credentials, is_offline=offline)
        outcome, way = _run(command, private, through, inside)
        if outcome.obstacle:
            _complain(f"cannot run {command[0]!r} ({outcome.obstacle}): name a program on the PATH, or its file")
        elif report or not quiet:
            from mock_server.running.summaries import report_on

            told = report_on(
                emulator.world, program=command[0], code=outcome.code, started=started, refused=way.refused
            )
            with suppress(BrokenPipeError):  # nobody reads standard error any more; the program's code still stands
                write(told, report) if quiet else tell(told, report, to_error=True)
    end_process(outcome.code)


def _made_private(command: Sequence[str], through: str | None) -> AbstractContextManager[Program | None]:
    """The program in a namespace, which is made beside all that comes next; None where it is known not to be."""
    if through == PROXY:
        return nullcontext()
    if sys.platform == "linux":
        from mock_server.running.programs import Program

        return Program(command, is_private=True)
    if through == NAMESPACE:
        raise click.ClickException(f"there are no namespaces on {sys.platform}: say --through {PROXY}")
    return nullcontext()


def _run(command: Sequence[str], private: Program | None, through: str | None, inside: Inside) -> tuple[Outcome, Way]:
    from mock_server.running.programs import AgentGone, open_program
    from mock_server.running.ways import through_namespace, through_proxy

    try:
        if private is not None and _is_allowed(private, through):
            with through_namespace(inside, private) as way:
                return private.run(way.environment), way
        with open_program(command) as program, through_proxy(inside) as way:
            return program.run(way.environment), way
    except AgentGone as gone:
        raise click.ClickException(str(gone)) from gone


def _is_allowed(private: Program, through: str | None) -> bool:
    from mock_server.running.namespaces import NotAllowed

    try:
        return bool(private.exits)
    except NotAllowed as obstacle:
        private.close()
        if through == NAMESPACE:
            raise click.ClickException(f"there can be no namespace ({obstacle}): {_REMEDY}") from None
        _complain(f"there can be no namespace ({obstacle}), so calls come here {_THROUGH_PROXY}")
        return False


_REMEDY = f"let the system allow it, as docs/howto/zero-change.md tells, or say --through {PROXY}"
_THROUGH_PROXY = "through a proxy: a program that looks for no proxy and is led by none of our hooks reaches SendPulse"


def _complain(text: str) -> None:
    click.echo(f"sendpulse-mock: {text}", err=True)
