"""What is replaced in other libraries, for how long, and what happens to a library that is imported meanwhile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType

_MISSING: Final = object()


class Patch(NamedTuple):
    """`around` makes what takes the place of an attribute of a class, given what was there: None, if nothing."""

    owner: type
    name: str
    around: Callable[[Any], Any]


class Seam(NamedTuple):
    """A library, and the module of ours whose `PATCHES` catch it."""

    library: str
    catcher: str

    @property
    def is_imported(self) -> bool:
        return sys.modules.get(self.library) is not None  # None forbids to import it

    @property
    def patches(self) -> Iterable[Patch]:
        patches: Iterable[Patch] = import_module(self.catcher).PATCHES
        return patches


class Seams:
    """Libraries, each of them patched between `open` and `close`, if it is imported by then."""

    def __init__(self, seams: Sequence[Seam]) -> None:
        self._seams = seams
        self._changing = threading.RLock()  # to import one library may import another
        self._replacements: dict[Seam, list[_Replacement]] = {}
        self._opened: list[Seam] = []
        self._watch = _ImportWatch({seam.library: seam for seam in seams}, self._open_late)
        self._is_open = False

    def open(self) -> None:
        """Patch what is imported, and wait for the rest."""
        with self._changing:
            self._is_open = True
            for seam in self._seams:
                if seam.is_imported:
                    self._open_one(seam)
            if len(self._opened) < len(self._seams):
                sys.meta_path.insert(0, self._watch)

    def close(self) -> None:
        """Take everything back."""
        with self._changing:
            self._is_open = False
            if self._watch in sys.meta_path:
                sys.meta_path.remove(self._watch)
            while self._opened:
                for replacement in reversed(self._replacements[self._opened.pop()]):
                    replacement.take_back()

    def _open_late(self, seam: Seam) -> None:
        with self._changing:
            if self._is_open:
                self._open_one(seam)

    def _open_one(self, seam: Seam) -> None:
        if seam in self._opened:
            return
        if seam not in self._replacements:
            self._replacements[seam] = [_Replacement(*patch) for patch in seam.patches]
        self._opened.append(seam)
        for replacement in self._replacements[seam]:
            replacement.put()


class _Replacement:
    """What a patch puts in the place of an attribute. Made anew only if something else is there than last time."""

    __slots__ = ("_around", "_before", "_name", "_ours", "_owner")

    def __init__(self, owner: type, name: str, around: Callable[[Any], Any]) -> None:
        self._owner, self._name, self._around = owner, name, around
        self._before: Any = None
        self._ours: Any = None

    def put(self) -> None:
        before = self._owner.__dict__.get(self._name, _MISSING)
        if before is not self._before:
            self._before, self._ours = before, self._around(getattr(self._owner, self._name, None))
        setattr(self._owner, self._name, self._ours)

    def take_back(self) -> None:
        # A mock that was put over ours and is still there must not be torn out. It will put ours back, which by itself
        # does nothing but to call what is beneath.
        if self._owner.__dict__.get(self._name) is not self._ours:
            return
        if self._before is _MISSING:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._before)


class _ImportWatch(MetaPathFinder):
    """Tells of each of some modules, once it was imported."""

    def __init__(self, seams: dict[str, Seam], tell: Callable[[Seam], None]) -> None:
        self._seams = seams
        self._tell = tell

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> ModuleSpec | None:
        if name not in self._seams:
            return None
        spec = _found_by_others(self, name, path, target)
        loader: Any = spec and spec.loader
        if hasattr(loader, "exec_module"):
            self._follow(loader, self._seams[name])
        return spec

    def _follow(self, loader: Any, seam: Seam) -> None:
        execute = loader.exec_module

        def execute_and_tell(module: ModuleType) -> None:
            del loader.exec_module  # of the instance: the class has its own
            execute(module)
            self._tell(seam)

        loader.exec_module = execute_and_tell


def _found_by_others(watch: MetaPathFinder, *wanted: Any) -> ModuleSpec | None:
    for finder in [*sys.meta_path]:
        if finder is not watch and (spec := finder.find_spec(*wanted)) is not None:
            return spec
    return None
