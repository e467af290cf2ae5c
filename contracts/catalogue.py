"""All operations, found by method and path or by name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from typing import NamedTuple
from urllib.parse import unquote

from contracts.model import Operation


class Match(NamedTuple):
    """The operation a request means, and the decoded values of its path parameters."""

    operation: Operation
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Miss:
    """No operation: `allowed` holds the methods that the path does answer, none for an unknown path."""

    allowed: tuple[str, ...]


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    operations: dict[str, tuple[Operation, tuple[str, ...]]] = field(default_factory=dict)

    def branch(self, segment: str) -> _Node:
        if not segment.startswith("{"):
            return self.literals.setdefault(segment, _Node())
        if self.parameter is None:
            self.parameter = _Node()
        return self.parameter


def segments_of(path: str) -> list[str]:
    """The decoded segments of a raw path, without query.

    Slashes before and after are folded; an empty segment inside is kept, since it is an empty parameter
    (``/senders//code``). A raw ``+`` is a plus and a raw ``@`` an at sign, as in every path.
    """
    segments = path.strip("/").split("/")
    return [unquote(segment) if "%" in segment else segment for segment in segments]


class Catalogue:
    """A set of operations. Two that answer the same request, or bear the same name, are an error when it is made."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._root = _Node()
        self.by_name: dict[str, Operation] = {}
        for operation in operations:
            if self.by_name.setdefault(operation.name, operation) is not operation:
                raise ValueError(f"two operations are called {operation.name!r}")
            for path in (operation.path, *operation.variants):
                self._plant(operation, path)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.by_name.values())

    def __len__(self) -> int:
        return len(self.by_name)

    def __getitem__(self, name: str) -> Operation:
        return self.by_name[name]

    def _plant(self, operation: Operation, path: str) -> None:
        node = self._root
        segments = path.strip("/").split("/")
        for segment in segments:
            node = node.branch(segment)
        names = tuple(segment[1:-1] for segment in segments if segment.startswith("{"))
        known, _ = node.operations.setdefault(operation.method, (operation, names))
        if known is not operation:
            raise ValueError(f"{operation!r} and {known!r} answer the same requests")

    def match(self, method: str, path: str) -> Match | Miss:
        """What `method` on a raw `path` (percent-encoded, without query) means."""
        return self.match_segments(method, segments_of(path))

    def match_segments(self, method: str, segments: Sequence[str]) -> Match | Miss:
        """The same for a path already split and decoded. ``HEAD`` is answered as ``GET``."""
        nodes = self._nodes_at(segments)
        verb = "GET" if method == "HEAD" else method
        for node, values in nodes:
            if verb in node.operations:
                operation, names = node.operations[verb]
                return Match(operation, dict(zip(names, values, strict=True)))
        return Miss(tuple(sorted({allowed for node, _ in nodes for allowed in node.operations})))

    def _nodes_at(self, segments: Sequence[str]) -> list[tuple[_Node, tuple[str, ...]]]:
        """The nodes that `segments` lead to with the parameters' values, literal branches before parameters."""
        nodes: list[tuple[_Node, tuple[str, ...]]] = [(self._root, ())]
        for segment in segments:
            branches = []
            for node, values in nodes:
                if segment in node.literals:
                    branches.append((node.literals[segment], values))
                if node.parameter is not None:
                    branches.append((node.parameter, (*values, segment)))
            nodes = branches
        return nodes


def declared_in(module: ModuleType, name: str) -> Iterator[Operation]:
    """The operations that stand in `module`, christened ``name.variable``."""
    for variable, value in vars(module).items():
        if isinstance(value, Operation):
            value.christen(f"{name}.{variable}")
            yield value


def modules_of(package: ModuleType) -> Iterator[tuple[str, ModuleType]]:
    """The modules below `package`, each with its dotted name relative to it."""
    prefix = f"{package.__name__}."
    for found in pkgutil.walk_packages(package.__path__, prefix):
        yield found.name.removeprefix(prefix), importlib.import_module(found.name)


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Every operation of the vendor that is declared under `contracts.services`."""
    import contracts.services

    return Catalogue(
        operation for name, module in modules_of(contracts.services) for operation in declared_in(module, name)
    )
