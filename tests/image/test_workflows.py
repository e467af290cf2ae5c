"""GitHub's workflows on the page: valid, and what they start and call is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from containers import running
from layers import PAGE, SECONDS, Stage

from mock_server.cli import commands
from mock_server.cli.serve import serve

WORKFLOWS = [
    block
    for block in re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if "runs-on" in block
]


def jobs() -> list[dict[str, Any]]:
    return [job for block in WORKFLOWS for job in yaml.safe_load(block)["jobs"].values()]


def services() -> list[dict[str, Any]]:
    return [service for job in jobs() for service in job.get("services", {}).values()]


@pytest.mark.parametrize("workflow", WORKFLOWS)
def test_workflow_is_valid(workflow: str, tmp_path: Path) -> None:
    file = tmp_path / "workflow.yaml"
    file.write_text(workflow, encoding="utf-8")
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(file)]

    ended = subprocess.run(check, capture_output=True, text=True, timeout=SECONDS, check=False)

    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("service", services())
def test_service_is_told_what_the_image_understands(service: dict[str, Any], image: Stage) -> None:
    variables = {option.envvar for option in serve.params}
    [port] = image.ports

    assert service["env"].keys() <= variables
    assert [mapping.partition(":")[2] for mapping in service["ports"]] == [str(port)]


@pytest.mark.parametrize("service", services())
def test_service_becomes_well_without_a_command(service: dict[str, Any], image: Stage) -> None:
    with running(image, **service["env"]) as container:
        ended = container.check_health()

    assert (ended.returncode, ended.stderr) == (0, "")


def test_steps_call_commands_that_are_there() -> None:
    steps = [step.get("run", "") for job in jobs() for step in job["steps"]]

    called = {name for step in steps for name in re.findall(r"^sendpulse-mock (\S+)", step)}

    assert called
    assert called <= commands.commands.keys()
