"""What other tools keep is read as what went over the wire; what is broken is told, and harms nobody."""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import brotli
import kept_files as files
import pytest
import yaml

from contracts.captures import Captured, Unreadable, read
from contracts.captures.fields import LARGEST
from contracts.exchanges import Exchange


@pytest.fixture
def keep(tmp_path):
    """Writes a file."""

    def keep(text: str | bytes) -> Path:
        file = tmp_path / "kept"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    return keep


def only(file: Path) -> Exchange:
    [captured] = read(file)
    assert captured.exchange is not None, captured.reason
    return captured.exchange


def cassette(*interactions: Any) -> str:
    return yaml.dump({"interactions": list(interactions)})


def interaction(body: Any, **headers: str) -> dict[str, Any]:
    request = {"method": "GET", "uri": files.URL, "headers": {}, "body": None}
    return {"request": request, "response": {"status": {"code": 200}, "headers": headers, "body": {"string": body}}}


@pytest.mark.parametrize("write", files.FORMATS, ids=lambda write: write.__name__)
def test_exchange_is_read_as_it_went_over_the_wire(keep, write):
    exchange = only(keep(write()))

    assert (exchange.request.method, exchange.host, exchange.request.path) == (
        "POST",
        "api.sendpulse.com",
        "/addressbooks",
    )
    assert exchange.request.body == (files.ASKED.encode() if exchange.is_request_whole else b"")
    assert (exchange.answer.status, exchange.answer.body) == (200, files.ANSWERED.encode())
    assert exchange.answer.headers.get("content-type", files.JSON) == files.JSON


@pytest.mark.parametrize(("write", "at"), [(files.har, 1769860800.25), (files.ruby, 1769860800.0), (files.go, None)])
def test_time_is_kept_where_the_file_tells_it(keep, write, at):
    assert only(keep(write())).at == at


def test_recording_of_responses_knows_no_more_than_the_address(keep):
    assert not only(keep(files.recording())).is_request_whole


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("br", brotli.compress),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("identity", bytes),
        ("gzip", bytes),
        ("br", bytes),
        ("deflate", bytes),
    ],
)
def test_compressed_body_is_read_and_so_is_one_that_a_tool_has_decoded_already(keep, encoding, compress):
    body = compress(b'{"id": 1}')

    exchange = only(keep(cassette(interaction(body, **{"Content-Encoding": encoding}))))

    assert exchange.answer.body == b'{"id": 1}'


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (gzip.compress(b"{}" * 99)[:-9], "gzip", "broken"),
        (b"\x1f\x8b rubbish", "gzip", "broken"),
        (b"rubbish", "br", "broken"),
        (b"rubbish", "zstd", "'zstd', is not known"),
        (gzip.compress(b"\0" * (LARGEST + 1)), "gzip", "larger"),
        (brotli.compress(b"\0" * (LARGEST + 1)), "br", "larger"),
    ],
    ids=["cut", "rubbish", "rubbish-br", "unknown", "bomb", "bomb-br"],
)
def test_body_that_cannot_be_decoded_is_skipped_with_the_reason(keep, body, encoding, reason):
    [captured] = read(keep(cassette(interaction(body, **{"Content-Encoding": encoding}))))

    assert captured.exchange is None
    assert reason in captured.reason


def test_body_of_a_har_in_base64_is_decoded(keep):
    exchange = only(keep(files.har(b64encode(b'{"id": 1}').decode(), encoding="base64")))

    assert exchange.answer.body == b'{"id": 1}'


def test_body_that_a_browser_did_not_keep_is_unknown(keep):
    exchange = only(keep(files.har(None)))

    assert not exchange.is_answer_whole


def test_form_of_a_har_is_the_body(keep):
    document = json.loads(files.har())
    document["log"]["entries"][0]["request"]["postData"] = {"params": [{"name": "bookName", "value": "a b"}]}

    assert only(keep(json.dumps(document))).request.body == b"bookName=a+b"


def test_form_of_php_is_the_body(keep):
    document = json.loads(files.php_json())
    del document[0]["request"]["body"]
    document[0]["request"]["post_fields"] = {"bookName": "a b"}

    assert only(keep(json.dumps(document))).request.body == b"bookName=a+b"


def test_byte_order_mark_is_no_part_of_the_file(keep):
    assert only(keep(b"\xef\xbb\xbf" + files.har().encode())).answer.status == 200


