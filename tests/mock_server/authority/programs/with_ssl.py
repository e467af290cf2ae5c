"""As with_requests.py, by the standard library."""

import socket
import ssl
import sys

for host, port in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    try:
        with (
            socket.create_connection(("127.0.0.1", int(port)), timeout=30) as line,
            ssl.create_default_context().wrap_socket(line, server_hostname=host),
        ):
            print("accepted")
    except ssl.SSLCertVerificationError as error:
        print("refused", error)
