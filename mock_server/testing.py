"""The emulator in tests: an account for as long as a test needs it, intercepted in process or on a live server."""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property, partial, wraps
from inspect import iscoroutinefunction, signature
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Unpack

from mock_server.app import make_emulator
from mock_server.control import AccountControl, AccountOptions, JournalControl, SmtpLogin, new_account, smtp_login
from mock_server.core.accounts import Account, new_api_key
from mock_server.core.choices import ANY, CREDENTIALS, STRICT, choose, refuse_unknown_options
from mock_server.core.dropped import ConnectionDropped, ReadTimedOut
from mock_server.core.world import World
from mock_server.emulator import Emulator
from mock_server.http import LOUD, ONLY, STAND_IN, TIME_OUT
from sendpulse_client import Client, ConnectionLost, SocketTransport, Timeout, WSGITransport

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication

    from contracts.verify.findings import Finding
    from mock_server.core.journal import Basis
    from mock_server.scenarios import Trial
    from mock_server.serving.smtp import SmtpServer
    from sendpulse_client import Request, Response, Transport

VENDOR: Final = "https://api.sendpulse.com"


class AccountHandle(AccountControl):
    """One account in the hands of a test: its credentials, a client, and every other side of it."""

    def __init__(
        self,
        world: World,
        account: Account,
        *,
        api_key: str,
        base_url: str,
        transport: Callable[[], Transport],
        door: SmtpDoor,
    ) -> None:
        super().__init__(account)
        self.api_key = api_key
        """A static key of the account, to be sent in place of a token."""
        self.base_url = base_url
        """Where the account is reached: the vendor's own address in process, a loopback one on a live server."""
        self.journal = JournalControl(account, world.nobody)
        self._world = world
        self._transport = transport
        self._door = door

    @cached_property
    def client(self) -> Client:
        """A client of the account, without sockets where the account is intercepted.

        It neither paces nor repeats: a test sees each refusal, the limiter's too, and never sleeps.
        """
        return Client(
            self.client_id,
            self.client_secret,
            base_url=self.base_url,
            transport=self._transport(),
            rate=None,
            max_retries=0,
        )

    @property
    def smtp(self) -> SmtpLogin:
        """Where and as whom to send by SMTP: `host`, `port`, `user` and `password`.

        A port of 127.0.0.1 takes mail from the first time that this is looked at.
        """
        self._door.open()
        return smtp_login(self._world, self.account)

    def scenario(self, name: str) -> Trial:
        """Put the account through a trouble that clients are known to have, such as ``"token-refresh-fails-once"``.

        It begins at once. At the end of a ``with`` block it is over, and `AssertionError` tells what a good client
        would have done. Raises `ValueError` for the name of none.
        """
        __tracebackhide__ = True
        from mock_server.scenarios import begin

        return begin(self, name)

    def assert_scenarios_survived(self) -> None:
        """That the client did as a good one does in each scenario that is not over yet. Ends them."""
        __tracebackhide__ = True
        for trial in [trial for trial in self.account.trials if not trial.is_over]:
            trial.end()
            trial.assert_survived()

    def assert_faults_met(self) -> None:
        """That a request met each step of each planned fault. Raises `AssertionError` telling what came instead."""
        __tracebackhide__ = True
        unmet = self.faults.unmet()
        if unmet:
            steps = [
                f"fault {fault.id} for {fault.operation}: {step.as_json()} was never met"
                for fault in unmet
                for step in fault.unmet()
            ]
            raise AssertionError("\n".join([*steps, self.journal.tell(unmet[0].operation, {})]))

    def conduct(self, rules: Collection[str] = ()) -> tuple[Finding, ...]:
        """What the calls so far break of the rules of good conduct, or of those of some names; worst first.

        Calls without a token or key of the account are among them. Raises `ValueError` for an unknown rule.
        """
        from contracts import conduct
        from contracts.verify.findings import worst_first

        journals = (self.journal.strays(), self.journal.entries())  # apart: either is written by a clock of its own
        told = [{"entries": [entry.as_json() for entry in entries]} for entries in journals]
        return worst_first(one for journal in told for one in conduct.judge(conduct.from_journal(journal), rules))

    def assert_conduct(self, rules: Collection[str] = ()) -> None:
        """That nothing worse than a note is found. Raises `AssertionError` with each finding and its remedy."""
        __tracebackhide__ = True
        from contracts.verify.reports import assert_good

        assert_good(self.conduct(rules))

    def assert_evidence(self, at_most: str) -> None:
        """That no answer so far rests on a promise that is known less well than by this grade: ``"documented"``.

        Raises `AssertionError` naming operation, answer and source, and `ValueError` for what is no grade.
        """
        __tracebackhide__ = True
        weak = self.journal.weaker_than(at_most)
        if weak:
            told = [f"  {basis.operation or 'no operation'} answered {_shown(basis)}" for basis in weak]
            raise AssertionError("\n".join([f"the test leaned on answers that are less than {at_most}:", *told]))

    def close(self) -> None:
        """Forget the account, and close the connections of its client."""
        if "client" in self.__dict__:
            self.client.close()
        self._world.remove_account(self.account)


