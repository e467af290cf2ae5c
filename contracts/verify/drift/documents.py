"""What the vendor's OpenAPI documents say of their operations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from referencing import Registry, Specification
from referencing.exceptions import Unresolvable

from contracts.verify.drift.descriptions import PARAMETER, Description, Refused, refused, route
from contracts.verify.drift.shapes import ANYTHING, OBJECT, Follow, Schema, Shape, shape_of
from contracts.verify.drift.sources import Mapping, Source, Unreadable

METHODS: Final = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_BASE: Final = "file:///"
_NOTHING: Final = Mapping()
_MOST_HOPS: Final = 50


@dataclass(frozen=True)
class Entry:
    """An operation as it stands in a document, not yet described."""

    document: Document
    method: str
    path: str
    item: Mapping
    operation: Mapping

    @property
    def route(self) -> tuple[str, str]:
        return route(self.method, self.path)

    @property
    def name(self) -> str:
        """What it is called as long as our contracts have no name for it: ``GET /carts/{}``."""
        return " ".join(self.route)

    @property
    def label(self) -> str:
        """The vendor's operation id, which our own documents call so."""
        return str(self.operation.get("x-vendor-operation-id") or self.operation.get("operationId") or "")


class Document:
    """An OpenAPI document among those of its folder."""

    def __init__(self, source: Source, registry: Registry[Any]) -> None:
        self.name = source.name
        self._content = source.content
        self.follow = self._follower(registry.resolver(_BASE + quote(source.name)))

    def _follower(self, resolver: Any) -> Follow:
        def follow(reference: str) -> tuple[Schema, Follow]:
            try:
                found = resolver.lookup(reference)
            except (Unresolvable, ValueError):  # no such file, no such place; no number where an array stands
                raise Unreadable(self.name, f"$ref {reference!r}", "it leads nowhere in this folder") from None
            return found.contents, self._follower(found.resolver)

        return follow

    @property
    def title(self) -> str:
        """What the vendor calls it, or else the name of its file."""
        return str(self.part(self._content, "info", "info").get("title") or self.name)

    def entries(self) -> Iterator[Entry]:
        """Its operations, each with the path that its server puts before its own."""
        paths = self.part(self._content, "paths", "paths")
        for path in paths:
            item = self.part(paths, path, f"paths.{path}")
            for method in METHODS:
                if method in item:
                    operation = self.part(item, method, f"paths.{path}.{method}")
                    yield Entry(self, method.upper(), self._prefix(item, operation) + path, item, operation)

    def _prefix(self, *innermost_last: Mapping) -> str:
        for level in (*reversed(innermost_last), self._content):
            match level.get("servers"):
                case [{"url": str(url)}, *_]:
                    return urlsplit(url).path.rstrip("/")
        return ""

    def part(self, whole: Mapping, name: str, place: str) -> Mapping:
        """The mapping `name` of `whole`, references followed; empty where there is none. `Unreadable` if it is else."""
        part = whole.get(name)
        return _NOTHING if part is None else self.resolved(part, place)

    def resolved(self, part: object, place: str) -> Mapping:
        """The mapping that `part` is, or refers to."""
        follow = self.follow
        for _ in range(_MOST_HOPS):
            if not isinstance(part, Mapping):
                raise Unreadable(self.name, place, f"there is {_shortened(part)} where a mapping belongs")
            if not isinstance(reference := part.get("$ref"), str):
                return part
            part, follow = follow(reference)
        raise Unreadable(self.name, place, "it refers to itself")


def documents(sources: Iterable[Source]) -> list[Document]:
    """The OpenAPI documents among `sources`; all of them may be referred to."""
    known = list(sources)
    resources = [(_BASE + quote(source.name), Specification.OPAQUE.create_resource(source.content)) for source in known]
    registry: Registry[Any] = Registry().with_resources(resources)
    return [Document(source, registry) for source in known if source.is_openapi]


