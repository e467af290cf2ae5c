"""Pages of lists, as the SMTP service is asked for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

Row = TypeVar("Row")

MOST: Final = 100
"""Rows of a page: no more are given, and none fewer where nothing is asked for, or 0 as the vendor's SDKs do.

The vendor's Python SDK says so of mails, and bounces tell it themselves. Unverified: that it is a rule for all.
"""


def limit_of(query: Mapping[str, Any]) -> int:
    """How many rows are asked for."""
    return min(query["limit"] or MOST, MOST)


def page_of(rows: Iterable[Row], query: Mapping[str, Any]) -> list[Row]:
    """The rows that are asked for."""
    return [*rows][query["offset"] :][: limit_of(query)]
