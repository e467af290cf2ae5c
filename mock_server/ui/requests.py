"""The journal: what was asked and answered, newest first, and one request with all that is known about it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import orjson
from flask import Response, render_template, request

from contracts.catalogue import catalogue
from contracts.redaction import redact
from contracts.refusals import Refusal
from mock_server.control import JournalControl
from mock_server.core.accounts import Account
from mock_server.core.journal import Entry
from mock_server.services.smtp.door import SEND
from mock_server.ui.accounts import account_pages, current, not_found, world
from mock_server.ui.actions import acts, done
from mock_server.ui.fields import whole
from mock_server.ui.formats import inline_json
from mock_server.ui.live import live_page

pages: Final = account_pages("requests")

PAGE: Final = 50
_PATH_SIGNS: Final = "/%:@+,;=~!$&'()*"


class Filter(NamedTuple):
    """What is looked for; None where anything will do."""

    operation: str | None
    status: int | None
    code: int | None
    refused: bool
    text: str | None

    @classmethod
    def of_query(cls, given: Mapping[str, str]) -> Filter:
        """What the address of the page says; a number that is none is as good as not given."""
        return cls(
            given.get("operation") or None,
            whole(given.get("status", "")),
            whole(given.get("code", "")),
            given.get("refused") == "yes",
            given.get("text", "").strip() or None,
        )

    @property
    def is_any(self) -> bool:
        return not any(self)

    def fits(self, entry: Entry) -> bool:
        return (
            (self.operation is None or entry.operation == self.operation)
            and (self.status is None or entry.status == self.status)
            and (self.code is None or entry.error_code == self.code)
            and (not self.refused or entry.error_code is not None)
            and (self.text is None or any(self.text.lower() in told.lower() for told in _texts(entry)))
        )


def _texts(entry: Entry) -> Iterator[str]:
    """Where a text is looked for, the cheap ones first."""
    yield entry.path
    yield entry.operation or ""
    yield entry.answer.decode(errors="replace")
    yield str(entry.given())


@pages.get("/requests")
def show() -> Response:
    return _listed(current().account, "requests.show", "requests.one")


@pages.get("/strays")
def strays() -> Response:
    """What came without a good token or key, and so belongs to no account."""
    return _listed(world().nobody, "requests.strays", "requests.stray")


def _listed(of: Account, here: str, one: str) -> Response:
    wanted = Filter.of_query(request.args)
    before = whole(request.args.get("before", ""))
    return live_page("requests", lambda: _page_of(of, wanted, before) | {"place": here, "one": one}, of=of)


def _page_of(of: Account, wanted: Filter, before: int | None) -> dict[str, Any]:
    with of.lock:
        entries = list(of.journal)
        dropped = of.journal.dropped
    page = _newest(entries, wanted, before)
    return {
        "wanted": wanted,
        "before": before,
        "entries": page[:PAGE],
        "older": page[PAGE - 1].id if len(page) > PAGE else None,
        "total": len(entries),
        "dropped": dropped,
        "newest": entries[-1] if entries else None,
        "operations": sorted({entry.operation for entry in entries if entry.operation}),
        "statuses": sorted({entry.status for entry in entries}),
        "codes": sorted({entry.error_code for entry in entries if entry.error_code is not None}),
        "now": of.clock.now(),
        "base_url": request.host_url.rstrip("/"),
    }


def _newest(entries: Sequence[Entry], wanted: Filter, before: int | None) -> list[Entry]:
    """The newest entries that fit, one more than a page holds if there are so many."""
    page: list[Entry] = []
    for entry in reversed(entries):
        if (before is None or entry.id < before) and wanted.fits(entry):
            page.append(entry)
            if len(page) > PAGE:
                break
    return page


@pages.get("/requests/<int:number>")
def one(number: int) -> Response:
    return _shown(current().account, number, "requests.show")


@pages.get("/strays/<int:number>")
def stray(number: int) -> Response:
    return _shown(world().nobody, number, "requests.strays")


def _shown(of: Account, number: int, place: str) -> Response:
    entry = JournalControl(of).find(number)
    if entry is None:
        return not_found(
            f"The journal holds no request {number}",
            "It keeps the newest 10,000 requests and 64 MiB of them, and forgets them all when the account is reset.",
        )
    told = entry.as_json()
    page = render_template(
        "request.html",
        entry=entry,
        told=told,
        place=place,
        is_declared=entry.operation in catalogue().by_name,
        now=of.clock.now(),
        refusal=refusal_of(entry),
        curl=curl_of(entry, request.host_url.rstrip("/")),
        changes=[*changes_of(told["changes"])],
        left_out=told["changes"].get("left_out", 0),
    )
    return Response(page)


@pages.post("/requests/clear")
@acts("requests.show")
def clear() -> None:
    current().journal.clear()
    done("The journal is empty. Its numbers go on.")


def refusal_of(entry: Entry) -> Refusal | None:
    """The refusal that was answered, as its operation declares it; None where it was planned, or no operation was."""
    operation = catalogue().by_name.get(entry.operation or "")
    if operation is None or entry.error_code is None:
        return None
    meant = [known for known in operation.refusals.values() if known.code == entry.error_code]
    worded = (known for known in meant if orjson.dumps(known.message)[1:-1] in entry.answer)
    return next(worded, None)


def curl_of(entry: Entry, base_url: str) -> str | None:
    """The call as a command for a shell, with placeholders for secrets; None for a mail that came by SMTP."""
    if entry.operation == SEND:
        return None
    path = quote(str(redact(entry.path)), safe=_PATH_SIGNS, errors="replace")
    command = ["curl"] if entry.method == "GET" else [f"curl -X {shlex.quote(entry.method)}"]
    command.append(shlex.quote(f"{base_url}{path}"))
    operation = catalogue().by_name.get(entry.operation or "")
    if operation is None or operation.service.needs_token:
        command.append('-H "Authorization: Bearer $SENDPULSE_TOKEN"')
    return " \\\n    ".join([*command, *_arguments_of(entry)])


def _arguments_of(entry: Entry) -> list[str]:
    arguments = entry.arguments
    if not arguments:
        return []
    if entry.method == "GET":
        texts = {name: value if isinstance(value, str) else inline_json(value) for name, value in arguments.items()}
        return ["-G", *(f"--data-urlencode {shlex.quote(f'{name}={text}')}" for name, text in texts.items())]
    return ["-H 'Content-Type: application/json'", f"-d {shlex.quote(inline_json(arguments))}"]


class Change(NamedTuple):
    """What became of one row: fields with their value before and after; None where there was no row."""

    kind: str
    entity: str
    number: int
    fields: Mapping[str, tuple[Any, Any]]


def changes_of(summary: Mapping[str, Any]) -> Iterator[Change]:
    """The rows that were added, changed and removed, from what a journal's entry tells."""
    for told in summary["added"]:
        yield _change("added", told, {name: (None, value) for name, value in told["row"].items()})
    for told in summary["changed"]:
        yield _change("changed", told, {name: (old, told["row"][name]) for name, old in told["before"].items()})
    for told in summary["removed"]:
        yield _change("removed", told, {name: (value, None) for name, value in told["row"].items()})


def _change(kind: str, told: Mapping[str, Any], fields: Mapping[str, tuple[Any, Any]]) -> Change:
    return Change(kind, told["entity"], told["row"]["id"], fields)
