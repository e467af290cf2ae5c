"""What does not fit is told with 400, 404, 405 or 409, an error and a hint, and changes nothing."""

import json
from typing import Any

import pytest
from admin_calls import DEMO, Call, caller
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.model import Operation
from mock_server.admin import operations as api
from mock_server.admin.arguments import described
from mock_server.admin.calls import functions, operations
from mock_server.app import create_app
from mock_server.core.world import DEMO_CLIENT_ID

FROZEN = {"now": "2026-01-31T12:00:00Z", "frozen": True}


def everything(call: Call) -> list[Any]:
    """All that the calls below could change."""
    looks = ["", "/plan", "/limits", "/clock", "/settings", "/state", "/faults", "/outbox"]
    return [call("GET", DEMO + look) for look in looks] + [len(call("GET", "/_mock/accounts")["accounts"])]


@pytest.mark.parametrize(
    ("method", "path", "body", "told"),
    [
        ("POST", "/_mock/accounts", {"client_id": ""}, "''"),
        ("POST", "/_mock/accounts", {"client_id": "a/b"}, "'a/b'"),
        ("POST", "/_mock/accounts", {"client_id": "a\0b"}, r"'a\x00b'"),
        ("POST", "/_mock/accounts", {"client_id": "a" * 129}, "aaa"),
        ("POST", "/_mock/accounts", {"client_id": 7}, "7"),
        ("POST", "/_mock/accounts", {"client_secret": ["s"]}, '["s"]'),
        ("POST", "/_mock/accounts", {"plan": "gold"}, "'gold'"),
        ("POST", "/_mock/accounts", {"plan": []}, "[]"),
        ("POST", "/_mock/accounts", {"limits": "never"}, "'never'"),
        ("POST", "/_mock/accounts", {"limits": {"per_second": 0}}, "0"),
        ("POST", "/_mock/accounts", {"clock": "noon"}, "'noon'"),
        ("POST", "/_mock/accounts", {"clock": {"now": 12}}, "12"),
        ("POST", "/_mock/accounts", {"world": "nowhere"}, "'nowhere'"),
        ("POST", "/_mock/accounts", {"world": "a\0b.json"}, r"a\x00b"),
        ("POST", "/_mock/accounts", {"settings": {"smtp": "yes"}}, '"yes"'),
        ("POST", "/_mock/accounts", {"settings": {"forbidden": ["fly"]}}, "'fly'"),
        ("POST", "/_mock/accounts", {"Client_Id": "x"}, "'Client_Id'"),
        ("PUT", f"{DEMO}/plan", {}, "None"),
        ("PUT", f"{DEMO}/plan", {"category": "gold"}, '"gold"'),
        ("PUT", f"{DEMO}/plan", {"services": {"push": "pro"}}, "'pro'"),
        ("PUT", f"{DEMO}/plan", {"services": {"fax": {"plan": "pro"}}}, "'fax'"),
        ("PUT", f"{DEMO}/plan", {"category": "free", "services": {"push": {"plan": "pro"}}}, "'free'"),
        ("PUT", f"{DEMO}/limits", {"algorithm": "luck"}, '"luck"'),
        ("PUT", f"{DEMO}/limits", {"per_second": None}, "null"),
        ("PUT", f"{DEMO}/limits", {"per_second": 1e300}, "1e+300"),
        ("PUT", f"{DEMO}/limits", {"per_day": 0.5}, "0.5"),
        ("PUT", f"{DEMO}/limits", {"per_day": "5"}, '"5"'),
        ("PUT", f"{DEMO}/limits", {"per_day": True}, "true"),
        ("PUT", f"{DEMO}/clock", {"now": "2026-01-31 12:00"}, "'2026-01-31 12:00'"),
        ("PUT", f"{DEMO}/clock", {"now": None}, "null"),
        ("PUT", f"{DEMO}/clock", {"now": "0001-01-01T00:00:00+14:00", "frozen": False}, "0001"),
        ("PUT", f"{DEMO}/clock", {"frozen": 1}, "1"),
        ("POST", f"{DEMO}/clock/advance", {}, "{}"),
        ("POST", f"{DEMO}/clock/advance", {"seconds": 1, "duration": "1s"}, "'1s'"),
        ("POST", f"{DEMO}/clock/advance", {"seconds": -1}, "-1"),
        ("POST", f"{DEMO}/clock/advance", {"seconds": 1e300}, "1e+300"),
        ("POST", f"{DEMO}/clock/advance", {"seconds": "1"}, '"1"'),
        ("POST", f"{DEMO}/clock/advance", {"duration": "soon"}, "'soon'"),
        ("POST", f"{DEMO}/clock/advance", {"duration": "-1s"}, "'-1s'"),
        ("POST", f"{DEMO}/clock/advance", {"duration": f"{'9' * 40}d"}, "999"),
        ("PUT", f"{DEMO}/settings", {"emails_left": -1}, "-1"),
        ("PUT", f"{DEMO}/settings", {"time_zone": "Mars/Phobos"}, "'Mars/Phobos'"),
        ("PUT", f"{DEMO}/settings", {"time_zone": "a\0"}, r"'a\x00'"),
        ("PUT", f"{DEMO}/settings", {"time_zone": "Europe"}, "'Europe'"),
        ("PUT", f"{DEMO}/settings", {"time_zone": "x" * 300}, "'xxx"),
        ("PUT", f"{DEMO}/settings", {"time_zone": "../zoneinfo/UTC"}, "'../zoneinfo/UTC'"),
        ("PUT", f"{DEMO}/settings", {"balance": {"main": "all"}}, '"all"'),
        ("PUT", f"{DEMO}/settings", {"balance": {"debt": 5}}, '"debt"'),
        ("PUT", f"{DEMO}/settings", {"forbidden": ["email.mailing_lists.fly"]}, "'email.mailing_lists.fly'"),
        ("PUT", f"{DEMO}/settings", {"nothing": 1}, "'nothing'"),
        ("POST", f"{DEMO}/faults", {}, "script"),
        ("POST", f"{DEMO}/faults", {"script": []}, "[]"),
        ("POST", f"{DEMO}/faults", {"script": [707]}, "script[0] cannot be 707"),
        ("POST", f"{DEMO}/faults", {"script": [{}]}, "{}"),
        ("POST", f"{DEMO}/faults", {"script": [{"refuse": []}]}, "script[0].refuse cannot be []"),
        ("POST", f"{DEMO}/faults", {"script": [{"refuse": 123456}]}, "123456"),
        ("POST", f"{DEMO}/faults", {"script": [{"refuse": "moon.full"}]}, "'moon.full'"),
        ("POST", f"{DEMO}/faults", {"script": [{"explode": True}]}, "'explode'"),
        ("POST", f"{DEMO}/faults", {"script": [{"answer": "text"}]}, "'text'"),
        ("POST", f"{DEMO}/faults", {"script": [{"status": 200}]}, "200"),
        ("POST", f"{DEMO}/faults", {"script": [{"pass": 1}, {"status": 99}]}, "script[1].status cannot be 99"),
        ("POST", f"{DEMO}/faults", {"script": {"status": 500}}, 'script cannot be {"status":500}'),
        ("POST", f"{DEMO}/faults", {"status": 500}, "unknown key: 'status'"),
        ("POST", f"{DEMO}/faults", {"script": [{"latency": 301}]}, "301"),
        ("POST", f"{DEMO}/faults", {"script": [{"status": 500, "reset": True}]}, "500"),
        ("POST", f"{DEMO}/faults", {"script": [{"reset": True}], "operation": "fly"}, "'fly'"),
        ("POST", f"{DEMO}/faults", {"script": [{"reset": True}], "probability": 2}, "2"),
        ("POST", f"{DEMO}/faults", {"script": [{"reset": True}], "seed": "x"}, '"x"'),
        ("POST", f"{DEMO}/journal/wait", {"timeout": 61}, "61"),
        ("POST", f"{DEMO}/journal/wait", {"timeout": -1}, "-1"),
        ("POST", f"{DEMO}/journal/wait", {"status": "200"}, '"200"'),
        ("POST", f"{DEMO}/journal/wait", {"since": "noon"}, "'noon'"),
        ("POST", f"{DEMO}/outbox/wait", {"to": 5}, "5"),
        ("POST", f"{DEMO}/simulate/confirm", {"email": 5}, "5"),
        ("POST", f"{DEMO}/simulate/confirm", {}, "{}"),
        ("PUT", f"{DEMO}/state", {"rows": []}, "[]"),
        ("GET", f"{DEMO}/journal?status=ok", None, '"ok"'),
        ("GET", f"{DEMO}/journal?limit=-1", None, "-1"),
        ("GET", f"{DEMO}/journal?limit=9999999999999999999999", None, "9999999999999999999999"),
        ("GET", f"{DEMO}/journal?since=noon", None, "'noon'"),
        ("GET", f"{DEMO}/journal?sience=2026-01-31T12:00:00Z", None, "'sience'"),
    ],
)
def test_a_bad_value_is_named_and_nothing_changes(call: Call, method: str, path: str, body: object, told: str) -> None:
    call("PUT", f"{DEMO}/clock", FROZEN)
    before = everything(call)

    refused = call(method, path, body, status=400)

    assert told in refused["error"]
    assert refused["hint"]
    assert everything(call) == before


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"[]",
        b'[{"category": "free"}]',
        b'"free"',
        b"null",
        b'{"category": NaN}',
        b'{"category": 1e999}',
        b'{"category": "fr\0ee"}',
        b'{"category": "\\ud800"}',
        b'{"category": "\xff"}',
        b"\0",
        b'{"services": ' + 5_000 * b"[" + 5_000 * b"]" + b"}",
        b'{"services": ' + 200 * b"[" + 200 * b"]" + b"}",
        b'{"category": ' + 5_000 * b"9" + b"}",
    ],
)
def test_a_body_that_is_no_json_object_is_refused(client: FlaskClient, call: Call, body: bytes) -> None:
    refused = client.put(f"{DEMO}/plan", data=body, content_type="application/json")

    assert refused.status_code == 400, refused.get_data(as_text=True)
    assert refused.get_json().keys() == {"error", "hint"}
    assert call("GET", f"{DEMO}/plan") == {"category": "standard"}


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_of_another_type_is_refused(client: FlaskClient, call: Call, content_type: str | None) -> None:
    refused = client.put(f"{DEMO}/plan", data=b'{"category": "free"}', content_type=content_type)

    assert refused.status_code == 400
    assert "application/json" in refused.get_json()["hint"]
    assert call("GET", f"{DEMO}/plan") == {"category": "standard"}


