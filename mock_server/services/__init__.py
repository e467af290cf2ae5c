"""The behaviours, mirroring contracts.services module for module."""

import sys

from contracts.catalogue import modules_of


def load_behaviours() -> None:
    """Import every module here, so that each behaviour, work and event is known."""
    for _ in modules_of(sys.modules[__name__]):
        pass
