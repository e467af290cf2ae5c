"""What every service stands on: accounts, clock, limits, store, journal. Knows no service and no web framework."""
