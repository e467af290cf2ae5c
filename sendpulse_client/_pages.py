"""Walking through what the API answers in pages."""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import TypeVar

T = TypeVar("T")

PAGE_SIZE = 100  # the most the vendor gives at once


def items(page_at: Callable[[int, int], Sequence[T]]) -> Iterator[T]:
    """Every item of `page_at(limit, offset)`, fetched page by page as they are needed, up to a short or empty page.

    What others add or remove meanwhile shifts the pages: an item may be missed or come twice.
    """
    for offset in count(0, PAGE_SIZE):
        page = page_at(PAGE_SIZE, offset)
        yield from page
        if len(page) < PAGE_SIZE:
            return
