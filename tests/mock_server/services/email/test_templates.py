"""Templates, through the front door: the account's own and the service's."""

from base64 import b64encode
from urllib.parse import quote

import pytest

from mock_server.mailing.templates import find_template
from sendpulse_client import ApiError

pytestmark = pytest.mark.sendpulse(limits="off")

HELLO = "<h1>Hello, {{name}}!</h1>"
NOT_FOUND_TO_EDIT = (404, 31, "Template not found")
NOT_FOUND = (404, 290, "Template not found")


@pytest.fixture
def templates(sendpulse):
    return sendpulse.client.email.templates


def refused(call, *arguments, **named):
    """The refusal of a call that must not succeed: status, code and wording."""
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    return caught.value.status, caught.value.code, caught.value.message


def base64(text):
    return b64encode(text.encode()).decode()


def put_template(sendpulse, **facts):
    """Have a template that no call of the API makes."""
    row = {"id": 7, "name": "Blocks", "slug": "blocks", "body": HELLO, "lang": "en", "created": 0, **facts}
    sendpulse.state.restore({"rows": {"rows": {"email.template": [row]}}})


def test_template_is_kept_and_shown_whole(sendpulse, templates):
    sendpulse.settings.set(time_zone="Europe/Kyiv")
    sendpulse.clock.set("2026-01-31T23:30:00Z", frozen=True)

    made = templates.create(HELLO, name="Spring: 50% off!", lang="es")

    shown = sendpulse.client.request("GET", f"/template/{made.real_id}")
    assert shown == {
        "id": str(made.real_id),
        "real_id": made.real_id,
        "name": "Spring: 50% off!",
        "name_slug": "spring-50-off",
        "lang": "es",
        "meta_description": "",
        "full_description": None,
        "category": "",
        "category_info": {
            "id": 0,
            "name": "",
            "meta_description": "",
            "full_description": "",
            "code": "",
            "sort": 0,
        },
        "tags": {},
        "mark": None,
        "mark_count": None,
        "owner": "me",
        "created": "2026-02-01 01:30:00",
        "preview": f"https://templates.sendpulse.example/{made.real_id}",
        "is_structure": False,
        "is_structured": False,
        "body": base64(HELLO),
    }
    assert sendpulse.client.request("GET", "/template/slug/spring-50-off") == shown


def test_ukrainian_is_taken_by_both_names_and_shown_by_the_iso_one(templates):
    made = [templates.create(HELLO, lang=lang) for lang in ("ua", "uk")]

    assert [templates.get(template).lang for template in made] == ["uk", "uk"]


def test_template_without_a_name_is_given_one_that_is_free(templates):
    templates.create(HELLO, name="Template 2")

    unnamed = [templates.create(HELLO, name=name) for name in (None, "", "  ")]

    names = [templates.get(template).name for template in unnamed]
    assert names == ["Template 3", "Template 4", "Template 5"]
    assert templates.get(unnamed[0]).lang == "en"


def test_two_names_that_look_alike_in_a_path_have_slugs_of_their_own(templates):
    made = [templates.create(HELLO, name=name) for name in ("Sale!", "Sale?", "Знижки")]

    slugs = [templates.get(template).name_slug for template in made]

    assert slugs == ["sale", "sale-2", ""]
    assert templates.get_by_slug("sale-2").name == "Sale?"


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, 422, "Argument body missing"),
        ({"body": ""}, 422, "Argument body missing"),
        ({"body": "<p>Hello</p>"}, 422, "Argument body is invalid string"),
        ({"body": "aGVsbG8"}, 422, "Argument body is invalid string"),
        ({"body": base64(HELLO), "name": 7}, 422, "Argument name must be string"),
        ({"body": base64(HELLO), "lang": 7}, 422, "Argument lang must be string"),
        ({"body": base64(HELLO), "lang": "xx"}, 422, "Argument lang is invalid"),
        ({"body": base64(HELLO), "name": "Hello"}, 573, "Template with such name already exist"),
    ],
)
def test_template_that_cannot_be_kept_is_refused_in_the_vendor_s_words(sendpulse, templates, body, code, message):
    made = templates.create(HELLO, name="Hello")

    assert refused(sendpulse.client.request, "POST", "/template", json=body) == (422, code, message)

    assert [template.real_id for template in templates.list(owner="me")] == [made.real_id]


