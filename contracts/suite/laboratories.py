"""Targets that can be controlled: fresh accounts, a virtual clock, plans, settings and limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from contracts.messages import Request
from contracts.suite.tally import Tally
from contracts.suite.targets import Target


@dataclass(frozen=True, slots=True)
class Credentials:
    """What names an account, and proves it; `sender` is the address of its first sender."""

    client_id: str
    client_secret: str
    sender: str


class Laboratory(Protocol):
    """A target with its controls. What they take is what the emulator's admin API takes."""

    @property
    def target(self) -> Target: ...

    @property
    def tally(self) -> Tally: ...

    def new_account(self, **options: Any) -> Credentials:
        """An account of its own. `options`: ``plan``, ``limits``, ``clock``, ``settings``, ``world``."""

    def remove(self, account: Credentials) -> None: ...

    def advance(self, account: Credentials, microseconds: int) -> None:
        """Move the account's clock forward."""

    def change(self, account: Credentials, what: str, **changes: Any) -> None:
        """Change the account's ``plan``, ``limits``, ``clock`` or ``settings``."""

    def mails(self, account: Credentials, to: str) -> list[dict[str, Any]]:
        """The mails to an address, oldest first; each tells the `code` and the `links` it holds, too."""

    def add_rows(self, account: Credentials, entity: str, *rows: Mapping[str, Any]) -> list[int]:
        """Put rows of `entity`, without ids, beside what the account has; the ids they were given."""

    def state(self, account: Credentials) -> dict[str, Any]:
        """Everything that is kept of the account, but for its secrets."""

    def restore(self, account: Credentials, state: Mapping[str, Any]) -> None:
        """Put the account back into a state in which it was."""

    def revoke_tokens(self, account: Credentials) -> None: ...

    def new_api_key(self, account: Credentials) -> str: ...

    def revoke_api_key(self, account: Credentials, key: str) -> None: ...


class Unruly(Exception):
    """The admin API refused what the suite asked of it."""


class AdminLaboratory:
    """A target whose controls are an admin API at ``/_mock``."""

    def __init__(self, target: Target, *, admin_key: str | None = None, tally: Tally | None = None) -> None:
        self.target = target
        self.tally = Tally() if tally is None else tally
        self._authorization = f"Bearer {admin_key}" if admin_key else ""

    def new_account(self, **options: Any) -> Credentials:
        made = self._ask("POST", "/accounts", options)
        return Credentials(made["client_id"], made["client_secret"], made["sender"])

    def remove(self, account: Credentials) -> None:
        self._ask("DELETE", _path_of(account))

    def advance(self, account: Credentials, microseconds: int) -> None:
        self._ask("POST", _path_of(account, "clock", "advance"), {"seconds": microseconds / 1_000_000})

    def change(self, account: Credentials, what: str, **changes: Any) -> None:
        self._ask("PUT", _path_of(account, what), changes)

    def mails(self, account: Credentials, to: str) -> list[dict[str, Any]]:
        told = self._ask("GET", _path_of(account, "outbox"), query=urlencode({"to": to}))
        return [message for message in told["messages"] if message["channel"] == "email"]

    def add_rows(self, account: Credentials, entity: str, *rows: Mapping[str, Any]) -> list[int]:
        # What is put replaces all rows, so those that are there go along.
        kept = self.state(account)["rows"]
        numbered = [{"id": number, **row} for number, row in enumerate(rows, kept["next_ids"].get(entity, 1))]
        kept["rows"][entity] = [*kept["rows"].get(entity, ()), *numbered]
        self.restore(account, {"rows": kept})
        return [row["id"] for row in numbered]

    def state(self, account: Credentials) -> dict[str, Any]:
        state: dict[str, Any] = self._ask("GET", _path_of(account, "state"))
        return state

    def restore(self, account: Credentials, state: Mapping[str, Any]) -> None:
        self._ask("PUT", _path_of(account, "state"), state)

    def revoke_tokens(self, account: Credentials) -> None:
        self._ask("POST", _path_of(account, "tokens", "revoke"))

    def new_api_key(self, account: Credentials) -> str:
        key: str = self._ask("POST", _path_of(account, "api-keys"))["key"]
        return key

    def revoke_api_key(self, account: Credentials, key: str) -> None:
        self._ask("DELETE", _path_of(account, "api-keys", key))

    def _ask(self, method: str, path: str, value: Any = None, *, query: str = "") -> Any:
        body = b"" if value is None else json.dumps(value).encode()
        answer = self.target.send(
            Request(method, f"/_mock{path}", query, "application/json", self._authorization, body)
        )
        if answer.status >= 400:
            raise Unruly(f"{method} /_mock{path} with {value!r}: {answer}")
        return answer.json() if answer.body else None


def _path_of(account: Credentials, *below: str) -> str:
    return "/".join(["/accounts", *(quote(step, safe="") for step in (account.client_id, *below))])
