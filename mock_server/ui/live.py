"""Pages that follow what happens: the script asks for their part anew, and is answered when there is something new."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from flask import Response, render_template, request

from mock_server.core.accounts import Account
from mock_server.ui.accounts import current

PART: Final = "X-Part"
"""The header by which the script asks for the part that changes, and not for the whole page."""

_BOOT: Final = secrets.token_hex(4)
"""Tells the versions of this process from those of one before."""


def live_page(
    name: str, make: Callable[[], Mapping[str, Any]], *, beat: object = "", of: Account | None = None
) -> Response:
    """The template `name`, part of which, `name` with ``_live`` behind it, changes when something happens.

    `make` looks up what both show; it is not called where the script has it already. `beat` is what else the part
    depends on, such as the second that a clock shows; `of` whose doings, if not those of the account in the path.
    """
    version = version_of(of or current().account, beat)
    part = f"{name}_live.html"
    if PART not in request.headers:
        return _versioned(render_template(f"{name}.html", part=part, version=version, **make()), version)
    if request.if_none_match.contains(version):
        return _versioned("", version, HTTPStatus.NOT_MODIFIED)
    return _versioned(render_template(part, **make()), version)


def version_of(account: Account, beat: object = "") -> str:
    """What changes whenever something happened in an account."""
    return f"{_BOOT}-{account.number}-{account.pulse}-{beat}"


def _versioned(text: str, version: str, status: int = HTTPStatus.OK) -> Response:
    response = Response(text, status)
    response.set_etag(version)
    return response
