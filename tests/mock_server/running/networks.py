"""Networks to run `exec` in: one with no way out and a canary for a name server, one that allows no namespaces.

Run as a script: ``networks.py no-way-out COMMAND…`` or ``networks.py none-within COMMAND…``.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from mock_server.running import namespaces, netlink
from mock_server.running.resolving import question_in

PATIENCE = 60


def no_way_out(command: list[str]) -> int:
    """Run a command where nothing but loopback is, and tell on standard output which names were asked for."""
    namespaces.enter()
    netlink.bring_loopback_up()
    namespaces.put_over({Path("/etc/resolv.conf"): "nameserver 127.0.0.1\n"})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as canary:
        canary.bind(("127.0.0.1", netlink.DNS_PORT))
        threading.Thread(target=_sing, args=(canary,), daemon=True).start()
        return subprocess.run(command, timeout=PATIENCE, check=False).returncode


def none_within(command: list[str]) -> int:
    """Run a command where nobody may have a network of their own."""
    namespaces.become_ones_own_user()
    Path("/proc/sys/user/max_net_namespaces").write_text("0")
    return subprocess.run(command, timeout=PATIENCE, check=False).returncode


def _sing(canary: socket.socket) -> None:
    while True:
        asked, whom = canary.recvfrom(512)
        question = question_in(asked)
        sys.stdout.write(f"asked for {question.name if question else 'nothing'}\n")
        sys.stdout.flush()
        no_such_name = bytes([0x81, 0x83])
        canary.sendto(asked[:2] + no_such_name + asked[4:], whom)


if __name__ == "__main__":
    os.environ.pop("LANG", None)
    run = {"no-way-out": no_way_out, "none-within": none_within}[sys.argv[1]]
    sys.exit(run(sys.argv[2:]))
