"""The registry of codes, and the refusals that draw on it."""

from __future__ import annotations

import pytest

from contracts.codes import CODES, FURTHER, TABLE
from contracts.evidence import Grade, inferred
from contracts.refusals import refusal

VENDOR_TABLE = [
    *(8, 10, 11, 13, 14, 17, 19, 20, 21, 97),
    *(201, 203, 211, 213),
    *(303, 400, 502, 602),
    *(701, 703, 704, 707, 711, 720, 721, 722, 791, 799),
    *(800, 802),
    *(901, 902, 903, 904, 905, 906),
    *(1003, 1004, 1005, 1101, 1104),
    2020202020,
]


def test_vendor_table_is_whole():
    assert len(TABLE) == 42
    assert list(TABLE) == VENDOR_TABLE
    assert {code.evidence.grade for code in TABLE.values()} == {Grade.DOCUMENTED}


def test_further_codes_repeat_none_of_the_table():
    assert not TABLE.keys() & FURTHER.keys()


@pytest.mark.parametrize("number", CODES)
def test_code_stands_under_its_own_number_with_words_and_a_client_error(number):
    code = CODES[number]

    assert code.number == number
    assert code.message == code.message.strip() != ""
    assert 400 <= code.status < 500


def test_refusal_speaks_with_the_registry_unless_its_context_has_other_words():
    plain = refusal("book.not_found", 213, inferred("a test"))
    own = refusal("book.not_found", 213, inferred("a test"), status=422, message="Book not found")

    assert (plain.status, plain.message) == (404, "Mailing list not found")
    assert (own.status, own.message) == (422, "Book not found")
