"""What hooks lead to an emulator, and what they leave alone: programs beside a server that plays both."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mock_server.running.doors import Doors
from mock_server.running.environment import Account, variables
from mock_server.serving.live import LiveServer

PYTHON, NODE, PHP = "python", "node", "php"
PROGRAMS = {PYTHON: [sys.executable, "-"], NODE: ["node", "-"], PHP: ["php"]}
"""What runs a program that comes by standard input."""

USERS = {name: value for name, value in os.environ.items() if not name.startswith("SENDPULSE_")}

BEYOND = "192.0.2.1"
"""An address that is nobody's, RFC 5737 says; nothing is sent there, or the test fails."""

needs = {
    name: pytest.mark.skipif(shutil.which(command[0]) is None, reason=f"there is no {command[0]}")
    for name, command in PROGRAMS.items()
}


class App:
    """Tells who was asked for."""

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["HTTP_HOST"].partition(":")[0].encode()]


@pytest.fixture(scope="module")
def emulator() -> Iterator[str]:
    """Both doors are without TLS: who is shown which certificate, the programs in many languages test."""
    with LiveServer(App()) as server:
        yield server.url


def ran(language: str, source: str, emulator: str, *, users: Mapping[str, str] = USERS, offline: bool = False) -> str:
    """What a program prints, or its last line of error."""
    doors, account = Doors(emulator, emulator, emulator), Account(emulator, "", "")
    told = {**users, **variables(doors, account, {}, users, offline=offline)}
    without = {name: value for name, value in told.items() if "proxy" not in name.lower() or language == PHP}
    ended = subprocess.run(
        PROGRAMS[language], input=source, env=without, capture_output=True, text=True, timeout=60, check=False
    )
    return ended.stdout.strip() if ended.returncode == 0 else f"failed: {ended.stderr}"


@needs[NODE]
@pytest.mark.parametrize("host", ["api.sendpulse.com", "API.SENDPULSE.COM", "login.sendpulse.com."])
@pytest.mark.parametrize("port", [80, 443, 8443])
def test_node_is_led_by_name_on_any_port(emulator: str, host: str, port: int) -> None:
    source = f"""require("http").get({{ host: "{host}", port: {port} }}, (answer) => answer.pipe(process.stdout))"""

    assert ran(NODE, source, emulator).lower() == host.lower()


@needs[NODE]
@pytest.mark.parametrize(
    "connecting", ['connect(443, "api.sendpulse.com")', 'connect({ port: 443, host: "api.sendpulse.com" })']
)
def test_node_is_led_however_it_connects(emulator: str, connecting: str) -> None:
    source = f"""
        const line = require("net").{connecting};
        line.on("connect", () => {{ console.log(line.remotePort); line.destroy(); }});
    """

    assert ran(NODE, source, emulator) == str(urlsplit(emulator).port)


@needs[NODE]
def test_node_goes_elsewhere_as_before(emulator: str) -> None:
    source = f"""fetch("{emulator}").then((answer) => answer.text()).then(console.log)"""

    assert ran(NODE, source, emulator) == "127.0.0.1"
    assert ran(NODE, source, emulator, offline=True) == "127.0.0.1"


@needs[NODE]
def test_node_goes_nowhere_else_offline(emulator: str) -> None:
    source = f"""require("http").get("http://{BEYOND}/").on("error", (error) => console.log(error.message))"""

    assert ran(NODE, source, emulator, offline=True) == f"sendpulse-mock is offline and does not lead to {BEYOND}"


@needs[NODE]
def test_options_of_node_that_the_user_gives_are_heeded(emulator: str, tmp_path: Path) -> None:
    preload = tmp_path / "mine.cjs"
    preload.write_text("globalThis.mine = 'mine';")

    assert ran(NODE, "console.log(mine)", emulator, users={**USERS, "NODE_OPTIONS": f"--require {preload}"}) == "mine"


@pytest.mark.parametrize(
    "connecting",
    [
        'socket.create_connection(("api.sendpulse.com", 443))',
        'line = socket.socket(); line.connect(("api.sendpulse.com", 443))',
        'line = socket.socket(); line.connect_ex((b"api.sendpulse.com".decode(), 443))',
        'line = socket.socket(); line.connect(socket.getaddrinfo(b"api.sendpulse.com", "https")[0][4])',
    ],
)
def test_python_is_led_however_it_connects(emulator: str, connecting: str) -> None:
    statements = connecting if connecting.startswith("line") else f"line = {connecting}"

    printed = ran(PYTHON, f"import socket; {statements}; print(line.getpeername()[1])", emulator)

    assert printed == str(urlsplit(emulator).port)


