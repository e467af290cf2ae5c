"""Troubles on the way: answers that do not come, come in half, or are none."""

from __future__ import annotations

from mock_server.control import AccountControl
from mock_server.core.faults import CALLS, READS, WRITES
from mock_server.scenarios.courses import goes_on, repeats_lost_reads
from mock_server.scenarios.declarations import scenario


@scenario(
    try_it="make a call that creates or sends something, and expect it to fail",
    good="does not repeat it blindly, and does not take the page for JSON: it looks what became of it, or tells",
    known="Node SDK (its issue 23): the page reaches the caller as an answer; many libraries repeat every 500",
    rules=("unsafe_repeat",),
)
def html_500_on_post(account: AccountControl) -> None:
    """A call that changes something is answered 500, with a page of HTML."""
    account.faults.add({"status": 500}, operation=WRITES)


@scenario(
    try_it="read something",
    good="sees that the answer is not whole, and asks again",
    known="clients that take what they cannot read for an empty answer",
    expects=(repeats_lost_reads, goes_on),
)
def truncated_body(account: AccountControl) -> None:
    """The connection ends in the middle of an answer."""
    account.faults.add({"truncate": 1}, operation=READS)


@scenario(
    try_it="read something, or write something and expect it to fail",
    good="asks again for what it reads; what it writes it does not repeat blindly",
    known="clients that keep connections, which the server closes when it likes",
    expects=(repeats_lost_reads,),
    rules=("unsafe_repeat",),
)
def connection_reset(account: AccountControl) -> None:
    """The server resets a connection that was kept, when the next call comes on it."""
    account.faults.add({"reset": True}, operation=CALLS)
