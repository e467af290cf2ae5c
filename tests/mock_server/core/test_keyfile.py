"""The signing key in the user's cache folder: kept, private, and replaced when it is none."""

import sys

import platformdirs
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mock_server.core.keyfile import cached_key
from mock_server.core.tokens import Tokens, is_key


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "cache"


def test_the_key_is_made_once(folder):
    assert cached_key() == cached_key() == (folder / "signing-key.pem").read_bytes()
    assert [file.name for file in folder.iterdir()] == ["signing-key.pem"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_key_is_its_owners_alone(folder):
    cached_key()

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "signing-key.pem").stat().st_mode & 0o777 == 0o600


EMPTY_PEM = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("damaged", [b"", b"no key", EMPTY_PEM[:-10], EMPTY_PEM])
def test_what_is_no_key_is_replaced(folder, damaged):
    folder.mkdir()
    (folder / "signing-key.pem").write_bytes(damaged)

    key = cached_key()

    assert Tokens(key).read("a.b.c") is None
    assert cached_key() == key


def test_the_key_of_another_algorithm_is_replaced(folder):
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    folder.mkdir()
    elliptic = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "signing-key.pem").write_bytes(elliptic)

    assert is_key(cached_key())


def test_a_folder_that_cannot_be_written_is_no_hindrance(folder):
    folder.write_text("a file where a folder belongs")

    assert is_key(cached_key())


def test_the_key_has_2048_bits(folder):
    key = load_pem_private_key(cached_key(), None)

    assert key.key_size == 2048
    assert key.public_key().public_numbers().e == 65537
