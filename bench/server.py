"""One contender on the server that `serve` ships, in a process of its own; `bench.live` starts and questions it."""

import gc
import json
import sys
import time
from http import HTTPStatus

from mock_server.app import make_emulator
from mock_server.core.accounts import Account
from mock_server.emulator import Emulator
from mock_server.services.email.entities import MailingList
from mock_server.serving.live import LiveServer

LISTS = 10
BOUNDLESS = {"per_second": 10**9, "per_minute": 10**9, "per_day": 10**9}
"""The limiter decides on every request and never says no."""


NO_TOKEN = "x" * 600
"""For who asks for none: as long as a token."""


def main() -> None:
    """Serve ``static`` bytes or, given a database or ``memory``, the emulator.

    The first line printed is JSON: the port, and the tokens of the account that is read and of the one written to.
    After it, each line read is answered with the seconds of CPU that this process has taken so far.
    """
    kind = sys.argv[1]
    facts = {"reader": NO_TOKEN, "writer": NO_TOKEN}
    if kind == "static":
        app = static
    else:
        app = make_emulator(database=None if kind == "memory" else kind)
        facts = {"reader": account_with_lists(app, LISTS), "writer": account_with_lists(app, 0)}
    with LiveServer(app) as server:
        gc.freeze()  # as `serve` does
        print(json.dumps(facts | {"port": server.url.rpartition(":")[2]}), flush=True)
        for _ in sys.stdin:
            print(time.process_time(), flush=True)


def account_with_lists(emulator: Emulator, lists: int) -> str:
    """A token for a new account that no limit stops."""
    account = emulator.world.make_account(limits=BOUNDLESS)
    with account.store.transaction():
        for number in range(lists):
            account.store[MailingList].add(name=f"List {number}", created=account.clock.now())
    return token_of(emulator, account)


def token_of(emulator: Emulator, account: Account) -> str:
    return emulator.world.tokens.issue(account.client_id, account.user_id, account.token_epoch, account.clock.now())


ONE = (
    b'{"id":%d,"name":"List %d","all_email_qty":0,"active_email_qty":0,"inactive_email_qty":0,"new_phones_quantity":0,'
    b'"active_phones_quantity":0,"exc_phones_quantity":0,"creationdate":"2026-01-31 12:00:00","status":0,'
    b'"status_explain":"Active"}'
)
ANSWERS = {
    "GET": b"[" + b",".join(ONE % (number, number) for number in range(LISTS)) + b"]",
    "POST": b'{"id":1234}',
}
HEADERS = {
    method: [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
    for method, answer in ANSWERS.items()
}


def static(environ, start_response):
    """As many bytes as the emulator answers, known in advance. The body is read, as every application must."""
    environ["wsgi.input"].read()
    method = environ["REQUEST_METHOD"]
    start_response(f"{HTTPStatus.OK} OK", HEADERS[method])
    return [ANSWERS[method]]


if __name__ == "__main__":
    main()
