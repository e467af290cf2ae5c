"""Who may see pages, and whose forms are taken: as the admin API is locked, and a way in for browsers.

A browser cannot send the admin key by itself, so a page takes it once and leaves a cookie that was made of it. Forms
carry a token that other sites cannot read, and come from our own pages only.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from mock_server.admin.calls import refuse
from mock_server.admin.guard import check_caller

if TYPE_CHECKING:
    from flask import Request, Response

COOKIE: Final = "sendpulse_mock_session"
TOKEN: Final = "token"  # noqa: S105 - the name of a form's field
"""The field of every form that shows it to be ours."""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES: Final = frozenset({"", "same-origin", "none"})
"""What a browser says of where a request comes from, if it says anything and the page is ours or the user's own."""


class Entrance:
    """The door of one server's pages. With a `key` it takes those who know it; without, this machine alone."""

    def __init__(self, key: str | None) -> None:
        self.key = key or None
        # What is made of the key outlives a restart, and with it whoever has signed in.
        self._secret = key.encode() if key else secrets.token_bytes(32)

    def check(self, request: Request) -> None:
        """Refuse with 401 or 403 whoever may not come in."""
        if not self._has_signed_in(request):
            check_caller(request, self.key)

    def check_form(self, request: Request) -> None:
        """Refuse with 403 what would change something and was not sent by one of our own pages."""
        if request.method in _SAFE:
            return
        self._check_origin(request)
        if not hmac.compare_digest(request.form.get(TOKEN, "").encode(errors="replace"), self.token(request).encode()):
            refuse(403, "the form is not one of this server's, or from before it was started", "reload the page")

    def token(self, request: Request) -> str:
        """What forms carry: another one for everybody who signs in."""
        return self._made("form", request.cookies.get(COOKIE, "") if self.key else "")

    def mark(self, of: str) -> str:
        """What proves that an address was made by one of our own pages."""
        return self._made("mark", of)

    def is_mark(self, given: str, made: str) -> bool:
        """Whether that is the mark, told in constant time."""
        return hmac.compare_digest(given.encode(errors="replace"), made.encode())

    def is_key(self, given: str) -> bool:
        """Whether that is the admin key, told in constant time."""
        return self.key is not None and hmac.compare_digest(given.encode(errors="replace"), self.key.encode())

    def sign_in(self, request: Request, response: Response) -> Response:
        """Let the browser in from now on, until it is closed."""
        nonce = secrets.token_hex(16)
        made = f"{nonce}.{self._made('session', nonce)}"
        response.set_cookie(COOKIE, made, path="/_mock/ui", httponly=True, samesite="Strict", secure=request.is_secure)
        return response

    def sign_out(self, response: Response) -> Response:
        """Let the browser in no more."""
        response.delete_cookie(COOKIE, path="/_mock/ui", httponly=True, samesite="Strict")
        return response

    def _has_signed_in(self, request: Request) -> bool:
        nonce, _, mark = request.cookies.get(COOKIE, "").partition(".")
        made = self._made("session", nonce)
        return self.key is not None and hmac.compare_digest(mark.encode(errors="replace"), made.encode())

    def _made(self, purpose: str, of: str) -> str:
        return hmac.digest(self._secret, f"pages {purpose} {of}".encode(errors="replace"), "sha256").hex()

    @staticmethod
    def _check_origin(request: Request) -> None:
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "")
        is_own = origin is None or urlsplit(origin).netloc.lower() == request.headers.get("Host", "").lower()
        if not is_own or site not in _OWN_SITES:
            refuse(403, f"the form comes from a page of {origin or site!r}", "send it from a page of this server")
