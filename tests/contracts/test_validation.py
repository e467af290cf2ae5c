"""Two validators, one verdict: the rule an instance breaks first, and the words the vendor has for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instances import arbitrary_json, breaking, full, near_valid

from contracts.catalogue import catalogue
from contracts.refusals import Refusal
from contracts.schema import array, base64, integer, mapping, obj, one_of, string
from contracts.validation import LONGEST_PIECE, first_broken, reference_validator, validator
from contracts.wording import rules_of

OPERATIONS = list(catalogue())
RULES = [(operation, rule) for operation in OPERATIONS for rule in rules_of(operation.arguments)]

unhurried = settings(deadline=None, max_examples=25)
for_every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
for_every_rule = pytest.mark.parametrize(
    ("operation", "rule"), RULES, ids=[f"{operation.name}-{rule.key}" for operation, rule in RULES]
)


def refusal_of(name, arguments) -> Refusal | None:
    operation = catalogue()[name]
    broken = first_broken(operation.arguments, validator(operation.arguments), arguments)
    return broken and operation.refusal_of(broken)


@for_every_operation
@unhurried
@given(data=st.data())
def test_both_validators_give_one_verdict(operation, data):
    schema = operation.arguments
    fast, reference = validator(schema), reference_validator(schema)

    arguments = data.draw(near_valid(schema) | arbitrary_json)

    assert fast.is_valid(arguments) == reference.is_valid(arguments)
    assert first_broken(schema, fast, arguments) == first_broken(schema, reference, arguments)


@for_every_operation
def test_arguments_that_keep_the_schema_break_no_rule(operation):
    schema = operation.arguments

    assert first_broken(schema, validator(schema), full(schema)) is None


@for_every_rule
def test_every_rule_can_be_broken_alone_and_earns_a_declared_refusal(operation, rule):
    schema = operation.arguments
    arguments = breaking(schema, rule)

    broken = first_broken(schema, validator(schema), arguments)

    assert broken == rule
    refusal = operation.refusal_of(broken)
    assert operation.refusals[refusal.key] == refusal


@pytest.mark.parametrize("compiled", [validator, reference_validator])
@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({}, "first.required"),
        ({"first": 5}, "first.string"),
        ({"first": 5, "choice": "c"}, "first.string"),
        ({"first": "a", "choice": 5}, "choice.string"),
        ({"first": "a", "items": [{"x": 0}, {"y": 0}]}, "items.*.x.string"),
        ({"first": "a", "items": [{"y": 0}, {"x": 0}]}, "items.*.x.string"),
        ({"first": "a", "items": [{"x": 0}, 5]}, "items.*.array"),
        ({"first": "a", "items": "text"}, "items.array"),
    ],
)
def test_rules_are_checked_field_by_field_from_outside_to_inside(compiled, arguments, key):
    schema = obj({"first": string}, choice=one_of("a", "b"), items=array(obj(None, x=string, y=integer(min=1)), min=1))

    assert first_broken(schema, compiled(schema), arguments).key == key


@pytest.mark.parametrize(
    ("name", "arguments", "message", "code"),
    [
        ("create", {}, "Argument bookName missing", 422),
        ("create", {"bookName": ["Readers"]}, "Argument bookName must be string", 422),
        ("create", {"bookName": "  "}, "Empty mailing list name", 201),
        ("rename", {}, "Argument name missing", 422),
        ("rename", {"name": 7}, "Argument name must be string", 422),
        ("list", {"limit": "ten"}, "Argument limit must be integer", 422),
        ("list", {"limit": 0}, "Argument limit must be at least 1", 422),
        ("list", {"limit": 101}, "Argument limit may not be greater than 100", 422),
        ("list", {"offset": "ten"}, "Argument offset must be integer", 422),
        ("list", {"offset": -1}, "Argument offset must be at least 0", 422),
        ("list_emails", {"order": 1}, "Argument order must be string", 422),
        ("list_emails", {"order": "up"}, "Argument order is invalid", 422),
        ("list_emails", {"active": "yes"}, "Argument active is invalid", 422),
        ("list_emails", {"not_active": "no"}, "Argument not_active is invalid", 422),
        ("add_emails", {}, "Argument emails missing", 422),
        ("add_emails", {"emails": 1}, "Argument emails must be array", 422),
        ("add_emails", {"emails": [1]}, "Argument emails is invalid", 422),
        ("add_emails", {"emails": [{"email": 1}]}, "Argument email is invalid", 422),
        ("add_emails", {"emails": [{"variables": 1}]}, "Argument emails.*.variables is invalid", 422),
        ("add_emails", {"emails": [], "confirmation": 1}, "Argument confirmation must be string", 422),
        ("add_emails", {"emails": [], "confirmation": "no"}, "Argument confirmation is invalid", 422),
        ("add_emails", {"emails": [], "confirmation": "force"}, "Argument sender_email missing", 422),
        ("add_emails", {"emails": [], "sender_email": "ada"}, "Argument sender_email is invalid", 422),
        ("add_emails", {"emails": [], "template_id": 1}, "Argument template_id is invalid", 422),
        ("add_emails", {"emails": [], "message_lang": 1}, "Argument message_lang is invalid", 422),
        ("add_emails", {"emails": [], "disable_webhook": 2}, "Argument disable_webhook must be boolean", 422),
        ("add_emails", {"emails": [], "dont_update": 2}, "Argument dont_update must be boolean", 422),
        ("add_emails", {"emails": [], "check_emails": 2}, "Argument check_emails must be boolean", 422),
        ("add_emails", {"emails": [], "tags": 2}, "Argument tags must be array", 422),
        ("add_emails", {"emails": [], "tags": ["vip"]}, "Argument tags is invalid", 422),
        ("unsubscribe", {}, "Argument emails missing", 422),
        ("unsubscribe", {"emails": "ada@example.com"}, "Argument emails is invalid", 422),
        ("unsubscribe", {"emails": ["a@b.c"] * 101}, "Argument emails may not have more than 100 items", 422),
        ("unsubscribe", {"emails": [1]}, "Argument emails is invalid", 422),
        ("set_variables", {"variables": []}, "Argument email missing", 422),
        ("set_variables", {"email": "ada", "variables": []}, "Argument email is invalid", 422),
        ("set_variables", {"email": "ada@example.com"}, "Argument variables missing", 422),
        ("set_variables", {"email": "ada@example.com", "variables": 1}, "Argument variables is invalid", 422),
    ],
)
def test_broken_rules_of_mailing_lists_are_worded_as_the_vendor_words_them(name, arguments, message, code):
    refusal = refusal_of(f"email.mailing_lists.{name}", arguments)

    assert (refusal.message, refusal.code, refusal.status) == (message, code, 422)


def test_credentials_that_are_missing_are_answered_like_wrong_ones():
    assert refusal_of("oauth.issue_token", {"grant_type": "client_credentials"}).key == "invalid_client"


class Watched:
    """A validator that remembers in how many items it had to look for broken rules."""

    def __init__(self, schema) -> None:
        self._validator = validator(schema)
        self.is_valid = self._validator.is_valid
        self.looked_at = 0

    def broken(self, instance):
        self.looked_at = len(instance.get("email", instance)["emails"])
        return self._validator.broken(instance)


@pytest.mark.parametrize("first", [0, 12_345, 49_999])
def test_broken_rules_are_looked_for_in_a_piece_of_a_long_list(first):
    schema = obj({"emails": array(string)}, tags=array(integer()))
    watched = Watched(schema)

    broken = first_broken(schema, watched, {"emails": ["a"] * first + [1] * (50_000 - first), "tags": ["none"]})

    assert broken is not None
    assert broken.key == "emails.*.string"
    assert watched.looked_at <= LONGEST_PIECE


def test_broken_rules_are_looked_for_in_a_piece_of_a_long_list_of_an_object():
    schema = obj({"email": obj({"emails": array(string), "subject": string})})
    watched = Watched(schema)

    broken = first_broken(schema, watched, {"email": {"emails": ["a"] * 10_000 + [1] * 40_000, "subject": 5}})

    assert broken is not None
    assert broken.key == "email.emails.*.string"
    assert watched.looked_at <= LONGEST_PIECE


def test_the_length_of_a_long_list_is_looked_at_as_a_whole():
    schema = obj({"emails": array(string, max=20_000)})

    broken = first_broken(schema, validator(schema), {"emails": ["a"] * 20_001})

    assert broken is not None
    assert broken.key == "emails.max"


@pytest.mark.parametrize("compiled", [validator, reference_validator])
@pytest.mark.parametrize("name", ["", "0", "00", "-1", "a/b", "~1", "items", "properties", "\u0000"])
def test_a_broken_rule_is_found_below_any_key(compiled, name):
    schema = obj(None, files=mapping(base64), parts=mapping(array(obj({"x": string}))))
    checker = compiled(schema)

    assert first_broken(schema, checker, {"files": {name: "<p>"}}).key == "files.*.base64"
    assert first_broken(schema, checker, {"files": {name: 5, "a": "<p>"}}).key == "files.*.string"
    assert first_broken(schema, checker, {"parts": {name: [{}]}}).key == "parts.*.*.x.required"
    assert first_broken(schema, checker, {"parts": {name: [{"x": ""}, {"x": 1}]}}).key == "parts.*.*.x.string"


@given(st.dictionaries(st.text(st.sampled_from("01/~ab"), max_size=2), st.sampled_from(["<", "AAAA", 5, None])))
def test_both_validators_give_one_verdict_on_any_keys(files):
    schema = obj(None, files=mapping(base64, max=3))
    fast, reference = validator(schema), reference_validator(schema)

    assert first_broken(schema, fast, {"files": files}) == first_broken(schema, reference, {"files": files})


def test_broken_rules_are_looked_for_in_a_piece_of_a_long_mapping():
    schema = obj({"emails": mapping(base64)})
    watched = Watched(schema)

    broken = first_broken(schema, watched, {"emails": {str(number): "<" for number in range(50_000)}})

    assert broken is not None
    assert broken.key == "emails.*.base64"
    assert watched.looked_at <= LONGEST_PIECE


@pytest.mark.parametrize("compiled", [validator, reference_validator])
def test_a_field_that_is_not_known_breaks_a_rule_of_the_object(compiled):
    schema = obj(None, balance=obj(None, main=integer()) | {"additionalProperties": False})

    assert first_broken(schema, compiled(schema), {"balance": {"debt": 5}}).key == "balance.additionalProperties"
