"""How an application tells its server to fail a request: the two exceptions that fault injection raises."""


class ConnectionDropped(Exception):
    """The connection ends here. Raised by the application itself, or by its response before the first chunk.

    `sent` is what still reaches the client. Empty: nothing does, not even the head, as with a connection that was
    reset. Otherwise the client gets the head and these bytes of the body; `start_response` must have been called, with
    the `Content-Length` of the whole body, or the client can't tell that the body was cut.
    """

    def __init__(self, sent: bytes = b"") -> None:
        super().__init__(sent)
        self.sent = sent


class ReadTimedOut(Exception):
    """The client's read timeout, `environ["sendpulse_mock.timeout"]` seconds, passed before there was an answer."""
