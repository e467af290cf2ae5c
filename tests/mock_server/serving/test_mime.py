"""Mails as programs write them, read; broken ones too."""

from __future__ import annotations

import random
from base64 import b64decode
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP, SMTPUTF8

import pytest

from mock_server.services.smtp.letters import Letter, Person
from mock_server.serving.mime import LONGEST_HEADER, letter_of

ADA = "ada@example.com"


def read(mail: bytes | str | EmailMessage) -> Letter:
    if isinstance(mail, EmailMessage):
        mail = mail.as_bytes(policy=SMTP)
    return letter_of(mail.encode() if isinstance(mail, str) else mail, "shop@example.com", [ADA])


def files(letter: Letter) -> dict[str, bytes]:
    return {name: b64decode(content) for name, content in letter.attachments.items()}


def test_plain_text_is_the_text():
    letter = read("Subject: News\r\n\r\nDear Ada,\r\n\r\nall is well.\r\n")

    assert (letter.subject, letter.text, letter.html) == ("News", "Dear Ada,\n\nall is well.", "")


def test_people_are_read_with_their_names():
    letter = read(
        'From: "The editors, Ltd." <news@example.com>\r\nTo: Ada <ada@example.com>,\r\n bob@example.com\r\n'
        "Cc: =?utf-8?b?Wm/Dqw==?= <zoe@example.com>\r\nReply-To: answers@example.com\r\n\r\n"
    )

    assert letter.sender == Person("news@example.com", "The editors, Ltd.")
    assert letter.to == (Person(ADA, "Ada"), Person("bob@example.com"))
    assert letter.cc == (Person("zoe@example.com", "Zoë"),)
    assert letter.reply_to == Person("answers@example.com")


def test_mail_goes_where_its_envelope_says():
    letter = read("To: bob@example.com\r\n\r\n")

    assert letter.recipients == [ADA]


@pytest.mark.parametrize(
    "header", ["", "From: \r\n", "From: nobody\r\n", "From: жора@пример.рф\r\n", "From: a@b, <\r\n"]
)
def test_mail_without_a_good_sender_has_that_of_its_envelope(header):
    assert read(f"{header}\r\n").sender == Person("shop@example.com")


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?iso-8859-1?Q?Gr=FC=DFe?= an =?koi8-r?b?4dTB?=", "Grüße an Ата"),
        ("=?utf-8?b?0J/RgNC4?=\r\n =?utf-8?b?0LLQtdGC?=", "Привет"),
        ("=?utf-8?b?0J/R?= =?utf-8?b?gNC4?=", "При"),
        ("Привет =?utf-8?q?=F0=9F=98=80?=", "Привет 😀"),
        ("a\r\n folded\r\n\tline", "a folded line"),
        ("=?no-such-charset?q?=C3=BC?=", "ü"),
        ("=?utf-8?b?abcde?=", "=?utf-8?b?abcde?="),
        ("=?utf-8?q?=ff?=", "�"),
        ("=?rot13?q?abc?=", "abc"),
        ("=?punycode?q?abc?=", "abc"),
        ("100% =?", "100% =?"),
        ("", ""),
    ],
)
def test_subject_in_any_encoding_is_read(written, subject):
    assert read(f"Subject: {written}\r\n\r\n").subject == subject


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-7"])
@pytest.mark.parametrize("transfer", ["quoted-printable", "base64"])
def test_text_in_any_charset_is_read(charset, transfer):
    mail = EmailMessage()
    mail.set_content("Grüße aus Köln", charset=charset, cte=transfer)

    assert read(mail).text == "Grüße aus Köln"


def test_text_of_eight_bits_is_read():
    assert read(b"Content-Type: text/plain; charset=koi8-r\r\n\r\n" + "Привет".encode("koi8-r")).text == "Привет"
    assert read("\r\nПривет").text == "Привет"


@pytest.mark.parametrize("charset", ["undefined", "zip", "x-unknown", '"', "idna", "utf-8\0", "=?utf-8?q?a?="])
def test_text_in_a_charset_that_is_none_is_taken_for_utf8(charset):
    assert read(f"Content-Type: text/plain; charset={charset}\r\n\r\nGrüße".encode()).text == "Grüße"


def test_headers_may_be_in_utf8():
    mail = EmailMessage(policy=SMTPUTF8)
    mail["Subject"] = "Привет, 読者"
    mail["To"] = "Зоя <zoya@example.com>"

    letter = letter_of(mail.as_bytes(policy=SMTPUTF8), "shop@example.com", [ADA])

    assert letter.subject == "Привет, 読者"
    assert letter.to == (Person("zoya@example.com", "Зоя"),)


