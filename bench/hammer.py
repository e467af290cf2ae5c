"""Hammer one account for seconds of real time and let the journal's own instants tell what the limiter let through.

    python bench/hammer.py [--seconds 5] [--algorithm sliding-window]

First ten threads of one client process, then four processes of three threads each, as fast as they can; then ten
threads that share one paced client of ours. Prints for each how many requests were admitted and refused, the most in
any half-open second, and the rate after the first burst. Exits with 1 where the sliding window let through more than
ten or held back more than it had to, or where the paced client was refused.
"""

from __future__ import annotations

import argparse
import http.client
import subprocess
import sys
import threading
from bisect import bisect_left
from time import monotonic
from urllib.parse import urlsplit

from mock_server.app import make_emulator
from mock_server.emulator import Emulator
from mock_server.serving.live import LiveServer
from sendpulse_client import Client

SECOND = 1_000_000
PACED = "ten threads, paced"


def shoot(url: str, key: str, until: float) -> None:
    """Send one request after the other on one connection."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=5)
    while monotonic() < until:
        connection.request("GET", "/addressbooks", headers={"Authorization": f"Bearer {key}"})
        connection.getresponse().read()
    connection.close()


def shoot_from_threads(url: str, key: str, seconds: float, threads: int) -> None:
    until = monotonic() + seconds
    shooters = [threading.Thread(target=shoot, args=(url, key, until)) for _ in range(threads)]
    for shooter in shooters:
        shooter.start()
    for shooter in shooters:
        shooter.join()


def shoot_from_processes(url: str, key: str, seconds: float, processes: int) -> None:
    command = [sys.executable, __file__, "--seconds", str(seconds), "--url", url, "--key", key]
    shooters = [subprocess.Popen(command) for _ in range(processes)]
    for shooter in shooters:
        shooter.wait(timeout=seconds + 30)


def shoot_paced(url: str, key: str, seconds: float, threads: int) -> None:
    with Client(api_key=key, base_url=url) as client:
        until = monotonic() + seconds

        def call() -> None:
            while monotonic() < until:
                client.email.mailing_lists.list()

        callers = [threading.Thread(target=call) for _ in range(threads)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()


def most_in_a_second(instants: list[int]) -> int:
    """The most instants that lie in any half-open window of one second."""
    return max(bisect_left(instants, start + SECOND) - index for index, start in enumerate(instants))


def report(name: str, emulator: Emulator, client_id: str, algorithm: str) -> bool:
    """Print what the journal tells; false if it tells of a broken promise."""
    account = emulator.world.account(client_id)
    assert account is not None
    with account.lock:
        entries = list(account.journal)
    admitted = [entry.at for entry in entries if entry.status == 200]
    refused = len(entries) + account.journal.dropped - len(admitted)
    span = (admitted[-1] - admitted[0]) / SECOND
    burst = 1 if name == PACED else 10
    rate, most = (len(admitted) - burst) / span, most_in_a_second(admitted)
    print(
        f"{name:24} {len(admitted):4} admitted, {refused:6} refused; {most} at most in a second; "
        f"{rate:.2f} a second after the first {burst}, over {span:.2f} s"
    )
    if name == PACED:
        return refused == 0
    return algorithm != "sliding-window" or (most <= 10 and rate >= 9.5)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--algorithm", default="sliding-window")
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--key", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.url:
        shoot_from_threads(asked.url, asked.key, asked.seconds, 3)
        return 0
    emulator = make_emulator(limits=asked.algorithm)
    kept = True
    with LiveServer(emulator) as server:
        for name, shooters, count in (
            ("ten threads", shoot_from_threads, 10),
            ("four client processes", shoot_from_processes, 4),
            (PACED, shoot_paced, 10),
        ):
            account = emulator.world.make_account()
            shooters(server.url, emulator.world.make_api_key(account), asked.seconds, count)
            kept &= report(name, emulator, account.client_id, asked.algorithm)
    emulator.close()
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