def test_python_is_led_through_asyncio(emulator: str) -> None:
    source = """
import asyncio

async def main():
    reader, writer = await asyncio.open_connection("api.sendpulse.com", 443)
    print(writer.get_extra_info("peername")[1])
    writer.close()

asyncio.run(main())
"""

    assert ran(PYTHON, source, emulator) == str(urlsplit(emulator).port)


@pytest.mark.skipif(find_spec("aiohttp") is None, reason="there is no aiohttp")
@pytest.mark.parametrize("resolver", ["ThreadedResolver", "AsyncResolver"])
def test_aiohttp_is_led_whoever_resolves_for_it(emulator: str, resolver: str) -> None:
    source = f"""
import asyncio
import aiohttp

async def main():
    resolver = object.__new__(aiohttp.{resolver})
    [found] = await aiohttp.{resolver}.resolve(resolver, "api.sendpulse.com", 443)
    print(found["hostname"], found["host"], found["port"])

asyncio.run(main())
"""

    assert ran(PYTHON, source, emulator) == f"api.sendpulse.com {urlsplit(emulator).netloc.replace(':', ' ')}"


def test_python_looks_up_the_vendor_on_this_machine(emulator: str) -> None:
    source = 'import socket; print(socket.gethostbyname("login.sendpulse.com"))'

    assert ran(PYTHON, source, emulator) == "127.0.0.1"


def test_python_goes_elsewhere_as_before(emulator: str) -> None:
    source = f'import urllib.request; print(urllib.request.urlopen("{emulator}").read().decode())'

    assert ran(PYTHON, source, emulator) == "127.0.0.1"
    assert ran(PYTHON, source, emulator, offline=True) == "127.0.0.1"


def test_python_goes_nowhere_else_offline(emulator: str) -> None:
    source = f'import socket; socket.create_connection(("{BEYOND}", 443), timeout=5)'

    refused = f"sendpulse-mock is offline and does not lead to {BEYOND}"
    assert ran(PYTHON, source, emulator, offline=True).endswith(f"ConnectionRefusedError: {refused}\n")


def test_users_own_sitecustomize_runs_as_well(emulator: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import builtins; builtins.mine = __name__")

    printed = ran(
        PYTHON,
        "import sitecustomize; print(mine, sitecustomize.__file__)",
        emulator,
        users={**USERS, "PYTHONPATH": str(tmp_path)},
    )

    assert printed == f"sitecustomize {tmp_path / 'sitecustomize.py'}"


@needs[PHP]
@pytest.mark.parametrize(
    "context",
    [
        "null",
        "stream_context_create()",
        "stream_context_create(['http' => ['method' => 'GET']])",
        "stream_context_create(null, ['notification' => fn() => null])",
    ],
)
def test_streams_of_php_are_led_whatever_their_context(emulator: str, context: str) -> None:
    call = f"file_get_contents('http://api.sendpulse.com/', false, {context})"
    source = f"<?php echo {call}, count($http_response_header) > 1;"

    assert ran(PHP, source, emulator) == "api.sendpulse.com1"


@needs[PHP]
def test_contexts_of_php_are_each_their_own(emulator: str) -> None:
    source = """<?php
        $one = stream_context_create(['http' => ['method' => 'POST']]);
        $other = stream_context_create(['ssl' => ['verify_depth' => 3]]);
        echo json_encode([stream_context_get_options($one)['http']['method'],
            isset(stream_context_get_options($other)['http']['method']),
            stream_context_get_options($other)['ssl']['verify_depth']]);
    """

    assert ran(PHP, source, emulator) == '["POST",false,3]'


@needs[PHP]
def test_what_the_user_has_php_run_first_still_runs(emulator: str, tmp_path: Path) -> None:
    (tmp_path / "mine.php").write_text("<?php $mine = 'mine';")
    (tmp_path / "mine.ini").write_text(f'auto_prepend_file = "{tmp_path / "mine.php"}"\n')
    users = {**USERS, "PHP_INI_SCAN_DIR": f"{os.pathsep}{tmp_path}"}

    assert ran(PHP, "<?php echo $mine;", emulator, users=users) == "mine"


@pytest.mark.parametrize("language", [pytest.param(name, marks=needs[name]) for name in PROGRAMS])
def test_hook_that_is_told_nothing_does_nothing(language: str, emulator: str) -> None:
    asking = f"file_get_contents('{emulator}', false, stream_context_create()) === '127.0.0.1'"
    sources = {PYTHON: "print('well')", NODE: "console.log('well')", PHP: f"<?php if ({asking}) echo 'well';"}
    told = variables(Doors("", emulator, emulator), Account("", "", ""), {}, USERS)
    hooks = {
        name: told[name] for name in ("NODE_OPTIONS", "PYTHONPATH", "PHP_INI_SCAN_DIR", "SENDPULSE_EMULATOR_HOOKS")
    }

    ended = subprocess.run(
        PROGRAMS[language],
        input=sources[language],
        env={**USERS, **hooks},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "well", "")
