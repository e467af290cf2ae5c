"""The command `serve`: the emulator on a port, until a signal ends it."""

from __future__ import annotations

import gc
import json
import logging
import os
import signal
import socket
import sys
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

import click

from mock_server import __version__, logs
from mock_server.cli.ca import authority_of_user
from mock_server.cli.emulators import begun, emulator_of, end_process, scenario_setting
from mock_server.cli.exits import GOOD, INTERRUPTED
from mock_server.configuration import config_file, emulator_settings, setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_server.authority import Identity
    from mock_server.emulator import Emulator
    from mock_server.running.doors import Doors
    from mock_server.serving.live import LiveServer
    from mock_server.serving.smtp import SmtpServer
    from mock_server.serving.ticker import Ticker

log: Final = logging.getLogger("sendpulse_mock")


@click.command
@config_file
@setting("--host", default="127.0.0.1", help="Address to listen on.")
@setting(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    default=8480,
    help="Port to listen on; 0 picks a free one.",
)
@setting("--tls", is_flag=True, help="Speak https, with a certificate of the authority that ca shows.")
@setting(
    "--smtp-port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port on which to take mail by SMTP, too; 0 picks a free one.",
)
@setting(
    "--proxy",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port of a proxy that leads calls to the vendor here, see env; 0 picks a free one.",
)
@emulator_settings
@scenario_setting
@setting("--admin-key", metavar="KEY", help="Key of /_mock, which then answers other machines too.")
@setting("--log-format", type=click.Choice([*logs.STYLES]), default="text", help="How to write the log.")
@click.option("-q", "--quiet", is_flag=True, help="Tell of errors alone.")
@click.option("-v", "--verbose", is_flag=True, help="Tell of every request.")
def serve(
    *,
    host: str,
    port: int,
    tls: bool,
    smtp_port: int | None,
    scenario: str | None,
    proxy: int | None,
    log_format: str,
    quiet: bool,
    verbose: bool,
    **options: str | None,
) -> None:
    """Run the emulator.

    When it accepts connections it prints one line of JSON on standard output: its url, the client_id and
    client_secret of an account, its pid and, with --smtp-port, its smtp: host, port, user and password, and with
    --proxy the proxy's url, and the doors that it leads to. All else goes to standard error. SIGTERM ends it with exit
    code 0.
    """
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose contradict each other; give one of them")
    if proxy is not None and options["admin_key"] is None and not _is_loopback(host):
        raise click.UsageError(f"--proxy on {host} would open /_mock to other machines; give an --admin-key")
    logs.set_up(log_format, quiet=quiet, verbose=verbose)
    signal.signal(signal.SIGTERM, _leave)
    identity = _identity() if tls else None
    try:
        with (
            closing(emulator_of(options)) as emulator,
            _listening(emulator, host, port, identity) as server,
            _ticking(emulator),
            _taking_mail(emulator, host, smtp_port, identity),
            _leading(emulator, host, proxy) as doors,
        ):
            if emulator.admin_key is None and not _is_loopback(host):
                log.warning("other machines can reach %s but not /_mock; --admin-key KEY lets them", server.url)
            _begin(emulator, scenario)
            _greet(emulator, server.url, doors, with_banner=log_format == "text" and sys.stderr.isatty() and not quiet)
            _await_signal()
    except KeyboardInterrupt:
        end_process(INTERRUPTED)
    except _Left:
        end_process(GOOD)


def _greet(emulator: Emulator, url: str, doors: Doors | None, *, with_banner: bool) -> None:
    """Tell people and programs that the server accepts connections."""
    demo = emulator.world.demo
    facts = {"url": url, "client_id": demo.client_id, "client_secret": demo.client_secret}
    smtp = _smtp_login(emulator) if emulator.world.smtp_address else {}
    led = {"proxy": doors.proxy, "doors": {"plain": doors.plain, "tls": doors.tls}} if doors else {}
    if with_banner:
        by_tls = _BY_TLS if url.startswith("https:") else ""
        by_smtp = _BY_SMTP.format(**smtp) if smtp else ""
        by_proxy = _BY_PROXY.format(url=url, doors=doors) if doors else ""
        promise = "its proxy leads on what is not for SendPulse" if doors else "nothing leaves this machine"
        ways = {"promise": promise, "by_tls": by_tls, "by_smtp": by_smtp, "by_proxy": by_proxy}
        click.echo(_BANNER.format(version=__version__, **ways, **facts), err=True)
    else:
        log.info("listening on %s", url)
        if smtp:
            log.info("taking mail by SMTP on %s:%s", smtp["host"], smtp["port"])
        if doors:
            log.info("leading calls to the vendor here by the proxy %s", doors.proxy)
    gc.freeze()  # what is alive now stays: no collection looks at it again, nor does the end of the process
    click.echo(json.dumps({"ready": True, **facts, "pid": os.getpid(), **({"smtp": smtp} if smtp else {}), **led}))


