"""The image, built once in a plain folder that its user may enter."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from layers import PYTHON, SECONDS, Stage, build
from wheels import write_wheels

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def image() -> Iterator[Stage]:
    """The last stage, which nobody can change any more but for the folders that are its user's."""
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        pytest.skip(f"{PYTHON} has no pip, which the base image has")
    with tempfile.TemporaryDirectory(prefix="sendpulse-mock-image-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # pytest's own folders are closed to other users
        (folder / "wheels").mkdir()
        write_wheels(folder / "wheels", "sendpulse-mock", "hatchling")
        built = build(ROOT, folder, folder / "wheels")
        built.root.chmod(0o555)
        yield built
        built.root.chmod(0o755)


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
        for folder in image.writable:  # volumes go with the container
            _empty(folder)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
