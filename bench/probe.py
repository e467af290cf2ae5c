"""Whether the probe of the limiter names a hidden algorithm: `python -m bench.probe`.

Twenty times an emulator is served on a port, its algorithm drawn by lot, and probed over a socket in real time.
"""

from __future__ import annotations

from random import Random
from time import monotonic, sleep

from contracts.services import oauth
from contracts.strategies import case_of
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.targets import SocketTarget
from contracts.verify.probes.asked import PROBES
from contracts.verify.probes.probing import Asker, Probing
from contracts.verify.probes.running import Allowance, observe
from contracts.verify.runs import Run
from mock_server import MockServer
from mock_server.core.throttle import ALGORITHM_NAMES

CHOICES = 20


class Visitor:
    """Who asks, with a token from the start."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self.target = SocketTarget(url)
        credentials = {"client_id": client_id, "client_secret": client_secret}
        case = case_of(oauth.issue_token, grant_type="client_credentials", **credentials)
        told = self.target.send(request_of(case, Encoding.JSON)).json()
        self.authorization = f"Bearer {told['access_token']}"


def main() -> None:
    dice, right = Random(CHOICES), 0
    for _ in range(CHOICES):
        hidden = dice.choice(ALGORITHM_NAMES)
        began = monotonic()
        seen, calls = probed(hidden)
        right += seen == hidden
        print(f"{hidden:<15} {seen:<15} {calls:3} calls {monotonic() - began:5.1f} s", flush=True)
    print(f"{right} of {CHOICES} named")


def probed(hidden: str) -> tuple[str, int]:
    """What the probe says of an algorithm that it does not know, and after how many calls."""
    with MockServer(limits=hidden).live() as sendpulse:
        visitor: Asker = Visitor(sendpulse.base_url, sendpulse.client_id, sendpulse.client_secret)
        run = Run("bench")
        begin = lambda probe: Probing(visitor, probe.calls, run, sleep, monotonic)  # noqa: E731
        seen = next(observe([PROBES["limiter"]], begin, Allowance(exceeding=True)))
    return (seen.position or seen.why).replace("_", "-"), seen.calls


if __name__ == "__main__":
    main()
