"""What to set in a program's environment so that it trusts an authority, whatever it is written in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mock_server.authority.stores import JAVA_PASSWORD

if TYPE_CHECKING:
    from mock_server.authority.authorities import Authority


def trust_variables(authority: Authority) -> dict[str, str]:
    """The variables of a child of this process, whose own roots and options they keep."""
    bundle = str(authority.bundle_file)
    return {
        "SSL_CERT_FILE": bundle,  # OpenSSL, so Python and Ruby; Go, .NET, rustls
        "REQUESTS_CA_BUNDLE": bundle,
        "CURL_CA_BUNDLE": bundle,
        "NODE_EXTRA_CA_CERTS": bundle,
        "DENO_CERT": bundle,
        "JAVA_TOOL_OPTIONS": _after(os.environ.get("JAVA_TOOL_OPTIONS"), " ", _java_options(authority)),
        # Empty is PHP's own folder.
        "PHP_INI_SCAN_DIR": _after(os.environ.get("PHP_INI_SCAN_DIR", ""), os.pathsep, str(authority.php_folder)),
    }


def _java_options(authority: Authority) -> str:
    """Quoted, since Java splits the variable at blanks."""
    store = f"-Djavax.net.ssl.trustStore={authority.java_trust_store}"
    quoted = f'"{store}"' if " " in store else store
    return f"{quoted} -Djavax.net.ssl.trustStoreType=PKCS12 -Djavax.net.ssl.trustStorePassword={JAVA_PASSWORD}"


def _after(present: str | None, separator: str, added: str) -> str:
    """`added` behind what is there, once."""
    if present is None:
        return added
    return present if added in present else f"{present}{separator}{added}"
