"""As with_requests.py, by httpx."""

import socket
import sys

import httpx

resolve = socket.getaddrinfo
socket.getaddrinfo = lambda _, port, *more, **named: resolve("127.0.0.1", port, *more, **named)

for host, port in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    authority = f"[{host}]" if ":" in host else host
    try:
        httpx.get(f"https://{authority}:{port}/", timeout=30).raise_for_status()
        print("accepted")
    except httpx.ConnectError as error:
        print("refused", error)
