"""Paths and queries as the API reads them."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

QueryValue = str | float | bool | Sequence[str | int] | None
Query = Mapping[str, QueryValue]


def path_of(*segments: str | int) -> str:
    """The path made of these segments, each of them wholly percent-encoded.

    Raises ValueError for a segment that no path can carry: an empty one would name the whole collection, a dot or two
    another place in the tree.
    """
    for segment in segments:
        if segment in {"", ".", ".."}:
            raise ValueError(f"{segment!r} can't be a part of the path {segments!r}: give a name, an address or an id")
    return "".join("/" + quote(str(segment), safe="") for segment in segments)


def query_string(query: Query) -> str:
    """`?…`, or nothing; None is left out, a truth value is 1 or 0, a sequence is repeated as `name[]`.

    1 and 0: the vendor's framework takes only these for truth values in a query.
    """
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None:
            continue
        if isinstance(value, bool):
            pairs.append((name, str(int(value))))
        elif isinstance(value, str | int | float):
            pairs.append((name, str(value)))
        else:
            pairs += [(f"{name}[]", str(item)) for item in value]
    return "?" + urlencode(pairs) if pairs else ""