class SmtpDoor(AbstractContextManager["SmtpDoor"]):
    """An SMTP server that is there once somebody wants it, until the end of a ``with`` block."""

    def __init__(self, world: World, stand_in: Account | None = None) -> None:
        self._world = world
        self._stand_in = stand_in
        self._opening = Lock()
        self._server: SmtpServer | None = None

    def open(self) -> None:
        """Listen, from the first call on."""
        from mock_server.serving.smtp import SmtpServer

        with self._opening:
            if self._server is None:
                self._server = SmtpServer(self._world, stand_in=self._stand_in)
                self._server.start()

    def __exit__(self, *_: object) -> None:
        with self._opening:
            if self._server is not None:
                self._server.stop()


def _shown(basis: Basis) -> str:
    error = "" if basis.error_code is None else f" with error {basis.error_code}"
    return f"{basis.status}{error}: {basis.evidence}"


class Opening(AbstractContextManager[AccountHandle]):
    """An account for the time of a ``with`` block, or of each call of a function that this decorates.

    A function, or coroutine function, with a parameter `sendpulse` is given the handle as that.
    """

    def __init__(self, open_one: Callable[[], AbstractContextManager[AccountHandle]]) -> None:
        self._open_one = open_one
        self._opened: list[AbstractContextManager[AccountHandle]] = []

    def __enter__(self) -> AccountHandle:
        __tracebackhide__ = True
        opened = self._open_one()
        handle = opened.__enter__()
        self._opened.append(opened)
        return handle

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return self._opened.pop().__exit__(kind, error, trace)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if isinstance(function, type):
            raise TypeError(f"{function.__name__} is a class; decorate its functions")
        seen = signature(function)
        asks = "sendpulse" in seen.parameters

        def given(keywords: dict[str, Any], handle: AccountHandle) -> dict[str, Any]:
            return {**keywords, "sendpulse": handle} if asks else keywords

        @wraps(function)
        def decorated(*args: Any, **keywords: Any) -> Any:
            __tracebackhide__ = True
            with self._open_one() as handle:
                return function(*args, **given(keywords, handle))

        @wraps(function)
        async def awaited(*args: Any, **keywords: Any) -> Any:
            __tracebackhide__ = True
            with self._open_one() as handle:
                return await function(*args, **given(keywords, handle))

        outside: Any = awaited if iscoroutinefunction(function) else decorated
        others = [parameter for name, parameter in seen.parameters.items() if name != "sendpulse"]
        outside.__signature__ = seen.replace(parameters=others)  # or pytest would look for a fixture of that name
        return outside  # type: ignore[no-any-return]


class MockServer:
    """An emulator for tests, in process and live; `options` are those of `mock_server.emulator.Emulator`.

    While an account is open, `SENDPULSE_CLIENT_ID`, `SENDPULSE_CLIENT_SECRET`, `SENDPULSE_API_KEY` and
    `SENDPULSE_BASE_URL` are set to what is its own. Closing it leaves nothing: neither environment, nor account.
    """

    def __init__(self, **options: Any) -> None:
        __tracebackhide__ = True
        self.emulator = make_emulator(**options)
        """The WSGI application, to be mounted or called as it is."""
        self._finalizer = weakref.finalize(self, self.emulator.close)

    def intercept(self, *, credentials: str = ANY, **options: Unpack[AccountOptions]) -> Opening:
        """A fresh account, to which calls to https://api.sendpulse.com go without a socket, by whatever library.

        Whatever credentials the code sends are taken as the account's; with ``credentials="strict"``, its own alone.
        """
        __tracebackhide__ = True
        refuse_unknown_options("intercept", options, ("credentials", *AccountOptions.__annotations__))
        choose("credentials", credentials, CREDENTIALS)
        return Opening(partial(self._intercepted, options, is_strict=credentials == STRICT))

    def _intercepted(self, options: AccountOptions, *, is_strict: bool) -> AbstractContextManager[AccountHandle]:
        __tracebackhide__ = True
        from mock_server.serving.intercept import Interception

        world = self.emulator.world
        account = _made(world, options)
        account.takes_any_secret = not is_strict
        account.is_loud = True
        app = _as_seen_by(account, self.emulator, is_strict=is_strict)
        door = SmtpDoor(world, None if is_strict else account)
        handle = AccountHandle(
            world,
            account,
            api_key=world.make_api_key(account) if is_strict else new_api_key(),  # where any is good, none is kept
            base_url=VENDOR,
            transport=lambda: InProcessTransport(app),
            door=door,
        )
        return _lent(handle, Interception(app), door)

    def live(self, **options: Unpack[AccountOptions]) -> Opening:
        """A fresh account on a live server, on a free port of 127.0.0.1. Its own credentials alone are taken."""
        __tracebackhide__ = True
        refuse_unknown_options("live", options, AccountOptions.__annotations__)
        return Opening(partial(self._live, options))

    @contextmanager
    def _live(self, options: AccountOptions) -> Iterator[AccountHandle]:
        __tracebackhide__ = True
        with self.serve() as server, server.lend(**options) as handle:
            yield handle

    @contextmanager
    def serve(self) -> Iterator[RunningServer]:
        """A live server for any number of accounts."""
        from mock_server.serving.live import LiveServer
        from mock_server.serving.ticker import Ticker

        world = self.emulator.world
        with LiveServer(self.emulator) as server, Ticker(world), SmtpDoor(world) as door:
            yield RunningServer(world, server.url, door)

    def close(self) -> None:
        """Let go of the database."""
        self._finalizer()


