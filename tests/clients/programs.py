"""Small programs in many languages that hard-code the vendor's host: each logs in, makes a list and prints its name.

They use nothing but what comes with their language, and take credentials from the environment.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "programs"

PRINTED = "Readers"
"""What each of them prints, perhaps with the end of the line."""


@dataclass(frozen=True)
class Program:
    """One of them: its file, what runs it, and what has to compile it before."""

    file: str
    runs: tuple[str, ...]
    compiles: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.file

    @property
    def missing(self) -> str:
        """The first of what it needs that this machine lacks."""
        needed = [command[0] for command in (self.compiles, self.runs) if command and not command[0].startswith("{")]
        return next((name for name in needed if shutil.which(name) is None), "")

    def command(self, folder: Path) -> list[str]:
        """What runs it, compiled into `folder` where that is needed; the compiler reaches no network."""
        places = {"{file}": str(FOLDER / self.file), "{folder}": str(folder)}
        if self.compiles:
            subprocess.run(_filled(self.compiles, places), check=True, capture_output=True, timeout=120)
        return _filled(self.runs, places)

    def run(self, environment: Mapping[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
        """What became of it."""
        command = self.command(folder)
        return subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, text=True, timeout=90, check=False
        )


def _filled(command: tuple[str, ...], places: Mapping[str, str]) -> list[str]:
    filled = list(command)
    for name, place in places.items():
        filled = [word.replace(name, place) for word in filled]
    return filled


_JAVA = ("javac", "-encoding", "UTF-8", "-d", "{folder}", "{file}")

PROGRAMS = (
    Program("curl/client.sh", ("sh", "{file}")),
    Program("python/urllib_client.py", (sys.executable, "{file}")),
    Program("python/http_client.py", (sys.executable, "{file}")),
    Program("python/asyncio_streams.py", (sys.executable, "{file}")),
    Program("node/https.mjs", ("node", "{file}")),
    Program("node/fetch.mjs", ("node", "{file}")),
    Program("php/curl.php", ("php", "{file}")),
    Program("php/streams.php", ("php", "{file}")),
    Program("ruby/net_http.rb", ("ruby", "{file}")),
    Program("java/Client.java", ("java", "-cp", "{folder}", "Client"), _JAVA),
    Program("java/Connection.java", ("java", "-cp", "{folder}", "Connection"), _JAVA),
    Program("go/client.go", ("{folder}/client",), ("go", "build", "-o", "{folder}/client", "{file}")),
    Program("csharp/Client.cs", ("mono", "{folder}/client.exe"), ("mcs", "-out:{folder}/client.exe", "{file}")),
)

STORIES = (
    Program("php/story.php", ("php", "{file}")),
    Program("ruby/story.rb", ("ruby", "{file}")),
    Program("node/story.mjs", ("node", "{file}")),
    Program("go/story.go", ("{folder}/story",), ("go", "build", "-o", "{folder}/story", "{file}")),
    Program("java/Story.java", ("java", "-cp", "{folder}", "Story"), _JAVA),
)
"""These do more and all the same: log-in, a list, its pages, a campaign, a mail; each prints one document of JSON."""