def test_broken_markup_is_kept_as_it_is(sendpulse, templates):
    broken = "<p>Über {{name}</b><table\n<td>\x00 ende"
    wrapped = "\r\n".join(base64(broken * 9)[start : start + 60] for start in range(0, 9999, 60))

    real_id = sendpulse.client.request("POST", "/template", json={"body": wrapped})["real_id"]

    assert templates.get(real_id).body == broken * 9


def test_edited_template_has_the_new_body_and_keeps_what_was_not_given(templates):
    made = templates.create(HELLO, name="Hello", lang="tr")

    templates.update(made, "<p>Bye</p>")
    first = templates.get(made)
    templates.update(made, "<p>Goodbye</p>", lang="en")

    assert (first.body, first.lang, first.name) == ("<p>Bye</p>", "tr", "Hello")
    assert (templates.get(made).body, templates.get(made).lang) == ("<p>Goodbye</p>", "en")


def test_only_one_s_own_templates_can_be_edited(sendpulse_server, templates):
    another = sendpulse_server.account().client.email.templates.create(HELLO)
    offered = templates.list()[0]

    assert refused(templates.update, another, HELLO) == NOT_FOUND_TO_EDIT
    assert refused(templates.update, offered, HELLO) == NOT_FOUND_TO_EDIT
    assert refused(templates.update, offered.real_id, HELLO) == NOT_FOUND_TO_EDIT


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Argument body missing"),
        ({"body": "<p>"}, "Argument body is invalid string"),
        ({"body": base64(HELLO), "lang": 7}, "Argument lang must be string"),
    ],
)
def test_bad_edit_is_refused_and_changes_nothing(sendpulse, templates, body, message):
    made = templates.create(HELLO)

    answer = refused(sendpulse.client.request, "POST", f"/template/edit/{made.real_id}", json=body)

    assert answer == (422, 422, message)
    assert templates.get(made).body == HELLO


def test_template_of_the_block_editor_cannot_be_edited(sendpulse, templates):
    put_template(sendpulse, is_structure=True)

    answer = refused(templates.update, 7, "<p>Bye</p>")

    assert answer == (422, 2900, "You cant edit templates from layout template editor")
    assert (templates.get(7).body, templates.get(7).is_structure) == (HELLO, True)


def test_template_that_is_rendering_can_be_listed_and_not_looked_at(sendpulse, templates):
    put_template(sendpulse, is_rendering=True)
    still = (422, 2900, "This template in processing. You need to wait")

    assert refused(templates.get, 7) == still
    assert refused(templates.get_by_slug, "blocks") == still
    assert [template.name for template in templates.list(owner="me")] == ["Blocks"]
    assert templates.list(owner="me", only_active=True) == []


def test_service_offers_templates_to_everybody(templates):
    templates.create(HELLO)

    offered = templates.list()

    assert len(offered) == 6
    assert {template.owner for template in offered} == {"sendpulse"}
    assert {"", "Greetings"} < {template.category for template in offered}
    for template in offered:
        assert len(template.id) == 32
        whole = templates.get(template, owner="sendpulse")
        assert whole.body.startswith("<!DOCTYPE html>")
        assert templates.get(template.real_id, owner="sendpulse") == whole
        assert templates.get_by_slug(template.name_slug, owner="sendpulse") == whole


