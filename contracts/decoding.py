"""What clients send, turned into plain Python data: query strings, bodies, encoded field values, base64.

The vendor's service is PHP, so the rules here are PHP's. Work grows in step with the size of the input, whatever the
input is, and every result can be written back as JSON.
"""

import binascii
import math
import re
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson

NESTING_LIMIT = 100
"""Levels of arrays in one value. PHP reads 512, but orjson writes 254, and decoded fields sit inside other values."""

FORM_NESTING_LIMIT = 64
"""Brackets in one form field's name: PHP's own default (`max_input_nesting_level`)."""

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


class Undecodable(ValueError):
    """The text is not what it claims, or seems, to be. The message says why, with the offending piece shortened."""


def decode_query(query: str) -> dict[str, Any]:
    """Return the arguments of a raw query string, as it stands on the request line after the `?`.

    Never raises: a byte that is no UTF-8 becomes a replacement character, a percent sign without digits stays.
    One official SDK sends its arguments as a single JSON blob. Unverified: the service ignores it.
    """
    if not query or unquote(query[:3])[:1] in {"{", "["}:
        return {}
    return _read_form(query.encode("utf-8", "surrogatepass"))


def decode_body(content_type: str, body: bytes) -> Any:
    """Return what a request's body holds: a dict, or the list or scalar of a JSON body that is one.

    An empty body and the body `[]`, PHP's empty array, are both `{}`. JSON is also known by its first byte, because
    clients send it with no type or with the form type their HTTP library fills in (Unverified: the service reads the
    latter); forms come without a type on DELETE.

    Raises:
        Undecodable: the body is neither, or not what its type says.
    """
    if not body:
        return {}
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == _MULTIPART:
        return _read_multipart(content_type, body)
    if media_type.endswith(("/json", "+json")) or _starts_as_json(body):
        value = _read_json(body)
        return {} if value == [] else value
    if media_type == _FORM or (media_type in {"", "text/plain"} and b"=" in body):
        return _read_form(body)
    raise Undecodable(f"The body is neither JSON nor a form (content type {content_type[:80]!r}): {_shortened(body)}")


def decode_field(value: str) -> Any:
    """Return the list or dict that a field's string stands for: JSON, else PHP-serialised.

    Raises:
        Undecodable: the string is neither, or a PHP length differs from the string's length in UTF-8 bytes.
    """
    data = value.encode("utf-8", "surrogatepass")
    if _starts_as_json(data):
        return _read_json(data)
    if data.startswith(b"a:"):
        return _read_php(data)
    raise Undecodable(f"The value is neither JSON nor a PHP-serialised array: {_shortened(data)}")


def decode_base64(value: str) -> bytes:
    """Return the bytes of a base64 text: standard alphabet, padded; Ruby breaks its lines at 60 columns.

    Raises:
        Undecodable: another character, or wrong padding. Unverified: PHP overlooks both unless it is told to be strict.
    """
    try:
        return binascii.a2b_base64(value.translate(_NO_BLANKS), strict_mode=True)
    except ValueError as error:
        raise Undecodable(f"The value is not base64 ({error}): {_shortened(value)}") from None


_NO_BLANKS = str.maketrans("", "", " \t\r\n\f\v")


def decode_base64_text(value: str) -> str:
    """Return the text that a base64 text stands for. Raises `Undecodable` as `decode_base64` does.

    Bytes that are no UTF-8 become replacement characters. Unverified: what the service makes of them.
    """
    return decode_base64(value).decode("utf-8", "replace")


def _starts_as_json(data: bytes) -> bool:
    return data.lstrip()[:1] in {b"{", b"["}


def _shortened(piece: bytes | str) -> str:
    text = piece[:40].decode(errors="replace") if isinstance(piece, bytes) else piece[:40]
    return repr(text) + ("..." if len(piece) > 40 else "")


def _read_json(data: bytes) -> Any:
    """Read JSON as strictly as PHP does: no byte order mark, no lone surrogate, no NaN.

    Integers beyond 64 bits become floats, as in PHP. A number beyond any float is refused: PHP reads it as infinite,
    which nothing can write back as JSON.
    """
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Undecodable(f"The text is not JSON ({error}): {_shortened(data)}") from None
    if data.count(b"[") + data.count(b"{") > NESTING_LIMIT and _depth(value) > NESTING_LIMIT:
        raise Undecodable(f"The JSON is nested deeper than {NESTING_LIMIT} levels: {_shortened(data)}")
    return value


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while arrays := [node for node in level if isinstance(node, (dict, list))]:
        depth += 1
        level = [child for array in arrays for child in (array.values() if isinstance(array, dict) else array)]
    return depth


def _read_form(data: bytes) -> dict[str, Any]:
    return _nest(parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True))


def _read_multipart(content_type: str, body: bytes) -> dict[str, Any]:
    """Read the fields, in their order. Unverified: files are left out, as PHP keeps them apart from the fields."""
    from werkzeug.formparser import FormDataParser
    from werkzeug.http import parse_options_header

    as_pairs: Any = list  # where its own mapping would put all values of a name together: `a[]` and `a[1]` take turns
    parser = FormDataParser(stream_factory=lambda *_, **__: BytesIO(), cls=as_pairs, silent=False)
    try:
        _, pairs, _ = parser.parse(BytesIO(body), _MULTIPART, len(body), parse_options_header(content_type)[1])
    except ValueError as error:
        raise Undecodable(f"The body is not multipart/form-data ({error}): {_shortened(body)}") from None
    fields: Any = pairs
    return _nest(fields)


