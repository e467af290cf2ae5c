"""An emulator of the SendPulse API."""

__version__ = "0.1.0"
