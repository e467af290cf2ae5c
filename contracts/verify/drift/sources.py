"""The documents in a folder, parsed as YAML 1.2 or JSON, each mapping with the line on which it begins."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

SUFFIXES: Final = (".yaml", ".yml", ".json")
_VERSION: Final = re.compile(r"3\.\d+(\.\d+)?")


class Unreadable(ValueError):
    """A document is broken: which, where in it, and what is wrong."""

    def __init__(self, file: str, place: str, problem: str) -> None:
        super().__init__(f"{file}: {place}: {problem}" if place else f"{file}: {problem}")


class Mapping(dict[str, Any]):
    """A mapping of a document, and the line it begins on; None where the format does not tell."""

    line: int | None = None


@dataclass(frozen=True)
class Source:
    """A file, by its path below the folder, and what it holds."""

    name: str
    content: Any

    @property
    def is_openapi(self) -> bool:
        """Whether it is a document of its own, and not a part that others refer to."""
        return isinstance(self.content, Mapping) and bool(self.content.keys() & {"openapi", "swagger", "paths"})


def read_folder(folder: Path) -> list[Source]:
    """Every document in `folder`, by name. ValueError tells all that are broken, OSError what cannot be read."""
    files = [path for path in sorted(folder.rglob("*")) if path.suffix in SUFFIXES and path.is_file()]
    return parse((path.relative_to(folder).as_posix(), path.read_bytes()) for path in files)


def parse(files: Iterable[tuple[str, bytes]]) -> list[Source]:
    """The same for files that are at hand by name."""
    sources, broken = [], []
    for name, content in files:
        try:
            source = Source(name, _parsed(name, content))
            _check_version(source)
            sources.append(source)
        except Unreadable as problem:
            broken.append(str(problem))
    if broken:
        raise ValueError("\n".join(broken))
    return sources


def _check_version(source: Source) -> None:
    if not source.is_openapi:
        return
    version = source.content.get("openapi", source.content.get("swagger", "none"))
    if not _VERSION.fullmatch(str(version)):
        raise Unreadable(source.name, "openapi", f"the version is {version}; OpenAPI 3.0 and 3.1 can be read")


def _parsed(name: str, content: bytes) -> Any:
    try:
        text = content.decode("utf-8-sig")
        return json.loads(text, object_hook=Mapping) if name.endswith(".json") else yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except UnicodeDecodeError as error:
        raise Unreadable(name, f"byte {error.start}", "this is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(name, f"line {error.lineno}", error.msg) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(name, f"line {mark.line + 1}" if mark else "", error.problem or "this is no YAML") from None
    except yaml.YAMLError as error:
        raise Unreadable(name, "", " ".join(str(error).split())) from None
    except RecursionError:
        raise Unreadable(name, "", "it is nested too deeply") from None


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast, where libyaml is there


class _Loader(_Base):  # type: ignore[misc]
    """YAML as OpenAPI means it: no dates, no octal numbers, and ``no`` is a word."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way


_SCALARS: Final = {
    "null": (r"~|null|Null|NULL|", "~nN\0"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?(0|[1-9][0-9]{0,300})", "-+0123456789"),
    "merge": (r"<<", "<"),
    "float": (r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,3})?", "-+.0123456789"),
}
"""What is no text, by the core schema of YAML 1.2, and the characters it may begin with."""

for _tag, (_pattern, _first) in _SCALARS.items():
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), [first.strip("\0") for first in _first]
    )


def _mapping(loader: Any, node: yaml.MappingNode) -> Iterator[Mapping]:
    mapping = Mapping()
    mapping.line = node.start_mark.line + 1
    yield mapping
    loader.flatten_mapping(node)
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key is no text", key.start_mark)
        mapping[key.value] = loader.construct_object(value)


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
