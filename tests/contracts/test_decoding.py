"""What clients send is read as the vendor's PHP would read it, and nothing they send can break the reader."""

import json
from urllib.parse import quote, urlencode

import orjson
import phpserialize
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3 import encode_multipart_formdata

from contracts.decoding import (
    FORM_NESTING_LIMIT,
    NESTING_LIMIT,
    Undecodable,
    decode_base64,
    decode_body,
    decode_field,
    decode_query,
)

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"

NAMES = {
    "limit=10&offset=20": {"limit": "10", "offset": "20"},
    "a=1&a=2": {"a": "2"},
    "a": {"a": ""},
    "=1": {},
    "name=Ada+Lovelace&email=ada%2Bnews%40example.com": {"name": "Ada Lovelace", "email": "ada+news@example.com"},
    "actions[]=open&actions[]=click": {"actions": ["open", "click"]},
    "actions%5B%5D=open": {"actions": ["open"]},
    "emails[0][email]=a&emails[0][vars][x]=1&emails[1][email]=b": {
        "emails": [{"email": "a", "vars": {"x": "1"}}, {"email": "b"}]
    },
    "a[][x]=1&a[][x]=2": {"a": [{"x": "1"}, {"x": "2"}]},
    "a[7]=x&a[]=y": {"a": {"7": "x", "8": "y"}},
    "a[7]=x&a[0]=y&a[]=z": {"a": {"7": "x", "0": "y", "8": "z"}},
    "a[1]=x&a[0]=y": {"a": {"1": "x", "0": "y"}},
    "a[00]=x": {"a": {"00": "x"}},
    "a[999999999]=x": {"a": {"999999999": "x"}},
    f"a[{'9' * 5000}]=x": {"a": {"9" * 5000: "x"}},
    "a=1&a[b]=2": {"a": {"b": "2"}},
    "a[b]=2&a=1": {"a": "1"},
    "a[b]=1&a[b][c]=2": {"a": {"b": {"c": "2"}}},
    "a[b=1&c]=2&[d]=3": {"a[b": "1", "c]": "2", "[d]": "3"},
    "a=%ff&b=%zz&c=%": {"a": "\ufffd", "b": "%zz", "c": "%"},
}


@pytest.mark.parametrize(("text", "arguments"), NAMES.items())
def test_a_query_and_a_form_name_their_values_as_in_php(text, arguments):
    assert decode_query(text) == arguments
    assert decode_body(FORM, text.encode()) == arguments


@pytest.mark.parametrize("query", ["", "{}", "%7B%7D", "%7b%22limit%22:%2010,%20%22from%22:%20%22a=b&c%22}", "%5B%5D"])
def test_a_query_that_is_one_json_blob_holds_no_arguments(query):
    assert decode_query(query) == {}


def test_a_query_of_broken_characters_is_still_read():
    assert decode_query("a=\ud800&b=é") == {"a": "\ufffd" * 3, "b": "é"}


def test_a_form_holds_as_many_addresses_as_a_client_sends():
    body = "&".join(f"emails[]={number}@example.com" for number in range(20_000))

    emails = decode_body(FORM, body.encode())["emails"]

    assert len(emails) == 20_000
    assert emails[-1] == "19999@example.com"