@pytest.mark.parametrize("indented", [json.dumps({"interactions": [1, 2]}, indent=1), "interactions:\n  - 1\n  - 2\n"])
def test_entries_are_counted_and_found_by_their_line(keep, indented):
    told = [(captured.number, captured.line, captured.reason) for captured in read(keep(indented))]

    lines = [number for number, line in enumerate(indented.splitlines(), start=1) if line.strip(" -,") in {"1", "2"}]
    assert told == [(1, lines[0], "it has no request"), (2, lines[1], "it has no request")]


@pytest.mark.parametrize("empty", ["interactions: []\n", '{"log": {"entries": []}}', "[]", '{"responses": []}'])
def test_file_of_a_known_format_may_be_empty(keep, empty):
    assert list(read(keep(empty))) == []


BROKEN = {
    "nothing": "",
    "blank": " \n",
    "a scalar": "7",
    "another list": "- a\n- b\n",
    "another document": '{"log": {"lines": []}, "entries": {}}',
    "a cut HAR": files.har()[:-3],
    "a HAR cut in an entry": files.har()[:400],
    "a HAR with a tail": files.har() + "x",
    "two documents": files.har() + files.har(),
    "a comma too many": '{"log": {"entries": [{},]}}',
    "no comma": '{"log": {"entries": [{} {}]}}',
    "no quotes": "{log: {}}",
    "a huge number": '{"log": {"entries": [' + "9" * 5000 + "]}}",
    "deep JSON": "[" * 100_000,
    "a deep entry": '{"log": {"entries": [' + "[" * 100_000,
    "deep YAML": "interactions:\n- " + "[" * 50_000,
    "a tab": "interactions:\n\t- request: {}\n",
    "an unknown alias": "interactions:\n- *nobody\n",
    "an impossible day": "interactions:\n- {request: 2026-02-31}\n",
    "a key that is a list": "interactions:\n- {[a]: b}\n",
    "bytes": b"\x00\x01\x02",
    "UTF-16": files.har().encode("utf-16"),
    "Latin-1": "interactions:\n- é\n".encode("latin-1"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_broken_file_is_told(keep, broken):
    with pytest.raises(Unreadable, match=r"^it (is|holds) no|nested"):
        list(read(keep(broken)))


def test_entries_before_the_break_are_read(keep):
    entries = read(keep('{"log": {"entries": [{}, '))

    assert isinstance(next(entries), Captured)
    with pytest.raises(Unreadable):
        next(entries)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        [],
        {"request": {}},
        {"request": {"method": "GET", "uri": 7}, "response": {"status": 200}},
        {"request": {"method": "GET", "uri": "http://["}, "response": {"status": 200, "body": ""}},
        {"request": {"method": "GET", "uri": files.URL}, "response": {"status": 0}},
        {"request": {"method": "GET", "uri": files.URL}, "response": {"status": True}},
        {"request": {"method": "GET", "uri": files.URL}, "response": {"status": 200, "body": [1]}},
        {"request": {"method": "GET", "uri": files.URL}, "response": {"status": 200, "body": {"base64_string": "&"}}},
    ],
)
def test_entry_that_is_no_exchange_is_skipped_with_the_reason(keep, entry):
    [captured] = read(keep(cassette(entry)))

    assert captured.exchange is None
    assert captured.reason


def test_tags_of_other_languages_make_nothing_happen(keep, tmp_path):
    touched = tmp_path / "touched"
    file = keep(f'interactions:\n- request: !!python/object/apply:os.system ["touch {touched}"]\n')

    [captured] = read(file)

    assert captured.exchange is None
    assert not touched.exists()


def bomb(kind: str) -> str:
    """Twenty levels, of four aliases each, of the level below."""
    levels = ["- &a0 {x: 1}"] + [
        f"- &a{level} {{{kind}: [{', '.join([f'*a{level - 1}'] * 4)}]}}" for level in range(1, 21)
    ]
    request = "{method: GET, uri: 'http://x/', headers: *a20, body: *a20}"
    entry = f"- {{request: {request}, response: {{status: *a20, body: *a20}}}}"
    return "\n".join(["interactions:", *levels, entry])


@pytest.mark.parametrize("kind", ["y", "<<"])
def test_aliases_of_aliases_do_not_grow(keep, kind):
    *_, last = read(keep(bomb(kind)))

    assert last.exchange is None


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(Unreadable, match="No such file"):
        list(read(tmp_path / "missing"))
