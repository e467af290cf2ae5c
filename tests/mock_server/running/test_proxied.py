"""`exec` through a proxy: no namespace is needed, and programs that look for a proxy, or are led to one, come here."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.mock_server.running.runners import PATIENCE, Runner, runner
from tests.mock_server.running.test_namespaces import LOG_IN


@pytest.fixture
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    return runner(tmp_path_factory.mktemp("run"), None, "--through", "proxy")


def test_python_reaches_the_emulator(proxied: Runner) -> None:
    ended = proxied.python_in(f"{LOG_IN}\nprint(call('/addressbooks', token=token))")

    assert (ended.returncode, ended.stdout) == (0, "[]\n"), ended.stderr


def test_exit_code_and_streams_pass_through(proxied: Runner) -> None:
    ended = proxied("sh", "-c", "cat; echo told >&2; kill -USR1 $$", input="said\n")

    assert (ended.returncode, ended.stdout, ended.stderr) == (128 + 10, "said\n", "told\n")


def test_where_there_are_no_agents_the_program_is_a_child(proxied: Runner) -> None:
    source = """
from mock_server.running.programs import PlainProgram
print(PlainProgram(["sh", "-c", "kill -TERM $PPID; sleep 5 & wait"]).run({}))
print(PlainProgram(["no-such-program"]).run({}))
"""
    ended = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=PATIENCE, check=True)

    assert ended.stdout.splitlines() == [
        "Outcome(code=143, obstacle='')",
        "Outcome(code=127, obstacle='No such file or directory')",
    ]


def test_program_is_told_where_the_emulators_own_api_is(proxied: Runner) -> None:
    ended = proxied("sh", "-c", "curl -s $SENDPULSE_MOCK_URL/_mock/health")

    assert '"status":"ok"' in ended.stdout.replace(" ", "")
