"""What a driver in Python has besides its client: lines to print, and hands where a person would do something."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

from emulator import ask


def tell_surface(package: str, names: Iterable[str]) -> None:
    """Print which version of the package this is, and what of it is public."""
    print(json.dumps({"version": version(package), "surface": sorted(names)}), flush=True)


def tell(call: str, answer: object) -> None:
    """Print what came back from a call: its method's name, and behind a comma what is special about it."""
    print(json.dumps({"call": call, "answer": answer}), flush=True)


def tell_raised(call: str, error: Exception) -> None:
    """Print what a call raised instead."""
    print(json.dumps({"call": call, "raises": type(error).__name__}), flush=True)


def methods_of(kind: type) -> list[str]:
    """The names of a class's public methods."""
    return [name for name, _ in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")]


def caller(client: object) -> Callable[..., Any]:
    """A function that calls a method of the client, tells what became of it and returns the answer, if there is one."""

    def call(name: str, *arguments: Any, **named: Any) -> Any:
        try:
            answer = getattr(client, name.partition(",")[0])(*arguments, **named)
        except Exception as error:
            tell_raised(name, error)
            return None
        tell(name, answer)
        return answer

    return call


def sender() -> str:
    """The address that may send."""
    return ask("GET", "")["sender"]


def mailed_code(address: str) -> str:
    """The code of the last mail to the address, as its owner reads it."""
    return ask("POST", "outbox/wait", to=address, timeout=5)["message"]["code"]


def later(duration: str) -> None:
    """Let time pass."""
    ask("POST", "clock/advance", duration=duration)


def set_up(**settings: object) -> None:
    """Set what the dashboard would."""
    ask("PUT", "settings", **settings)
