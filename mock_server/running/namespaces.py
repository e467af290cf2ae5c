"""Linux namespaces: a process with a network and mounts that are its own, with or without root."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir


class NotAllowed(Exception):
    """This machine does not let this user have namespaces of their own. The text tells what was refused."""


def enter() -> None:
    """Give this process, which must have one thread, a network and mounts of its own, and its user none but themselves.

    Raises `NotAllowed`.
    """
    if sys.platform != "linux":
        raise NotAllowed(f"there are no network namespaces on {sys.platform}")
    if not _unshare(_NETWORK | _MOUNTS):
        become_ones_own_user()
        if not _unshare(_NETWORK | _MOUNTS):
            raise NotAllowed(f"unshare(CLONE_NEWNET) failed: {_last_error()}")
    _mount("", "/", _RECURSIVE | _PRIVATE)  # or what is mounted from here on would be seen outside


def become_ones_own_user() -> None:
    """A user namespace, in which everybody has rights over what is theirs; whose files are whose stays as it is.

    Raises `NotAllowed`.
    """
    user, group = os.geteuid(), os.getegid()
    if not _unshare(_USER):
        raise NotAllowed(f"unshare(CLONE_NEWUSER) failed: {_last_error()}")
    process = Path("/proc/self")
    try:
        (process / "uid_map").write_text(f"{user} {user} 1")
        (process / "setgroups").write_text("deny")  # without this the kernel takes no map of groups
        (process / "gid_map").write_text(f"{group} {group} 1")
    except OSError as error:
        raise NotAllowed(f"/proc/self/uid_map and its like cannot be written: {error.strerror}") from error


def put_over(contents: Mapping[Path, str]) -> None:
    """Show texts where files are, which must be there, in this namespace alone.

    They lie in memory that only these mounts hold, so nothing is left of them, however this ends.
    """
    with _scratch_folder() as folder:
        for number, (path, content) in enumerate(contents.items()):
            file = folder / str(number)
            file.write_text(content, encoding="utf-8", errors="surrogateescape")
            file.chmod(0o644)
            _mount(str(file), str(path), _BIND)


def show(file: Path, *, at: Path) -> None:
    """Show a file where another is, in this namespace alone. Raises `OSError`."""
    _mount(str(file), str(at), _BIND)


def add(file: Path, *, to: Path, name: str) -> None:
    """Show a file in a folder, beside what is there, in this namespace alone. Raises `OSError`."""
    present = {str(other.relative_to(to)): other.read_bytes() for other in to.rglob("*") if other.is_file()}
    added = {name: file.read_bytes()}
    _mount("tmpfs", str(to), 0, kind="tmpfs")
    for place, content in {**present, **added}.items():
        shown = to / place
        shown.parent.mkdir(parents=True, exist_ok=True)
        shown.write_bytes(content)


def hide(path: Path) -> None:
    """Let nobody connect to a socket in this namespace."""
    _mount("/dev/null", str(path), _BIND)


def die_with_parent() -> None:
    """Let the kernel kill this process when the one that started it is gone, however it went."""
    import signal

    _libc().prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of each descendant whose own parent is gone."""
    _libc().prctl(_CHILD_SUBREAPER, 1)


_MOUNTS, _USER, _NETWORK = 0x20000, 0x10000000, 0x40000000
_BIND, _RECURSIVE, _PRIVATE, _DETACH = 0x1000, 0x4000, 0x40000, 0x2
_PARENT_DEATH_SIGNAL, _CHILD_SUBREAPER = 1, 36


def _libc() -> ctypes.CDLL:
    """The C library: `os.unshare` came with Python 3.12, and there is neither mount nor prctl."""
    return ctypes.CDLL(None, use_errno=True)


def _last_error() -> str:
    return os.strerror(ctypes.get_errno())


def _unshare(what: int) -> bool:
    return bool(_libc().unshare(what) == 0)


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """A folder in memory, over a folder that is not needed meanwhile."""
    folder = gettempdir()
    _mount("tmpfs", folder, 0, kind="tmpfs")
    try:
        yield Path(folder)
    finally:
        _libc().umount2(os.fsencode(folder), _DETACH)


def _mount(source: str, target: str, flags: int, kind: str = "") -> None:
    done = _libc().mount(source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), None)
    if done != 0:
        raise OSError(ctypes.get_errno(), f"cannot mount {source or 'anything'} on {target}: {_last_error()}")