class RunningServer:
    """A live server while it runs."""

    def __init__(self, world: World, base_url: str, door: SmtpDoor) -> None:
        self.base_url = base_url
        """The server's address, without a slash at its end."""
        self._world = world
        self._door = door

    def account(self, **options: Unpack[AccountOptions]) -> AccountHandle:
        """A fresh account, which stays until it is closed. Changes no environment."""
        __tracebackhide__ = True
        refuse_unknown_options("account", options, AccountOptions.__annotations__)
        account = _made(self._world, options)
        key = self._world.make_api_key(account)
        return AccountHandle(
            self._world, account, api_key=key, base_url=self.base_url, transport=SocketTransport, door=self._door
        )

    def lend(self, **options: Unpack[AccountOptions]) -> Opening:
        """A fresh account and the environment that names it, to be given back."""
        return Opening(partial(self._lent, options))

    def _lent(self, options: AccountOptions) -> AbstractContextManager[AccountHandle]:
        __tracebackhide__ = True
        return _lent(self.account(**options))


def _made(world: World, options: AccountOptions) -> Account:
    """A new account. A misfit is told to whoever gave it, without the depths in which it was found."""
    __tracebackhide__ = True
    try:
        return new_account(world, **options)
    except ValueError as misfit:
        raise misfit.with_traceback(None) from None


@contextmanager
def _lent(handle: AccountHandle, *ways: AbstractContextManager[Any]) -> Iterator[AccountHandle]:
    """The environment that names an account, and the `ways` on which it is reached; and then none of all that."""
    ours = {
        "SENDPULSE_CLIENT_ID": handle.client_id,
        "SENDPULSE_CLIENT_SECRET": handle.client_secret,
        "SENDPULSE_API_KEY": handle.api_key,
        "SENDPULSE_BASE_URL": handle.base_url,
    }
    before = {name: os.environ.get(name) for name in ours}
    for name, value in ours.items():  # half the time of update()
        os.environ[name] = value
    try:
        with ExitStack() as until:
            for way in ways:
                until.enter_context(way)
            yield handle
    finally:
        for name, earlier in before.items():
            if earlier is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = earlier
        handle.close()


def _as_seen_by(account: Account, emulator: Emulator, *, is_strict: bool) -> WSGIApplication:
    """`emulator` for a test that has `account`: our own bugs reach it as exceptions."""
    told = {LOUD: True, ONLY if is_strict else STAND_IN: account}

    def app(environ: Any, start_response: Any) -> Any:
        environ.update(told)
        return emulator(environ, start_response)

    return app


class InProcessTransport:
    """Carries a client's requests to an application in this process, which may fail as a network does."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def send(self, request: Request, timeout: float) -> Response:
        def app(environ: Any, start_response: Any) -> Any:
            return self._app({**environ, TIME_OUT: timeout}, start_response)

        try:
            return WSGITransport(app).send(request, timeout)
        except ReadTimedOut as error:
            raise Timeout(request, f"no answer in {timeout} s") from error
        except ConnectionDropped as error:
            raise ConnectionLost(request, f"the connection broke after {len(error.sent)} bytes") from error

    def close(self) -> None:
        """Nothing is open."""