def test_a_form_name_nested_too_deep_stays_a_plain_name():
    deepest, deeper = (f"a{'[x]' * depth}" for depth in (FORM_NESTING_LIMIT, FORM_NESTING_LIMIT + 1))

    arguments = decode_query(f"{deepest}=1&{deeper}=2")

    assert set(arguments) == {"a", deeper}


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        pytest.param(JSON, b'{"a": 1}', {"a": 1}, id="as documented"),
        pytest.param(" Application/JSON ; charset=UTF-8", b'{"a": 1}', {"a": 1}, id="spelled its own way"),
        pytest.param("application/vnd.api+json", b'"a"', "a", id="a json dialect"),
        pytest.param(JSON, b'["a@example.com"]', ["a@example.com"], id="php2 asks about addresses in a bare array"),
        pytest.param(JSON, b"[]", {}, id="php2 without arguments"),
        pytest.param("", b"", {}, id="nothing"),
        pytest.param(JSON, b"", {}, id="nothing, called json"),
        pytest.param(MULTIPART, b"", {}, id="nothing, called multipart"),
        pytest.param("", b' {"limit": 10}', {"limit": 10}, id="node sends a body with GET"),
        pytest.param(FORM, b'{"a": 1}', {"a": 1}, id="json under the type an http library fills in"),
        pytest.param(FORM, b"", {}, id="an empty form"),
        pytest.param(f"{FORM}; charset=windows-1251", b"a=%C3%A9", {"a": "é"}, id="a charset that php ignores"),
        pytest.param("", b"emails[]=a", {"emails": ["a"]}, id="a form with DELETE, without a type"),
        pytest.param("text/plain", b"a=1", {"a": "1"}, id="the type some servers fill in"),
    ],
)
def test_a_body_is_known_by_its_type_or_its_first_byte(content_type, body, value):
    assert decode_body(content_type, body) == value


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON, b"a=1&b=2"),
        (JSON, b" "),
        (FORM, b"{a: 1}"),
        ("", b"hello"),
        ("application/xml", b'<a b="c"/>'),
        ("image/png", b"\x89PNG=\xff"),
        ("multipart/form-data", b"a=1"),
        ("multipart/form-data; boundary=\xe9", b"a=1"),
        (MULTIPART, b"a=1"),
        (MULTIPART, b"--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--\r\n"),
        (MULTIPART, b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'),
    ],
)
def test_a_body_that_is_not_what_it_claims_is_undecodable(content_type, body):
    with pytest.raises(Undecodable):
        decode_body(content_type, body)


def test_an_undecodable_body_is_quoted_in_short():
    with pytest.raises(Undecodable, match=r"^The text is not JSON \(.*\): 'a=1a=1a=1.*'\.\.\.$") as refused:
        decode_body(JSON, b"a=1" * 1_000_000)

    assert len(str(refused.value)) < 200


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (rb'["\u0000", "\ud83d\ude00"]', ["\0", "😀"]),
        (b"[9223372036854775807, 1e-400]", [9223372036854775807, 0.0]),
        (b"[123456789012345678901234567890]", [1.2345678901234568e29]),
    ],
)
def test_json_is_read_as_php_reads_it(text, value):
    assert decode_body(JSON, text) == value


@pytest.mark.parametrize(
    "text",
    [rb'["\ud800"]', b'["\xff"]', b"\xef\xbb\xbf{}", b"[NaN]", b"[-Infinity]", b"[1e400]", b"[1,]", b"{} x", b"['a']"],
)
def test_json_that_php_refuses_or_cannot_write_back_is_undecodable(text):
    with pytest.raises(Undecodable, match="not JSON"):
        decode_body(JSON, text)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ("a:1:{i:0;", "}")])
def test_values_nest_to_a_limit(opening, closing):
    innermost = "N;" if opening.startswith("a") else "0"
    deepest, deeper = (opening * d + innermost + closing * d for d in (NESTING_LIMIT, NESTING_LIMIT + 1))

    assert decode_field(deepest)

    for too_deep in (deeper, opening * 100_000):
        with pytest.raises(Undecodable):
            decode_field(too_deep)


def test_a_wide_json_body_is_not_taken_for_a_deep_one():
    emails = [{"email": f"{number}@example.com", "variables": {}} for number in range(NESTING_LIMIT)]

    assert decode_body(JSON, orjson.dumps({"emails": emails})) == {"emails": emails}


def test_multipart_fields_are_read_as_form_fields_and_files_are_left_out():
    body, content_type = encode_multipart_formdata(
        [("emails[0][email]", "é+%40"), ("emails[1][email]", ""), ("name", "x"), ("file", ("a.txt", "y" * 600_000))]
    )

    assert decode_body(content_type, body) == {"emails": [{"email": "é+%40"}, {"email": ""}], "name": "x"}


def test_multipart_fields_are_counted_in_their_order():
    fields = [("emails[]", "a"), ("emails[1][email]", "b"), ("emails[]", "c"), ("emails[3][email]", "d")]
    body, content_type = encode_multipart_formdata(fields)

    assert decode_body(content_type, body) == {"emails": ["a", {"email": "b"}, "c", {"email": "d"}]}


