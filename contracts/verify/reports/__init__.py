"""Reports in every format, each a function from a `Report` to text. Nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from contracts.verify.findings import Report
from contracts.verify.reports.document import document
from contracts.verify.reports.github import github
from contracts.verify.reports.junit import junit
from contracts.verify.reports.page import page
from contracts.verify.reports.terminal import plain_text

FORMATS: Final[Mapping[str, Callable[[Report], str]]] = {
    "text": plain_text,
    "json": document,
    "junit": junit,
    "html": page,
    "github": github,
}
"""The formats by the names that users give them."""
