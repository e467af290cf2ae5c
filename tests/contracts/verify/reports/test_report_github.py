"""GitHub's commands: one a finding, escaped as its runner takes them apart again."""

from __future__ import annotations

import re

import pytest
from report_samples import EMPTY, MIXED, NASTY, hostile

from contracts.verify.reports import FORMATS

github = FORMATS["github"]


def taken_apart(line):
    """What the runner makes of a command: its name, its properties, its message."""
    name, properties, message = re.fullmatch(r"::(\w+) ([^\n]*?)::([^\n]*)", line).groups()
    named = dict(one.split("=", 1) for one in properties.split(","))
    return name, {key: unescaped(value) for key, value in named.items()}, unescaped(message)


def unescaped(text):
    for escape, character in {"%3A": ":", "%2C": ",", "%0D": "\r", "%0A": "\n", "%25": "%"}.items():
        text = text.replace(escape, character)
    return text


def test_a_finding_is_a_command_with_file_line_and_title():
    name, properties, message = taken_apart(github(MIXED).splitlines()[0])

    assert name == "error"
    assert properties == {
        "file": "vendor/bulk-email.yml",
        "line": "120",
        "title": "answer.schema: email.mailing_lists.get: *.id",
    }
    assert message.startswith("There is no id.\nexpected: an integer\nseen: null\n")


def test_severities_are_those_of_github():
    assert [taken_apart(line)[0] for line in github(MIXED).splitlines()] == ["error", "warning", "notice"]


def test_a_finding_without_a_file_names_none():
    _, properties, _ = taken_apart(github(MIXED).splitlines()[1])

    assert properties == {"title": "answer.time: email.campaigns.list"}


def test_nothing_found_says_nothing():
    assert github(EMPTY) == ""


@pytest.mark.parametrize("text", NASTY)
def test_no_text_starts_a_command_or_ends_one(text):
    written = github(hostile(text)).encode().decode()

    lines = written.split("\n")[:-1]
    told = [taken_apart(line) for line in lines]
    assert [name for name, _, _ in told] == ["error", "notice"]
    assert all(properties.keys() == {"file", "line", "title"} for _, properties, _ in told)


def test_percent_signs_survive():
    _, _, message = taken_apart(github(hostile("100%25 of a,b:c")).splitlines()[0])

    assert message.startswith("100%25 of a,b:c\n")
