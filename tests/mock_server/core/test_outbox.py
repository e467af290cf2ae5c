"""Messages: written once, posted to many, rendered when somebody reads."""

import tracemalloc
from base64 import b64encode
from contextlib import suppress

import pytest

from mock_server.core.clock import parse_instant
from mock_server.core.mails import Content, Message
from mock_server.core.outbox import Outbox
from mock_server.core.store import open_backend

NOON = parse_instant("2026-01-31T12:00:00Z")


class Undone(Exception):
    """Ends a transaction badly."""


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    backend = open_backend(None if request.param == "memory" else f"sqlite:///{tmp_path}/kept.db")
    yield backend.store(1)
    backend.close()


@pytest.fixture
def outbox(store):
    return Outbox(store)


def post(outbox, to="ada@example.com", variables=None, about=None, **content):
    written = outbox.write(**{"sender": "owner@example.com", "subject": "Hi", **content})
    outbox.post(written, at=NOON, to=to, variables=variables or {}, about=about or {})
    return outbox.newest()


def test_what_many_messages_share_is_kept_once(outbox, store):
    content = outbox.write(subject="Hi {{name}}", html="<p>{{name}}</p>", sender="owner@example.com")
    for name in ("Ada", "Grace"):
        outbox.post(content, at=NOON, to=f"{name}@example.com", variables={"name": name})

    assert [(mail.subject, mail.html) for mail in outbox] == [("Hi Ada", "<p>Ada</p>"), ("Hi Grace", "<p>Grace</p>")]
    assert store[Content].count() == 1


def test_mail_is_rendered_for_its_recipient(outbox):
    mail = post(
        outbox,
        variables={"name": "<Ada>", "Phone": "380501234567"},
        subject="Hi {{Name}}",
        html='<p>Dear {{name}}, <a href="{{unsubscribe}}">leave</a></p>',
        text="Dear {{name}}, {{email}}, {{phone}}: {{unsubscribe_url}}",
        amp="<html amp4email>{{name}}</html>",
    )

    assert mail.subject == "Hi <Ada>"
    assert mail.html == f'<p>Dear &lt;Ada&gt;, <a href="{mail.unsubscribe_link}">leave</a></p>'
    assert mail.text == f"Dear <Ada>, ada@example.com, 380501234567: {mail.unsubscribe_link}"
    assert mail.amp == "<html amp4email>&lt;Ada&gt;</html>"
    assert mail.extract_links() == [mail.unsubscribe_link]


def test_text_that_is_not_given_is_what_the_html_says(outbox):
    mail = post(outbox, variables={"name": "Ada & Grace"}, html="<h1>Dear {{name}}</h1><p>Your code: <b>123456</b>")

    assert mail.text == "Dear Ada & Grace\n\nYour code: 123456"
    assert mail.extract_code() == "123456"


def test_headers_say_from_whom_to_whom_when_and_how_to_leave(outbox):
    mail = post(outbox, sender_name="Grace Hopper", headers={"Reply-To": "reply@example.com"})

    assert mail.headers == {
        "From": "Grace Hopper <owner@example.com>",
        "To": "ada@example.com",
        "Subject": "Hi",
        "Date": "Sat, 31 Jan 2026 12:00:00 +0000",
        "Message-ID": f"<{NOON}.{mail.id}@mail.sendpulse.example>",
        "List-Unsubscribe": f"<{mail.unsubscribe_link}>",
        "Reply-To": "reply@example.com",
    }


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028", "\x85", "\r\n\r\n"])
def test_nothing_smuggles_a_header_in(outbox, line_break):
    evil = f"a{line_break}Bcc: eve@example.com"

    mail = post(
        outbox,
        to=evil,
        sender_name=evil,
        subject=f"{{{{name}}}} {evil}",
        variables={"name": evil},
        headers={f"X{line_break}Y": evil},
    )

    told = [mail.subject, *mail.headers, *mail.headers.values()]
    assert [text for text in told if len(text.splitlines()) != 1] == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", "owner@example.com"),
        ("Grace Hopper", "Grace Hopper <owner@example.com>"),
        ("Hopper, G.", '"Hopper, G." <owner@example.com>'),
        ('The "G" <x@y.z>', '"The \\"G\\" <x@y.z>" <owner@example.com>'),
        ("Gräce", "Gräce <owner@example.com>"),
    ],
)
def test_name_of_the_sender_is_quoted_where_it_must_be(outbox, name, shown):
    assert post(outbox, sender_name=name).headers["From"] == shown


def test_attachments_are_files_by_name(outbox):
    mail = post(outbox, attachments={"a.txt": b64encode(b"text\n").decode(), "b.bin": "AA\nEC/w=="})

    assert mail.attachments == {"a.txt": b"text\n", "b.bin": b"\x00\x01\x02\xff"}
    assert mail.as_json()["attachments"] == [
        {"name": "a.txt", "size": 5, "content": "dGV4dAo="},
        {"name": "b.bin", "size": 4, "content": "AAEC/w=="},
    ]


