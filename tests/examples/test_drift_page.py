"""The commands of the page on drift, run where they expect to be: beside documents in which one bound changed."""

from __future__ import annotations

import shlex
import sys
import tomllib

import pytest

from contracts.catalogue import catalogue
from contracts.export import documents
from contracts.verify.acceptances import read
from mock_server import MockServer, cli
from tests.examples.pages import ROOT, blocks
from tests.examples.test_pages import SERVED

PAGE = ROOT / "docs" / "howto" / "drift.md"
COMMANDS = [block.removesuffix("\n") for _, block in blocks(PAGE, "sh")]


@pytest.fixture
def vendor(tmp_path, monkeypatch):
    """A folder of documents in the working directory. The limit of mailing lists is 50 in them."""
    folder = tmp_path / "vendor"
    folder.mkdir()
    before, found, after = documents(catalogue())["email.yaml"].partition("operationId: email.mailing_lists.list\n")
    text = before + found + after.replace("maximum: 100", "maximum: 50", 1)
    (folder / "email.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.parametrize(("number", "code"), list(enumerate([1, 0, 0, 0])), ids=["compare", "fetch", "only", "accept"])
def test_command_does_what_the_page_says(vendor, monkeypatch, number, code):
    with MockServer().live() as sendpulse:
        arguments = shlex.split(COMMANDS[number].replace(SERVED, sendpulse.base_url))
        monkeypatch.setattr(sys, "argv", arguments)
        with pytest.raises(SystemExit) as ended:
            cli.main()

    assert (ended.value.code or 0) == code


def test_accept_list_is_what_the_command_writes(vendor, monkeypatch):
    [(_, shown)] = blocks(PAGE, "toml")
    monkeypatch.setattr(sys, "argv", shlex.split(COMMANDS[-1]))

    with pytest.raises(SystemExit):
        cli.main()

    written = (vendor.parent / "drift-accepted.toml").read_text("utf-8")
    assert tomllib.loads(written) == tomllib.loads(shown)
    assert read(shown, "the page")
