"""Templates of mails: the account's own, and those that the service brings."""

from __future__ import annotations

import re
from base64 import b64encode
from itertools import count
from typing import Final

from contracts.decoding import decode_base64_text
from contracts.envelopes import Json
from contracts.services.email import templates as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.core.clock import local_time
from mock_server.core.store import Store
from mock_server.mailing.templates import (
    Design,
    Template,
    design_of,
    designs_of_the_service,
    own_design,
    service_design,
)

OK: Final = {"result": True}

UKRAINIAN: Final = "ua"
"""What the vendor takes for Ukrainian. It is kept so, and shown as ``uk``: a typed client insists on ISO 639-1.

Unverified: what the vendor shows.
"""

ENGLISH: Final = "en"
"""The language of a template that was made without one. Unverified."""

_PREVIEW: Final = "https://templates.sendpulse.example/{}"


@serves(api.create)
def create(call: Call) -> Json:
    templates = call.store[Template]
    name = call.body.get("name", "").strip() or _unused_name(call.store)
    if templates.find(name=name) is not None:
        refuse(api.NAME_TAKEN)
    made = templates.add(
        name=name,
        slug=_slug_of(call.store, name),
        body=decode_base64_text(call.body["body"]),
        lang=call.body.get("lang", ENGLISH),
        created=call.now,
    )
    return {"result": True, "real_id": made.id}


@serves(api.update)
def update(call: Call) -> Json:
    template = call.found[Template]
    if template.is_structure:
        refuse(api.BLOCK_EDITOR)
    body, lang = decode_base64_text(call.body["body"]), call.body.get("lang", template.lang)
    call.store[Template].change(template, body=body, lang=lang)
    return OK


@serves(api.get)
def get(call: Call) -> Json:
    reference = call.path["template_id"]
    return _whole(call, own_design(call.store, reference) if _are_own(call) else service_design(reference))


@serves(api.get_by_slug)
def get_by_slug(call: Call) -> Json:
    slug = call.path["name_slug"]
    if _are_own(call):
        own = call.store[Template].find(slug=slug)
        return _whole(call, design_of(own) if own else None)
    return _whole(call, next((design for design in designs_of_the_service() if design.slug == slug), None))


@serves(api.list)
def list(call: Call) -> Json:
    limit, offset = call.query["limit"], call.query["offset"]
    if not _are_own(call):
        return [_shown(call, design) for design in designs_of_the_service()[offset : offset + limit]]
    # Unverified: what makes a template active. Here those are left out that are still rendering.
    wanted = {"is_rendering": False} if call.query.get("only_active", False) else {}
    return [_shown(call, design_of(own)) for own in call.store[Template].page(limit, offset, **wanted)]


def _are_own(call: Call) -> bool:
    return bool(call.query["owner"] == api.ME)


def _unused_name(store: Store) -> str:
    """A name for a template that was given none. Unverified: how the vendor calls it."""
    templates = store[Template]
    names = (f"Template {number}" for number in count(templates.last_id + 1))
    return next(name for name in names if templates.find(name=name) is None)


def _slug_of(store: Store, name: str) -> str:
    """What a name is in a path. Unverified: the vendor's rule; empty for a name without Latin letters and digits."""
    templates = store[Template]
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{slug}-{templates.last_id + 1}" if slug and templates.find(slug=slug) else slug


def _whole(call: Call, design: Design | None) -> Json:
    """A template with its body. Unverified: ``lang`` chooses nothing, since each template has one language here."""
    if design is None:
        refuse(api.NO_SUCH_TEMPLATE)
    if design.is_rendering:
        refuse(api.STILL_RENDERING)
    return _shown(call, design) | {"body": b64encode(design.body.encode()).decode()}


def _shown(call: Call, design: Design) -> Json:
    return {
        "id": design.id_text,
        "real_id": design.real_id,
        "name": design.name,
        "name_slug": design.slug,
        "lang": "uk" if design.lang == UKRAINIAN else design.lang,
        "meta_description": design.meta_description,
        "full_description": design.full_description,
        "category": design.category["name"],
        "category_info": design.category,
        "tags": design.tags,
        "mark": design.mark,
        "mark_count": design.mark_count,
        "owner": design.owner,
        "created": local_time(design.created, call.settings.time_zone),
        "preview": _PREVIEW.format(design.id_text),
        # The vendor's name, and the one that a typed client reads.
        "is_structure": design.is_structure,
        "is_structured": design.is_structure,
    }
