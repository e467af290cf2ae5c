"""The vendor's names, and where they lead in a private namespace."""

from __future__ import annotations

from typing import Final

from contracts.exchanges import DOMAIN, VENDOR

DOMAINS: Final = (DOMAIN, "smtp-pulse.com")
"""All names at and below these are the vendor's; the second is that of its mail hosts."""

HOSTS: Final = (VENDOR, f"login.{DOMAIN}", *DOMAINS)
"""Names for a file of hosts, which knows no "and all below"; a resolver answers for the rest."""

ADDRESS: Final = "127.83.80.1"
"""Where they lead: a loopback address of their own, so that ports 80 and 443 of the others stay the program's."""

TLS_PORT: Final = 443
"""The one that the vendor's API is served on."""


def is_vendors(name: str) -> bool:
    """Whether a host is the vendor's, for mail or for anything else."""
    return f".{name.lower().rstrip('.')}".endswith(tuple(f".{domain}" for domain in DOMAINS))