def test_looking_without_an_owner_finds_one_s_own_alone(templates):
    offered = templates.list()[0]
    own = templates.create(HELLO, name="Hello")

    assert refused(templates.get, offered) == NOT_FOUND
    assert refused(templates.get_by_slug, offered.name_slug) == NOT_FOUND
    assert refused(templates.get, own, owner="sendpulse") == NOT_FOUND
    assert refused(templates.get_by_slug, "hello", owner="sendpulse") == NOT_FOUND


@pytest.mark.parametrize("reference", ["999", "0", "-1", "9" * 40, "٣", "nothing", "slug"])
@pytest.mark.parametrize("owner", ["me", "sendpulse"])
def test_unknown_template_is_not_found(templates, reference, owner):
    assert refused(templates.get, reference, owner=owner) == NOT_FOUND
    assert refused(templates.get_by_slug, reference, owner=owner) == NOT_FOUND


def test_templates_are_paged_by_age(templates):
    made = [templates.create(HELLO).real_id for _ in range(5)]
    offered = [template.id for template in templates.list()]

    own_pages = [[t.real_id for t in templates.list(owner="me", limit=2, offset=at)] for at in (0, 2, 4, 6)]
    pages = [[t.id for t in templates.list(limit=4, offset=at)] for at in (0, 4, 2**63 - 1)]

    assert own_pages == [made[:2], made[2:4], made[4:], []]
    assert pages == [offered[:4], offered[4:], []]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": 0}, "Argument limit must be at least 1"),
        ({"limit": 101}, "Argument limit may not be greater than 100"),
        ({"offset": -1}, "Argument offset must be at least 0"),
        ({"owner": "you"}, "Argument owner is invalid"),
        ({"only_active": "yes"}, "Argument only_active must be boolean"),
    ],
)
def test_bad_query_for_templates_is_refused(sendpulse, query, message):
    assert refused(sendpulse.client.request, "GET", "/templates", query=query) == (422, 422, message)


def test_templates_are_found_for_mailing_by_number_and_by_hash(sendpulse, templates):
    offered = templates.list()[0]
    own = templates.create(HELLO, name="Hello")
    store = sendpulse.account.store

    found = [find_template(store, reference) for reference in (own.real_id, own.id, offered.real_id, offered.id)]

    assert [(design.id_text, design.name) for design in found] == [(own.id, "Hello")] * 2 + [
        (offered.id, offered.name)
    ] * 2
    assert found[0].body == HELLO
    assert found[3].body == templates.get(offered, owner="sendpulse").body
    assert [find_template(store, reference) for reference in (999, "nothing", "")] == [None, None, None]


def test_confirmation_is_mailed_in_the_template_that_was_named(sendpulse, templates):
    lists = sendpulse.client.email.mailing_lists
    book = lists.create("Readers")
    own = templates.create("<body><h1>Nearly there</h1></body>")

    def confirm(address, template):
        lists.add_emails(
            book, [address], confirmation="force", sender_email=sendpulse.sender, template_id=str(template)
        )
        return sendpulse.outbox.wait(to=address)

    mails = [confirm("ada@example.com", own.id), confirm("bob@example.com", templates.list()[0].id)]
    plain = confirm("eve@example.com", "nothing")

    assert mails[0].html.startswith("<body><h1>Nearly there</h1><p>Follow")
    assert mails[0].html.endswith("</p></body>")
    assert "Welcome" in mails[1].html
    assert plain.html.startswith("<p>Follow")
    assert all(len(mail.extract_links()) >= 1 for mail in (*mails, plain))


@pytest.mark.parametrize("number", [1, 10**17, 10**18 - 1])
def test_template_is_found_by_a_number_however_long(sendpulse, templates, number):
    put_template(sendpulse, id=number)

    assert templates.get(number).name == "Blocks"


@pytest.mark.parametrize("reference", ["9" * 19, "9" * 400, "\u0663", "-1", "1.0"])
def test_what_is_no_number_of_a_template_is_not_found(sendpulse, reference):
    assert refused(sendpulse.client.request, "GET", f"/template/{quote(reference)}") == NOT_FOUND
