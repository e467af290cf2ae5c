"""An emulator of the SendPulse API."""

from typing import TYPE_CHECKING, Any

import contracts

if getattr(contracts, "DISTRIBUTION", None) != "sendpulse-mock":
    raise ImportError(
        f"{contracts.__spec__.origin} shadows the package 'contracts' of sendpulse-mock: "
        "rename it, or take its folder from the front of sys.path"
    )

if TYPE_CHECKING:
    from mock_server.testing import AccountHandle, MockServer

__all__ = ["AccountHandle", "MockServer", "__version__"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """The test kit, imported when it is asked for."""
    if name in {"AccountHandle", "MockServer"}:
        from mock_server import testing

        return getattr(testing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
