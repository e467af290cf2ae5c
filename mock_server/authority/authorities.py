"""The authority of one user: made at its first use, kept in a folder, renewed in time, removed without a trace."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Final

from mock_server.authority.certificates import IDENTITY_LIFE, Identity, Issuer, server_context
from mock_server.authority.roots import roots
from mock_server.authority.stores import java_trust_store, php_settings
from mock_server.core.clock import Clock, moment_of
from mock_server.core.whole_files import DRAFTS, write_first, write_over

if TYPE_CHECKING:
    import ssl

FOLDER_VARIABLE: Final = "SENDPULSE_MOCK_AUTHORITY"
"""By which the environment names another folder than the user's own."""

_CERTIFICATE: Final = "certificate.pem"
_KEYS: Final = "key-*.pem"
"""One for each renewal: what others may be reading is never changed, and who finds it no longer good takes the next."""

_STORES: Final = "stores"
_MOST_RENEWALS: Final = 1000
_PUBLIC: Final = 0o644


class AuthorityUnusable(Exception):
    """An authority cannot be kept in its folder."""


class Authority:
    """A certificate authority of this user's own, kept in a folder.

    It can vouch for the vendor's domain and for this machine alone, whoever has its key, and for a year at most. Any
    number of processes may make it at once, and get the same. What it keeps is made when it is first asked for, and
    `AuthorityUnusable` raised where that is impossible.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """In `folder`, or in the one that SENDPULSE_MOCK_AUTHORITY names, or else among the user's data."""
        self.folder = folder or _usual_folder()
        self._found: tuple[Path, Issuer] | None = None
        self._identity: Identity | None = None

    @property
    def certificate_file(self) -> Path:
        """The certificate that clients are to trust, as PEM."""
        return self._kept(_CERTIFICATE, self._issuer.root_pem)

    @property
    def key_file(self) -> Path:
        """The key that signs, behind it its certificates; readable by its owner alone."""
        return self._find()[0]

    @property
    def bundle_file(self) -> Path:
        """The roots that this machine and this user's environment trust, and this authority's, as PEM."""
        ours = self._issuer.root_pem
        system, added = roots(os.environ, besides=ours)
        return self._kept(f"{_folder_for(added)}/bundle.pem", system + added + ours)

    @property
    def java_trust_store(self) -> Path:
        """The same for Java, as PKCS #12."""
        bundle = self.bundle_file
        store = bundle.with_name("java.p12")
        if not store.exists() or store.stat().st_mtime_ns < bundle.stat().st_mtime_ns:
            with self._told():
                write_over(store, java_trust_store(bundle.read_bytes()), mode=_PUBLIC)
        return store

    @property
    def php_folder(self) -> Path:
        """A folder with settings for PHP that name the bundle."""
        bundle = self.bundle_file
        name = bundle.with_name("php").relative_to(self.folder) / "sendpulse-mock.ini"
        return self._kept(str(name), php_settings(str(bundle))).parent

    def identity(self) -> Identity:
        """What a server shows as one of the vendor's hosts or this machine; made once a process, good for 30 days."""
        if self._identity is None:
            self._identity = self._issuer.identity(_now())
        return self._identity

    def vendors_identity(self) -> Identity:
        """What a server shows as one of the vendor's hosts, and as nothing else.

        It names no addresses, which Mono cannot hold to an authority's constraints, and so refuses.
        """
        return self._issuer.identity(_now(), addresses=())

    def server_context(self) -> ssl.SSLContext:
        """A context that shows the identity."""
        return server_context(self.identity())

    def remove(self) -> bool:
        """Leave nothing of it, and say whether there was anything. At its next use it would be made anew."""
        self._found = self._identity = None
        with self._told():
            leftovers = [file for pattern in _OURS for file in self.folder.glob(pattern)]
            for leftover in leftovers:
                rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)
            _remove_empty(self.folder)
        return bool(leftovers)

    @property
    def _issuer(self) -> Issuer:
        return self._find()[1]

    def _find(self) -> tuple[Path, Issuer]:
        if self._found is None:
            with self._told():
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._found = self._first_good(_now())
        return self._found

    def _first_good(self, now: datetime) -> tuple[Path, Issuer]:
        """The first key that outlives what it is going to sign, made if need be: so all who ask find the same."""
        for number in range(1, _MOST_RENEWALS):
            file = self.folder / _KEYS.replace("*", str(number))
            with contextlib.suppress(ValueError):  # somebody else's, or broken
                issuer = Issuer.of_pem(_read(file) or write_first(file, Issuer.made(now).pem))
                if issuer.lasts(now + 2 * IDENTITY_LIFE):
                    return file, issuer
        raise OSError(None, f"{_MOST_RENEWALS} keys in it are of no use")

    def _kept(self, name: str, content: bytes) -> Path:
        """The file of that name, with that content."""
        file = self.folder / name
        if _read(file) != content:
            with self._told():
                file.parent.mkdir(parents=True, exist_ok=True)  # the folder around it says who may look
                write_over(file, content, mode=_PUBLIC)
        return file

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise AuthorityUnusable(
                f"cannot keep a certificate authority in {self.folder} ({error.strerror}): "
                f"let {FOLDER_VARIABLE} name a folder that is yours"
            ) from error


_OURS: Final = (_KEYS, _CERTIFICATE, f"{_STORES}*", f"{DRAFTS}*")


def _usual_folder() -> Path:
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).absolute()
    from platformdirs import user_data_path

    return user_data_path("sendpulse-mock", appauthor=False) / "authority"


def _folder_for(added: bytes) -> str:
    """Processes that trust other roots do not share a bundle: each would write over the other's."""
    return f"{_STORES}-{sha256(added).hexdigest()[:12]}" if added else _STORES


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _now() -> datetime:
    return moment_of(Clock().now())


def _remove_empty(folder: Path) -> None:
    with contextlib.suppress(OSError):  # it holds what is not ours, or is not there
        folder.rmdir()
