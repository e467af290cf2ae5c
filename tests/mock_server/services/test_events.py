"""Events that start flows, through the front door."""

import pytest

from sendpulse_client import ApiError

pytestmark = pytest.mark.sendpulse(limits="off", clock={"frozen": True})

ADA = "ada@example.com"
URL = "/events/name/purchase"


@pytest.fixture
def events(sendpulse):
    sendpulse.settings.set(events=["purchase", "first order"])
    return sendpulse.client.automation360.events


def triggered(sendpulse):
    rows = sendpulse.state.snapshot()["rows"]["rows"].get("automation360.triggered", [])
    return [(row["event"], row["email"], row["phone"], row["variables"]) for row in rows]


def test_event_is_kept_with_its_variables(sendpulse, events):
    answer = sendpulse.client.request("POST", URL, json={"email": "Ada@Example.com", "total": 7, "items": [{"id": 1}]})

    assert answer == {"result": True}
    assert triggered(sendpulse) == [("purchase", ADA, "", {"total": 7, "items": [{"id": 1}]})]
    (added,) = sendpulse.journal.entries()[-1].changes.added
    assert added.variables["total"] == 7


@pytest.mark.parametrize("path", ["//events/name/purchase", "/events/name/purchase/"])
def test_path_is_taken_as_old_clients_write_it(sendpulse, events, path):
    assert sendpulse.client.request("POST", path, json={"phone": "+380 50 123-45-67"}) == {"result": True}
    assert triggered(sendpulse) == [("purchase", "", "380501234567", {})]


def test_unknown_event_is_refused(sendpulse, events):
    with pytest.raises(ApiError) as caught:
        events.trigger("nothing", email=ADA)

    assert caught.value.response.json() == {"message": "Event not exists", "error_code": 102}
    assert (caught.value.status, triggered(sendpulse)) == (400, [])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "Argument email missing"),
        ({}, "Argument email missing"),
        ({"total": 7}, "Argument email missing"),
        ({"email": "", "phone": None}, "Argument email missing"),
        ({"email": "no address"}, "Argument email is invalid"),
        ({"phone": ["380"]}, "Argument phone is invalid"),
    ],
)
def test_event_needs_an_address_or_a_phone(sendpulse, events, body, message):
    with pytest.raises(ApiError) as caught:
        sendpulse.client.request("POST", URL, json=body)

    assert (caught.value.status, caught.value.code, caught.value.message) == (422, 422, message)


def test_same_report_within_a_second_is_told_to_be_a_duplicate(sendpulse, events):
    events.trigger("purchase", email=ADA)
    sendpulse.clock.advance(0.999_999)

    with pytest.raises(ApiError) as caught:
        events.trigger("purchase", email=ADA.upper(), variables={"total": 8})

    assert caught.value.status == 200
    assert caught.value.response.json() == {"result": False, "message": "Dublicate data"}
    assert len(triggered(sendpulse)) == 1
    sendpulse.clock.advance(0.000_001)
    events.trigger("purchase", email=ADA)
    assert len(triggered(sendpulse)) == 2


def test_other_events_and_other_people_are_no_duplicates(sendpulse, events):
    events.trigger("purchase", email=ADA)
    events.trigger("first order", email=ADA)
    events.trigger("purchase", email="bob@example.com")
    events.trigger("purchase", phone=380501234567)

    assert len(triggered(sendpulse)) == 4
