"""Leads what a Python program sends to the vendor's hosts to an emulator; found by Python at its start on PYTHONPATH.

Whatever Python the program runs in runs this, so it imports nothing of ours and bears with old versions. TLS still
shows and checks the vendor's name: only where a connection goes is changed.
"""

import importlib.util
import os
import socket
import sys
from importlib.machinery import PathFinder
from typing import Any, Optional, Tuple

DOMAIN = os.environ.get("SENDPULSE_EMULATOR_DOMAIN", "")
IS_OFFLINE = bool(os.environ.get("SENDPULSE_EMULATOR_OFFLINE"))

Door = Tuple[str, int]


def lead() -> None:
    """Patch the ways by which names become connections."""
    resolve, look_up = socket.getaddrinfo, socket.gethostbyname
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def getaddrinfo(host: Any, port: Any, family: Any = 0, *rest: Any, **more: Any) -> Any:
        door = door_for(host, port)
        return resolve(host, port, family, *rest, **more) if door is None else resolve(*door, 0, *rest, **more)

    socket.getaddrinfo = getaddrinfo
    socket.gethostbyname = lambda host: look_up((door_for(host, None) or (host,))[0])
    socket.socket.connect = lambda self, address: connect(self, led(self, address))  # type: ignore[method-assign]
    socket.socket.connect_ex = lambda self, address: connect_ex(self, led(self, address))  # type: ignore[method-assign]


def led(connecting: Any, address: Any) -> Any:
    """Where a socket is to connect instead. Raises `ConnectionRefusedError` for what is beyond, while offline."""
    if connecting.family not in (socket.AF_INET, socket.AF_INET6):
        return address
    door = door_for(*address[:2])
    if door is None and IS_OFFLINE and not is_near(address[0]):
        raise ConnectionRefusedError(f"sendpulse-mock is offline and does not lead to {address[0]}")
    return door or address


def door_for(host: Any, port: Any) -> Optional[Door]:
    """Where the emulator is to be met in place of a host of the vendor's; None for any other host."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if not ("." + name.rstrip(".").lower()).endswith("." + DOMAIN):
        return None
    is_plain = port in (80, "80", "http")
    address, _, number = os.environ["SENDPULSE_EMULATOR_PLAIN" if is_plain else "SENDPULSE_EMULATOR_TLS"].rpartition(
        ":"
    )
    return address.strip("[]"), int(number)


def is_near(host: Any) -> bool:
    """Whether an address is this machine's."""
    return str(host) in ("localhost", "::1") or str(host).startswith("127.")


class WaitForAiohttp:
    """Has aiohttp's resolvers led as soon as they are there: some ask C libraries, which know nothing of ours."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ARG002 - as Python calls it
        """The module, which is changed once it is loaded; None for all others."""
        if name != "aiohttp.resolver":
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        if spec is not None and spec.loader is not None:
            spec.loader.exec_module = after(spec.loader.exec_module, lead_resolvers)  # type: ignore[method-assign]
        return spec


def after(first: Any, then: Any) -> Any:
    """Both, one after the other, with the same argument."""

    def both(module: Any) -> None:
        first(module)
        then(module)

    return both


def lead_resolvers(module: Any) -> None:
    """Have each answer with the emulator's address for the vendor's hosts."""
    for name in ("ThreadedResolver", "AsyncResolver"):
        resolver = getattr(module, name, None)  # which they are has changed before
        if resolver is not None:
            resolver.resolve = led_resolve(resolver.resolve)


def led_resolve(resolve: Any) -> Any:
    """The method of a resolver, and the emulator for the vendor's hosts."""

    async def answer(self: Any, host: str, port: int = 0, family: Any = socket.AF_INET) -> Any:
        door = door_for(host, port)
        if door is None:
            return await resolve(self, host, port, family)
        [(found, _, proto, _, address)] = socket.getaddrinfo(*door, 0, socket.SOCK_STREAM)
        numeric = {"family": found, "proto": proto, "flags": socket.AI_NUMERICHOST | socket.AI_NUMERICSERV}
        return [{"hostname": host, "host": address[0], "port": address[1], **numeric}]

    return answer


def run_users_own() -> None:
    """Only one module of this name is found; the user's, or the system's, comes after ours."""
    here = os.path.dirname(os.path.abspath(__file__))
    others = [folder for folder in sys.path if os.path.abspath(folder or ".") != here]
    spec = PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        sys.modules["sitecustomize"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)


if DOMAIN:
    lead()
    sys.meta_path.insert(0, WaitForAiohttp())
run_users_own()
