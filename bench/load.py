"""The load generator, a process of its own: kept-alive connections on raw sockets, as many requests under way.

    python -m bench.load PORT METHOD PATH TOKEN BODY FIRST REQUESTS

A ``#`` in the body becomes the number of the request, from FIRST on. An answer that is not 200 ends the run.
"""

import socket
import sys

CONNECTIONS = 8


def main() -> None:
    port, method, path, token, body, first, requests = sys.argv[1:]
    connections = [Connection(int(port)) for _ in range(CONNECTIONS)]
    for number in range(int(first), int(first) + int(requests), CONNECTIONS):
        for place, connection in enumerate(connections):
            connection.send(request(method, path, token, body.replace("#", str(number + place))))
        for connection in connections:
            connection.receive()


def request(method: str, path: str, token: str, body: str) -> bytes:
    typed = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {token}\r\n{typed}\r\n{body}".encode()


class Connection:
    """A connection that is kept alive, and made anew where the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def send(self, data: bytes) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port))
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(data)

    def receive(self) -> None:
        """Read one whole answer."""
        assert self._socket
        head, _, body = self._read_head().partition(b"\r\n\r\n")
        if head[9:13] != b"200 ":
            raise SystemExit(f"not answered with 200: {head + body!r}")
        fields = head.lower()
        if b"content-length:" not in fields:
            raise SystemExit(f"not answered with a Content-Length: {head!r}")
        length = int(fields.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        while len(body) < length:
            body += self._socket.recv(65536)
        if b"connection: close" in fields or head.startswith(b"HTTP/1.0"):
            self._socket.close()
            self._socket = None

    def _read_head(self) -> bytes:
        assert self._socket
        answer = self._socket.recv(65536)
        while b"\r\n\r\n" not in answer:
            more = self._socket.recv(65536)
            if not more:
                raise SystemExit(f"broken off: {answer!r}")
            answer += more
        return answer


if __name__ == "__main__":
    main()
