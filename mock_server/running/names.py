"""Who tells the names of hosts to a program in a private namespace: a file, then our resolver, and nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mock_server.running.namespaces import hide, put_over
from mock_server.running.vendor import ADDRESS, HOSTS, is_vendors

RESOLVER_SETTINGS: Final = Path("/etc/resolv.conf")

_HOSTS: Final = Path("/etc/hosts")
_SOURCES: Final = Path("/etc/nsswitch.conf")
_DAEMONS: Final = tuple(
    Path(f"/{run}/{socket}")
    for run in ("run", "var/run")
    for socket in ("nscd/socket", "systemd/resolve/io.systemd.Resolve")
)
"""Sockets of those who would ask from outside of the namespace. The C library asks nscd before it reads any file."""
_QUIET_SOURCES: Final = ("files", "myhostname")


def tell_names() -> None:
    """Let the vendor's names lead to the emulator, and those that `/etc/hosts` knows to where they led before."""
    changes = {_HOSTS: hosts_with_vendor, RESOLVER_SETTINGS: resolver_settings, _SOURCES: sources}
    there = {path: change for path, change in changes.items() if path.is_file()}
    put_over({path: change(path.read_text("utf-8", "surrogateescape")) for path, change in there.items()})
    for socket in {path.resolve() for path in _DAEMONS if path.is_socket()}:
        hide(socket)


def hosts_with_vendor(text: str) -> str:
    """A file of hosts in which the vendor's names lead to the emulator, whatever they led to before."""
    kept = (line for line in text.splitlines() if not any(map(is_vendors, _names_in(line))))
    return "\n".join([f"{ADDRESS} {' '.join(HOSTS)}", *kept, ""])


def resolver_settings(text: str) -> str:
    """A `resolv.conf` that names our resolver, and searches where it searched before."""
    kept = (line for line in text.splitlines() if not line.startswith("nameserver"))
    return "\n".join(["nameserver 127.0.0.1", *kept, ""])


def sources(text: str) -> str:
    """An `nsswitch.conf` in which names of hosts come from files and resolvers alone; all others as they did."""
    return "".join(f"{_quiet(line)}\n" for line in text.splitlines())


def name_servers(file: Path) -> list[str]:
    """The addresses in a `resolv.conf`, in their order; none where there is no such file."""
    text = file.read_text("utf-8", "surrogateescape") if file.is_file() else ""
    lines = (line.split() for line in text.splitlines())
    return [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]


def _names_in(line: str) -> list[str]:
    return line.partition("#")[0].split()[1:]


def _quiet(line: str) -> str:
    database, _, named = line.partition(":")
    if database.strip() != "hosts":
        return line
    return f"hosts: {' '.join(source for source in _QUIET_SOURCES if source in named.split() or source == 'files')} dns"
