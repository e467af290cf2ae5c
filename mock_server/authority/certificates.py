"""How certificates are built: an authority's that may sign for few names, those it signs, and one that signs itself."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contracts.exchanges import DOMAIN, VENDOR

NAMES: Final = (VENDOR, DOMAIN, f"*.{DOMAIN}", "localhost")
ADDRESSES: Final = ("127.0.0.1", "::1")
"""What a server of ours is reached by."""

PERMITTED_DOMAINS: Final = (DOMAIN, "localhost")
PERMITTED_NETWORKS: Final = ("127.0.0.0/8", "::1/128")
"""All that an authority of ours can vouch for, whoever has its key."""

AUTHORITY_LIFE: Final = timedelta(days=365)
IDENTITY_LIFE: Final = timedelta(days=30)
SLOW_CLOCKS: Final = timedelta(hours=25)
"""How far behind a client's clock, or its idea of a time zone, may be."""

_SELF_SIGNED_NAMES: Final = ("localhost", "smtp.sendpulse.example")
_SELF_SIGNED_LIFE: Final = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC))
"""Between these it is good: a clock that was moved shall not matter, nor does anybody ask for the time."""

_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


class Identity(NamedTuple):
    """What a server shows: its certificate, followed by its issuer's where it has one, and its key, both as PEM."""

    certificate: bytes
    key: bytes


@dataclass(frozen=True)
class Issuer:
    """A key that signs, its certificate, and the root that is to be trusted.

    They are two because Java, of all clients, holds no root to its name constraints, but everything below it. The
    root's key is forgotten as soon as it has signed the issuer's certificate, so nobody can steal it.
    """

    root: x509.Certificate
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def made(cls, now: datetime) -> Issuer:
        """A new one."""
        life = (now - SLOW_CLOCKS, now + AUTHORITY_LIFE)
        root_key, key = _new_key(), _new_key()
        root_name, name = _name("sendpulse-mock root"), _name("sendpulse-mock authority")
        root = _signed(_Signer(root_name, root_key), root_name, root_key, life, _of_authority(depth=1))
        certificate = _signed(_Signer(root_name, root_key), name, key, life, _of_authority(depth=0))
        return cls(root, certificate, key)

    @classmethod
    def of_pem(cls, pem: bytes) -> Issuer:
        """The one that `pem` was made of. `ValueError` if it was made of none."""
        try:
            key = load_pem_private_key(pem, password=None)
            certificate, root = x509.load_pem_x509_certificates(pem)
        except (TypeError, UnsupportedAlgorithm) as error:  # it is locked by a password; it is too old or too new
            raise ValueError(str(error)) from error
        if not _is_constrained(root):  # whoever put it there would be trusted with every name
            raise ValueError("its root can vouch for more than an authority of ours")
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key():
            return cls(root, certificate, key)
        raise ValueError("the first certificate is not that of the key")

    @property
    def pem(self) -> bytes:
        """All of it, the key as well."""
        return _pem_of_key(self.key) + _pem_of(self.certificate) + _pem_of(self.root)

    @property
    def root_pem(self) -> bytes:
        """What clients trust."""
        return _pem_of(self.root)

    def lasts(self, until: datetime) -> bool:
        """Whether both certificates are still good then."""
        return until <= min(self.root.not_valid_after_utc, self.certificate.not_valid_after_utc)

    def identity(
        self, now: datetime, *, names: Iterable[str] = NAMES, addresses: Iterable[str] = ADDRESSES
    ) -> Identity:
        """A server's, for the length of `IDENTITY_LIFE`."""
        key, names = _new_key(), list(names)
        # The common name is one of the names: there are clients that hold it, too, to the constraints.
        subject = _name(next(iter(names), "localhost"))
        signer, life = _Signer(self.certificate.subject, self.key), (now - SLOW_CLOCKS, now + IDENTITY_LIFE)
        certificate = _signed(signer, subject, key, life, _of_server(names, addresses))
        return Identity(_pem_of(certificate) + _pem_of(self.certificate), _pem_of_key(key))


