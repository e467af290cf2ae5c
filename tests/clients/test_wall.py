"""Clients from the package registries, unmodified, through `exec`: all that is public of them, held to their walls.

With `SENDPULSE_MOCK_THROUGH=proxy` they come by the other way, and do the same.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from walls import BADLY, WORKS, Call, Wall, walls

from tests.clients.runs import Run, differences

RUNS = {"drive.py": [sys.executable], "drive.js": ["node"], "drive.sh": ["sh"]}
"""What runs a driver, by its name."""


def driver_of(wall: Wall) -> list[str]:
    [name] = (name for name in RUNS if (wall.folder / name).exists())
    return [*RUNS[name], str(wall.folder / name)]


NEEDS = {
    "curl": (["curl", "--version"], "install curl"),
    "sendpulse-api": (
        ["node", "--eval", "require('sendpulse-api')"],
        "let NODE_PATH name the folder that has it",
    ),
}
"""What shows that a client is here, and what to do otherwise; the others come with the extra `dev`."""


def require(wall: Wall) -> None:
    """Skip where the machine lacks the client."""
    if wall.client not in NEEDS:
        return
    command, remedy = NEEDS[wall.client]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip(f"{wall.client} is not here: {remedy}")


@pytest.mark.parametrize("wall", walls(), ids=lambda wall: wall.client)
def test_all_that_is_public_of_a_client_does_as_its_wall_says(
    wall: Wall, through_exec: Callable[[list[str]], Run]
) -> None:
    require(wall)

    run = through_exec(driver_of(wall))

    assert differences(wall, run) == []


# The judge

HEALTH = Call("health", WORKS, ("oauth.issue_token",), {"ok": True})
CRASH = Call("crash", BADLY, (), raises="TypeError", because="It divides by nought.")
MAIL = {"to": "ada@example.com"}
WALL = Wall("client", "1.0", "somewhere", "For tests.", [MAIL], (HEALTH, CRASH))
ABOUT = {"version": "1.0", "surface": ["crash", "health"]}
WELL, ILL = {"call": "health", "answer": {"ok": True, "more": 1}}, {"call": "crash", "raises": "TypeError"}


def told(*lines: object, operations: tuple[str | None, ...] = ("oauth.issue_token",), to: str = MAIL["to"]) -> Run:
    return Run(list(lines), [{"operation": operation} for operation in operations], [{"to": to, "subject": "News"}])


def test_run_that_is_as_its_wall_says_has_no_differences() -> None:
    assert differences(WALL, told(ABOUT, WELL, ILL)) == []


@pytest.mark.parametrize(
    ("run", "difference"),
    [
        (told(ABOUT | {"version": "1.1"}, WELL, ILL), "version 1.1"),
        (told(ABOUT | {"surface": ["crash", "health", "news"]}, WELL, ILL), "news is public"),
        (told(ABOUT, WELL, ILL, {"call": "news", "answer": {}}), "news was called 1 times"),
        (told(ABOUT, WELL), "crash was called 0 times"),
        (told(ABOUT, WELL | {"answer": {"ok": False}}, ILL), "health gave"),
        (told(ABOUT, WELL | {"answer": {"ok": 1}}, ILL), "health gave"),
        (told(ABOUT, WELL, {"call": "crash", "answer": {}}), "crash gave"),
        (told(ABOUT, WELL, ILL | {"raises": "OSError"}), "crash gave"),
        (told(ABOUT, WELL, ILL, operations=()), "health was to call oauth.issue_token"),
        (told(ABOUT, WELL, ILL, operations=(None,)), "saw ['not built'] instead"),
        (told(ABOUT, WELL, ILL, operations=("oauth.issue_token",) * 2), "more than the wall tells of"),
        (told(ABOUT, WELL, ILL, to="eve@example.com"), "the outbox has"),
    ],
)
def test_run_that_is_not_as_its_wall_says_is_found(run: Run, difference: str) -> None:
    [found] = differences(WALL, run)

    assert difference in found


def test_list_that_is_longer_than_its_wall_says_is_found() -> None:
    lists = replace(HEALTH, answer=[{"id": 1}])
    run = told(ABOUT, {"call": "health", "answer": [{"id": 1}, {"id": 2}]}, ILL)

    assert len(differences(replace(WALL, calls=(lists, CRASH)), run)) == 1
