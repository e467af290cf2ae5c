"""The pytest plugin: fixtures and the marker `sendpulse`."""
