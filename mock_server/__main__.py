"""`python -m mock_server` is `sendpulse-mock`."""

from mock_server.cli import main

main()
