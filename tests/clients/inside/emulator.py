"""What a person could see and do at the emulator, by the admin API, from where a program runs."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.request import Request, urlopen


def ask(method: str, path: str, **arguments: object) -> Any:
    """What the admin API answers to a call on the account whose credentials the environment has."""
    account = f"{os.environ['SENDPULSE_MOCK_URL']}/_mock/accounts/{os.environ['SENDPULSE_CLIENT_ID']}"
    headers = {"Content-Type": "application/json"}
    body = None if method == "GET" else json.dumps(arguments).encode()
    with urlopen(Request(f"{account}/{path}".rstrip("/"), body, headers, method=method), timeout=10) as answer:
        return json.load(answer)
