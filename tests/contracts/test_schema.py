"""The formats and the vocabulary of declarations."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.schema import FORMATS, PATTERNS, integer, is_email, is_filled, nullable, obj, one_of, string, when
from contracts.validation import reference_validator, validator

is_moment, is_day = FORMATS["date-time-local"], FORMATS["date-only"]
NEAR_MOMENTS = st.from_regex(r"\d{3,4}-[0-3]\d-[0-3]\d( [0-2]\d:[0-6]\d:[0-6]\d)?", fullmatch=True)


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.com",
        "ada.lovelace+news@mail.example.co.uk",
        "o'brien_{x}@example.org",
        "1@2.example",
        f"{'a' * 64}@example.com",
        "ada@xn--80ak6aa92e.com",
    ],
)
def test_address_is_accepted(address):
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@@example.com",
        "ada@exam ple.com",
        ".ada@example.com",
        "ada.@example.com",
        "a..da@example.com",
        "ada@-example.com",
        "ada@example-.com",
        "ada@example..com",
        "ada@example.com\n",
        " ada@example.com",
        "ада@example.com",
        '"ada lovelace"@example.com',
        f"{'a' * 65}@example.com",
        f"ada@{'a' * 64}.com",
        f"ada@{'a.' * 126}com",
    ],
)
def test_text_that_is_no_address_is_refused(address):
    assert not is_email(address)


@given(st.emails())
def test_generated_addresses_are_accepted(address):
    assert is_email(address)


@given(st.text() | st.emails().map(lambda address: f"{address} "))
def test_accepted_address_is_short_ascii_around_its_last_at_sign(text):
    local_part, at, domain = text.rpartition("@")

    if is_email(text):
        assert text.isascii()
        assert len(text) <= 254
        assert (at, " " in text, "." in domain) == ("@", False, True)
        assert 1 <= len(local_part) <= 64


@given(st.text(alphabet=st.sampled_from(" \t\n\u00a0\u2003xй0")))
def test_filled_text_holds_something_besides_white_space(text):
    assert is_filled(text) == any(not character.isspace() for character in text)


@given(st.datetimes())
def test_every_moment_and_day_of_the_calendar_is_accepted(moment):
    day = moment.date().isoformat()

    assert is_day(day)
    assert is_moment(f"{day} {moment.time().isoformat('seconds')}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-31",
        "2026-01-31T12:00:00",
        "2026-01-31 12:00",
        "2026-01-31 24:00:00",
        "2026-01-31 12:60:00",
        "2026-13-01 12:00:00",
        "2026-01-32 12:00:00",
        "2026-1-31 12:00:00",
        "2026-01-31 12:00:00\n",
        "٢٠٢٦-01-31 12:00:00",
    ],
)
def test_text_that_is_no_moment_is_refused(text):
    assert not is_moment(text)


@pytest.mark.parametrize("text", ["", "31.01.2026", "2026-00-10", "2026-01-00", "2026-01-31 12:00:00", "٢٠٢٦-01-31"])
def test_text_that_is_no_day_is_refused(text):
    assert not is_day(text)


@pytest.mark.parametrize("means", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize("value", [None, 5, True, [], {}])
def test_formats_leave_other_types_to_type(means, value):
    assert means(value)


@pytest.mark.parametrize("name", PATTERNS)
@given(text=st.text(max_size=3) | NEAR_MOMENTS)
def test_published_pattern_means_what_the_format_means(name, text):
    assert (re.search(PATTERNS[name], text) is not None) == FORMATS[name](text)


@pytest.mark.parametrize("compiled", [validator, reference_validator])
def test_vocabulary_means_what_it_says(compiled):
    schema = obj({"kind": one_of("a", "b")}, size=integer(min=1, max=3), note=nullable(string)) | when(
        "size", requires="note"
    )
    keeps = compiled(schema).is_valid

    assert keeps({"kind": "a"})
    assert keeps({"kind": "b", "size": 3, "note": None, "more": 1})
    assert not keeps({})
    assert not keeps({"kind": "c"})
    assert not keeps({"kind": "a", "size": 4, "note": "x"})
    assert not keeps({"kind": "a", "size": 1})
    assert not keeps({"kind": "a", "note": 5})


@given(text=st.text(alphabet="Aa+=\n\v\xa0", max_size=9))
def test_published_pattern_of_base64_means_what_the_format_means(text):
    assert (re.search(PATTERNS["base64"], text) is not None) == FORMATS["base64"](text)
