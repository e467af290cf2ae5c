"""Names in double braces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core import placeholders
from mock_server.core.placeholders import Values

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
TEMPLATES = st.lists(st.sampled_from(["{", "{{", "}", "}}", "name", " ", "NAME", "x", "\n", "<", "é", "|", "%"])).map(
    "".join
)


@pytest.fixture
def values():
    return Values(
        {"email": "ada@example.com"}, {"name": "Ada", "Name": "Grace", "Visits": 7, "one<two": 3, "none": None}
    )


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hi {{name}}!", "Hi Ada!"),
        ("Hi {{ name }}{{\tname}}!", "Hi AdaAda!"),
        ("{{Name}} {{NAME}}", "Grace Ada"),
        ("{{visits}} visits", "7 visits"),
        ("{{email}} {{Email}} {{EMAIL}}", "ada@example.com ada@example.com ada@example.com"),
        ("[{{unknown}}][{{none}}][{{first name}}]", "[][][]"),
        ("{{{name}}}", "{Ada}"),
        ("{{name}}{{name}}", "AdaAda"),
    ],
)
def test_names_give_way_to_their_values(values, text, filled):
    assert values.fill(text) == filled


@pytest.mark.parametrize(
    "text",
    [
        "{{",
        "}}",
        "{{}}",
        "{{ }}",
        "{{name",
        "{{name}",
        "{name}",
        "{{na\nme}}",
        "{{one<two}}",
        "{{<b>name</b>}}",
        "{% if name %}",
        "{{ name|upper }}",
        "{{'name'}}",
        f"{{{{{'n' * 256}}}}}",
    ],
)
def test_what_is_no_name_is_left_as_it_stands(values, text):
    assert values.fill(text) == text
    assert values.fill_html(text) == text


def test_values_are_no_templates():
    assert Values({}, {"a": "{{b}}", "b": "{{a}}"}).fill("{{a}}{{b}}") == "{{b}}{{a}}"


def test_values_are_no_markup():
    values = Values({}, {"name": "<b onclick='x'>&\"</b>"})

    assert values.fill_html("<p>{{name}}</p>") == "<p>&lt;b onclick=&#x27;x&#x27;&gt;&amp;&quot;&lt;/b&gt;</p>"
    assert values.fill("{{name}}") == "<b onclick='x'>&\"</b>"


@pytest.mark.parametrize(
    ("value", "written"),
    [(True, "true"), (None, ""), (1.5, "1.5"), (["é", 1], '["é", 1]'), (float("nan"), "NaN")],
)
def test_values_that_are_no_texts_are_written_as_json(value, written):
    assert Values({}, {"it": value}).fill("{{it}}") == written


def test_numbers_too_long_to_write_are_nothing():
    assert Values({}, {"it": 10**5000}).fill("{{it}}") == ""


def test_values_without_end_are_nothing():
    endless = []
    for _ in range(100_000):
        endless = [endless]

    assert Values({}, {"it": endless}).fill("{{it}}") == ""

    while endless:  # or the interpreter would recurse to let go of it
        endless = endless[0]


def test_values_fill_a_text_up_to_a_bound(monkeypatch):
    monkeypatch.setattr(placeholders, "MOST_SUBSTITUTED", 10)

    assert Values({}, {"long": "1234"}).fill("{{long}}|{{long}}|{{long}}|{{long}}") == "1234|1234||"


@pytest.mark.parametrize("piece", ["{", "}", "{{", "{{}}", "{{ ", "{{a", "{{a}", "{{name}}", "{ {", "{{" + " " * 300])
def test_much_broken_markup_costs_no_more_than_it_is_long(values, piece):
    text = piece * (10_000_000 // len(piece))  # looked at once more from each beginning, this would take hours

    assert values.fill(text) is not None


@given(template=TEMPLATES, given=st.dictionaries(st.text() | st.just("name"), JSON))
def test_no_template_and_no_value_is_too_much(template, given):
    values = Values({"email": "ada@example.com"}, given)

    assert isinstance(values.fill(template), str)
    assert isinstance(values.fill_html(template), str)
