"""Tags, through the front door."""

import pytest

from sendpulse_client import ApiError, NotFound, PlanRequired, Unauthorized

pytestmark = pytest.mark.sendpulse(limits="off", clock={"frozen": True})

RED, BLUE = "#ff0000", "#0000FF"
ADA, BOB = "ada@example.com", "bob@example.com"


@pytest.fixture
def tags(sendpulse):
    return sendpulse.client.email.tags


@pytest.fixture
def book(sendpulse):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")
    lists.add_emails(book, [(ADA, {"Phone": "+380 50 123-45-67"}), BOB])
    return book


@pytest.fixture
def vip(sendpulse, tags):
    tags.create("VIP", RED)
    sendpulse.clock.advance(1)
    (tag,) = tags.list()
    return tag


def refused(call, *arguments, **named):
    """The refusal of a call that must not succeed: status and wording."""
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    assert caught.value.response.json()["success"] is False
    return caught.value.status, caught.value.message


def pins(sendpulse):
    """What bears which tag."""
    rows = sendpulse.state.snapshot()["rows"]["rows"].get("email.tagging", [])
    return sorted((row["tag_id"], row["email"] or row["phone"]) for row in rows)


def test_write_is_answered_with_a_receipt_and_shows_a_second_later(sendpulse, tags):
    receipt = sendpulse.client.request("POST", "/tags", json={"name": "VIP", "color": RED})
    assert tags.list() == []
    sendpulse.clock.advance(1)

    listed = sendpulse.client.request("GET", "/tags")

    user = sendpulse.client.account.get_info().id
    assert listed == {"tags": [{"id": 1, "name": "VIP", "color": RED}], "user_id": user, "version": "2.7.3"}
    assert receipt.pop("queue_id")
    assert receipt == {
        "code": "request_sended_to_queue",
        "description": "Request sended to queue",
        "failure": False,
        "http_code": 200,
        "success": True,
        "user_id": user,
        "version": "2.7.3",
    }


def test_what_tags_refuse_comes_in_the_envelope_of_their_queue(tags, vip):
    with pytest.raises(NotFound) as caught:
        tags.delete(99)

    assert caught.value.response.json() == {
        "code": "tag.not_found",
        "description": "Tag not found",
        "failure": True,
        "http_code": 404,
        "queue_id": None,
        "success": False,
        "user_id": None,
        "version": "2.7.3",
    }


@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [("list", "GET", "/tags"), ("create", "POST", "/tags"), ("delete", "DELETE", "/tags/1")],
)
def test_bad_token_is_refused_as_everywhere(sendpulse, operation, method, path):
    sendpulse.faults.add({"refuse": 401}, {"refuse": 401}, operation=f"email.tags.{operation}")

    with pytest.raises(Unauthorized) as caught:
        sendpulse.client.request(method, path)

    assert caught.value.response.json() == {"message": "Unauthorized!", "error_code": 401}


@pytest.mark.sendpulse(plan="free")
@pytest.mark.parametrize(("method", "path"), [("GET", "/tags"), ("POST", "/tags"), ("POST", "/tags/pin/email")])
def test_free_plan_has_no_tags_and_says_so_as_everywhere(sendpulse, method, path):
    with pytest.raises(PlanRequired) as caught:
        sendpulse.client.request(method, path)

    assert (caught.value.status, caught.value.code) == (403, 3030303030)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"color": RED}, "Argument name missing"),
        ({"name": " ", "color": RED}, "Argument name is invalid"),
        ({"name": 7, "color": RED}, "Argument name must be string"),
        ({"name": "New"}, "Argument color missing"),
        ({"name": "New", "color": "red"}, "Argument color is invalid"),
        ({"name": "New", "color": "#f00"}, "Argument color is invalid"),
        ({"name": "VIP", "color": BLUE}, "Name already in use"),
    ],
)
def test_tag_needs_a_name_of_its_own_and_a_color(sendpulse, tags, vip, body, message):
    assert refused(sendpulse.client.request, "POST", "/tags", json=body) == (422, message)
    sendpulse.clock.advance(1)
    assert tags.list() == [vip]


def test_name_is_taken_while_its_tag_still_waits(tags):
    tags.create("VIP", RED)

    assert refused(tags.create, "VIP", BLUE) == (422, "Name already in use")


