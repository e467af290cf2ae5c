"""A mail as it came over the line: looked at, read, and sent or turned away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from contracts.services.smtp import emails as api
from mock_server.core.accounts import Account
from mock_server.services.smtp.door import Reply, send, turn_away
from mock_server.services.smtp.sending import LARGEST_LETTER
from mock_server.serving.mime import letter_of

LARGEST_MAIL: Final = LARGEST_LETTER * 3 // 2
"""Bytes of a mail as it is sent: its files are in base64."""

MOST_LINES: Final = 1_000_000
"""Lines of a mail. As many short ones as fit into it would take a gigabyte to be understood."""

LONGEST_LINE: Final = 998
"""Bytes of a line without its end: RFC 5322's bound."""

_BARE_END: Final = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LONG: Final = re.compile(rb"[^\n]{%d}" % (LONGEST_LINE + 2))


def take(account: Account, sender: str, recipients: Sequence[str], mail: bytes | None) -> Reply:
    """Read a mail, each line of which ends in CRLF and has its dots doubled, and have it sent.

    None stands for one that was too large to be kept.
    """
    if mail is None:
        return turn_away(account, sender, recipients, api.TOO_LARGE, f"it has more than {LARGEST_MAIL} bytes")
    if mail.count(b"\n") > MOST_LINES:
        return turn_away(account, sender, recipients, api.TOO_LARGE, f"it has more than {MOST_LINES} lines")
    if _BARE_END.search(mail):
        # Some servers take it for an end and others do not, by which mails have been smuggled past those.
        return turn_away(account, sender, recipients, api.MALFORMED, "a line ends in a bare CR or LF; end it in CRLF")
    mail = (b"\r\n" + mail).replace(b"\r\n.", b"\r\n")[2:]
    if _LONG.search(mail):
        return turn_away(account, sender, recipients, api.MALFORMED, f"a line has more than {LONGEST_LINE} bytes")
    try:
        letter = letter_of(mail, sender, recipients)
    except RecursionError:
        return turn_away(account, sender, recipients, api.MALFORMED, "its parts are nested too deeply")
    return send(account, letter)
