"""What it costs to get going, beside `python -c "import flask"`: importing, making the app, the first answer."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from urllib.parse import urlsplit

from bench.figures import TURNS, Figure, ratios
from bench.processes import SERVER, start
from mock_server.serving.live import LiveServer

FLASK = "import flask"
APP = "from mock_server.app import create_app; create_app()"
EMULATOR = "from mock_server.app import make_emulator; make_emulator()"


def figures() -> Iterator[Figure]:
    turns = [(run(FLASK), run(APP), run(EMULATOR), until_first_answer()) for _ in range(2 * TURNS)]
    flask, app, emulator, serving = zip(*turns, strict=True)
    yield Figure("`serve`, start to first answer / import flask", ratios(serving, flask), 1.15)
    yield Figure("importing and building the app / import flask", ratios(app, flask), 1.15)
    yield Figure("  importing and building the emulator, without Flask", ratios(emulator, flask))
    yield Figure("  import flask", flask, unit="ms")
    yield Figure("live server, stop", [stop() for _ in range(2 * TURNS)], 15, "ms")


def run(program: str) -> float:
    """Milliseconds that a Python program takes."""
    began = time.perf_counter()
    assert start([sys.executable, "-c", program], SERVER).wait() == 0
    return (time.perf_counter() - began) * 1e3


def until_first_answer() -> float:
    """Milliseconds from the start of `serve` to its first answer, which asks for a token."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--quiet"]
    with start(command, SERVER, stdout=subprocess.PIPE) as process:
        assert process.stdout
        connection = HTTPConnection(urlsplit(json.loads(process.stdout.readline())["url"]).netloc)
        connection.request("GET", "/addressbooks")
        assert connection.getresponse().status == HTTPStatus.UNAUTHORIZED
        took = (time.perf_counter() - began) * 1e3
        connection.close()
        process.terminate()
    return took


def stop() -> float:
    """Milliseconds that a server that has served takes to stop."""

    def app(_, start_response):
        start_response("200 OK", [("Content-Length", "0")])
        return []

    server = LiveServer(app)
    server.start()
    connection = HTTPConnection(urlsplit(server.url).netloc)
    connection.request("GET", "/")
    connection.getresponse().read()
    began = time.perf_counter()
    server.stop()
    return (time.perf_counter() - began) * 1e3