def test_html_text_and_files_find_their_places():
    mail = EmailMessage()
    mail.set_content("Dear Ada")
    mail.add_alternative('<p>Dear Ada <img src="cid:logo"></p>', subtype="html")
    mail.get_payload()[1].add_related(b"PNG", "image", "png", cid="<logo>", filename="logo.png")
    mail.add_attachment("a,b\n", subtype="csv", filename="table.csv")
    mail.add_attachment(b"PDF", maintype="application", subtype="pdf", filename="отчёт.pdf")

    letter = read(mail)

    assert letter.text == "Dear Ada"
    assert letter.html == '<p>Dear Ada <img src="cid:logo"></p>'
    assert files(letter) == {"logo.png": b"PNG", "table.csv": b"a,b\n", "отчёт.pdf": b"PDF"}


def test_files_of_one_name_are_told_apart():
    mail = EmailMessage()
    for content in (b"1", b"2", b"3"):
        mail.add_attachment(content, maintype="application", subtype="pdf", filename="../a.b.pdf")

    assert files(read(mail)) == {"a.b.pdf": b"1", "a.b-2.pdf": b"2", "a.b-3.pdf": b"3"}


def test_mail_inside_of_a_mail_is_a_file():
    inner = EmailMessage()
    inner["Subject"] = "Inner"
    inner.set_content("Not the text of the mail")
    mail = EmailMessage()
    mail.set_content("See below")
    mail.add_attachment(inner)

    letter = read(mail)

    assert letter.text == "See below"
    assert b"Subject: Inner" in files(letter)["attached.eml"]


def test_texts_one_after_another_are_joined():
    mail = MIMEMultipart()
    for text in ("First", "Second"):
        mail.attach(MIMEText(text))

    assert read(mail.as_bytes()).text == "First\nSecond"


def test_text_that_is_attached_is_a_file():
    mail = EmailMessage()
    mail.set_content("Read the file")
    mail.add_attachment("Inside", filename="note.txt")

    assert (read(mail).text, files(read(mail))) == ("Read the file", {"note.txt": b"Inside\n"})


def test_headers_of_its_own_stay_and_those_of_the_program_do_not():
    letter = read(
        "X-Campaign: 7\r\nX-Mailer: swaks\r\nUser-Agent: x\r\nContent-Language: en\r\nReferences: <a@b>\r\n\r\n"
    )

    assert letter.headers == {"X-Campaign": "7", "References": "<a@b>"}


@pytest.mark.parametrize(
    "mail",
    [
        b"Content-Type: multipart/mixed\r\n\r\nAll is well",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\nAll is well",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nAll is well",
        b"Content-Type: nonsense\r\n\r\nAll is well",
        b"Content-Transfer-Encoding: base64\r\n\r\nQWxsIGlzIHdlbGw",
        b"Content-Transfer-Encoding: nonsense\r\n\r\nAll is well",
        b"\r\nAll is well",
        b"no header at all\r\n\r\nAll is well",
    ],
)
def test_broken_mail_says_what_can_be_made_of_it(mail):
    assert read(mail).text.endswith("All is well")


def test_mail_of_nothing_says_nothing():
    letter = read(b"")

    assert (letter.subject, letter.text, letter.html, letter.attachments) == ("", "", "", {})


@pytest.mark.parametrize("name", ["Subject", "X-Long"])
def test_endless_header_is_cut_off(name):
    letter = read(f"{name}: {'x' * 900}\r\n" + f" {'x' * 900}\r\n" * 200 + "\r\n")

    assert len(letter.subject or letter.headers[name]) <= LONGEST_HEADER


def test_mail_damaged_anywhere_is_read():
    chance, mail = random.Random(11), EmailMessage()
    mail["Subject"], mail["To"] = "Grüße", "Zoë <zoe@example.com>"
    mail.set_content("Dear Zoë")
    mail.add_alternative("<p>Dear Zoë</p>", subtype="html")
    mail.add_attachment(b"PDF", maintype="application", subtype="pdf", filename="отчёт.pdf")
    whole = mail.as_bytes(policy=SMTP)

    for _ in range(500):
        damaged = bytearray(whole)
        for place in chance.choices(range(len(whole)), k=10):
            damaged[place : place + chance.randrange(20)] = chance.randbytes(chance.randrange(5))
        assert isinstance(letter_of(bytes(damaged), "shop@example.com", [ADA]), Letter)
