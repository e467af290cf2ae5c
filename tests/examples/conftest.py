"""Every example with an account is held to the rules of conduct: what the pages show is copied."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

EXCUSED: Final = {
    "test_request_is_repeated_after_a_pause": "its pauses are counted, and nobody waits",
    "test_script_is_met_step_by_step": "it calls as the faults it shows demand",
    "test_client_that_logs_in_for_every_call_is_found": "it shows what is found",
    "test_client_that_repeats_everything_is_found": "it shows what is found",
    "test_limits_can_be_off": "it shows that nothing is refused",
}
"""Examples that are no application's, and why."""


@pytest.fixture
def sendpulse_config(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    return {"conduct": request.node.name not in EXCUSED}
