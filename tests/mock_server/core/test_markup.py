"""What a reader sees of HTML."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.markup import links_in, links_of, text_of, unescape

PIECES = [
    "<",
    ">",
    "</",
    "<a ",
    "href=",
    '"',
    "'",
    "https://a.example/",
    "<!--",
    "-->",
    "<style>",
    "&amp",
]
OTHERS = ["p", " ", "\n", "=", ";", "&#", "9", "\x1d", "\x1e", "é", "</style"]
MARKUP = st.lists(st.sampled_from([*PIECES, *OTHERS]) | st.text()).map("".join)

LETTER = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>No text</title><style>p > a { color: red }</style></head>
<body><!--[if mso]><p>No <a href="https://no.example">text</a></p><![endif]-->
  <h1>Dear&nbsp;Ada,</h1>
  <p>follow <A class='x > y' HREF="https://shop.example/?a=1&amp;b=2">this
  <b>link</b></A> or look at (https://shop.example/terms).</p>
  <ul><li>one</li><li>two</li></ul>
  <div>1 < 2 &amp; 3 > 2<br>Ada &amp; Grace</div><div>Yours</div>
  <table><tr><td>Total</td><td>5</td></tr></table>
  <img src="https://images.example/logo.png" alt="The shop"><script>alert("no text")</script>
  <a href=https://shop.example>https://shop.example</a> <a href="mailto:ada@example.com">Mail</a> <a name="x">us</a>
</body></html>"""


def test_text_of_a_letter_reads_well():
    assert text_of(LETTER) == (
        "Dear Ada,\n\n"
        "follow this link <https://shop.example/?a=1&b=2> or look at (https://shop.example/terms).\n\n"
        "- one\n- two\n\n"
        "1 < 2 & 3 > 2\nAda & Grace\nYours\n\n"
        "Total 5\n\n"
        "The shop https://shop.example Mail us"
    )


def test_links_of_a_letter_are_those_that_a_reader_can_follow():
    assert links_of(LETTER) == [
        "https://shop.example/?a=1&b=2",
        "https://shop.example/terms",
        "https://shop.example",
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("a < b", "a < b"),
        ("a <", "a <"),
        ("<p>one<p>two", "one\n\ntwo"),
        ("one<br><br><br>two", "one\n\ntwo"),
        ("<div><div>one</div></div><div>two</div>", "one\ntwo"),
        ("<p class=it's>it's</p>", "it's"),
        ("<p title='never closed>one</p>two", "one\n\ntwo"),
        ("one<!-- two", "one"),
        ("one<!-->two", "onetwo"),
        ("one<STYLE>two</Style >three", "onethree"),
        ("one<script>two", "one"),
        ("&lt;b&gt; &#65;&#x42; &nosuch; &#99999999999999999999999;", "<b> AB &nosuch; \N{REPLACEMENT CHARACTER}"),
        ("<?xml version='1.0'?>one<![CDATA[two]]>", "one"),
        ("in<b>side</b>", "inside"),
    ],
)
def test_broken_markup_is_read_as_well_as_can_be(markup, text):
    assert text_of(markup) == text


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://a.example/x?y=(1), http://b.example.", ["https://a.example/x?y=(1)", "http://b.example"]),
        ("(https://a.example/page_(one))", ["https://a.example/page_(one)"]),
        ("HTTPS://A.example! https://a.example https://a.example?", ["HTTPS://A.example", "https://a.example"]),
        ("https:// https://... ftp://a.example xhttp", []),
        ("<https://a.example/x>", ["https://a.example/x"]),
    ],
)
def test_links_in_a_text_go_without_the_punctuation_around_them(text, links):
    assert links_in(text) == links


LENGTH = 300_000


@pytest.mark.parametrize(
    "piece",
    [
        *PIECES,
        '<a href="',
        "<a href='\"",
        "<a x='",
        "</a",
        "<script>",
        "<style></styl",
        "<b> </b>",
        "<p>",
        "<li>",
        "<br>",
        " ",
        "\n",
        "&",
        "&#",
        "&#9",
        "<![CDATA[",
        "<?",
        "https://x)",
        "<a href=https://x>x",
        "<a href=https://x>x</a>",
        'x="',
    ],
)
def test_much_of_anything_costs_no_more_than_it_is_long(piece):
    for markup in (piece * (LENGTH // len(piece)), f"<a {piece * (LENGTH // len(piece))}>"):
        text_of(markup)  # looked at once more from each beginning, this would take hours
        links_of(markup)
        links_in(markup)


@pytest.mark.parametrize(
    "rest",
    ["(" * LENGTH + ")" * LENGTH, ")" * LENGTH, "." * LENGTH, "&#" + "9" * LENGTH],
    ids=["brackets", "closing", "points", "digits"],
)
def test_long_links_cost_no_more_than_they_are_long(rest):
    assert links_of(f"<p>https://a.example/{rest}</p>")
    assert unescape(rest)


@given(MARKUP)
def test_no_markup_is_too_much(markup):
    assert isinstance(text_of(markup), str)
    assert isinstance(links_of(markup), list)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a --> b <!-- hidden --> c", "a --> b c"),
        ("--> b<!-- hidden -->c", "--> bc"),
        ("a<!-->b", "ab"),
        ("a<!-- never closed", "a"),
        ("a<!-- one --><!-- two -->b", "ab"),
    ],
)
def test_comment_is_hidden_wherever_an_arrow_stands(html, text):
    assert text_of(html) == text
