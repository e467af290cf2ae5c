"""The recipe for Testcontainers, run with the engine played by the image in its plain folder."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import testcontainers.core.container as library
from containers import Container, running
from layers import PAGE, Stage
from testcontainers.core.config import ConnectionMode, testcontainers_config

pytest_plugins = "pytester"

[RECIPE] = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


class PlainEngine:
    """What the library asks of an engine, and of the container that it makes: here both are this."""

    id = short_id = "plain"
    status = "running"

    def __init__(self, image: Stage) -> None:
        self._image = image
        self._running = ExitStack()
        self._variables: dict[str, str] = {}
        self._container: Container
        self.client = self

    def create(self, image: str, *, environment: dict[str, str], **_: Any) -> PlainEngine:
        assert image == "sendpulse-mock"
        self._variables = environment
        return self

    def start(self, _: PlainEngine) -> None:
        self._container = self._running.enter_context(running(self._image, **self._variables))

    def get_connection_mode(self) -> ConnectionMode:
        return ConnectionMode.docker_host

    def host(self) -> str:
        return "localhost"

    def port(self, _: str, port: int) -> str:
        assert [port] == self._image.ports
        return self._container.port

    def reload(self) -> None:
        """It is always as it is."""

    def remove(self, **_: Any) -> None:
        self._running.close()

    close = reload


def test_recipe_runs(image: Stage, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "DockerClient", lambda: PlainEngine(image))
    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)
    monkeypatch.setattr(testcontainers_config, "hub_image_name_prefix", "")
    [name] = re.findall(r"^# (\w+)\.py$", RECIPE, re.MULTILINE)
    pytester.makepyfile(**{name: RECIPE})

    ended = pytester.inline_run("-p", "no:cacheprovider", "--confcutdir", str(Path(pytester.path)))

    ended.assertoutcome(passed=1)
