"""What the vendor promises: every operation of the SendPulse API as a declared value."""

DISTRIBUTION = "sendpulse-mock"
"""Whose `contracts` this is: users have folders of that name."""
