"""A mail's source: what mail programs make of it, and that nothing in it becomes more than it is."""

from base64 import b64encode
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.clock import parse_instant
from mock_server.core.mails import Content, Mail, Message
from mock_server.core.sources import named_by, type_of

NOON = parse_instant("2026-01-31T12:00:00Z")
WRITTEN = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"]


def mail(*, to="ada@example.com", **content):
    written = Content(**{"id": 1, "sender": "owner@example.com", "subject": "Hi", **content})
    return Mail(Message(id=7, at=NOON, to=to, content_id=1, variables={}, about={}), written)


def read(message):
    return message_from_bytes(message.source, policy=policy.default)


def test_plain_mail_is_as_plain_as_its_source():
    assert mail(text="Dear Ada\n").source == (
        b"From: owner@example.com\r\nTo: ada@example.com\r\nSubject: Hi\r\nDate: Sat, 31 Jan 2026 12:00:00 +0000\r\n"
        b'Message-ID: <%d.7@mail.sendpulse.example>\r\nContent-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\nMIME-Version: 1.0\r\n\r\nDear Ada\r\n" % NOON
    )


def test_alternatives_pictures_and_files_stand_where_mail_programs_look_for_them():
    files = {"logo.png": b64encode(b"picture").decode(), "news.txt": b64encode(b"text").decode()}

    parsed = read(mail(text="Ä", html='<img src="cid:logo.png">', amp="<html amp4email>", attachments=files))

    assert [part.get_content_type() for part in parsed.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/x-amp-html",
        "multipart/related",
        "text/html",
        "image/png",
        "text/plain",
    ]
    assert [part.get_filename() for part in parsed.iter_attachments()] == ["news.txt"]
    assert [part["Content-ID"] for part in parsed.walk() if part["Content-ID"]] == ["<logo.png>"]
    assert parsed.get_body(("plain",)).get_content().rstrip() == "Ä"
    assert parsed.get_body(("html",)).get_content().rstrip() == '<img src="cid:logo.png">'


def test_names_and_subject_beyond_ascii_come_back_whole():
    parsed = read(
        mail(sender_name="Gräce, H.", subject="Grüße", text="x", headers={"Cc": "Äda <b@example.com>, c@d.e"})
    )

    assert (parsed["Subject"], parsed["From"].addresses[0].display_name) == ("Grüße", "Gräce, H.")
    assert [one.addr_spec for one in parsed["Cc"].addresses] == ["b@example.com", "c@d.e"]


def test_long_addresses_of_links_are_not_folded_to_pieces():
    link = f"<https://example.com/{'a' * 300}>"

    assert f"List-Unsubscribe: {link}\r\n".encode() in mail(headers={"List-Unsubscribe": link}).source


def test_nobody_learns_of_hidden_recipients_and_headers_of_parts_are_ours():
    parsed = read(
        mail(text="x", headers={"Bcc": "eve@example.com", "Content-Type": "text/evil", "a b": "c", "X-Id": "1"})
    )

    assert parsed.keys() == [*WRITTEN[:5], "X-Id", "Content-Type", "Content-Transfer-Encoding", "MIME-Version"]
    assert parsed.get_content_type() == "text/plain"


@given(evil=st.text(max_size=40), name=st.text(max_size=20))
def test_nothing_that_is_given_becomes_a_header_a_part_or_another_file(evil, name):
    content = {"sender": evil, "sender_name": evil, "subject": evil, "text": evil, "html": evil, "amp": "amp"}

    parsed = read(mail(to=evil, attachments={name: "AAAA"}, headers={"X-Given": evil}, **content))

    assert sorted(parsed.keys()) == sorted([*WRITTEN, "X-Given"])
    texts = bool(evil) + 1 + bool(evil)
    assert len([part for part in parsed.walk() if not part.is_multipart()]) == texts + 1


def test_text_that_holds_a_boundary_stays_one_text():
    boundary = read(mail(text="x", html="y")).get_boundary()

    parsed = read(mail(text=f"x\r\n--{boundary}\r\n\r\nsmuggled", html="y"))

    assert [part.get_content_type() for part in parsed.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_source_is_always_the_same():
    one, other = (mail(text="x", html="y", attachments={"a": "AA"}) for _ in range(2))

    assert one.source == other.source


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.png", "image/png"),
        ("a.PDF", "application/pdf"),
        ("a.tar.gz", "application/octet-stream"),
        ("a.eml", "application/octet-stream"),
        ("//evil/a", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_type_of_a_file_follows_its_name(name, content_type):
    assert type_of(name) == content_type


@pytest.mark.parametrize(
    ("cid", "name"),
    [
        ("logo.png", "logo.png"),
        ("logo", "logo.png"),
        ("logo@shop.example", "logo.png"),
        ("logo.png@shop.example", "logo.png"),
        ("log", None),
        ("", None),
        ("@shop.example", None),
    ],
)
def test_picture_is_named_as_its_file_or_as_that_begins(cid, name):
    assert named_by(cid, ["logo.png", "other.png"]) == name


def test_picture_keeps_the_id_by_which_the_html_shows_it():
    parsed = read(mail(html='<img src="cid:logo@shop">', attachments={"logo.png": "AAAA"}))

    assert [part["Content-ID"] for part in parsed.walk() if part["Content-ID"]] == ["<logo@shop>"]
