"""What the emulator costs, as ratios taken in one run: `python -m bench`. See docs/performance.md."""
