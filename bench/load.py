"""The load generator: kept-alive connections, raw sockets. `python -m bench.load PORT METHOD TOKEN FIRST REQUESTS`."""

import socket
import sys

CONNECTIONS = 8


def main() -> None:
    """Send the requests, `CONNECTIONS` of them at a time; an answer that is not 200 ends the run."""
    port, method, token, first, requests = sys.argv[1:]
    connections = [socket.create_connection(("127.0.0.1", int(port))) for _ in range(CONNECTIONS)]
    for connection in connections:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for number in range(int(first), int(first) + int(requests), CONNECTIONS):
        for place, connection in enumerate(connections):
            connection.sendall(request(method, token, number + place))
        for connection in connections:
            receive(connection)


def request(method: str, token: str, number: int) -> bytes:
    """A GET of the mailing lists, or a POST that creates the one numbered `number`."""
    body = b'{"bookName":"Book %d"}' % number if method == "POST" else b""
    typed = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if body else ""
    head = f"{method} /addressbooks HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n{typed}\r\n"
    return head.encode() + body


def receive(connection: socket.socket) -> None:
    """Read one whole answer."""
    answer = connection.recv(65536)
    if not answer.startswith(b"HTTP/1.1 200 "):
        raise SystemExit(f"not answered with 200: {answer[:300]!r}")
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    while len(body) < length:
        body += connection.recv(65536)


if __name__ == "__main__":
    main()
