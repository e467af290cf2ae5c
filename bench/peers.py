"""What other emulators need for a list of ten objects, beside ours: CPU time a request, one process each.

moto lists ten S3 buckets, json-server ten mailing lists of a file, Prism the mailing lists of our own OpenAPI document.
They are installed with pip and npm into a temporary folder; one that cannot be is left out.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.request import Request, urlopen

from bench.figures import TURNS, Figure, ratios
from bench.live import Contender
from bench.processes import ROOT, SERVER, run_module, start
from bench.server import ANSWERS

REQUESTS, WARM_UP = 800, 300
START_SECONDS = 30


@dataclass(frozen=True)
class Peer:
    """How one is installed, started and asked; `goal` is how many times our CPU time it should need at least."""

    name: str
    goal: float
    install: Callable[[Path], Sequence[str]]
    path: str
    prepare: Callable[[str], None] = lambda _: None


def figures() -> Iterator[Figure]:
    with ExitStack() as stack:
        ours = stack.enter_context(Contender("memory"))
        running = {}
        for peer in PEERS:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            try:
                running[peer] = stack.enter_context(Running(peer, peer.install(folder)))
            except (subprocess.CalledProcessError, OSError) as error:
                print(f"{peer.name} is left out: {error}", file=sys.stderr)
        turns = [(ours.cost("GET"), *[one.cost() for one in running.values()]) for _ in range(TURNS)]
    own, *others = zip(*turns, strict=True)
    for peer, theirs in zip(running, others, strict=True):
        yield Figure(f"{peer.name}, GET of a list of ten / ours", ratios(theirs, own), peer.goal, at_least=True)


class Running:
    """A peer's process."""

    def __init__(self, peer: Peer, command: Sequence[str]) -> None:
        self._peer = peer
        self._port = str(_free_port())
        filled = [part.replace("PORT", self._port) for part in command]
        self._process = start(filled, SERVER, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait_for(int(self._port))
        peer.prepare(f"http://127.0.0.1:{self._port}")

    def cost(self) -> float:
        """Microseconds of CPU a request."""
        self._load(WARM_UP)
        before = _cpu_of(self._process.pid)
        self._load(REQUESTS)
        return (_cpu_of(self._process.pid) - before) / REQUESTS * 1e6

    def _load(self, requests: int) -> None:
        run_module("bench.load", self._port, "GET", self._peer.path, "Bearer x", "", "0", str(requests))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _cpu_of(pid: int) -> float:
    """Seconds of CPU a process has taken, from Linux's own accounting."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _install_moto(folder: Path) -> list[str]:
    venv.create(folder, with_pip=True)
    _run(str(folder / "bin" / "pip"), "install", "--quiet", "moto[server,s3]")
    return [str(folder / "bin" / "moto_server"), "--host", "127.0.0.1", "--port", "PORT"]


def _make_buckets(url: str) -> None:
    for number in range(10):
        urlopen(Request(f"{url}/bucket-{number}", method="PUT")).close()  # noqa: S310 - loopback


def _install_json_server(folder: Path) -> list[str]:
    (folder / "db.json").write_text(json.dumps({"addressbooks": json.loads(ANSWERS["GET"])}))
    command = _install_node_package(folder, "json-server@0.17.4", "json-server")
    return [*command, str(folder / "db.json"), "--host", "127.0.0.1", "--port", "PORT", "--quiet"]


def _install_prism(folder: Path) -> list[str]:
    _run(sys.executable, "-m", "mock_server", "export", str(folder))
    command = _install_node_package(folder, "@stoplight/prism-cli@5", "prism")
    return [*command, "mock", "--host", "127.0.0.1", "--port", "PORT", str(folder / "openapi" / "index.yaml")]


def _install_node_package(folder: Path, package: str, name: str) -> list[str]:
    npm = shutil.which("npm")
    if npm is None:
        raise OSError("there is no npm")
    _run(npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), package)
    return ["node", str((folder / "node_modules" / ".bin" / name).resolve())]


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)


PEERS = (
    Peer("moto", 35, _install_moto, "/", _make_buckets),
    Peer("Prism", 15, _install_prism, "/addressbooks"),
    Peer("json-server", 7, _install_json_server, "/addressbooks"),
)