_INDEX = re.compile(r"0|[1-9][0-9]{0,17}")


# By hand, because qs-codec 1.6 copies the whole list for each item it adds (10,000 items take seconds), fills the gaps
# of a sparse one, and combines `a=1&a[b]=2` where PHP lets the later win.
class _PhpArray(dict[str, Any]):
    """An array being filled from bracketed names."""

    next_index = 0

    def key_for(self, bracketed: str) -> str:
        """Return the key that the text between two brackets means; none means the index after the greatest so far."""
        if not bracketed:
            index = self.next_index
        elif _INDEX.fullmatch(bracketed):
            index = int(bracketed)
        else:
            return bracketed
        self.next_index = max(self.next_index, index + 1)
        return str(index)


_BRACKETED_NAME = re.compile(rf"([^\[]+)((?:\[[^\[\]]*\]){{1,{FORM_NESTING_LIMIT}}})")


def _nest(fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Put `name[]` and `name[0][email]` where they belong; of two values in one place the later wins.

    A name whose brackets do not match, or that nests too deep, stays a plain name.
    """
    arguments: dict[str, Any] = {}
    for name, value in fields:
        if not name:
            continue
        bracketed = _BRACKETED_NAME.fullmatch(name) if "[" in name else None
        if not bracketed:
            arguments[name] = value
            continue
        array, key = arguments, bracketed[1]
        for inner in bracketed[2][1:-1].split("]["):
            if not isinstance(array.get(key), _PhpArray):
                array[key] = _PhpArray()
            array = array[key]
            key = array.key_for(inner)
        array[key] = value
    return {name: _without_php_arrays(value) for name, value in arguments.items()}


def _without_php_arrays(value: Any) -> Any:
    if not isinstance(value, _PhpArray):
        return value
    return _list_or_dict({key: _without_php_arrays(item) for key, item in value.items()})


def _list_or_dict(array: dict[str, Any]) -> list[Any] | dict[str, Any]:
    """PHP has one kind of array; as JSON it is a list when its keys are 0, 1, 2... in order."""
    if all(key == str(index) for index, key in enumerate(array)):
        return list(array.values())
    return array


# By hand, because phpserialize 1.3 accepts negative lengths, `1_0`, NaN and trailing text, hides broken UTF-8 in lone
# surrogates, and overflows the stack on nested arrays. Objects and references are no token here, so they are refused.
_PHP_TOKEN = re.compile(
    rb"""
      (?P<null> N) ;
    | b: (?P<bool> [01]) ;
    | i: (?P<int> [+-]?[0-9]{1,19}) ;
    | d: (?P<float> [+-]? (?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+) (?:[eE][+-]?[0-9]+)?) ;
    | s: (?P<string> [0-9]{1,10}) :"
    | a: (?P<array> [0-9]{1,10}) :\{
    """,
    re.VERBOSE,
)


def _read_php(data: bytes) -> Any:
    value, end = _read_php_value(data, 0, 0)
    if end < len(data):
        raise Undecodable(f"The PHP-serialised value ends before this text: {_shortened(data[end:])}")
    return value


def _read_php_value(data: bytes, start: int, depth: int) -> tuple[Any, int]:
    """Read the value that starts there; return it with the position after it."""
    token = _PHP_TOKEN.match(data, start)
    if not token:
        raise Undecodable(f"No PHP-serialised value at byte {start}: {_shortened(data[start : start + 41])}")
    kind = token.lastgroup or ""
    text = token[kind]
    match kind:
        case "array":
            return _read_php_array(data, token.end(), int(text), depth + 1)
        case "string":
            return _read_php_string(data, token.end(), int(text))
        case "bool":
            return text == b"1", token.end()
        case "int" if -(2**63) <= int(text) < 2**63:
            return int(text), token.end()
        case "float" if math.isfinite(float(text)):
            return float(text), token.end()
        case "null":
            return None, token.end()
    raise Undecodable(f"The PHP-serialised number at byte {start} is out of range: {_shortened(text)}")


def _read_php_array(data: bytes, at: int, count: int, depth: int) -> tuple[list[Any] | dict[str, Any], int]:
    if depth > NESTING_LIMIT:
        raise Undecodable(f"The PHP arrays are nested deeper than {NESTING_LIMIT} levels: {_shortened(data)}")
    array: dict[str, Any] = {}
    for _ in range(count):
        if data[at : at + 1] not in {b"i", b"s"}:
            raise Undecodable(f"No key of a PHP array of {count} at byte {at}: {_shortened(data[at : at + 41])}")
        key, at = _read_php_value(data, at, depth)
        array[str(key)], at = _read_php_value(data, at, depth)
    if data[at : at + 1] != b"}":
        raise Undecodable(f"A PHP array of {count} does not end at byte {at}: {_shortened(data[at : at + 41])}")
    return _list_or_dict(array), at + 1


def _read_php_string(data: bytes, start: int, length: int) -> tuple[str, int]:
    end = start + length
    if data[end : end + 2] != b'";':
        raise Undecodable(f"A PHP string of {length} bytes does not end there: {_shortened(data[start : start + 41])}")
    try:
        return data[start:end].decode(), end + 2
    except UnicodeDecodeError as error:
        raise Undecodable(f"A PHP string is not UTF-8 ({error.reason}): {_shortened(data[start:end])}") from None
