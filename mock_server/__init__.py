"""An emulator of the SendPulse API."""

import contracts

if getattr(contracts, "DISTRIBUTION", None) != "sendpulse-mock":
    raise ImportError(
        f"{contracts.__spec__.origin} shadows the package 'contracts' of sendpulse-mock: "
        "rename it, or take its folder from the front of sys.path"
    )

__version__ = "0.1.0"
