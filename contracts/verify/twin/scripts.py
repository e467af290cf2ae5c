"""The way to a difference, written down: as a script for curl, and as a test for pytest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

from contracts.messages import Request
from contracts.verify.twin.differences import Kind
from contracts.verify.twin.divergences import Divergence
from contracts.verify.twin.steps import (
    CLIENT_ID,
    CLIENT_SECRET,
    SENDER,
    Passed,
    Pause,
    Step,
    references_in,
    request_by,
)

LOCAL: Final = "http://127.0.0.1:8480"
"""Where a script asks, unless it is told otherwise: what ``sendpulse-mock serve`` serves."""

_ID: Final = r'"(?:id|real_id)": ?"?([0-9]+)'
_MARK: Final = 7_000_000_000
"""Where numbers begin that stand for references while a request is written: no id is as large."""

_SHELL: Final = """\
url=${SENDPULSE_BASE_URL:-%s}
ids() { grep -oE '"(id|real_id)": ?"?[0-9]+' | grep -oE '[0-9]+$'; }
token=$(curl -s "$url/oauth/access_token" -d grant_type=client_credentials -d client_id="$SENDPULSE_CLIENT_ID" \\
    -d client_secret="$SENDPULSE_CLIENT_SECRET" | cut -d '"' -f 4)"""

_SENDER: Final = """\
sender=$(curl -s "$url/senders" -H "Authorization: Bearer $token" | grep -oE '[^"]+@[^"]+' | head -n 1)"""

_PYTHON: Final = '''\
"""{summary}. Written by a twin run: {other} beside {one}."""

import re

import pytest
import requests

API = "https://api.sendpulse.com"  # answered in process


@pytest.mark.sendpulse(clock="2026-01-31T12:00:00Z", limits="off")
def test_{about}_as_on_the_other_side(sendpulse):
    authorization = {{"Authorization": f"Bearer {{sendpulse.api_key}}"}}
'''


def curl_script(divergence: Divergence, *, side: int) -> str:
    """A shell script that goes the way on one side; what is to be seen at its end, on both, stands above.

    Address and credentials come from the environment: ``SENDPULSE_BASE_URL``, ``SENDPULSE_CLIENT_ID``,
    ``SENDPULSE_CLIENT_SECRET``.
    """
    order = (side, 1 - side)
    told = [f"# {divergence.sides[one]} answered: {_one_line(divergence.answers[one])}" for one in order]
    lines = ["#!/bin/sh", f"# {divergence.summary}.", *told, _SHELL % LOCAL]
    written = [*_written(divergence, _in_shell)]
    return "\n".join([*lines, *([_SENDER] if any("$sender" in line for line in written) else []), *written]) + "\n"


def pytest_file(divergence: Divergence) -> str:
    """A test that goes the way on the emulator, in process, and demands of it what the second side answered."""
    one, other = divergence.sides
    about = divergence.about.name.replace(".", "_")
    head = _PYTHON.format(summary=divergence.summary, one=one, other=other, about=about)
    lines = [*_written(divergence, _in_python), "", _demand(divergence)]
    return head + "".join(f"    {line}".rstrip() + "\n" for line in lines)


def _one_line(answer: object) -> str:
    return " ".join(str(answer).split())


Written = Callable[[Passed, "_Names"], Iterator[str]]


def _written(divergence: Divergence, write: Written) -> Iterator[str]:
    """Every step in a language."""
    steps = [passed.action for passed in divergence.steps if isinstance(passed.action, Step)]
    names = _Names(sorted(set[str]().union(*map(references_in, steps))), divergence.names[1])
    for passed in divergence.steps:
        yield from write(passed, names)


class _Names:
    """The references that a script makes use of: each is a variable, and has a mark that stands for it meanwhile."""

    def __init__(self, used: list[str], meant: dict[str, Any]) -> None:
        self.used = used
        self._meant = meant
        self._marks = {name: _MARK + number for number, name in enumerate(used)}

    def request_of(self, step: Step) -> Request:
        """The request of a call, with marks in place of what the references mean."""
        return request_by(step, {name: self._mark_like(name, mark) for name, mark in self._marks.items()}, "")

    def _mark_like(self, name: str, mark: int) -> int | str:
        """A mark of the same type as what it stands for."""
        return mark if isinstance(self._meant.get(name), int) else str(mark)

    def fill(self, text: str, written: Callable[[str], str]) -> str:
        """A text with each mark replaced by what is written for its variable."""
        for name, mark in self._marks.items():
            text = text.replace(str(mark), written(name))
        return text

    def born_in(self, passed: Passed) -> Iterator[tuple[str, int]]:
        """The references that later calls use to what came into being here, each with its place among the ids shown."""
        shown = re.findall(_ID, passed.answers[1].body.decode(errors="replace")) if passed.answers else []
        for name in passed.born:
            number = str(self._meant[name])
            if name in self.used and number in shown:
                yield _variable(name), shown.index(number)


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name.strip("<>").rpartition(".")[2])


_IN_SHELL: Final = {CLIENT_ID: "$SENDPULSE_CLIENT_ID", CLIENT_SECRET: "$SENDPULSE_CLIENT_SECRET", SENDER: "$sender"}
_IN_PYTHON: Final = {
    CLIENT_ID: "sendpulse.client_id",
    CLIENT_SECRET: "sendpulse.client_secret",
    SENDER: "sendpulse.sender",
}


def _in_shell(passed: Passed, names: _Names) -> Iterator[str]:
    action = passed.action
    if isinstance(action, Pause):
        yield f"# {action.seconds} seconds pass; an emulator can be told so:"
        yield (
            'curl -s "$url/_mock/accounts/$SENDPULSE_CLIENT_ID/clock/advance" '
            f"--json '{{\"seconds\": {action.seconds}}}' > /dev/null"
        )
        return
    call = _curl(names.request_of(action), partial(names.fill, written=_shell_variable))
    kept = [*names.born_in(passed)]
    yield f'answer=$({call}); echo "$answer"' if kept else f"{call}; echo"
    for variable, place in kept:
        yield f'{variable}=$(echo "$answer" | ids | sed -n {place + 1}p)'


def _shell_variable(name: str) -> str:
    return f"'\"{_IN_SHELL.get(name, '$' + _variable(name))}\"'"


def _curl(request: Request, fill: Callable[[str], str]) -> str:
    target = f"{request.path}?{request.query}" if request.query else request.path
    words = ["curl", "-s", "-w", "' %{http_code}'", "-X", request.method, '"$url"' + fill(_quoted(target))]
    words += ["-H", '"Authorization: Bearer $token"']
    if request.content_type:
        words += ["-H", f"'Content-Type: {request.content_type}'"]
    if request.body:
        words += ["--data-raw", fill(_quoted(request.body.decode()))]
    return " ".join(words)


def _quoted(text: str) -> str:
    """A text in single quotes, even where it needs none: variables are put between them."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


