"""The authority in its folder: who may read it, how it is made, renewed and removed."""

from __future__ import annotations

import os
import socket
import ssl
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificate

import mock_server
from mock_server.authority import Authority, AuthorityUnusable, trust_variables
from mock_server.authority.certificates import IDENTITY_LIFE, Issuer, certificates_in, self_signed

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60.0
SEVERAL = 16

needs_modes = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")


@pytest.fixture
def authority(tmp_path) -> Authority:
    return Authority(tmp_path / "authority")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def everything_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*"))


@contextmanager
def answering(context: ssl.SSLContext) -> Iterator[int]:
    """A port that shakes hands once."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as thread:
        listener.settimeout(SECONDS)
        shaken = thread.submit(_shake_hands, listener, context)
        yield listener.getsockname()[1]
        shaken.result(SECONDS)


def _shake_hands(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    with connection, context.wrap_socket(connection, server_side=True) as secured:
        secured.recv(1)


@needs_modes
def test_key_is_its_owners_alone(authority):
    previous = os.umask(0)
    try:
        key_file = authority.key_file
    finally:
        os.umask(previous)

    assert mode_of(key_file) == 0o600
    assert mode_of(authority.folder) == 0o700


def test_key_stands_in_no_other_file(authority):
    trust_variables(authority)
    authority.identity()

    with_keys = [file for file in everything_in(authority.folder) if file.is_file() and b"PRIVATE" in file.read_bytes()]

    assert with_keys == [authority.key_file]


def test_folder_that_was_there_stays_as_it_was(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    authority = Authority(tmp_path)

    trust_variables(authority)
    authority.remove()

    assert [path.name for path in everything_in(tmp_path)] == ["mine.txt"]
    assert sys.platform == "win32" or mode_of(tmp_path) == 0o755


@pytest.mark.parametrize(
    "name", ["api.sendpulse.com", "login.sendpulse.com", "sendpulse.com", "localhost", "127.0.0.1", "::1"]
)
def test_server_is_trusted_under_the_names_it_is_reached_by(authority, name):
    trusting = ssl.create_default_context(cafile=authority.certificate_file)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT

    with (
        answering(authority.server_context()) as port,
        socket.create_connection(("127.0.0.1", port), SECONDS) as line,
        trusting.wrap_socket(line, server_hostname=name) as secured,
    ):
        secured.send(b"!")
        subjects = dict(part[0] for part in secured.getpeercert()["subject"])

    assert subjects == {"commonName": "api.sendpulse.com"}


def test_identity_is_short_lived(authority):
    certificate = load_pem_x509_certificate(authority.identity().certificate)

    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc < timedelta(days=32)


def test_another_process_uses_the_same_authority_but_shows_another_key(authority):
    other = Authority(authority.folder)

    assert authority.certificate_file.read_bytes() == other.certificate_file.read_bytes()
    assert authority.identity() == authority.identity()
    assert authority.identity().key != other.identity().key


def test_key_of_the_root_is_kept_nowhere(authority):
    issuer = Issuer.of_pem(authority.key_file.read_bytes())

    signs = load_pem_private_key(authority.key_file.read_bytes(), password=None).public_key()

    assert issuer.root.public_key() != signs
    assert load_pem_x509_certificate(authority.certificate_file.read_bytes()) == issuer.root


def _half(pem: bytes) -> bytes:
    return pem[: len(pem) // 2]


def _locked(pem: bytes) -> bytes:
    key = load_pem_private_key(pem, password=None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")) + pem


def _of_another_kind(pem: bytes) -> bytes:
    key = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key + b"".join(certificates_in(pem))


def _of_somebody_else(pem: bytes) -> bytes:
    return Issuer.made(datetime.now(UTC)).pem.partition(b"-----BEGIN CERT")[0] + b"".join(certificates_in(pem))


def _of_one_for_every_name(_: bytes) -> bytes:
    planted = self_signed()
    return planted.key + planted.certificate * 2


BREAKAGES = [
    lambda _: b"",
    lambda _: b"-----BEGIN",
    lambda _: b"\0" * 2000,
    _half,
    _locked,
    _of_another_kind,
    _of_somebody_else,
    _of_one_for_every_name,
]


@pytest.mark.parametrize("broken", BREAKAGES)
def test_broken_key_is_renewed(authority, broken):
    whole = authority.key_file.read_bytes()
    authority.key_file.write_bytes(broken(whole))
    authority.certificate_file.write_bytes(broken(whole))

    renewed = Authority(authority.folder)

    assert Issuer.of_pem(renewed.key_file.read_bytes()).root_pem == renewed.certificate_file.read_bytes()
    assert renewed.certificate_file.read_bytes() != Issuer.of_pem(whole).root_pem


@pytest.mark.parametrize(("days_left", "is_renewed"), [(90, False), (30, True), (-1, True)])
def test_authority_is_renewed_before_its_end(authority, days_left, is_renewed):
    made = datetime.now(UTC) - timedelta(days=365 - days_left)
    authority.folder.mkdir()
    (authority.folder / "key-1.pem").write_bytes(Issuer.made(made).pem)

    issuer = Issuer.of_pem(authority.key_file.read_bytes())

    assert (authority.key_file.name != "key-1.pem") is is_renewed
    assert issuer.lasts(datetime.now(UTC) + 2 * IDENTITY_LIFE)


def test_bundle_has_the_systems_roots_and_ours_at_its_end(authority):
    bundle = certificates_in(authority.bundle_file.read_bytes())

    assert len(bundle) == len(set(bundle)) > 10
    assert bundle[-1] == authority.certificate_file.read_bytes()


def test_what_cannot_be_read_as_roots_of_the_user_is_left_out(authority, monkeypatch):
    plain = authority.bundle_file.read_bytes()
    pasted = authority.certificate_file.read_text() * 10  # in place of a file's name
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", pasted)

    assert authority.bundle_file.read_bytes() == plain


def test_bundle_keeps_what_the_user_trusts(authority, tmp_path, monkeypatch):
    company = Authority(tmp_path / "company").certificate_file
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(company))

    bundle = authority.bundle_file

    assert company.read_bytes() in bundle.read_bytes()
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert company.read_bytes() not in authority.bundle_file.read_bytes()
    assert company.read_bytes() in bundle.read_bytes()


def test_run_within_a_run_uses_the_same_bundle(authority, tmp_path, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(Authority(tmp_path / "company").certificate_file))
    variables = trust_variables(authority)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert trust_variables(authority) == variables


def test_bundle_is_written_anew_when_it_was_changed(authority):
    whole = authority.bundle_file.read_bytes()
    authority.bundle_file.write_bytes(b"")

    assert authority.bundle_file.read_bytes() == whole


def test_java_trust_store_follows_the_bundle(authority):
    store = authority.java_trust_store
    store.write_bytes(b"of an earlier bundle")
    os.utime(store, (0, 0))

    assert authority.java_trust_store == store
    assert store.read_bytes() != b"of an earlier bundle"


def test_nothing_is_left_after_removal(authority, tmp_path):
    trust_variables(authority)
    authority.identity()

    was_there = authority.remove()

    assert was_there
    assert everything_in(tmp_path) == []


def test_removal_of_nothing_says_so(authority, tmp_path):
    assert not authority.remove()
    assert everything_in(tmp_path) == []


def test_authority_is_made_anew_after_removal(authority):
    first = authority.certificate_file.read_bytes()
    authority.remove()

    assert authority.certificate_file.read_bytes() != first


def test_environment_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SENDPULSE_MOCK_AUTHORITY", str(tmp_path / "elsewhere"))

    assert Authority().certificate_file.is_relative_to(tmp_path / "elsewhere")


def test_folder_that_cannot_be_used_is_named_with_a_way_out(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(AuthorityUnusable, match=r"file.*SENDPULSE_MOCK_AUTHORITY"):
        _ = Authority(tmp_path / "file").certificate_file


MAKE = """
import sys
from pathlib import Path
from mock_server.authority import Authority, trust_variables
authority = Authority(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(authority.certificate_file.read_text(), authority.key_file.read_text(), *trust_variables(authority).values())
"""


@pytest.mark.parametrize("kept", [None, b"broken"], ids=["none yet", "a broken one"])
def test_processes_that_make_it_at_once_get_one(tmp_path, kept):
    if kept is not None:
        (tmp_path / "authority").mkdir()
        (tmp_path / "authority" / "key-1.pem").write_bytes(kept)
    environ = {**os.environ, "PYTHONPATH": str(Path(mock_server.__file__).parent.parent)}
    command = [sys.executable, "-c", MAKE, str(tmp_path / "authority")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, env=environ, **pipes) for _ in range(SEVERAL)]
    watchdogs = [threading.Timer(SECONDS, process.kill) for process in processes]
    for watchdog in watchdogs:
        watchdog.start()
    ready = [process.stdout.readline() for process in processes]

    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[0] for process in processes]

    for watchdog in watchdogs:
        watchdog.cancel()
    assert ready == ["ready\n"] * SEVERAL
    assert len(set(said)) == 1
    assert "BEGIN PRIVATE KEY" in said[0]
    assert len(list((tmp_path / "authority").glob("key-*.pem"))) == (1 if kept is None else 2)
    assert [path for path in everything_in(tmp_path) if path.name.startswith(".")] == []
