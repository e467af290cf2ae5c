"""Templates of mails: the account's own, kept as rows, and the service's, which come as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from contracts.services.email.templates import ME, SENDPULSE
from mock_server.core.clock import Instant
from mock_server.core.store import Store, entity


@entity("email.template", unique=[("name",)], indexes=[("slug",)])
class Template:
    """A template of the account's own; `body` is HTML, `created` an instant.

    `is_structure` marks those made in the block editor, `is_rendering` those that are not ready yet.
    """

    id: int
    name: str
    body: str
    lang: str
    created: int
    slug: str = ""
    is_structure: bool = False
    is_rendering: bool = False


UNCATEGORISED: Final[Mapping[str, Any]] = {
    "id": 0,
    "name": "",
    "meta_description": "",
    "full_description": "",
    "code": "",
    "sort": 0,
}

_LARGEST_ID: Final = 18
"""Digits of an id that could be one."""

_FILE: Final = Path(__file__).with_name("system_templates.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A template: `id_text` is its hash if it is the service's, else its number; `body` is HTML."""

    id_text: str
    real_id: int
    owner: str
    name: str
    slug: str
    lang: str
    created: Instant
    body: str
    meta_description: str = ""
    full_description: str | None = None
    category: Mapping[str, Any] = field(default_factory=lambda: UNCATEGORISED)
    tags: Mapping[str, str] = field(default_factory=dict)
    mark: str | None = None
    mark_count: int | None = None
    is_structure: bool = False
    is_rendering: bool = False


def design_of(template: Template) -> Design:
    """A template of the account's own."""
    return Design(
        id_text=str(template.id),
        real_id=template.id,
        owner=ME,
        name=template.name,
        slug=template.slug,
        lang=template.lang,
        created=template.created,
        body=template.body,
        is_structure=template.is_structure,
        is_rendering=template.is_rendering,
    )


@cache
def designs_of_the_service() -> tuple[Design, ...]:
    """The templates that every account is offered: of our own invention, read when they are first asked for."""
    return tuple(Design(owner=SENDPULSE, **row) for row in json.loads(_FILE.read_text(encoding="utf-8")))


def find_template(store: Store, reference: int | str) -> Design | None:
    """The template with this number or hash: the account's own, else the service's. It may still be rendering."""
    return own_design(store, str(reference)) or service_design(str(reference))


def own_design(store: Store, reference: str) -> Design | None:
    """The account's own template with that number."""
    is_number = reference.isascii() and reference.isdigit() and len(reference) <= _LARGEST_ID
    template = store[Template].get(int(reference)) if is_number else None
    return design_of(template) if template else None


def service_design(reference: str) -> Design | None:
    """The service's template with that hash or number."""
    named = (design for design in designs_of_the_service() if reference in {design.id_text, str(design.real_id)})
    return next(named, None)
