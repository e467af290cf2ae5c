"""What makes programs in a private namespace trust the emulator, even those that heed no variable."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509

from mock_server.authority.roots import system_bundles

if TYPE_CHECKING:
    from mock_server.authority import Authority
    from mock_server.running.programs import Program

_OF_MONO: Final = Path("/usr/share/.mono")
"""Where Mono looks, which knows neither variables nor the system's file."""


def have_trusted(authority: Authority, program: Program) -> None:
    """Show the authority's bundle of roots, inside, where the system keeps its own, and its root where Mono looks."""
    for file in {file.resolve() for file in system_bundles() if file.is_file()}:
        program.show(authority.bundle_file, at=file)
    if _OF_MONO.is_dir():
        root = authority.certificate_file
        program.add(root, to=_OF_MONO, name=f"new-certs/Trust/{_hashed_subject(root.read_bytes())}.0")


def _hashed_subject(pem: bytes) -> str:
    """The name by which OpenSSL and its like find a certificate: a hash over its subject, without the outer frame.

    They fold letters and blanks before that, of which a root of ours has none to fold.
    """
    subject = x509.load_pem_x509_certificate(pem).subject.public_bytes()
    digest = sha1(subject[2:], usedforsecurity=False).digest()
    return f"{int.from_bytes(digest[:4], 'little'):08x}"
