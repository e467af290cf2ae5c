"""The image as it runs in its plain folder."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from layers import SECONDS, Stage


@dataclass(frozen=True)
class Container:
    """The image as it runs: its process, and what it said first."""

    image: Stage
    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def port(self) -> str:
        return self.ready["url"].rpartition(":")[2]

    def check_health(self) -> subprocess.CompletedProcess[str]:
        return self.image.run(self.image.health, SENDPULSE_MOCK_PORT=self.port)


@contextmanager
def running(image: Stage, *command: str, **variables: str) -> Iterator[Container]:
    """The entry point with the command, or the image's own, on a free port; as with ``docker run``."""
    process = subprocess.Popen(
        [*image.as_user, *image.entry, *(command or image.command)],
        **image.surroundings(**{"SENDPULSE_MOCK_PORT": "0"} | variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(SECONDS, process.kill)
    watchdog.start()
    try:
        yield Container(image, process, json.loads(process.stdout.readline()))
    finally:
        process.kill()
        process.communicate()
        watchdog.cancel()
        empty_volumes(image)


def empty_volumes(image: Stage) -> None:
    """They go with the container."""
    for path in (path for folder in image.writable for path in folder.iterdir()):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
