"""What is read at once: laid out where there is a terminal, one finding a line where there is none."""

from __future__ import annotations

import pytest
from report_samples import EMPTY, LOST, MIXED, NASTY, NOTED, hostile

from contracts.verify.reports import FORMATS
from contracts.verify.reports.terminal import Line, Tone, laid_out

plain = FORMATS["text"]


def test_in_a_pipe_a_finding_is_a_line_and_the_verdict_the_last():
    lines = plain(MIXED).splitlines()

    assert lines[0] == "error email.mailing_lists.get: *.id: There is no id."
    assert [line.split()[0] for line in lines if not line.startswith(" ")][:4] == [
        "error",
        "warning",
        "note",
        "accepted",
    ]
    assert lines[-1] == "verify, the emulator in process: 1 error, 1 warning, 1 note (1 accepted)"


def test_in_a_pipe_details_stand_below_their_finding():
    lines = plain(MIXED).splitlines()

    assert lines[1:5] == [
        "    expected: an integer",
        "    seen: null",
        "    evidence: observed (a Go client, 2021)",
        "    in: vendor/bulk-email.yml:120",
    ]


def test_a_script_to_reproduce_stays_in_its_lines():
    lines = plain(MIXED).splitlines()

    assert lines[5].lstrip() == "reproduce with: curl https://api.example.com/addressbooks/1 \\"
    assert lines[6].strip() == "-H 'Authorization: Bearer …'"


def test_in_a_terminal_the_verdict_comes_first():
    assert next(laid_out(MIXED, 80)) == Line("1 error, 1 warning, 1 note (1 accepted)", Tone.ERROR)
    assert next(laid_out(NOTED, 80)) == Line("Good, with 1 note", Tone.GOOD)
    assert next(laid_out(EMPTY, 80)) == Line("Good", Tone.GOOD)


def test_in_a_terminal_numbers_are_a_table():
    texts = [line.text for line in laid_out(MIXED, 80)]

    assert texts[3:5] == ["calls   120", "limits  off"]


def test_each_severity_has_its_tone():
    tones = {line.text: line.tone for line in laid_out(MIXED, 80)}

    assert tones["email.mailing_lists.get: *.id"] is Tone.ERROR
    assert tones["email.campaigns.list"] is Tone.WARNING
    assert tones["account.get: phone"] is Tone.NOTE


@pytest.mark.parametrize("width", [0, 40, 60, 120])
def test_sentences_are_wrapped_to_the_terminal(width):
    long = hostile("word " * 60)

    lines = [line for line in laid_out(long, width) if line.text.startswith("  ")]

    assert max(len(line.text) for line in lines) <= max(width, 40)


@pytest.mark.parametrize("text", NASTY)
def test_no_text_steers_the_terminal(text):
    written = plain(hostile(text)) + "\n".join(line.text for line in laid_out(hostile(text), 80))

    assert written.encode()
    assert not any(ord(character) < 32 and character != "\n" for character in written)
    assert not {"\x85", "\u202e"} & set(written)


def test_what_a_target_answers_starts_no_line_of_its_own():
    lines = plain(hostile("a\n::error::b")).splitlines()

    assert not [line for line in lines if line.startswith("::")]


def test_nothing_of_a_finding_is_left_out():
    for written in (plain(MIXED), "\n".join(line.text for line in laid_out(MIXED, 200))):
        assert LOST.fingerprint in written
        assert str(LOST.evidence) in written
        assert LOST.kind in written