def test_a_body_beyond_all_measure_is_refused_unread(client: FlaskClient) -> None:
    refused = client.put(f"{DEMO}/plan", content_type="application/json", headers={"Content-Length": str(10**12)})

    assert refused.status_code == 400


@pytest.mark.parametrize("side", ["plan", "limits", "clock", "settings", "state"])
def test_a_change_without_a_body_is_refused(call: Call, side: str) -> None:
    refused = call("PUT", f"{DEMO}/{side}", status=400)

    assert refused["error"] == "the body is missing"
    assert refused["hint"].startswith("send an object with ")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{bad", "'{bad'"),
        (b"[1]", "'[1]'"),
        (b"\xff", "'\ufffd'"),
    ],
)
def test_a_body_that_is_no_json_object_is_shown_as_text(client: FlaskClient, body: bytes, told: str) -> None:
    refused = client.put(f"{DEMO}/plan", data=body, content_type="application/json").get_json()

    assert refused["error"].endswith(f": {told}")
    assert refused["hint"] == "send an object with category, services"


def test_what_a_script_is_made_of_is_hinted_at(call: Call) -> None:
    steps = "a list, each of it an object with refuse, status, latency, reset, truncate, malformed, answer, pass"

    assert call("POST", f"{DEMO}/faults", {"script": {"status": 500}}, status=400)["hint"] == f"send {steps}"
    assert f"script ({steps})" in call("POST", f"{DEMO}/faults", {"status": 500}, status=400)["hint"]


