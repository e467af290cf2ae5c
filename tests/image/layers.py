"""The Dockerfile carried out in a plain folder: the same steps, where there is no container engine.

What the base image brings is played by this machine: its Python, pip and `install`. An absolute path means one below
the folder in which the stage stands. A step that is not known here is refused, so that nothing is left out silently.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from docker.utils.build import exclude_paths
from dockerfile_parse import DockerfileParser

ROOT: Final = Path(__file__).parent.parent.parent
PAGE: Final = ROOT / "docs" / "howto" / "containers.md"
PYTHON: Final = sys._base_executable  # the one that made the environment of the tests
BASE: Final = "python:3.13-slim"
SECONDS: Final = 300
"""No step takes longer."""

CAN_CHANGE_USER: Final = shutil.which("setpriv") is not None and os.getuid() == 0


class UnknownStep(Exception):
    """The Dockerfile has a step that cannot be carried out here: teach it to this module."""


@dataclass
class Stage:
    """What a stage has come to."""

    name: str
    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    folder: Path = Path("/")
    user: tuple[int, int] | None = None
    ports: list[int] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    health_options: dict[str, str] = field(default_factory=dict)
    entry: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)

    def here(self, path: str | Path) -> Path:
        """Where a path of the image is on this machine."""
        return self.root / (self.folder / path).relative_to("/")

    @property
    def writable(self) -> list[Path]:
        """The folders that are volumes, or memory."""
        return [self.here(folder) for folder in ("/authority", "/data", "/tmp")]  # noqa: S108

    def environ(self, **more: str) -> dict[str, str]:
        """What a process of the image finds around it: nothing of ours but where programs are."""
        given = {"PATH": os.environ["PATH"], "HOME": str(self.root), "TMPDIR": str(self.here("/tmp"))}  # noqa: S108
        for name, value in self.environment.items():
            moved = re.sub(r"(?<![^:])/", f"{self.root}/", value)
            given[name] = moved.replace("$PATH", given["PATH"])
        return given | more

    def run(self, command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        """A command in the image, as its user, to its end."""
        started = {"capture_output": True, "text": True, "timeout": SECONDS}
        return subprocess.run([*self.as_user, *command], check=False, **self.surroundings(**more), **started)

    def surroundings(self, **more: str) -> dict[str, Any]:
        """Arguments with which `subprocess` starts something in the image."""
        return {"cwd": self.here("."), "env": self.environ(**more)}

    @property
    def as_user(self) -> list[str]:
        """What to write before a command so that its user runs it, where that can be.

        It may read whatever there is, since this machine's Python may be root's alone, but write nothing of others'.
        """
        if self.user is None or not CAN_CHANGE_USER:
            return []
        numbers = [f"--reuid={self.user[0]}", f"--regid={self.user[1]}", "--clear-groups"]
        return ["setpriv", *numbers, *(f"--{kind}-caps=+dac_read_search" for kind in ("inh", "ambient"))]


def build(context: Path, folder: Path, wheels: Path) -> Stage:
    """The last stage, in `folder`. pip finds all that it asks for among the `wheels`."""
    return Build(context, folder, {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}).carried_out()


def steps_of(context: Path) -> Iterator[tuple[str, str]]:
    """The steps, each as an instruction and what stands behind it."""
    with (context / "Dockerfile").open("rb") as file:
        for step in DockerfileParser(fileobj=file).structure:
            if step["instruction"] != "COMMENT":
                yield step["instruction"], step["value"]


def sent(context: Path) -> list[Path]:
    """The files that the engine is given, relative to the context: what .dockerignore lets pass."""
    patterns = (context / ".dockerignore").read_text(encoding="utf-8").splitlines()
    paths = exclude_paths(str(context), [line for line in patterns if line and not line.startswith("#")])
    files = (Path(path) for path in paths if (context / path).is_file())
    return sorted(file for file in files if str(file) not in {"Dockerfile", ".dockerignore"})  # never copied


class Build:
    """Stage after stage, each in the same place, so that a path in a copied file goes on to mean the same."""

    def __init__(self, context: Path, folder: Path, registry: Mapping[str, str]) -> None:
        self._context = context
        self._folder = folder
        self._registry = registry
        self._finished: dict[str, Path] = {}
        self._stage: Stage

    def carried_out(self) -> Stage:
        for instruction, value in steps_of(self._context):
            carry_out = _INSTRUCTIONS.get(instruction)
            if carry_out is None:
                raise UnknownStep(f"{instruction} {value}")
            carry_out(self, value)
        return self._stage

    def begin(self, value: str) -> None:
        base, *rest = value.split()
        name = rest[1] if rest[:1] == ["AS"] else str(len(self._finished))
        if base != BASE or len(rest) not in {0, 2}:
            raise UnknownStep(f"FROM {value}")
        root = self._folder / "image"
        if root.exists():
            self._finished[self._stage.name] = root.rename(self._folder / f"stage-{self._stage.name}")
        (root / "tmp").mkdir(parents=True)
        (root / "tmp").chmod(0o1777)
        self._stage = Stage(name, root)

    def copy(self, value: str) -> None:
        *flags, source, target = shlex.split(value)
        to = self._stage.here(target)
        if not flags and source == ".":
            for file in sent(self._context):
                (to / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(self._context / file, to / file)
        elif len(flags) == 1 and flags[0].startswith("--from="):
            finished = self._finished[flags[0].removeprefix("--from=")]
            shutil.copytree(finished / source.removeprefix("/"), to, symlinks=True, copy_function=os.link)
        else:
            raise UnknownStep(f"COPY {value}")

    def run(self, value: str) -> None:
        for command in value.split("&&"):
            program, *arguments = shlex.split(command)
            if program not in _PROGRAMS or re.search(r"[|;<>$`*?(){}]", command):
                raise UnknownStep(f"RUN {command.strip()}")
            moved = [str(self._stage.here(word)) if word.startswith("/") else word for word in arguments]
            kept = moved if CAN_CHANGE_USER else _without_owners(moved)
            ended = self._stage.run([*_PROGRAMS[program], *kept], **self._registry)
            if ended.returncode:
                raise RuntimeError(f"RUN {command.strip()} ended with {ended.returncode}: {ended.stderr}")

    def set_folder(self, value: str) -> None:
        self._stage.folder /= value
        self._stage.here(".").mkdir(parents=True, exist_ok=True)

    def set_variables(self, value: str) -> None:
        self._stage.environment |= _pairs(value)

    def set_labels(self, value: str) -> None:
        self._stage.labels |= _pairs(value)

    def set_user(self, value: str) -> None:
        user, _, group = value.partition(":")
        self._stage.user = (int(user), int(group))  # names would need files of the base image

    def expose(self, value: str) -> None:
        self._stage.ports += map(int, value.split())

    def set_health(self, value: str) -> None:
        options, command = value.split("CMD ", 1)
        self._stage.health_options = _pairs(options)
        self._stage.health = json.loads(command)

    def set_entry(self, value: str) -> None:
        self._stage.entry = json.loads(value)  # the other form has a shell, which keeps signals to itself

    def set_command(self, value: str) -> None:
        self._stage.command = json.loads(value)


def _without_owners(arguments: list[str]) -> list[str]:
    """Only root gives files away; who cannot change the user is the one that runs it, too."""
    return shlex.split(re.sub(r"-[og] \d+ ", "", shlex.join(arguments)))


def _pairs(value: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in shlex.split(value))


_PROGRAMS: Final[Mapping[str, list[str]]] = {
    "python": [PYTHON],
    "pip": [PYTHON, "-m", "pip", "--disable-pip-version-check"],
    "install": ["install"],
}
"""What the base image brings."""

_INSTRUCTIONS: Final[Mapping[str, Callable[[Build, str], None]]] = {
    "FROM": Build.begin,
    "COPY": Build.copy,
    "RUN": Build.run,
    "WORKDIR": Build.set_folder,
    "ENV": Build.set_variables,
    "LABEL": Build.set_labels,
    "USER": Build.set_user,
    "EXPOSE": Build.expose,
    "HEALTHCHECK": Build.set_health,
    "ENTRYPOINT": Build.set_entry,
    "CMD": Build.set_command,
}
