"""The page of the proxy, as a test: a shell does what it says, beside a server of the test's own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent.parent / "docs" / "howto" / "proxy.md"
SECONDS = 60


def scripts() -> list[str]:
    """The blocks for bash: the first starts a server, the rest uses it."""
    return re.findall(r"^```bash\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def surroundings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A shell's, whose every call goes to the proxy whatever the page says; the server runs as the page starts it."""
    environment = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),
        "SENDPULSE_MOCK_AUTHORITY": str(tmp_path / "authority"),
    }
    command = scripts()[0].partition(" >")[0].replace("--proxy 8481", "--proxy 0 --port 0").split()
    with subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            ready = server.stdout.readline()
            (tmp_path / "ready.json").write_text(ready)
            yield {**environment, "HTTPS_PROXY": json.loads(ready)["proxy"]}
        finally:
            server.terminate()
            server.wait(SECONDS)


@pytest.mark.skipif(shutil.which("bash") is None or shutil.which("curl") is None, reason="there is no bash or no curl")
def test_shell_finds_the_emulator_in_the_vendors_place(surroundings: dict[str, str], tmp_path: Path) -> None:
    script = "\n".join(scripts()[1:])

    ended = subprocess.run(
        ["bash", "-euc", script],
        env=surroundings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["token_type"] == "Bearer"
