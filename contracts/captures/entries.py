"""The entries of a file in JSON or YAML, one at a time: no more than one is held as objects."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    import yaml

Entry = tuple[str, Any, int]
"""The name of the list, one of its items, and the line on which that begins."""

WITHIN: Final = "log"
"""The one object that is looked into: HAR has its list there."""

_BLANK: Final = re.compile(r"[ \t\n\r]*")


class Unreadable(ValueError):
    """A file is not what it should be. The message says why."""


class JSONEntries:
    """The items of the lists of certain names in a JSON text; a list that is the whole text has the name ``""``."""

    def __init__(self, text: str, names: Collection[str]) -> None:
        self._text = text
        self._names = names
        self._at = 0
        self._line = 1
        self._counted = 0
        self._decoder = json.JSONDecoder()
        self.has_list = False

    def __iter__(self) -> Iterator[Entry]:
        if self._peek() == "[":
            yield from self._items("")
        else:
            yield from self._lists()
        if self._peek():
            raise self._broken("the end of the file")

    def _lists(self) -> Iterator[Entry]:
        for name in self._members():
            if name == WITHIN and self._peek() == "{":
                yield from self._lists()
            elif name in self._names and self._peek() == "[":
                yield from self._items(name)
            else:
                self._value()

    def _members(self) -> Iterator[str]:
        """The keys of an object; whoever takes one takes the value too, before the next."""
        self._take("{")
        while self._peek() != "}":
            if self._peek() != '"':
                raise self._broken("a name in double quotes")
            name = self._value()
            self._take(":")
            yield name
            if not self._goes_on("}"):
                return
        self._take("}")

    def _items(self, name: str) -> Iterator[Entry]:
        self.has_list = True
        self._take("[")
        while self._peek() != "]":
            line = self._line_here()
            yield name, self._value(), line
            if not self._goes_on("]"):
                return
        self._take("]")

    def _goes_on(self, end: str) -> bool:
        """Whether a comma follows, and not the end, which is taken."""
        if self._peek() == ",":
            self._take(",")
            if self._peek() == end:
                raise self._broken("another value after the comma")
            return True
        self._take(end)
        return False

    def _value(self) -> Any:
        self._peek()
        try:
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise Unreadable(f"it is no JSON: {error.msg}, line {error.lineno} column {error.colno}") from None
        except ValueError as error:  # a number of thousands of digits
            raise Unreadable(f"it is no JSON: {error}, line {self._line_here()}") from None
        return value

    def _peek(self) -> str:
        blank = _BLANK.match(self._text, self._at)
        self._at = blank.end() if blank else self._at
        return self._text[self._at : self._at + 1]

    def _take(self, character: str) -> None:
        if self._peek() != character:
            raise self._broken(repr(character))
        self._at += 1

    def _broken(self, expected: str) -> Unreadable:
        return Unreadable(f"it is no JSON: expected {expected}, line {self._line_here()}")

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


class YAMLEntries:
    """The same in YAML. Tags of other languages are not obeyed: what they stand before is text, a list or a mapping."""

    def __init__(self, stream: TextIO, names: Collection[str]) -> None:
        self._stream = stream
        self._names = names
        self.has_list = False

    def __iter__(self) -> Iterator[Entry]:
        import yaml

        loader = _loader()(self._stream)
        try:
            yield from self._document(loader)
        except yaml.MarkedYAMLError as error:
            line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
            raise Unreadable(f"it is no YAML: {error.problem}{line}") from None
        except (yaml.YAMLError, ValueError) as error:  # a character that YAML forbids; 2020-02-31
            raise Unreadable(f"it is no YAML: {str(error).splitlines()[0]}") from None
        finally:
            loader.dispose()

    def _document(self, loader: Any) -> Iterator[Entry]:
        from yaml import DocumentStartEvent, SequenceStartEvent, StreamStartEvent

        for event in (StreamStartEvent, DocumentStartEvent):
            if loader.check_event(event):
                loader.get_event()
        if loader.check_event(SequenceStartEvent):
            yield from self._items(loader, "")
        else:
            yield from self._lists(loader)

    def _lists(self, loader: Any) -> Iterator[Entry]:
        from yaml import MappingEndEvent, MappingStartEvent, SequenceStartEvent

        if not loader.check_event(MappingStartEvent):
            return
        loader.get_event()
        while not loader.check_event(MappingEndEvent):
            name = loader.compose_node(None, None).value
            if name == WITHIN and loader.check_event(MappingStartEvent):
                yield from self._lists(loader)
            elif isinstance(name, str) and name in self._names and loader.check_event(SequenceStartEvent):
                yield from self._items(loader, name)
            else:
                loader.compose_node(None, None)
        loader.get_event()

    def _items(self, loader: Any, name: str) -> Iterator[Entry]:
        from yaml import SequenceEndEvent

        self.has_list = True
        loader.get_event()
        while not loader.check_event(SequenceEndEvent):
            node = loader.compose_node(None, None)
            yield name, loader.construct_document(node), node.start_mark.line + 1
        loader.get_event()


def _loader() -> Any:
    """A loader of safe values that composes one node at a time; with libyaml where that is there."""
    import yaml
    from yaml.composer import Composer
    from yaml.constructor import SafeConstructor
    from yaml.resolver import Resolver

    parser: Any = getattr(yaml.cyaml, "CParser", None) if yaml.__with_libyaml__ else None
    bases = (Composer, parser, SafeConstructor, Resolver) if parser else (yaml.SafeLoader,)

    def start(self: Any, stream: TextIO) -> None:
        if not parser:
            yaml.SafeLoader.__init__(self, stream)
            return
        parser.__init__(self, stream)
        for base in (Composer, SafeConstructor, Resolver):
            base.__init__(self)

    loader: Any = type("Loader", bases, {"__init__": start, "flatten_mapping": _leave_merges})
    loader.add_multi_constructor("", _plainly)
    loader.add_constructor("!binary", lambda self, node: b64decode(self.construct_scalar(node)))
    return loader


def _leave_merges(_: Any, __: yaml.MappingNode) -> None:
    """A merge of merges grows without end, and no cassette needs one: ``<<`` is a name like others."""


def _plainly(loader: Any, _: str, node: yaml.Node) -> Any:
    """What a tag of another language, which is not obeyed, stands before."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)
