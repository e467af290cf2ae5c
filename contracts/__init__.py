"""What the vendor promises: every operation of the SendPulse API as a declared value."""
