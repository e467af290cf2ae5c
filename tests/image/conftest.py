"""The image, built once in a plain folder that its user may enter."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from containers import empty_volumes
from layers import PYTHON, ROOT, Stage, build
from wheels import write_wheels


@pytest.fixture(scope="session")
def image() -> Iterator[Stage]:
    """The last stage, which nobody can change any more but for the folders that are its user's."""
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        pytest.skip(f"{PYTHON} has no pip, which the base image has")
    if shutil.which("install") is None:
        pytest.skip("there is no install, which the base image has")
    with tempfile.TemporaryDirectory(prefix="sendpulse-mock-image-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # pytest's own folders are closed to other users
        (folder / "wheels").mkdir()
        write_wheels(folder / "wheels", "sendpulse-mock", "hatchling")
        built = build(ROOT, folder, folder / "wheels")
        built.root.chmod(0o555)
        yield built
        built.root.chmod(0o755)


@pytest.fixture
def volumes(image: Stage) -> Iterator[None]:
    """Empty when the test ends."""
    yield
    empty_volumes(image)
