"""A minimal, typed client of the SendPulse API."""