def test_an_operation_that_nobody_declares_has_no_journal(call: Call) -> None:
    refused = call("GET", f"{DEMO}/journal?operation=email.mailing_lists.creat", status=400)

    assert refused["error"] == "unknown operation: 'email.mailing_lists.creat'"
    assert refused["hint"] == "did you mean 'email.mailing_lists.create'?"


def test_a_bug_is_answered_in_json_and_logged(
    client: FlaskClient, call: Call, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(functions._functions, api.get_health, bug)

    call("GET", "/_mock/health", status=500)

    assert "GET /_mock/health failed; this is a bug of the emulator" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_charset_does_not_hurt(client: FlaskClient) -> None:
    answer = client.put(f"{DEMO}/plan", data=b'{"category": "free"}', content_type="application/json; charset=utf-8")

    assert answer.status_code == 200


def test_a_long_value_is_not_repeated_whole(call: Call) -> None:
    refused = call("PUT", f"{DEMO}/clock", {"now": "x" * 100_000}, status=400)

    assert len(refused["error"]) < 2_000


@pytest.mark.parametrize(
    "path", ["/_mock", "/_mock/", "/_mock/nothing", "/_mock//health", f"{DEMO}/nothing", f"{DEMO}/faults/1/2"]
)
def test_an_unknown_path_is_named(call: Call, path: str) -> None:
    assert repr(path) in call("GET", path, status=404)["error"]


@pytest.mark.parametrize(
    ("method", "path", "meant"),
    [
        ("GET", "/_mock", "GET /_mock/health"),
        ("GET", f"{DEMO}/clocks", "GET /_mock/accounts/{account}/clock"),
        ("POST", f"{DEMO}/fault", "POST /_mock/accounts/{account}/faults"),
    ],
)
def test_an_unknown_path_is_told_the_closest_call(call: Call, method: str, path: str, meant: str) -> None:
    assert call(method, path, status=404)["hint"] == f"did you mean {meant}?"


@pytest.mark.parametrize("account", ["nobody", "", "%00", "%2F", "..", "%FF", DEMO_CLIENT_ID.upper()])
def test_an_unknown_account_is_a_404(call: Call, account: str) -> None:
    call("GET", f"/_mock/accounts/{account}/plan", status=404)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", f"{DEMO}/plan", "GET, PUT"),
        ("DELETE", "/_mock/health", "GET"),
        ("BREW", f"{DEMO}/faults", "DELETE, GET, POST"),
    ],
)
def test_a_method_that_a_path_does_not_answer_is_told_those_it_does(
    client: FlaskClient, call: Call, method: str, path: str, allowed: str
) -> None:
    refused = call(method, path, status=405)

    assert allowed in refused["hint"]
    assert client.open(path, method=method).headers["Allow"] == allowed


