"""Pages of lists, as the SMTP service is asked for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

Row = TypeVar("Row")

USUAL: Final = 100
"""Rows of a page where no number is asked for, or 0 as the vendor's SDKs do. Unverified."""


def limit_of(query: Mapping[str, Any]) -> int:
    """How many rows are asked for."""
    limit: int = query["limit"]
    return limit or USUAL


def page_of(rows: Iterable[Row], query: Mapping[str, Any]) -> list[Row]:
    """The rows that are asked for."""
    return [*rows][query["offset"] :][: limit_of(query)]
