"""Programs that hard-code the vendor's host reach an emulator by its proxy and hooks, whatever they are written in."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cryptography.x509 import load_pem_x509_certificate
from programs import PRINTED, PROGRAMS, Program

from mock_server import MockServer
from mock_server.authority import Authority, trust_variables
from mock_server.running.doors import opened
from mock_server.running.environment import Account, variables

CALLS = ["oauth.issue_token", "email.mailing_lists.create", "email.mailing_lists.get"]
"""What each of them asks, in this order."""

USERS = {name: value for name, value in os.environ.items() if not name.startswith("SENDPULSE_")}


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    server = MockServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def surroundings(mock: MockServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """The environment of the programs, but for an account: each has one of its own."""
    authority = Authority(tmp_path_factory.mktemp("authority"))
    home = tmp_path_factory.mktemp("home")
    _trust_in_mono(authority, home)
    users = {**USERS, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    with opened(mock.emulator, authority.vendors_identity(), environment={}) as doors:
        account = Account(doors.plain, "", "")
        yield {**users, **variables(doors, account, trust_variables(authority), users)}


def _trust_in_mono(authority: Authority, home: Path) -> None:
    """Mono asks no variable, so its user copies the certificate, under a name that says whose it is."""
    store = home / ".mono" / "new-certs" / "Trust"
    store.mkdir(parents=True)
    pem = authority.certificate_file.read_bytes()
    (store / f"{_hash_of_subject(pem)}.0").write_bytes(pem)


def _hash_of_subject(pem: bytes) -> str:
    """What `openssl x509 -hash` prints; the folding of case and blanks before that does nothing to our names."""
    from hashlib import sha1

    subject = load_pem_x509_certificate(pem).subject.public_bytes()
    return f"{int.from_bytes(sha1(subject[2:], usedforsecurity=False).digest()[:4], 'little'):08x}"


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(
            program,
            marks=pytest.mark.skipif(bool(program.missing), reason=f"there is no {program.missing}"),
            id=str(program),
        )
        for program in PROGRAMS
    ],
)
def test_program_reaches_the_emulator_untouched(
    program: Program, mock: MockServer, surroundings: Mapping[str, str], tmp_path: Path
) -> None:
    account = f"test-{program.file.replace('/', '-')}"
    credentials = {"SENDPULSE_CLIENT_ID": account, "SENDPULSE_CLIENT_SECRET": "some secret"}

    ended = program.run({**surroundings, **credentials}, tmp_path)

    assert (ended.returncode, ended.stdout.rstrip()) == (0, PRINTED), ended.stderr
    made = mock.emulator.world.account(account)
    assert made is not None
    assert [entry.operation for entry in made.journal] == CALLS