def described(entry: Entry) -> Description:
    """What a document says of one of its operations."""
    try:
        return _Describer(entry).description()
    except RecursionError:
        place = f"{entry.method} {entry.path}"
        raise Unreadable(entry.document.name, place, "its schemas are nested too deeply") from None


class _Describer:
    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._document = entry.document
        self._place = f"{entry.method} {entry.path}"

    def description(self) -> Description:
        responses = dict(self._responses())
        success = min((status for status in responses if status < 400), default=None)
        return Description(
            method=self._entry.method,
            path=self._entry.path,
            label=self._entry.label,
            arguments={"path": self._path(), "query": self._query(), **self._body()},
            answer=None if success is None else self._shape_in(responses[success], "responses"),
            statuses=frozenset(responses),
            refusals=tuple(self._refusals(responses)),
            file=self._document.name,
            line=self._entry.operation.line,
        )

    def _parameters(self, where: str) -> dict[str, Mapping]:
        """Those that stand in one part of a request, by name; the operation's own win over the path's."""
        found = {}
        for level in (self._entry.item, self._entry.operation):
            for part in _list(level.get("parameters")):
                parameter = self._document.resolved(part, f"{self._place}: parameters")
                if parameter.get("in") == where:
                    found[str(parameter.get("name", "")).removesuffix("[]")] = parameter
        return found

    def _path(self) -> Shape:
        parameters = self._parameters("path")
        names = PARAMETER.findall(self._entry.path)
        shapes = {str(number): self._of_parameter(parameters.get(name)) for number, name in enumerate(names, 1)}
        return Shape(OBJECT, properties=shapes)

    def _query(self) -> Shape:
        parameters = self._parameters("query")
        needed = frozenset(name for name, parameter in parameters.items() if parameter.get("required") is True)
        shapes = {name: self._of_parameter(parameter) for name, parameter in parameters.items()}
        return Shape(OBJECT, properties=shapes, required=needed)

    def _of_parameter(self, parameter: Mapping | None) -> Shape:
        if parameter is None:
            return ANYTHING
        if "content" in parameter:
            return self._shape_in(parameter, "parameters") or ANYTHING
        return shape_of(parameter.get("schema") or _NOTHING, self._document.follow)

    def _body(self) -> dict[str, Shape]:
        if "requestBody" not in self._entry.operation:
            return {}
        request = self._document.part(self._entry.operation, "requestBody", f"{self._place}: requestBody")
        return {"body": self._shape_in(request, "requestBody") or ANYTHING}

    def _shape_in(self, holder: Mapping, place: str) -> Shape | None:
        """The shape of the content, JSON if there is a choice; None where no word is said of it."""
        media = self._media(holder, place)
        schema = media.get("schema")
        return None if schema is None else shape_of(schema, self._document.follow)

    def _media(self, holder: Mapping, place: str) -> Mapping:
        content = self._document.part(holder, "content", f"{self._place}: {place}.content")
        kind = min(content, key=lambda name: "json" not in name, default=None)
        return _NOTHING if kind is None else self._document.part(content, kind, f"{self._place}: {place}.{kind}")

    def _responses(self) -> Iterator[tuple[int, Mapping]]:
        """The responses of a status each; ``default`` and ``4XX`` say too little."""
        responses = self._document.part(self._entry.operation, "responses", f"{self._place}: responses")
        for status in responses:
            if status.isdecimal():
                yield int(status), self._document.part(responses, status, f"{self._place}: responses.{status}")

    def _refusals(self, responses: dict[int, Mapping]) -> Iterator[Refused]:
        for status, response in responses.items():
            place = f"responses.{status}"
            if status >= 400:
                media = self._media(response, place)
                examples = self._document.part(media, "examples", f"{self._place}: {place}.examples")
                for key in examples:
                    example = self._document.part(examples, key, f"{self._place}: {place}.examples.{key}")
                    yield from refused(key, status, example.get("value"), line=example.line)
                yield from refused("", status, media.get("example"), line=media.line)


def _list(part: object) -> list[object]:
    return part if isinstance(part, list) else []


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
