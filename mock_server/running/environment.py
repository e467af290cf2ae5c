"""What to set in a program's environment so that its calls to the vendor reach an emulator, whatever it is written in.

Most programs are led by a proxy; hooks lead those that ask for none. What the user's own variables say is kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from contracts.exchanges import DOMAIN, VENDOR
from contracts.verify.places import API_KEY, CLIENT_ID, CLIENT_SECRET, is_vendors
from mock_server.running.doors import Doors
from mock_server.running.vendor import DOMAINS

HOOKS: Final = Path(__file__).parent / "hooks"
"""What runtimes run before a program, and lets them bear an emulator in mind."""

NEAR: Final = ("localhost", "127.0.0.1", "::1")
"""What is reached without a proxy in any case."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where an account is, and its credentials."""

    base_url: str
    client_id: str
    client_secret: str = field(repr=False)
    api_key: str = field(default="", repr=False)


def variables(
    doors: Doors, account: Account, trust: Mapping[str, str], users: Mapping[str, str], *, offline: bool = False
) -> dict[str, str]:
    """What to set beside what is set already, which are the variables of `users`.

    `trust` makes programs trust the emulator's certificate, and is a part of the answer. With `offline` the hooks
    refuse what is beyond this machine, as the proxy has to.
    """
    known = {**users, **trust}
    return {
        **trust,
        **(_of_proxy(doors.proxy, users, offline=offline) if doors.proxy else {}),
        **(_of_proxied(doors.proxy, known) if doors.proxy else {}),
        **(_of_hooks(doors, known, offline=offline) if doors.tls else {}),
        **_of_account(account, users),
    }


def variables_inside(account: Account, trust: Mapping[str, str], users: Mapping[str, str]) -> dict[str, str]:
    """What to set for a program in a network where the vendor's names lead to an emulator: hardly anything."""
    return {**trust, **_past_proxies(users), **_credentials(account, users)}


def _past_proxies(users: Mapping[str, str]) -> dict[str, str]:
    """What keeps calls to the vendor from a proxy of the user's, who may have one."""
    if not any(users.get(name) or users.get(name.lower()) for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")):
        return {}
    before = users.get("no_proxy") or users.get("NO_PROXY") or ""
    if before.strip() == "*":  # no proxy for anybody; beside other names, most would not understand it
        return {}
    names = [*filter(None, before.split(",")), *DOMAINS, *(f".{domain}" for domain in DOMAINS)]
    return dict.fromkeys(("NO_PROXY", "no_proxy"), ",".join(dict.fromkeys(names)))


def _of_proxy(proxy: str, users: Mapping[str, str], *, offline: bool) -> dict[str, str]:
    """In both spellings: some programs know the one, some the other."""
    near = ",".join(NEAR if offline else dict.fromkeys((*NEAR, *_excepted(users))))
    return {
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), proxy),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), near),
    }


def _excepted(users: Mapping[str, str]) -> list[str]:
    """What the user keeps from proxies, unless the vendor's hosts are among it."""
    entries = [entry.strip() for entry in (users.get("no_proxy") or users.get("NO_PROXY") or "").split(",")]
    return [entry for entry in entries if entry and not _covers_vendor(entry)]


def _covers_vendor(entry: str) -> bool:
    name = entry.partition(":")[0].lstrip("*.").lower()
    return not name or is_vendors(name) or f".{VENDOR}".endswith(f".{name}")


def _of_proxied(proxy: str, known: Mapping[str, str]) -> dict[str, str]:
    """For those that use a proxy, but ask no variable for it."""
    return {
        "JAVA_TOOL_OPTIONS": _with(known.get("JAVA_TOOL_OPTIONS"), " ", _java_options(proxy)),
        "PHP_INI_SCAN_DIR": _with(known.get("PHP_INI_SCAN_DIR", ""), os.pathsep, str(HOOKS / "php")),
        "SENDPULSE_EMULATOR_HOOKS": str(HOOKS),
    }


def _of_hooks(doors: Doors, known: Mapping[str, str], *, offline: bool) -> dict[str, str]:
    """For those that use no proxy."""
    tls, plain = (urlsplit(url).netloc for url in (doors.tls, doors.plain))
    return {
        "SENDPULSE_EMULATOR_DOMAIN": DOMAIN,
        "SENDPULSE_EMULATOR_TLS": tls,
        "SENDPULSE_EMULATOR_PLAIN": plain,
        **({"SENDPULSE_EMULATOR_OFFLINE": "1"} if offline else {}),
        "NODE_OPTIONS": _with(known.get("NODE_OPTIONS"), " ", f"--require {_quoted(HOOKS / 'node' / 'lead.cjs')}"),
        "PYTHONPATH": _before(known.get("PYTHONPATH"), os.pathsep, str(HOOKS / "python")),
    }


def _of_account(account: Account, users: Mapping[str, str]) -> dict[str, str]:
    return {"SENDPULSE_BASE_URL": account.base_url, **_credentials(account, users)}


def _credentials(account: Account, users: Mapping[str, str]) -> dict[str, str]:
    """None if the user has set any: halves of two accounts would not fit together."""
    given = {CLIENT_ID: account.client_id, CLIENT_SECRET: account.client_secret, API_KEY: account.api_key}
    return {} if any(users.get(name) for name in given) else {name: text for name, text in given.items() if text}


def _java_options(proxy: str) -> str:
    """Java keeps by itself what is near from proxies."""
    parts = urlsplit(proxy)
    places = {"proxyHost": parts.hostname, "proxyPort": parts.port}
    return " ".join(f"-D{scheme}.{name}={value}" for scheme in ("https", "http") for name, value in places.items())


def _quoted(path: Path) -> str:
    """As Node splits options, which it does at blanks."""
    text = str(path)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' if " " in text else text


def _with(present: str | None, separator: str, added: str) -> str:
    """`added` behind what is there, once."""
    if present is None or added in present:
        return present or added
    return f"{present}{separator}{added}"


def _before(present: str | None, separator: str, added: str) -> str:
    """`added` in front of what is there, once."""
    others = [entry for entry in (present or "").split(separator) if entry not in {"", added}]
    return separator.join([added, *others])
