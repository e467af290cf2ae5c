"""Whatever is sent, the answer is JSON in the envelope with a declared status, and a refusal changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import quote, quote_from_bytes

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contracts.checks import promise_to
from contracts.messages import Request
from contracts.model import Operation
from contracts.strategies import case_of, paths
from contracts.suite.accounts import Account, fresh_account
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.laboratories import Laboratory
from contracts.suite.scenes import furnish

_MEDIA_TYPES: Final = (
    "application/json",
    "application/json; charset=latin-1",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "text/html",
    "no type",
    "",
)
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_DEEP: Final = 20_000
LARGE: Final = 5_000_000
"""Bytes of a large body."""
MANY: Final = 20_000
"""Items of a long array, all of them wrong."""


def garbage_is_answered_in_the_envelope(laboratory: Laboratory, operation: Operation) -> None:
    """Bodies and query strings that mean nothing, or other things than were meant."""
    names = list(operation.arguments["properties"]) or ["name"]

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        with fresh_account(laboratory) as account:
            furnish(account)
            path = data.draw(paths(operation, account.known))
            plain = request_of(case_of(operation, *path.values()), Encoding.JSON, account.authorization)
            body, query = data.draw(_bodies(names)), quote(data.draw(st.text(max_size=20)), safe="=&[]{}")
            media_type = data.draw(st.sampled_from(_MEDIA_TYPES))
            _expect_harmless(account, replace(plain, body=body, query=query, content_type=media_type))

    holds()


def large_bodies_are_answered_in_the_envelope(laboratory: Laboratory, operation: Operation) -> None:
    """A body of megabytes: one long text, many small ones, and brackets without end."""
    name = next(iter(operation.arguments["properties"]), "name")
    texts = (
        b'{"%s": "%s"}' % (name.encode(), b"x" * LARGE),
        b'{"%s": [%s1]}' % (name.encode(), b"1," * MANY),
        b'{"%s": %s' % (name.encode(), b"[" * LARGE),
    )
    with fresh_account(laboratory) as account:
        furnish(account)
        plain = request_of(account.naming_what_is_there(operation), Encoding.JSON, account.authorization)
        for body in texts:
            _expect_harmless(account, replace(plain, body=body))


def unknown_paths_and_methods_are_answered_in_the_envelope(laboratory: Laboratory) -> None:
    """Requests that name no operation, or one of them by accident."""
    segments = st.lists(
        st.sampled_from(("addressbooks", "emails", "1", "variables", "oauth", "access_token", "v2", "..", "%", "_mock"))
        | st.text(max_size=5)
        | st.binary(max_size=3),
        max_size=5,
    )

    @given(st.sampled_from(_METHODS), segments, st.booleans(), st.booleans())
    def holds(method: str, segments: list[str | bytes], trailing: bool, authorized: bool) -> None:
        quoted = [quote(part, safe="") if isinstance(part, str) else quote_from_bytes(part, "") for part in segments]
        path = "/" + "/".join(quoted) + ("/" if trailing else "")
        if path.startswith("/_mock"):  # the emulator's own, and no business of the vendor's contract
            path = f"/vendor{path}"
        with fresh_account(laboratory) as account:
            furnish(account)
            authorization = account.authorization if authorized else ""
            _expect_harmless(account, Request(method, path, authorization=authorization))

    holds()


def _expect_harmless(account: Account, request: Request) -> None:
    before = account.everything()
    answer = account.exchange(request)
    if not promise_to(request).is_success(answer):
        account.expect_unchanged(before)


def _bodies(names: list[str]) -> SearchStrategy[bytes]:
    json_texts = st.sampled_from(
        (
            "5", "null", '"text"', "[]", "{}", "[[]]", "{", '{"%s"', '{"%s": }', '{"%s": NaN}', '{"%s": 1e400}',
            '{"%s": "\\u0000"}', '{"%s": "\\ud800"}', '{"%s": "\\ud800\\u0000"}', '{"%s": null}', '{"%s": [null]}',
            '{"%s": [{}]}', '{"%s": [[]]}', '{"%s": [{"email": null}]}', '{"%s": {"%s": {}}}', '{"%s": -0}',
            '{"%s": 1e30}', '{"%s": 123456789012345678901234567890}', '{"%s": 0.1}', '{"%s": ""}', '\ufeff{"%s": 1}',
            '{"%s": "a:1:{i:0;s:5:\\"short\\";}"}', '{"%s": "a:1:{i:0;s:999:\\"short\\";}"}', '{"%s": "[1"}',
            '{"%s": ' + "[" * _DEEP + "]" * _DEEP + "}", '{"%s": "' + "[" * _DEEP + '"}',
            "%s=1&%s[]=2", "%s[][][]=1", "%s[a]=1&%s[0]=2", "%s=%%FF%%FE", "%s" + "[x]" * 200 + "=1", "=", "&&", "%",
            '--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n1\r\n--x--', "--x",
        )
    )  # fmt: skip
    named = st.builds(lambda text, name: _named(text, name).encode(), json_texts, st.sampled_from(names))
    return named | st.binary(max_size=30)


def _named(text: str, name: str) -> str:
    return text.replace("%%", "\0").replace("%s", name).replace("\0", "%")
