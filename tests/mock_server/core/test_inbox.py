"""Messages as people read them: in pages, newest first, searched, counted, removed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.clock import parse_instant
from mock_server.core.inbox import Inbox
from mock_server.core.mails import Content
from mock_server.core.outbox import Outbox
from mock_server.core.store import open_backend

NOON = parse_instant("2026-01-31T12:00:00Z")


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    backend = open_backend(None if request.param == "memory" else f"sqlite:///{tmp_path}/kept.db")
    yield backend.store(1)
    backend.close()


@pytest.fixture
def outbox(store):
    return Outbox(store)


@pytest.fixture
def inbox(outbox, store):
    return Inbox(outbox, store)


def send(outbox, to="ada@example.com", **content):
    outbox.send(**{"at": NOON, "sender": "owner@example.com", "to": to, "subject": "Hi", "about": {}, **content})


def mail(outbox, *readers, **content):
    written = outbox.write(**{"sender": "owner@example.com", "subject": "Hi", **content})
    for variables in readers:
        outbox.post(written, at=NOON, to=variables.get("to", "ada@example.com"), variables=variables)


def found(inbox, search, **more):
    return [one.id for one in inbox.page(10, search=search, **more).mails]


def test_newest_come_first_in_pages(inbox, outbox):
    for number in range(5):
        send(outbox, subject=f"News {number}")

    pages = [[one.subject for one in inbox.page(2, offset).mails] for offset in (0, 2, 4, 6)]

    assert pages == [["News 4", "News 3"], ["News 2", "News 1"], ["News 0"], []]
    assert inbox.page(2).total == 5


@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        ("ada@example", [1]),
        ("BOB", [2]),
        ("owner", [2, 1]),
        ("grüße", [1]),
        ("GRÜSSE", [1]),
        ("hello", [1]),
        ("fast world", [2]),
        ("world fast", [2]),
        ("hello fast", []),
        ("style", []),
        ("plan.pdf", [2]),
        ("cc@example.com", [2]),
        ("  ", [2, 1]),
        ("&", [1]),
    ],
)
def test_each_word_is_searched_in_all_that_a_mail_says(inbox, outbox, search, numbers):
    send(outbox, subject="Grüße", html="<style>p {}</style><p>He<b>llo</b> &amp; welcome</p>")
    send(
        outbox,
        to="bob@example.com",
        text="The world is fast",
        html="<p>another",
        attachments={"plan.pdf": "AA"},
        headers={"Cc": "cc@example.com"},
    )

    assert found(inbox, search) == numbers


@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        ("dear", [3, 2, 1]),
        ("Grace", [2]),
        ("#4711!", [1]),
        ("4711", [1]),
        ("ada4711", [1]),
        ("dear grace", [2]),
        ("unused", []),
        ("unsubscribe.sendpulse.example/3", [3]),
        ("name", []),
        ("lovelace", [1]),
        ('"key"', [3]),
    ],
)
def test_values_of_a_message_are_searched_as_they_are_shown(inbox, outbox, search, numbers):
    mail(
        outbox,
        {"name": "Ada", "number": 4711, "surname": "Lovelace", "not": "unused"},
        {"to": "g@example.com", "name": "Grace"},
        {"to": "l@example.com", "name": {"key": 1}},
        subject="#{{number}}! {{ surname }}",
        html="<p>Dear {{name}}{{number}}, <a>{{unsubscribe}}</a>",
    )

    assert found(inbox, search) == numbers


PIECES = st.lists(st.sampled_from(["a", "b", "{{x}}", "{{y}}", " ", "<b>", "{{ x }}", "é", "{"]), max_size=8).map(
    "".join
)
VALUES = st.fixed_dictionaries({"x": st.sampled_from(["a", "B b", "", 1]), "y": st.sampled_from(["c a", None, [1]])})


@given(subject=PIECES, text=PIECES, values=VALUES, word=st.text("abcé1[{B ", min_size=1, max_size=3))
def test_search_finds_what_reading_every_message_finds(subject, text, values, word):
    store = open_backend(None).store(1)
    outbox = Outbox(store)
    mail(outbox, values, subject=subject, text=text, sender="o")
    (shown,) = outbox

    said = "\n".join([shown.to, shown.sender, shown.subject, *([shown.text] if text else [])]).casefold()

    assert bool(found(Inbox(outbox, store), word)) == all(part in said for part in word.casefold().split())


def test_what_comes_later_is_found_too_and_what_was_removed_is_not(inbox, outbox):
    send(outbox, subject="one news")
    assert found(inbox, "news") == [1]
    send(outbox, subject="more news")
    mail(outbox, {"name": "news"}, subject="{{name}}")
    assert found(inbox, "news") == [3, 2, 1]

    inbox.remove(2)

    assert found(inbox, "news") == [3, 1]


def test_search_shows_page_after_page(inbox, outbox):
    for number in range(7):
        send(outbox, subject=f"{'news' if number % 2 else 'more'} {number}")

    pages = [inbox.page(2, offset, search="news") for offset in (0, 2)]

    assert [([one.id for one in page.mails], page.total) for page in pages] == [([6, 4], 3), ([2], 3)]


def test_channels_are_counted_and_shown_apart(inbox, outbox, store):
    send(outbox)
    store[Content].put(store[Content].add(sender="a", subject="", channel="sms"))
    sms = store[Content].find(channel="sms")
    for _ in range(2):
        outbox.post(sms, at=NOON, to="380501234567")

    assert inbox.counts() == {"email": 1, "sms": 2}
    assert found(inbox, "", channel="sms") == [3, 2]
    assert found(inbox, "ada", channel="sms") == []
    assert [one.channel for one in inbox.page(9, channel="email").mails] == ["email"]


def test_version_changes_as_messages_come_and_go(inbox, outbox):
    seen = [inbox.version]
    for step in (lambda: send(outbox), lambda: send(outbox), lambda: inbox.remove(1), inbox.clear):
        step()
        seen.append(inbox.version)

    assert len(set(seen)) == 5


def test_removed_message_takes_along_what_nobody_shares(inbox, outbox, store):
    send(outbox)
    shared = store[Content].add(sender="owner@example.com", subject="Hi")
    for _ in range(2):
        outbox.post(shared, at=NOON, to="ada@example.com")
    mail(outbox, {})

    assert [inbox.remove(number) for number in (1, 2, 4, 99)] == [True, True, True, False]

    assert [one.id for one in outbox] == [3]
    assert [content.id for content in store[Content].where()] == [2, 3]


def test_cleared_inbox_keeps_what_a_campaign_goes_on_with(inbox, outbox, store):
    send(outbox)
    mail(outbox, {}, {})

    assert inbox.clear() == 3

    assert (len(outbox), inbox.counts(), inbox.page(9).total) == (0, {}, 0)
    assert [content.is_template for content in store[Content].where()] == [True]


def test_neighbours_of_a_message_are_those_that_are_left(inbox, outbox):
    for _ in range(5):
        send(outbox)
    inbox.remove(2)

    assert [inbox.beside(number) for number in (1, 3, 5)] == [(None, 3), (1, 4), (4, None)]


def test_neighbour_is_found_beyond_many_that_were_removed_but_not_beyond_a_thousand(inbox, outbox):
    for _ in range(1003):
        send(outbox)
    for number in range(2, 1001):
        inbox.remove(number)

    assert (inbox.beside(1), inbox.beside(1001)) == ((None, 1001), (1, 1002))
    inbox.remove(1001)
    assert (inbox.beside(1), inbox.beside(1002), inbox.beside(1003)) == ((None, None), (None, 1003), (1002, None))


def test_two_hundred_thousand_characters_of_a_text_are_searched(inbox, outbox):
    send(outbox, text="x" * 199_995 + " last beyond")
    send(outbox, html="<p>" + "x" * 199_992 + " last beyond")

    assert found(inbox, "last") == [2, 1]
    assert found(inbox, "beyond") == []


def test_what_was_opened_is_remembered_until_it_is_removed(inbox, outbox):
    send(outbox)
    send(outbox)
    inbox.opened.update({1, 2})

    inbox.remove(1)
    assert inbox.opened == {2}
    inbox.clear()

    assert inbox.opened == set()


def test_preview_has_two_hundred_characters_of_text_or_html(outbox):
    send(outbox, text="x" * 201)
    send(outbox, html=f"<p>{'y' * 201}</p>")

    assert [one.preview for one in outbox] == ["x" * 200, "y" * 200]


def test_preview_is_how_the_text_begins(outbox):
    mail(outbox, {"name": "Ada"}, html=f"<style>p {{}}</style><p>Dear\n {{{{name}}}}<p>{'x ' * 9999}")
    send(outbox, text="a\n b")

    assert [one.preview[:12] for one in outbox] == ["Dear Ada x x", "a b"]
