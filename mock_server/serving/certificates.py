"""A certificate of this process's own, for names and addresses of this machine."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

NAMES: Final = ("localhost", "smtp.sendpulse.example")
_ADDRESSES: Final = ("127.0.0.1", "::1")
_FIRST, _LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
"""Between these it is good: a clock that was moved shall not matter, nor does anybody ask for the time."""


class Identity(NamedTuple):
    """A certificate, signed by its own key, both as PEM."""

    certificate: bytes
    key: bytes


_making: Final = Lock()
_made: list[Identity] = []


def own_identity() -> Identity:
    """The one of this process, made when it is first asked for and kept in memory."""
    with _making:
        if not _made:
            _made.append(_make())
        return _made[0]


def server_context() -> ssl.SSLContext:
    """A context that shows that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory(prefix="sendpulse-mock-") as folder:  # the ssl module reads keys from files alone
        file = Path(folder) / "identity.pem"
        file.touch(mode=0o600)
        file.write_bytes(b"".join(own_identity()))
        context.load_cert_chain(file)
    return context


def _make() -> Identity:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Identity(_certificate(key).public_bytes(Encoding.PEM), pem)


def _certificate(key: EllipticCurvePrivateKey) -> Certificate:
    """It may sign itself, and so be what a client trusts: strict ones ask for all of these."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sendpulse-mock")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    usage = dict.fromkeys(("digital_signature", "key_cert_sign"), True) | dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), _FIRST, _LAST)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .add_extension(
            x509.SubjectAlternativeName(
                [*map(x509.DNSName, NAMES), *(x509.IPAddress(ip_address(address)) for address in _ADDRESSES)]
            ),
            critical=False,
        )
        .sign(key, SHA256())
    )
