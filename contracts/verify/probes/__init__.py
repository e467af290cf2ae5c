"""Probes: what only a real account can settle, asked of one. `contracts.questions` holds the questions."""
