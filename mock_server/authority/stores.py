"""Trusted certificates as those runtimes want them that read no PEM."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from typing import Final

from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import Certificate, load_pem_x509_certificate

from mock_server.authority.certificates import certificates_in

JAVA_PASSWORD: Final = "changeit"  # noqa: S105 - Java's own, which everybody knows: what it locks is public
"""Of trust stores of Java."""


def java_trust_store(pem: bytes) -> bytes:
    """As PKCS #12, which Java reads since its version 8."""
    entries = [PKCS12Certificate(entry, str(number).encode()) for number, entry in enumerate(_readable(pem))]
    return serialize_java_truststore(entries, BestAvailableEncryption(JAVA_PASSWORD.encode()))


def php_settings(bundle: str) -> bytes:
    """An ini file for PHP, whose streams and curl ask no variable."""
    return f'openssl.cafile="{bundle}"\ncurl.cainfo="{bundle}"\n'.encode()


def _readable(pem: bytes) -> Iterator[Certificate]:
    """Some machines trust roots that are badly made, with a negative serial number for one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for block in certificates_in(pem):
            with contextlib.suppress(ValueError):
                yield load_pem_x509_certificate(block)