@pytest.mark.parametrize("content", ["", "A", "AA", "no base64!", "====", "ö", 5, None])
def test_attachment_that_is_no_base64_is_read_as_well_as_can_be(outbox, content):
    mail = post(outbox, attachments={"a": content})

    assert isinstance(mail.attachments["a"], bytes)


def test_mail_of_its_own_stands_as_it_was_given(outbox):
    outbox.send(
        at=NOON,
        sender="owner@example.com",
        to="ada@example.com",
        subject="{{email}}",
        text="{{email}}",
        html="<p>{{email}} {{unsubscribe}}</p>",
        about={},
    )

    mail = outbox.newest()
    assert (mail.subject, mail.text, mail.html) == ("{{email}}", "{{email}}", "<p>{{email}} {{unsubscribe}}</p>")
    assert mail.unsubscribe_link is None
    assert "List-Unsubscribe" not in mail.headers


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your code is 123456.", "123456"),
        ("On 2026-01-31 at 12:00, for 1000.00, call 555-1234. Code: 4821", "4821"),
        ("Go to https://a.example/99999999 and enter 4821", "4821"),
        ("123 and 123456789", None),
        ("Your code is 1234", "1234"),
        ("Your code is 12345678", "12345678"),
        ("a1234 1234b", None),
        ("9" * 300_000, None),
    ],
)
def test_code_is_a_number_that_is_part_of_nothing_else(outbox, text, code):
    assert post(outbox, text=text).extract_code() == code


def test_code_may_stand_in_the_subject(outbox):
    assert post(outbox, subject="123456 is your code", text="Welcome").extract_code() == "123456"


def test_messages_are_found_by_recipient_subject_and_what_they_belong_to(outbox):
    content = outbox.write(subject="Hi {{name}}", sender="owner@example.com")
    for number, name in enumerate(["Ada", "Grace", "Ada"]):
        about = {"campaign_id": 1 + number // 2, "kind": "campaign"}
        outbox.post(content, at=NOON, to=f"{name.lower()}@example.com", variables={"name": name}, about=about)

    def found(**asked):
        return [mail.id for mail in outbox.messages(**asked)]

    assert found() == [1, 2, 3]
    assert found(to="ADA@example.com") == [1, 3]
    assert found(subject="Hi Gr") == [2]
    assert found(about={"campaign_id": 1}) == [1, 2]
    assert found(about={"campaign_id": 1, "list_id": [1]}) == []
    assert found(limit=2) == [2, 3]
    assert found(limit=1, to="ada@example.com") == [3]
    assert found(limit=0) == []
    assert outbox.newest(about={"campaign_id": 1}).id == 2
    assert outbox.newest(to="nobody@example.com") is None
    assert outbox.find(2).subject == "Hi Grace"
    assert outbox.find(4) is None


def test_refused_request_posts_nothing(outbox, store):
    with suppress(Undone), store.transaction():
        post(outbox)
        raise Undone

    assert len(outbox) == 0
    assert list(outbox) == []


def test_message_whose_content_a_snapshot_left_out_is_empty(outbox, store):
    post(outbox)
    store.restore({"rows": {"core.message": store.snapshot()["rows"]["core.message"]}})

    (mail,) = outbox

    assert (mail.subject, mail.text, mail.to) == ("", "", "ada@example.com")
    assert mail.as_json()["headers"]["To"] == "ada@example.com"


def test_newest_message_is_found_among_many(outbox):
    content = outbox.write(subject="Hi", sender="owner@example.com")
    for number in range(3000):
        outbox.post(content, at=NOON, to=f"{number}@example.com")

    assert outbox.newest().to == "2999@example.com"
    assert outbox.newest(to="0@example.com").id == 1
    assert [mail.id for mail in outbox.messages(limit=1500)] == list(range(1501, 3001))


def test_mail_cannot_be_altered(outbox):
    mail = post(outbox, about={"kind": "campaign"})

    with pytest.raises(AttributeError):
        mail.subject = "other"
    mail.about["kind"] = "other"

    assert outbox.newest().about == {"kind": "campaign"}
    assert repr(mail) == "<Mail 1 to ada@example.com: 'Hi'>"


def test_messages_cost_little_memory_however_long_they_are():
    store = open_backend(None).store(1)
    outbox, about, number = Outbox(store), {"kind": "campaign", "campaign_id": 1}, 5000
    content = outbox.write(subject="Hi", html="<p>{{name}}</p>" * 100_000, sender="owner@example.com")
    contacts = [(f"{each}@example.com", {"name": str(each)}) for each in range(number)]
    outbox.post(content, at=NOON, to="first@example.com", about=about)

    tracemalloc.start()
    for to, variables in contacts:
        outbox.post(content, at=NOON, to=to, variables=variables, about=about)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert used / number < 200
    assert store[Message].get(2).variables is contacts[0][1]