def test_a_multipart_field_without_a_name_is_left_out():
    body = b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n"

    assert decode_body(MULTIPART, body) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param('[{"email": "a"}]', [{"email": "a"}], id="py and rb send JSON strings"),
        pytest.param("[]", [], id="an empty JSON list stays one"),
        pytest.param('a:1:{i:0;a:1:{s:5:"email";s:1:"a";}}', [{"email": "a"}], id="php2, java and node serialise"),
        pytest.param("a:0:{}", [], id="PHP's empty array"),
        pytest.param('a:1:{i:0;s:4:"añb";}', ["añb"], id="lengths count UTF-8 bytes"),
        pytest.param('a:1:{i:0;s:3:"";}";}', ['";}'], id="quotes are not escaped"),
        pytest.param("a:4:{i:0;N;i:1;b:1;i:2;i:-5;i:3;d:1.5E+3;}", [None, True, -5, 1500.0], id="every scalar"),
        pytest.param("a:1:{i:0;i:9223372036854775807;}", [2**63 - 1], id="the greatest integer of 64 bits"),
        pytest.param("a:1:{i:0;i:-9223372036854775808;}", [-(2**63)], id="the least integer of 64 bits"),
        pytest.param("a:1:{i:3;i:1;}", {"3": 1}, id="gaps make it no list"),
        pytest.param("a:2:{i:1;i:1;i:0;i:0;}", {"1": 1, "0": 0}, id="another order makes it no list"),
        pytest.param("a:2:{i:0;i:1;i:0;i:2;}", [2], id="the later of two keys wins"),
    ],
)
def test_a_field_may_be_json_or_php_serialised(text, value):
    assert decode_field(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a@example.com",
        "5",
        '"a"',
        '{"a"',
        "i:5;",
        "N;",
        'a:1:{i:0;s:3:"añb";}',
        'a:1:{i:0;s:2:"añ";}',
        'a:1:{i:0;s:-1:"a";}',
        'a:1:{i:0;s:9999999999:"a";}',
        'a:1:{i:0;s:1:"a"}',
        "a:1:{i:0;i:1_0;}",
        "a:1:{i:0;i:9223372036854775808;}",
        "a:1:{i:0;i:-9223372036854775809;}",
        "a:1:{i:0;d:1e400;}",
        "a:1:{i:0;d:INF;}",
        "a:1:{i:0;d:NAN;}",
        "a:1:{i:0;b:2;}",
        "a:1:{a:0:{}i:1;}",
        "a:1:{d:0.5;i:1;}",
        "a:1:{i:0;R:1;}",
        'a:1:{i:0;O:8:"stdClass":0:{}}',
        "a:2:{i:0;N;}",
        "a:0:{i:0;N;}",
        "a:-1:{}",
        "a:9999999999:{",
        "a:0:{};",
        "a:1:{i:0;N;",
        'a:1:{i:0;s:3:"\ud800";}',
    ],
)
def test_a_field_that_is_neither_is_undecodable(text):
    with pytest.raises(Undecodable):
        decode_field(text)


@pytest.mark.parametrize(
    ("text", "content"), [("", b""), ("YWJj", b"abc"), ("YQ==", b"a"), ("YW\nJj\r\n", b"abc"), ("Y Q\t= =\f\v", b"a")]
)
def test_base64_may_be_broken_into_lines(text, content):
    assert decode_base64(text) == content


@pytest.mark.parametrize(
    "text", ["YQ", "YQ=", "YQ===", "YQ==YQ==", "====", "<b>hi</b>", "-_-_", "é", "YQ\xa0==", "\ud800"]
)
def test_anything_else_is_not_base64(text):
    with pytest.raises(Undecodable, match="not base64"):
        decode_base64(text)


untimed = settings(deadline=None)
thorough = settings(untimed, max_examples=300)

texts = st.text(st.characters(exclude_categories=["Cs"]))
keys = st.text(st.characters(exclude_categories=["Cs", "Nd"], exclude_characters="[]"), min_size=1)
scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)


