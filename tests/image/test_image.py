"""The image: what gets into it, as whom it runs, how it says that it is well, how it ends, what it writes."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from importlib.metadata import metadata
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from containers import Container, running
from layers import BASE, CAN_CHANGE_USER, PAGE, ROOT, SECONDS, Stage, UnknownStep, build, sent, steps_of

from mock_server.cli.health import health
from mock_server.cli.serve import serve

MAY_GET_IN = {"LICENSE", "README.md", "pyproject.toml", "contracts", "fixtures", "mock_server", "sendpulse_client"}
GRACE = 10.0
"""How long an engine waits for a container to end before it is killed."""


@pytest.fixture(scope="module")
def container(image: Stage) -> Iterator[Container]:
    with running(image) as container:
        yield container


def megabytes(folder: Path) -> float:
    return sum(path.lstat().st_size for path in folder.rglob("*")) / 1e6


def content(image: Stage) -> dict[str, tuple[int, int]]:
    """When each file was changed and how large it is, but for those in folders that are there to be written."""
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_size)
        for path in image.root.rglob("*")
        if not any(path.is_relative_to(folder) for folder in image.writable)
    }


def test_context_holds_what_the_wheel_is_made_of_and_nothing_else() -> None:
    files = sent(ROOT)

    assert {file.parts[0] for file in files} == MAY_GET_IN
    assert [file for file in files if "__pycache__" in file.parts or file.suffix == ".pyc"] == []


def test_image_holds_the_installed_package_and_two_folders_for_volumes(image: Stage) -> None:
    inside = {path.name for path in image.root.iterdir()} | {path.name for path in image.here("/opt").iterdir()}

    assert inside == {"authority", "data", "opt", "sendpulse-mock", "tmp"}


def test_image_holds_neither_pip_nor_what_it_was_built_with(image: Stage) -> None:
    [packages] = image.here("/opt/sendpulse-mock/lib").glob("python*/site-packages")

    assert [path.name for path in packages.iterdir() if re.match("pip|hatchling|setuptools|pytest", path.name)] == []
    assert [path.name for path in packages.iterdir() if path.name == "mock_server"] == ["mock_server"]


def test_what_is_added_to_the_base_image_is_as_large_as_the_page_says(image: Stage) -> None:
    said = re.search(r"about (\d+) MB", PAGE.read_text(encoding="utf-8"))

    assert megabytes(image.root) == pytest.approx(int(said[1]), rel=0.2)


def test_every_stage_begins_with_the_same_minor_version_of_python() -> None:
    bases = {value.split()[0] for instruction, value in steps_of(ROOT) if instruction == "FROM"}

    assert bases == {BASE}


def test_image_has_a_user_whose_number_is_known_and_not_roots(image: Stage) -> None:
    assert image.user == (10001, 10001)


def test_image_is_labelled_as_the_package_is(image: Stage) -> None:
    package = metadata("sendpulse-mock")

    assert image.labels["org.opencontainers.image.title"] == package["Name"]
    assert image.labels["org.opencontainers.image.licenses"] == package["License-Expression"]


def test_health_check_has_no_option_that_older_engines_refuse(image: Stage) -> None:
    assert image.health_options.keys() <= {"--interval", "--timeout", "--start-period", "--retries"}


def test_image_serves_other_machines_on_the_port_it_exposes(image: Stage) -> None:
    defaults = {option.default for command in (serve, health) for option in command.params if option.name == "port"}

    assert image.environ()["SENDPULSE_MOCK_HOST"] == "0.0.0.0"  # noqa: S104
    assert defaults == set(image.ports)


def test_everybody_may_read_what_is_in_it(image: Stage) -> None:
    closed = [
        path for path in image.here("/opt").rglob("*") if not path.is_symlink() and not path.stat().st_mode & 0o004
    ]

    assert closed == []


def test_it_is_well_as_soon_as_it_is_ready(container: Container) -> None:
    ended = container.check_health()

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.skipif(not CAN_CHANGE_USER, reason="only root becomes another user, with setpriv")
def test_it_runs_as_its_user(container: Container) -> None:
    assert Path(f"/proc/{container.process.pid}").stat().st_uid == 10001


def test_it_is_not_well_where_nobody_serves(image: Stage) -> None:
    ended = image.run(image.health, SENDPULSE_MOCK_PORT="1")

    assert ended.returncode == 1
    assert "no emulator answers on 127.0.0.1:1" in ended.stderr


def test_with_tls_and_an_admin_key_it_is_well_and_others_find_what_to_trust(image: Stage) -> None:
    with running(image, "serve", "--tls", "--admin-key", "some-key") as container:
        ended = container.check_health()
        bundle, key = image.here("/authority/stores/bundle.pem"), {"Authorization": "Bearer some-key"}
        said = requests.get(
            f"https://localhost:{container.port}/_mock/health", headers=key, verify=bundle, timeout=GRACE
        ).json()
        made = [image.here("/authority"), *image.here("/authority").rglob("*")]
        closed = [path.name for path in made if not path.stat().st_mode & 0o004]

        assert (ended.returncode, ended.stderr) == (0, "")
        assert said["status"] == "ok"
        assert closed == ["key-1.pem"]


@pytest.mark.parametrize("command", [(), ("serve", "--tls"), ("serve", "--database", "sqlite:////data/emulator.db")])
def test_sigterm_ends_it_in_time(image: Stage, command: tuple[str, ...]) -> None:
    moved = [word.replace("////", f"///{image.root}/") for word in command]
    with running(image, *moved) as container:
        container.process.send_signal(signal.SIGTERM)
        _, said = container.process.communicate(timeout=GRACE)

    assert container.process.returncode == 0, said


def test_it_writes_nothing_but_its_volumes(image: Stage) -> None:
    before = content(image)
    database = f"sqlite:///{image.here('/data/emulator.db')}"

    with running(image, "serve", "--tls", "--database", database) as container:
        container.check_health()
        written = [path.name for path in image.here("/data").iterdir()]
        container.process.terminate()
        container.process.communicate(timeout=GRACE)

    assert "emulator.db" in written
    assert content(image) == before


@pytest.mark.parametrize(
    "step",
    [
        "ADD . /source",
        "RUN apt-get update",
        "RUN pip install . | tee log",
        "FROM python:latest",
        "COPY tests /tests",
    ],
)
def test_step_that_is_not_known_here_is_not_left_out(step: str, tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("*\n")
    (tmp_path / "Dockerfile").write_text(f"FROM {BASE}\n{step}\n")

    with pytest.raises(UnknownStep, match=re.escape(step)):
        build(tmp_path, tmp_path / "built", tmp_path)


def why_there_is_no_engine() -> str:
    """Why the image cannot be built by an engine here; empty where it can."""
    if shutil.which("docker") is None:
        return "there is no docker"
    if docker("info").returncode:
        return "no container engine answers docker"
    if docker("image", "inspect", BASE).returncode:
        return f"the engine does not have {BASE} yet: docker pull it"
    return ""


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=SECONDS, check=False)


def said_by_docker(*arguments: str) -> str:
    ended = docker(*arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_engine_builds_it_and_runs_it_with_nothing_to_write_on() -> None:
    if reason := why_there_is_no_engine():
        pytest.skip(reason)
    name = f"sendpulse-mock-test-{uuid4().hex[:8]}"
    try:
        said_by_docker("build", "-t", name, str(ROOT))
        said_by_docker("run", "-d", "--name", name, "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", name)  # noqa: S108
        said_by_docker("exec", name, "sh", "-c", "until sendpulse-mock health; do :; done")
        assert said_by_docker("exec", name, "id", "-u") == "10001"
        said_by_docker("stop", name)
        assert said_by_docker("inspect", "--format", "{{.State.ExitCode}}", name) == "0"
    finally:
        docker("rm", "-f", name)
        docker("rmi", "-f", name)
