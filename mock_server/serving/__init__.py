"""Ways to reach the emulator: a live server, interception in process, an SMTP server."""
