"""The run against a server that is not ours: Prism, which answers out of an OpenAPI document.

What it finds there are the known limits of Prism, told apart by their kind; anything else would be false. Prism serves
the document that we export and, where a folder of the vendor's documents lies beside the checkout, one of those.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

import mock_server
from contracts.catalogue import catalogue
from contracts.export import write

ROOT = Path(mock_server.__file__).parent.parent
BESIDE = (
    os.environ.get("VENDOR_OPENAPI", "no-folder"),
    ROOT.parent / "vendor-openapi",
    ROOT.parent / "shared/vendor-openapi",
)
VENDORS = next((Path(folder) for folder in BESIDE if Path(folder).is_dir()), None)

pytestmark = pytest.mark.skipif(shutil.which("prism") is None, reason="there is no Prism: npm i @stoplight/prism-cli")

Finding = dict[str, Any]

LIMITS: dict[str, Callable[[Finding], bool]] = {
    "it makes up texts without looking at their pattern": lambda one: (
        one["kind"] == "answer.schema" and re.search(r"(format|anyOf|enum)$", one["place"]) is not None
    ),
    "it keeps nothing, so nothing is missing, taken or gone": lambda one: (
        one["kind"] in {"refusal.missing", "effect.missing"}
    ),
    "it answers the first example of a status, whatever was wrong": lambda one: one["kind"] == "refusal.other",
    "it serves no documents": lambda one: one["about"].startswith("documents."),
}
"""What Prism cannot do, and how a finding shows that."""


@contextmanager
def prism(document: Path) -> Iterator[str]:
    """Prism serving a document; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["prism", "mock", str(document), "--port", str(port), "--host", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        assert any("is listening" in line for line in iter(process.stdout.readline, "")), "Prism did not start"
        threading.Thread(target=process.stdout.read, daemon=True).start()  # or it would wait for a reader of its log
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.communicate()


def verified(url: str, folder: Path, *options: str) -> dict[str, Any]:
    """The report of a run against a server."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SENDPULSE_")}
    report = folder / "report.json"
    command = [sys.executable, "-m", "mock_server", "verify", "--url", url, "--ledgers", str(folder / "runs")]
    ended = subprocess.run(
        [*command, "--report", f"json={report}", *options],
        env=environment | {"SENDPULSE_API_KEY": "prism-takes-any", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stderr
    return json.loads(report.read_text())


def unexplained(report: dict[str, Any], limits: dict[str, Callable[[Finding], bool]]) -> list[Finding]:
    findings = [one for one in report["findings"] if one["severity"] != "note"]
    return [one for one in findings if not any(shows(one) for shows in limits.values())]


def test_what_is_found_are_the_known_limits_of_prism(tmp_path):
    write(catalogue(), tmp_path)

    with prism(tmp_path / "openapi" / "index.yaml") as url:
        report = verified(url, tmp_path)

    assert unexplained(report, LIMITS) == []
    assert (report["facts"]["done"], report["facts"]["skipped"]) == (report["facts"]["tasks"], 0)


def mended(document: Path, folder: Path) -> Path:
    """A copy of a document without references that lead nowhere, on which Prism does not start."""
    text = document.read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    for part, name in re.findall(r"#/components/(\w+)/(\w+)", text):
        content.setdefault("components", {}).setdefault(part, {}).setdefault(name, {})
    copy = folder / document.name
    copy.write_text(yaml.safe_dump(content), encoding="utf-8")
    return copy


@pytest.mark.skipif(VENDORS is None, reason="no folder vendor-openapi lies beside the checkout")
def test_the_vendors_document_is_served_and_every_operation_of_it_asked(tmp_path):
    with prism(mended(VENDORS / "bulk-email.yml", tmp_path)) as url:
        report = verified(url, tmp_path, "--service", "email")

    kinds = {one["kind"] for one in report["findings"] if one["severity"] != "note"}
    assert kinds <= {"answer.schema", "answer.media_type", "refusal.missing", "refusal.other"}
    assert report["facts"]["done"] + report["facts"]["skipped"] == report["facts"]["tasks"]


def test_a_writing_run_ends_clean_where_nothing_is_kept(tmp_path):
    write(catalogue(), tmp_path)

    with prism(tmp_path / "openapi" / "index.yaml") as url:
        report = verified(url, tmp_path, "--allow-writes", "--effect", "write", "--operation", "email.webhooks.*")

    assert unexplained(report, LIMITS) == []
    assert report["facts"]["left behind"] == "nothing"