def _smtp_login(emulator: Emulator) -> dict[str, object]:
    from mock_server.control import smtp_login

    return smtp_login(emulator.world, emulator.world.demo)._asdict()


def _begin(emulator: Emulator, scenario: str | None) -> None:
    """Put the account that everybody knows through a scenario, if one was asked for."""
    if scenario is not None:
        log.warning("%s", begun(emulator, scenario))


class _Left(BaseException):
    """SIGTERM came."""


def _leave(*_: object) -> NoReturn:
    """End the main thread wherever it is: what it opened closes on the way out, as it does after Ctrl+C."""
    raise _Left


def _await_signal() -> NoReturn:
    """Sleep until a handler ends this thread. Nothing else wakes for a signal that comes just before it sleeps."""
    ours, its = socket.socketpair()
    with ours, its:
        its.setblocking(False)
        signal.set_wakeup_fd(its.fileno())
        try:
            while True:
                ours.recv(1)
        finally:
            signal.set_wakeup_fd(-1)


def _identity() -> Identity:
    """What it shows; what others trust it by, be they in other containers, is there before it is."""
    from mock_server.authority import trust_variables

    with authority_of_user() as authority:
        trust_variables(authority)
        return authority.identity()


def _listening(emulator: Emulator, host: str, port: int, identity: Identity | None) -> LiveServer:
    from mock_server.serving.live import LiveServer

    return _started(LiveServer(emulator, host=host, port=port, identity=identity))


Server = TypeVar("Server", "LiveServer", "SmtpServer")


def _started(server: Server) -> Server:
    try:
        server.start()
    except OSError as error:
        raise click.ClickException(error.strerror or str(error)) from error
    return server


def _taking_mail(
    emulator: Emulator, host: str, port: int | None, identity: Identity | None
) -> AbstractContextManager[object]:
    if port is None:
        return nullcontext()
    from mock_server.serving.smtp import SmtpServer

    return _started(SmtpServer(emulator.world, host=host, port=port, identity=identity))


@contextmanager
def _leading(emulator: Emulator, host: str, port: int | None) -> Iterator[Doors | None]:
    if port is None:
        yield None
        return
    from mock_server.running.doors import opened

    with authority_of_user() as authority:
        identity = authority.vendors_identity()
    with ExitStack() as stack:
        try:
            doors = stack.enter_context(opened(emulator, identity, host=host, port=port))
        except OSError as error:
            raise click.ClickException(error.strerror or str(error)) from error
        yield doors


def _ticking(emulator: Emulator) -> Ticker:
    from mock_server.serving.ticker import Ticker

    return Ticker(emulator.world)


_BANNER: Final = """
sendpulse-mock {version} listens on {url}; {promise}.

  client_id      {client_id}
  client_secret  {client_secret}

{by_tls}From a shell:
  curl {url}/oauth/access_token -d grant_type=client_credentials \\
    -d client_id={client_id} -d client_secret={client_secret}

From Python:
  from sendpulse_client import Client
  client = Client("{client_id}", "{client_secret}", base_url="{url}")

In a browser:
  {url}/_mock/ui

{by_smtp}{by_proxy}Ctrl+C ends it.
"""

_BY_TLS: Final = """For programs that a shell starts to trust its certificate:
  eval "$(sendpulse-mock ca env)"

"""

_BY_SMTP: Final = """By SMTP, with STARTTLS or without:
  host {host}, port {port}, user {user}, password {password}

"""


_BY_PROXY: Final = """For programs that a shell starts, whatever they are written in, to find it in the vendor's place:
  eval "$(sendpulse-mock env --url {url} --proxy {doors.proxy} --doors {doors.plain} {doors.tls})"

"""


def _is_loopback(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")
