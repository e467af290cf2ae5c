"""The conformance suite: what holds for whoever serves the API. It knows the contracts and no emulator."""