def test_renamed_tag_keeps_its_old_name_until_it_leaves_the_queue(sendpulse, tags, vip):
    tags.update(vip, "Guest", BLUE)

    assert tags.list() == [vip]
    assert refused(tags.create, "VIP", RED) == (422, "Name already in use")
    sendpulse.clock.advance(1)
    (renamed,) = tags.list()
    assert (renamed.id, renamed.name, renamed.color) == (vip.id, "Guest", BLUE)


def test_tag_may_keep_its_name_when_its_color_changes(sendpulse, tags, vip):
    tags.update(vip, "VIP", BLUE)
    sendpulse.clock.advance(1)

    assert [tag.color for tag in tags.list()] == [BLUE]


def test_tag_is_pinned_to_an_address_once(sendpulse, tags, vip, book):
    tags.pin_to_email(ADA.upper(), [vip, vip])
    tags.pin_to_email(ADA, [vip])
    sendpulse.clock.advance(1)

    assert pins(sendpulse) == [(vip.id, ADA)]


def test_pinned_tag_can_be_unpinned_more_than_once(sendpulse, tags, vip, book):
    tags.pin_to_email(ADA, [vip])
    tags.pin_to_email(BOB, [vip])
    tags.unpin_from_email(ADA, [vip])
    tags.unpin_from_email(ADA, [vip])
    sendpulse.clock.advance(1)

    assert pins(sendpulse) == [(vip.id, BOB)]


@pytest.mark.parametrize("phone", ["380501234567", "+380 (50) 123-45-67", 380501234567])
def test_phones_are_compared_by_their_digits(sendpulse, tags, vip, book, phone):
    tags.pin_to_phone("+380501234567", [vip])
    sendpulse.clock.advance(1)
    assert pins(sendpulse) == [(vip.id, 380501234567)]

    tags.unpin_from_phone(phone, [vip])
    sendpulse.clock.advance(1)

    assert pins(sendpulse) == []


def test_only_what_is_there_is_tagged_with_what_is_there(sendpulse, tags, vip, book):
    assert refused(tags.pin_to_email, "eve@example.com", [vip]) == (422, "Email address not found")
    assert refused(tags.pin_to_phone, "+380440000000", [vip]) == (422, "Phone not found")
    assert refused(tags.pin_to_phone, "by the door", [vip]) == (422, "Phone is not valid")
    assert refused(tags.pin_to_email, ADA, [vip, 99]) == (422, "Tag not found")
    assert refused(tags.pin_to_email, ADA, [-1]) == (422, "Tag not found")
    assert refused(tags.pin_to_email, "no address", [vip]) == (422, "Argument email is invalid")

    sendpulse.clock.advance(1)
    assert pins(sendpulse) == []


def test_deleted_tag_is_taken_off_all_that_bore_it(sendpulse, tags, vip, book):
    tags.pin_to_email(ADA, [vip])
    tags.pin_to_phone("380501234567", [vip])
    tags.delete(vip)
    assert tags.list() == [vip]
    sendpulse.clock.advance(1)

    assert tags.list() == []
    assert pins(sendpulse) == []
    assert refused(tags.delete, vip) == (404, "Tag not found")


def test_what_waits_for_a_deleted_tag_comes_to_nothing(sendpulse, tags, vip, book):
    tags.delete(vip)
    tags.delete(vip)
    tags.update(vip, "Guest", BLUE)
    tags.pin_to_email(ADA, [vip])
    sendpulse.clock.advance(1)

    assert tags.list() == []
    assert pins(sendpulse) == []


def test_contacts_are_tagged_as_they_are_added(sendpulse, vip, book):
    lists = sendpulse.client.email.mailing_lists

    lists.add_emails(book, [ADA, "New@example.com", "no address"], tags=[vip.id, 99])

    assert pins(sendpulse) == [(vip.id, ADA), (vip.id, "new@example.com")]


def test_contacts_that_are_not_to_be_updated_are_not_tagged(sendpulse, vip, book):
    lists = sendpulse.client.email.mailing_lists

    lists.add_emails(book, [ADA, "new@example.com"], tags=[vip.id], dont_update=True)

    assert pins(sendpulse) == [(vip.id, "new@example.com")]
