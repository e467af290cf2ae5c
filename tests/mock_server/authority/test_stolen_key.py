"""What somebody gains who steals the authority's key: nothing beyond its names, whatever a program is written in.

Each forgery is shown to each program twice: signed by the stolen key, and by an authority that the program trusts too
and that may sign for anybody. Were the second one refused, the first would be for another reason than is tested.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import NameConstraints

from mock_server.authority import Authority, certificates, trust_variables
from mock_server.authority.certificates import Identity, Issuer, server_context

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 120.0
PROGRAMS = Path(__file__).parent / "programs"

TRUE_HOST = "api.sendpulse.com"


@dataclass(frozen=True)
class Forgery:
    """A certificate that the authority must not be able to vouch for, and the host that it is shown as."""

    host: str
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def signed(self, issuer: Issuer, now: datetime) -> Identity:
        return issuer.identity(now, names=self.names, addresses=self.addresses)


FORGERIES = {
    "another host": Forgery("example.com", names=("example.com",)),
    "a bank of sorts": Forgery("api.stripe.com", names=("api.stripe.com",)),
    "all hosts of a domain": Forgery("api.stripe.com", names=("*.stripe.com",)),
    "a name with the vendor's at its end": Forgery("notsendpulse.com", names=("notsendpulse.com",)),
    "another host behind the vendor's": Forgery("example.com", names=(TRUE_HOST, "example.com")),
    "an address of others": Forgery("192.0.2.1", addresses=("192.0.2.1",)),
    "an IPv6 address of others": Forgery("2001:db8::1", addresses=("2001:db8::1",)),
}


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Be silent."""


@contextmanager
def showing(identity: Identity) -> Iterator[int]:
    """The port of a server with that certificate."""
    server = HTTPServer(("127.0.0.1", 0), _Answer)
    server.socket = server_context(identity).wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Crime:
    """The authority, its stolen key, one that may sign for anybody, and how programs are made to trust both."""

    true: Authority
    stolen: Issuer
    anybodys: Issuer
    trust: dict[str, str]


@pytest.fixture(scope="module")
def crime(tmp_path_factory) -> Crime:
    folder = tmp_path_factory.mktemp("crime")
    true = Authority(folder / "Application Support" / "authority")  # as on macOS, with a blank
    stolen = Issuer.of_pem(true.key_file.read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certificates, "PERMITTED_DOMAINS", ("com", "localhost"))
        patch.setattr(certificates, "PERMITTED_NETWORKS", ("0.0.0.0/0", "::/0"))
        anybodys = Issuer.made(datetime.now(UTC))
        named = folder / "anybodys.pem"
        named.write_bytes(anybodys.root_pem)
        patch.setenv("SSL_CERT_FILE", str(named))
        trust = trust_variables(true)
    return Crime(true, stolen, anybodys, trust)


Command = Callable[[Path], list[str]]
"""How a program is started, after what had to be done for it in a folder."""


def python(script: str) -> Command:
    return lambda _: [sys.executable, str(PROGRAMS / script)]


def interpreted(interpreter: str, script: str) -> Command:
    return lambda _: [_found(interpreter), str(PROGRAMS / script)]


def curl(folder: Path) -> list[str]:
    script = folder / "with_curl.sh"
    script.write_text(
        'while [ $# -gt 0 ]; do case $1 in *:*) host="[$1]";; *) host=$1;; esac\n'
        'if said=$(curl -sS --max-time 30 --connect-to "::127.0.0.1:$2" "https://$host:$2/" 2>&1); '
        'then echo accepted; else echo "refused $said"; fi; shift 2; done\n',
        encoding="utf-8",
    )
    _found("curl")
    return [_found("sh"), str(script)]


def go(folder: Path) -> list[str]:
    build = [_found("go"), "build", "-o", str(folder / "with_go"), str(PROGRAMS / "with_go.go")]
    environ = {**os.environ, "GO111MODULE": "off", "GOCACHE": str(folder / "cache"), "CGO_ENABLED": "0"}
    subprocess.run(build, check=True, timeout=SECONDS, env=environ)
    return [str(folder / "with_go")]


def java(folder: Path) -> list[str]:
    subprocess.run([_found("javac"), "-d", str(folder), str(PROGRAMS / "WithJava.java")], check=True, timeout=SECONDS)
    return [_found("java"), "-cp", str(folder), "WithJava"]


def php_with_curl(_: Path) -> list[str]:
    php = _found("php")
    modules = subprocess.run([php, "-m"], capture_output=True, text=True, timeout=SECONDS, check=True).stdout
    if "curl" not in modules.split():
        pytest.skip("this php has no curl")
    return [php, str(PROGRAMS / "with_php_curl.php")]


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"there is no {program}")
    return path


COMMANDS: dict[str, Command] = {
    "curl": curl,
    "Python requests": python("with_requests.py"),
    "Python httpx": python("with_httpx.py"),
    "Python ssl": python("with_ssl.py"),
    "Node": interpreted("node", "with_node.js"),
    "Go": go,
    "Java": java,
    "Ruby": interpreted("ruby", "with_ruby.rb"),
    "PHP curl": php_with_curl,
    "PHP streams": interpreted("php", "with_php_streams.php"),
}


ACCEPTED, REFUSED = "accepted", "refused"


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_program_refuses_what_a_stolen_key_signs_for_others(command, crime, tmp_path):
    now = datetime.now(UTC)
    shown = {"the true one": (TRUE_HOST, crime.true.identity())}
    for title, forgery in FORGERIES.items():
        shown[f"{title}, by one who may sign for anybody"] = (forgery.host, forgery.signed(crime.anybodys, now))
        shown[f"{title}, by the thief"] = (forgery.host, forgery.signed(crime.stolen, now))
    shown["another host, by an authority that the thief signed"] = ("example.com", _signed_below(crime.stolen, now))

    seen = verdicts(command(tmp_path), crime, shown)

    assert seen == {title: REFUSED if "thief" in title else ACCEPTED for title in shown}


def verdicts(command: list[str], crime: Crime, shown: dict[str, tuple[str, Identity]]) -> dict[str, str]:
    """What the program thinks of servers that show these certificates as these hosts."""
    with ExitStack() as running:
        servers = [(host, str(running.enter_context(showing(identity)))) for host, identity in shown.values()]
        ended = subprocess.run(
            [*command, *(argument for server in servers for argument in server)],
            env={**os.environ, **crime.trust},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr
    said = re.findall(rf"^(?:{ACCEPTED}|{REFUSED})", ended.stdout, re.MULTILINE)
    return dict(zip(shown, said, strict=True))


def _signed_below(stolen: Issuer, now: datetime) -> Identity:
    """A server's certificate for another host, by an authority without constraints that the thief signed."""
    below = Issuer.made(now)
    name = certificates._name("somebody")
    life = (now, now + certificates.IDENTITY_LIFE)
    signer = certificates._Signer(stolen.certificate.subject, stolen.key)
    without_constraints = [
        (extension, is_critical)
        for extension, is_critical in certificates._of_authority(depth=0)
        if not isinstance(extension, NameConstraints)
    ]
    certificate = certificates._signed(signer, name, below.key, life, without_constraints)
    forged = Issuer(stolen.root, certificate, below.key).identity(now, names=("example.com",), addresses=())
    return Identity(forged.certificate + stolen.certificate.public_bytes(Encoding.PEM), forged.key)
