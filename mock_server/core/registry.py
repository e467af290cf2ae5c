"""Functions by what they are for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)
Function = TypeVar("Function", bound=Callable[..., Any])


class Registry(Mapping[Key, Function]):
    """What does what. `register` is for decorators; a second function for the same key is an error at import."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._functions: dict[Key, Function] = {}

    def register(self, key: Key) -> Callable[[Function], Function]:
        """A decorator that makes its function the one for `key`."""

        def register(function: Function) -> Function:
            if self._functions.setdefault(key, function) is not function:
                raise ValueError(f"two functions for the {self._what} {key!r}: drop one of them")
            return function

        return register

    def __getitem__(self, key: Key) -> Function:
        return self._functions[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)
