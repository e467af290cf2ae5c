"""Run all measurements: `python -m bench`."""

from bench.ratios import main

main()
