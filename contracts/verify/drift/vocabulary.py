"""What a document tells at all.

The vendor's documents tell of hardly any field of an answer that it is always there. That one more is not told so means
nothing then; it does in a document that tells it of others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contracts.verify.drift.descriptions import Description
from contracts.verify.drift.differences import keyword_of
from contracts.verify.drift.shapes import Shape

Word = tuple[str, str]
"""A part of request or answer, and a keyword that is used there."""


def vocabulary(descriptions: Iterable[Description]) -> frozenset[Word]:
    """The keywords that are used in any of the descriptions, by part: ``("query", "maximum")``."""
    return frozenset(word for description in descriptions for word in _words(description))


def _words(description: Description) -> Iterator[Word]:
    parts = {**description.arguments, **({"answer": description.answer} if description.answer else {})}
    for part, shape in parts.items():
        for keyword in _keywords(shape, set()):
            yield part, keyword


def _keywords(shape: Shape, seen: set[int]) -> Iterator[str]:
    if id(shape) in seen:
        return
    seen.add(id(shape))
    yield from shape.bounds
    if shape.types:
        yield "type"
    if shape.enum is not None:
        yield keyword_of(shape)
    if shape.required:
        yield "presence"
    if shape.fields:
        yield "fields"
    for inner in shape.fields.values():
        yield from _keywords(inner, seen)
