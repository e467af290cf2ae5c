"""Libraries are patched if the process imports them, whenever that is, and are never imported by us."""

from __future__ import annotations

import subprocess
import sys

import pytest

APP = """
import sys
from mock_server.serving.intercept import Interception

def app(environ, start_response):
    start_response("200 OK", [("Content-Length", "8")])
    return [b"emulator"]

ours = Interception(app)
"""
BY_HTTPX = 'import httpx; print(httpx.get("https://api.sendpulse.com").text)'
BY_AIOHTTP = """
import asyncio, aiohttp

async def call():
    async with aiohttp.request("GET", "https://api.sendpulse.com") as answer:
        print(await answer.text())

asyncio.run(call())
"""


def printed(program: str) -> list[str]:
    """What a program prints, in a process of its own."""
    command = [sys.executable, "-W", "error", "-c", APP + program]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()


@pytest.mark.parametrize("call", [BY_HTTPX, BY_AIOHTTP], ids=["httpx", "aiohttp"])
def test_a_library_imported_while_it_is_on_is_caught(call):
    assert printed("ours.start()" + "\n" + call + "\nours.stop()") == ["emulator"]


def test_nothing_is_imported_for_the_sake_of_being_caught():
    asked = "ours.start(); print(*(name in sys.modules for name in ('httpx', 'aiohttp', 'aioresponses', 'anyio')))"

    assert printed(asked) == ["False"] * 4


def test_imports_are_followed_only_while_it_is_on():
    program = """
before = [*sys.meta_path]
ours.start()
print(len(sys.meta_path) - len(before))
ours.stop()
print(sys.meta_path == before)
import httpx
print(httpx.HTTPTransport.handle_request.__module__, httpx.__spec__.loader.__class__.__name__)
ours.start()
print(sys.modules["httpx"].HTTPTransport.handle_request.__wrapped__.__module__)
ours.stop()
print(httpx.HTTPTransport.handle_request.__module__)
"""

    own = "httpx._transports.default"
    assert printed(program) == ["1", "True", own, "SourceFileLoader", own, own]


def test_a_library_that_is_missing_stays_missing():
    program = """
sys.modules["aiohttp"] = None
ours.start()
try:
    import aiohttp
except ModuleNotFoundError as missing:
    print("missing")
ours.stop()
"""

    assert printed(program) == ["missing"]
