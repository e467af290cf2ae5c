"""The roots that this machine and this user trust without us. Ours is added to them: naming a store replaces it."""

from __future__ import annotations

import contextlib
import ssl
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from mock_server.authority.certificates import certificates_in

VARIABLES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "DENO_CERT")
"""By which a user names roots of their own, such as those of a company."""

_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Arch, Gentoo
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, macOS, BSD
)


def roots(environ: Mapping[str, str], *, besides: bytes) -> tuple[bytes, bytes]:
    """The system's, and what the user's variables add to them and to one `besides`; each certificate once, as PEM.

    That one is ours: the variables name a bundle of ours where one run starts another.
    """
    system = dict.fromkeys(certificates_in(_of_system()))
    files = sorted({Path(environ[name]) for name in VARIABLES if environ.get(name)})
    named = dict.fromkeys(block for file in files for block in certificates_in(_readable(file)))
    return b"".join(system), b"".join(block for block in named if block not in system and block != besides)


def system_bundles() -> Iterator[Path]:
    """Where a system may keep its roots as one file."""
    compiled_in = ssl.get_default_verify_paths().openssl_cafile  # whatever the environment says
    yield from map(Path, (*_BUNDLES, compiled_in))


def _readable(file: Path) -> bytes:
    """Nothing where a variable names what this user cannot read: to programs it means nothing either."""
    with contextlib.suppress(OSError):
        return file.read_bytes()
    return b""


def _of_system() -> bytes:
    """As files where the system keeps them so, from its own store on Windows, else those that `requests` brings."""
    for file in system_bundles():
        with contextlib.suppress(OSError):
            return file.read_bytes()
    if sys.platform == "win32":
        stored = ssl.create_default_context().get_ca_certs(binary_form=True)
        return "".join(map(ssl.DER_cert_to_PEM_cert, stored)).encode()
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    return Path(DEFAULT_CA_BUNDLE_PATH).read_bytes()
