"""The server's half of WSGI that the live server and the interception share."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONSTANT_ENVIRON: "Mapping[str, object]" = {
    "GATEWAY_INTERFACE": "CGI/1.1",
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
"""What each request's environ holds besides its own part. The process environment, secrets and all, it does not."""


class StartResponse:
    """The `start_response` of one request, and what it was told."""

    __slots__ = ("headers", "reason", "status")

    def __init__(self) -> None:
        self.status = 0
        self.reason = ""
        self.headers: list[tuple[str, str]] = []

    def __call__(
        self, status: str, headers: list[tuple[str, str]], _exc_info: object = None
    ) -> "Callable[[bytes], object]":
        code, _, self.reason = status.partition(" ")
        self.status = int(code)
        self.headers = headers
        if not 200 <= self.status <= 999:
            raise ValueError(f"{status!r} is no final status: answer with one from 200 to 999")
        return _no_write


def _no_write(_: bytes) -> None:
    raise NotImplementedError("WSGI's old write() is not supported: return the body from the application")
