"""Run a command while time stands still, then keep what the emulator saw of it: `python witness.py FILE COMMAND...`.

It runs where the command runs, since only there it is known where the emulator is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from emulator import ask


def main() -> int:
    """Its exit code is the command's."""
    file, *command = sys.argv[1:]
    ask("PUT", "clock", frozen=True)
    code = subprocess.run(command, check=False).returncode
    seen = {"journal": ask("GET", "journal")["entries"], "outbox": ask("GET", "outbox")["messages"]}
    Path(file).write_text(json.dumps(seen), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