def nested(leaves, *, min_size=0):
    """Lists and dicts of the leaves that PHP's one kind of array can tell apart."""

    def arrays(items):
        return st.lists(items, min_size=min_size) | st.dictionaries(keys, items, min_size=max(min_size, 1))

    return arrays(st.recursive(leaves, arrays, max_leaves=20))


def flattened(name, value):
    if not isinstance(value, list | dict):
        return [(name, value)]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [pair for key, item in items for pair in flattened(f"{name}[{key}]", item)]


@untimed
@given(nested(scalars | texts))
def test_json_comes_back_as_it_was_written(value):
    text = json.dumps({"value": value})

    assert decode_body(JSON, text.encode()) == {"value": value}
    assert decode_field(text) == {"value": value}


@untimed
@given(nested(scalars | texts))
def test_php_arrays_come_back_as_they_were_written(value):
    assert decode_field(phpserialize.dumps(value).decode()) == value


@untimed
@given(nested(texts, min_size=1))
def test_forms_come_back_as_they_were_written(value):
    form = urlencode(flattened("field", value))

    assert decode_query(form) == {"field": value}
    assert decode_body(FORM, form.encode()) == {"field": value}


@untimed
@given(st.dictionaries(st.text("abc", min_size=1), texts))
def test_multipart_fields_come_back_as_they_were_written(fields):
    body, content_type = encode_multipart_formdata(fields)

    assert decode_body(content_type, body) == fields


def hostile(*pieces):
    """Bytes that begin like what a decoder expects, and go on as they please."""
    return st.lists(st.sampled_from(pieces) | st.binary(max_size=8), max_size=30).map(b"".join)


json_like = hostile(b"{", b"}", b"[", b"]", b'"', b":", b",", b"1e999", b"\\ud800", b"NaN", b"-", b"9" * 25, b" ")
form_like = hostile(b"a", b"[", b"]", b"[]", b"[0]", b"[9]", b"[a]", b"=", b"&", b"%5B", b"%", b"%ff", b"+", b";", b"1")
multipart_like = hostile(
    *(b"--b", b"--", b"\r\n", b"\n", b"\r", b"b", b"1", b": ", b";", b"Content-Type: text/plain; charset=ascii\r\n"),
    *(
        b"\r\nContent-Disposition: form-data; ",
        b'name="a"',
        b"name*=utf-8''%ff",
        b'filename="f"',
        b"Content-Length: -1",
    ),
)
php_like = hostile(
    *(b"a:", b"i:", b"s:", b"d:", b"b:", b"N;", b"O:", b"R:1;", b"0", b"1", b":{", b"}", b':"', b'"', b";", b"-", b"."),
    *(b"a:1:{", b"i:0;", b's:1:"a";', b"d:INF;", b"9" * 25),
)
anything = json_like | form_like | multipart_like | php_like
content_types = st.sampled_from([JSON, FORM, MULTIPART, "multipart/form-data; boundary*=x''%ff", "", "text/plain"])


def assert_decodes_to_json_or_is_undecodable(decode, *arguments):
    try:
        value = decode(*arguments)
    except Undecodable:
        return

    assert orjson.loads(orjson.dumps(value)) == value


@thorough
@given(content_types | st.text(), anything)
def test_no_body_breaks_the_reader(content_type, body):
    assert_decodes_to_json_or_is_undecodable(decode_body, content_type, body)


@thorough
@given(anything.map(lambda data: data.decode("utf-8", "surrogateescape")))
def test_no_field_breaks_the_reader(value):
    assert_decodes_to_json_or_is_undecodable(decode_field, value)
    assert_decodes_to_json_or_is_undecodable(decode_field, f"a:1:{{i:0;{value}}}")


@untimed
@given((anything | st.binary()).map(lambda data: data.decode("utf-8", "surrogateescape")))
def test_no_query_breaks_the_reader(query):
    arguments = decode_query(query)

    assert isinstance(arguments, dict)
    assert orjson.loads(orjson.dumps(arguments)) == arguments


@untimed
@given(st.text())
def test_a_query_holds_any_text_that_was_quoted(text):
    readable = text.encode("utf-8", "replace").decode()

    assert decode_query(f"name={quote(text, errors='replace')}") == {"name": readable}
