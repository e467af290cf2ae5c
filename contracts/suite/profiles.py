"""Hypothesis profiles. Registered by our own tests and by the verification run only: users keep theirs."""

from hypothesis import HealthCheck, settings

DEV, CI, LIVE = "sendpulse-dev", "sendpulse-ci", "sendpulse-live"


def register_profiles() -> None:
    """Make the profiles known to Hypothesis."""
    tolerated = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    unhurried = settings(deadline=None, suppress_health_check=tolerated)
    repeatable = settings(unhurried, derandomize=True, database=None, print_blob=True)
    settings.register_profile(DEV, unhurried, max_examples=5, stateful_step_count=15)
    settings.register_profile(CI, repeatable, max_examples=10, stateful_step_count=30)
    settings.register_profile(LIVE, repeatable, max_examples=3, stateful_step_count=10)
