"""The conformance suite: what holds for whoever serves the API. It knows the contracts and no emulator."""

from collections.abc import Iterable


def provoked() -> Iterable[tuple[str, str]]:
    """The refusals that the suite provokes, each by its operation's name and its own key.

    Raises `ModuleNotFoundError` where the extra `contracts` is not installed.
    """
    from contracts.suite.refusals import reached

    return reached()
