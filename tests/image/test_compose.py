"""The compose file: valid, shown on its page, and enough for an application that knows nothing of us."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from layers import PAGE, PYTHON, ROOT, SECONDS, Stage

FILE = ROOT / "compose.yaml"
SERVICES = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
EMULATOR, APP = SERVICES["sendpulse"], SERVICES["app"]

NETWORK = """
set -eu
ip link set lo up
echo "$1" > /proc/sys/net/ipv4/ip_unprivileged_port_start
mount --bind "$2" /etc/hosts
eval "exec $3" > "$6" 2>&1 &
emulator=$!
for attempt in $(seq 100); do eval "$4" && break; done
eval "$5"
kill $emulator
wait $emulator
"""
"""A network with nothing but the two services: the port from which everybody may listen and who bears which name."""

ALONE = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child"]
"""Nobody in it outlives its shell."""


def own_network() -> list[str]:
    """How to start something in a network of its own; empty where that is impossible, or there is no Python then."""
    for command in (ALONE, [*ALONE, "--user", "--map-root-user"]):
        try:
            tried = [*command, "sh", "-c", 'ip link set lo up && "$0" -c ""', PYTHON]
            if subprocess.run(tried, capture_output=True, timeout=SECONDS, check=False).returncode == 0:
                return command
        except FileNotFoundError:
            return []
    return []


def moved(value: str, image: Stage) -> str:
    """A value in which volumes are where they are on this machine."""
    return re.sub(r"/(authority|data)\b", lambda found: str(image.here(found[0])), value)


def around(variables: Mapping[str, str], image: Stage) -> dict[str, str]:
    return {name: moved(value, image) for name, value in variables.items()}


def line(environ: Mapping[str, str], *command: str) -> str:
    """A command that finds these variables around it and no others."""
    return shlex.join(["env", "-i", *(f"{name}={value}" for name, value in environ.items()), *command])


def test_file_is_valid() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(FILE)]

    ended = subprocess.run(check, capture_output=True, text=True, timeout=SECONDS, check=False)

    assert ended.returncode == 0, ended.stdout


def test_page_shows_the_file() -> None:
    assert f"```yaml\n{FILE.read_text(encoding='utf-8')}```\n" in PAGE.read_text(encoding="utf-8")


def test_emulator_is_on_the_port_that_https_means_and_bears_the_vendors_name() -> None:
    assert EMULATOR["environment"]["SENDPULSE_MOCK_PORT"] == "443"
    assert EMULATOR["networks"]["default"]["aliases"] == ["api.sendpulse.com"]


def test_emulator_may_do_as_little_as_possible(image: Stage) -> None:
    written = {volume.partition(":")[2] for volume in EMULATOR["volumes"]} | set(EMULATOR["tmpfs"])

    assert written == {f"/{folder.name}" for folder in image.writable}
    assert (EMULATOR["read_only"], EMULATOR["cap_drop"]) == (True, ["ALL"])


def test_variables_of_the_application_are_those_that_the_emulator_prints(volumes: None, image: Stage) -> None:
    ended = image.run([*image.entry, "ca", "env", "--shell", "compose"])

    printed = yaml.safe_load(ended.stdout)["environment"]
    assert around(APP["environment"], image) == printed


def test_application_that_hard_codes_the_vendor_reaches_the_emulator(
    volumes: None, image: Stage, tmp_path: Path
) -> None:
    if not (network := own_network()):
        pytest.skip("this machine allows no network of one's own")
    (tmp_path / "hosts").write_text(f"127.0.0.1 localhost {' '.join(EMULATOR['networks']['default']['aliases'])}\n")
    environ = image.environ(**around(EMULATOR["environment"], image))
    services = [
        EMULATOR["sysctls"]["net.ipv4.ip_unprivileged_port_start"],
        tmp_path / "hosts",
        line(environ, *image.as_user, *image.entry, *image.command),
        line(environ, *image.as_user, *image.health),
        line({"PATH": environ["PATH"], **around(APP["environment"], image)}, *APP["command"]),
        tmp_path / "said",
    ]

    ended = subprocess.run(
        [*network, "sh", "-c", NETWORK, "sh", *map(str, services)],
        cwd=image.here("."), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert (ended.returncode, ended.stdout) == (0, "[]\n"), ended.stderr + (tmp_path / "said").read_text()