def test_head_is_answered_as_get_without_a_body(client: FlaskClient) -> None:
    answer = client.head("/_mock/health")

    assert (answer.status_code, answer.data) == (200, b"")


def test_every_schema_is_told_in_words() -> None:
    assert described({"type": "integer", "minimum": 1, "maximum": 5}) == "a whole number from 1 up to 5"
    assert described({"anyOf": [{"type": "string"}, {"type": "null"}]}) == "a text or null"
    assert described({"const": True}) == "true"
    assert described({}) == "any JSON"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
CHANGING = sorted((operation for operation in operations()), key=lambda operation: operation.name)


def arguments_for(operation: Operation) -> st.SearchStrategy[Any]:
    """Any JSON at all, or an object in which known fields have any value."""
    names = list(operation.arguments["properties"])
    known = st.dictionaries(st.sampled_from(names), JSON, max_size=4) if names else st.just({})
    return JSON | known


@settings(max_examples=300, deadline=None)
@given(data=st.data(), operation=st.sampled_from(CHANGING))
def test_no_json_at_all_is_too_much(data: st.DataObject, operation: Operation) -> None:
    client = create_app().test_client()
    body = data.draw(arguments_for(operation))
    if isinstance(body, dict) and "timeout" in operation.arguments["properties"]:
        body["timeout"] = 0
    params = {"account": DEMO_CLIENT_ID, "event": "confirm", "id": "1", "key": "k"}

    answer = client.open(
        operation.path.format(**params), method=operation.method, data=json.dumps(body), content_type="application/json"
    )

    assert answer.status_code in {200, 201, 400, 404, 409}
    if answer.status_code >= 400:
        assert answer.get_json().keys() == {"error", "hint"}
    for look in ("", "/state", "/journal", "/outbox", "/faults"):
        if operation.name != "admin.delete_account":
            caller(client)("GET", DEMO + look)
