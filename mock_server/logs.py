"""What a running server tells on standard error: a line per event, as text or as JSON, without secrets."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from contracts.redaction import redact
from mock_server.core.clock import SECOND, format_instant

if TYPE_CHECKING:
    from mock_server.core.journal import Entry

log: Final = logging.getLogger("sendpulse_mock")
access: Final = log.getChild("access")

_PATH_SIGNS: Final = "/%:@+,;=~!$&'()*"
"""What stands in a path as it is; whatever else does is encoded, so that no request can forge a line."""


def log_request(entry: Entry) -> None:
    """Tell of one request, if anybody listens to ``sendpulse_mock.access`` at INFO."""
    if not access.isEnabledFor(logging.INFO):
        return
    facts = {
        "method": entry.method,
        "path": shown(entry.path),
        "status": entry.status,
        "error_code": entry.error_code,
        "duration_ms": round(entry.duration * 1000, 3),
    }
    code = "" if entry.error_code is None else f" (error {entry.error_code})"
    line = "{method} {path} {status}{code} {duration_ms} ms".format(code=code, **facts)
    if explanation := entry.explanation:
        facts["explanation"] = explanation
        line = f"{line}: {explanation}"
    access.info("%s", line, extra={"facts": facts})


def shown(path: str) -> str:
    """A path as a log may hold it: on one line, without secrets."""
    text: str = redact(quote(path, safe=_PATH_SIGNS, errors="replace"))
    return text


def set_up(style: str, *, quiet: bool, verbose: bool) -> None:
    """Write to standard error in one of `STYLES`: errors alone when `quiet`, requests too when `verbose`."""
    handler = logging.StreamHandler()
    handler.setFormatter(STYLES[style]())
    logging.basicConfig(handlers=[handler], level=logging.ERROR if quiet else logging.WARNING)
    log.setLevel(logging.ERROR if quiet else logging.INFO)
    access.setLevel(logging.INFO if verbose else logging.WARNING)


class _Text(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - logging's
        return _time_of(record)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": _time_of(record),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line)


def _time_of(record: logging.LogRecord) -> str:
    return format_instant(round(record.created * SECOND))


STYLES: Final = {"text": _Text, "json": _Json}
