"""Clock, sleep and chance: the client's only door to them, so that a test may bring its own."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Where the client takes its time and its chance from; seconds everywhere.

    `random` answers a number from 0 up to, not including, 1.
    """

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
