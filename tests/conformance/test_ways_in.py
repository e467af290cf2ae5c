"""Whichever way a call comes in, the same happens: a part of the suite, through each, leads to the same journals.

`python -m bench.ways` does so with all of it.
"""

from __future__ import annotations

import pytest

from bench.ways import WAYS, directly, few_examples, journals_by, some

CHOSEN = some(every=100)


@pytest.fixture(scope="module")
def direct():
    with few_examples(1):
        return journals_by(directly, CHOSEN)


def test_the_part_is_a_sample_of_every_check(direct):
    assert len(CHOSEN) >= 30
    assert len({exam.check for exam in CHOSEN}) >= 20
    assert sum(len(journal["entries"]) for journal in direct) > 1000


@pytest.mark.parametrize("way", WAYS)
def test_journals_are_the_same_by_every_way_in(way, direct):
    with few_examples(1):
        journals = journals_by(WAYS[way], CHOSEN)

    assert journals == direct
