"""Runs of `sendpulse-mock exec` as somebody, in an environment with nothing of the user's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

PATIENCE = 60
NOBODY = "65534"


@dataclass(frozen=True)
class Runner:
    """Runs `sendpulse-mock exec` as somebody, in an environment with nothing of the user's."""

    prefix: tuple[str, ...]
    python: str
    environment: Mapping[str, str]
    folder: Path
    options: tuple[str, ...] = ()

    def __call__(
        self, *command: str, options: Sequence[str] = ("-q",), **more: Any
    ) -> subprocess.CompletedProcess[str]:
        line = self.line(*command, options=options)
        extra = more.pop("environment", {})
        return subprocess.run(
            line,
            env={**self.environment, **extra},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            **more,
        )

    def line(self, *command: str, options: Sequence[str] = ("-q",)) -> list[str]:
        return [*self.prefix, self.python, "-m", "mock_server", "exec", *self.options, *options, "--", *command]

    def python_in(self, source: str, **more: Any) -> subprocess.CompletedProcess[str]:
        """What a script does that is run so."""
        return self(self.python, "-c", source, **more)

    def reported(self, *command: str, options: Sequence[str] = (), **more: Any) -> Any:
        """What is told at the end, as JSON."""
        file = self.folder / "report.json"
        ended = self(*command, options=["-q", "--report", f"json={file}", *options], **more)
        assert file.exists(), ended.stderr
        return json.loads(file.read_text())


def runner(folder: Path, user: str | None, *options: str) -> Runner:
    """One that acts as `user`, by number, or as whoever runs the tests."""
    python, prefix = (sys.executable, ()) if user is None else (usable_python(user), as_user(user))
    if user is not None:
        os.chown(folder, int(user), int(user))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "SENDPULSE_MOCK_AUTHORITY": str(folder / "authority"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path) if user else "",
    }
    temporary = folder / "tmp"
    temporary.mkdir()
    temporary.chmod(0o777)
    return Runner(prefix, python, environment, folder, options)


def as_user(user: str) -> tuple[str, ...]:
    return ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--bounding-set=-all")


@cache
def usable_python(user: str) -> str:
    """An interpreter like this one that a user may run. It may lie in somebody's home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/{version}"):
        command = [*as_user(user), "env", python, "-c", ""]
        if subprocess.run(command, capture_output=True, check=False).returncode == 0:
            return python
    pytest.skip(f"there is no {version} that user {user} may run")


@cache
def obstacle(user: str | None) -> str:
    """Why there can be no namespaces here, else empty."""
    source = "from mock_server.running.namespaces import enter; enter()"
    prefix, python = ((), sys.executable) if user is None else (as_user(user), usable_python(user))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [*prefix, python, "-c", source]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE)
    return ended.stderr.strip().rpartition("\n")[2]


@contextmanager
def private_runner(user: str | None) -> Iterator[Runner]:
    """In a folder that is no other's: pytest closes its own to other users, whenever anybody runs it."""
    if sys.platform != "linux":
        pytest.skip("namespaces are Linux's")
    if user is not None and (os.geteuid() != 0 or not shutil.which("setpriv")):
        pytest.skip("only root, with setpriv, can become somebody else")
    if reason := obstacle(user):
        pytest.skip(f"no namespaces: {reason}")
    with TemporaryDirectory(prefix="sendpulse-mock-tests-") as folder:
        Path(folder).chmod(0o755)
        yield runner(Path(folder), user, "--through", "namespace")
