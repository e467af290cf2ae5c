"""Addresses of this machine to listen on."""

import contextlib
import socket
import sys
from errno import EACCES, EADDRINUSE


def listen(host: str, port: int, waiting: int) -> socket.socket:
    """A socket that accepts connections, `waiting` of them while nobody takes them.

    Raises `OSError`, naming host and port, when the address is in use or isn't ours.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with contextlib.ExitStack() as on_failure:
            listener = on_failure.enter_context(socket.socket(family, kind, protocol))
            if sys.platform != "win32":  # where it would let two servers share a port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit it
            listener.bind(address)
            listener.listen(waiting)
            on_failure.pop_all()
            return listener
    except OSError as error:
        remedy = _REMEDIES.get(error.errno, "choose an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all")
        raise OSError(error.errno, f"cannot listen on {host}:{port} ({error.strerror}): {remedy}") from error


_REMEDIES: "dict[int | None, str]" = {
    EADDRINUSE: "choose another port, or 0 for a free one",
    EACCES: "choose a port from 1024, or 0 for a free one",
}
"""What helps against the errors that the port causes; all others the host does."""