def _in_python(passed: Passed, names: _Names) -> Iterator[str]:
    action = passed.action
    if isinstance(action, Pause):
        yield f"sendpulse.clock.advance({action.seconds})"
        return
    request = names.request_of(action)
    target = f"{request.path}?{request.query}" if request.query else request.path
    fill = partial(_filled_literal, names=names)
    yield "answer = requests.request("
    yield f"    {request.method!r},"
    yield f"    API + {fill(target)},"
    if request.body:
        yield f"    data=({fill(request.body.decode())}).encode(),"
    media = f' | {{"Content-Type": {request.content_type!r}}}' if request.content_type else ""
    yield f"    headers=authorization{media},"
    yield "    timeout=60,"
    yield ")"
    for variable, place in names.born_in(passed):
        yield f"{variable} = re.findall({_ID!r}, answer.text)[{place}]"


def _filled_literal(text: str, names: _Names) -> str:
    return names.fill(repr(text), lambda name: f"' + {_IN_PYTHON.get(name, _variable(name))} + '")


def _demand(divergence: Divergence) -> str:
    """What the second side answered, as an assertion."""
    difference, answer = divergence.difference, divergence.answers[1]
    if difference.kind is Kind.STATUS:
        return f"assert answer.status_code == {answer.status}"
    if not difference.path:
        return f"assert answer.text == {answer.body.decode(errors='replace')!r}"
    *outer, last = difference.path
    if last == "content-type":
        return f"assert answer.headers['Content-Type'] == {difference.other!r}"
    there = "answer.json()" + "".join(f"[{step!r}]" for step in outer)
    return f"assert {_claim(divergence, there, last)}"


def _claim(divergence: Divergence, there: str, last: str | int) -> str:
    """What is true of `last`, a key or an index of what stands `there`."""
    difference = divergence.difference
    match difference.kind:
        case Kind.MISSING | Kind.EXTRA if isinstance(last, int):
            return f"len({there}) == {last + len(difference.other or ())}"
        case Kind.MISSING:
            return f"{last!r} not in {there}"
        case Kind.EXTRA:
            return f"{last!r} in {there}"
        case Kind.TYPE:
            return f"type({there}[{last!r}]) is {type(difference.other).__name__}"
        case _:
            return f"{there}[{last!r}] == {difference.other!r}"