def certificates_in(pem: bytes) -> list[bytes]:
    """Those of a text, each as PEM, without what stands between them."""
    return [block.group() + b"\n" for block in _BLOCK.finditer(pem) if block[1] == b"CERTIFICATE"]


@cache
def self_signed() -> Identity:
    """One of this process's own, signed by its own key, so that it can be what a client trusts."""
    key, name = _new_key(), _name("sendpulse-mock")
    usages = [
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (_usage("digital_signature", "key_cert_sign"), True),
        (_alternatives(_SELF_SIGNED_NAMES, ADDRESSES), False),
    ]
    certificate = _signed(_Signer(name, key), name, key, _SELF_SIGNED_LIFE, usages)
    return Identity(_pem_of(certificate), _pem_of_key(key))


def server_context(identity: Identity) -> ssl.SSLContext:
    """A context that shows that identity."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with identity_file(identity) as file:
        context.load_cert_chain(file)
    return context


@contextmanager
def identity_file(identity: Identity) -> Iterator[Path]:
    """The identity as a file, for the moment in which somebody reads it who takes keys from files alone."""
    with TemporaryDirectory(prefix="sendpulse-mock-") as folder:  # which nobody else may enter
        file = Path(folder) / "identity.pem"
        file.touch(mode=0o600)
        file.write_bytes(identity.certificate + identity.key)
        yield file


class _Signer(NamedTuple):
    name: x509.Name
    key: ec.EllipticCurvePrivateKey


_Extensions = Iterable[tuple[x509.ExtensionType, bool]]
"""Each with whether it is critical: who does not understand it must refuse the certificate."""


def _signed(
    signer: _Signer,
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    life: tuple[datetime, datetime],
    extensions: _Extensions,
) -> x509.Certificate:
    """Strict clients ask for the identifiers of both keys, whoever signs."""
    mine, signers = key.public_key(), signer.key.public_key()
    builder = x509.CertificateBuilder(signer.name, subject, mine, x509.random_serial_number(), *life)
    identifiers: _Extensions = [
        (x509.SubjectKeyIdentifier.from_public_key(mine), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signers), False),
    ]
    for extension, is_critical in (*extensions, *identifiers):
        builder = builder.add_extension(extension, critical=is_critical)
    return builder.sign(signer.key, SHA256())


def _of_authority(*, depth: int) -> _Extensions:
    """What it may sign: `depth` more authorities below it, and servers of the permitted names."""
    return [
        (x509.BasicConstraints(ca=True, path_length=depth), True),
        (_usage("key_cert_sign", "crl_sign"), True),
        (_constraints(), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
    ]


def _constraints() -> x509.NameConstraints:
    permitted = [
        *map(x509.DNSName, PERMITTED_DOMAINS),
        *(x509.IPAddress(ip_network(network)) for network in PERMITTED_NETWORKS),
    ]
    return x509.NameConstraints(permitted, excluded_subtrees=None)


def _is_constrained(authority: x509.Certificate) -> bool:
    """Whether it can vouch for what ours can, and for nothing else."""
    try:
        found = authority.extensions.get_extension_for_class(x509.NameConstraints)
    except (x509.ExtensionNotFound, x509.DuplicateExtension):
        return False
    return found.critical and found.value == _constraints()


def _of_server(names: Iterable[str], addresses: Iterable[str]) -> _Extensions:
    return [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_usage("digital_signature"), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (_alternatives(names, addresses), False),
    ]


def _alternatives(names: Iterable[str], addresses: Iterable[str]) -> x509.SubjectAlternativeName:
    return x509.SubjectAlternativeName(
        [*map(x509.DNSName, names), *(x509.IPAddress(ip_address(address)) for address in addresses)]
    )


_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _usage(*usages: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{usage: usage in usages for usage in _USAGES})


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _new_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _pem_of(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
