"""A writing run that is killed leaves nothing once it is cleaned up: 3 seeded kills of the 50 of `bench.kills`."""

from __future__ import annotations

import signal
from random import Random

import pytest

from bench.kills import LONGEST, killed

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process cannot be killed without a word here")

MOMENTS = {"before a call acts": lambda _: 0.0, "some time after it": lambda random: random.uniform(0.001, LONGEST)}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("operations", ["email.webhooks.*", "email.blacklist.*"])
def test_a_killed_run_leaves_nothing_once_it_is_cleaned_up(tmp_path, operations, moment):
    random = Random(f"{operations} {moment}")
    kills = [(random.randint(4, 14), MOMENTS[moment](random)), (2, MOMENTS[moment](random))]

    outcome = killed(tmp_path, kills, "--effect", "write", "--operation", operations)

    assert (outcome.left, outcome.code) == (0, 0)
    assert outcome.most_in_a_second <= 10
    assert outcome.is_good
