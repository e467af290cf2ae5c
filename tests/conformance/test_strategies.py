"""Generated calls are valid, spend nothing unless they may, and reach the operation they are meant for.

That broken ones break just the rule that was asked for is what `test_broken_rules_are_worded` shows.
"""

from __future__ import annotations

import pytest
from hypothesis import find, given
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from contracts.arguments import arguments_of
from contracts.catalogue import Match, catalogue
from contracts.services.email import addresses, mailing_lists
from contracts.strategies import arguments, cases, paths
from contracts.suite.encodings import Encoding, request_of
from mock_server.exchange import given_arguments

IDS = {"email.mailing_list": [3, 5]}

for_every_operation = pytest.mark.parametrize("operation", list(catalogue()), ids=lambda operation: operation.name)


@for_every_operation
@given(data=st.data())
def test_generated_calls_are_valid_and_reach_their_operation(operation, data):
    case = data.draw(cases(operation, IDS))

    request = request_of(case, Encoding.JSON)

    meant = catalogue().match(request.method, request.path)
    assert isinstance(meant, Match)
    assert (meant.operation, meant.params) == (operation, case.path)
    sent = given_arguments(request.query, request.content_type, request.body)
    arguments_of(operation).read(sent)  # raises where arguments break a rule


def test_generated_paths_can_be_written():
    with pytest.raises(NoSuchExample):
        find(paths(addresses.get, {}), lambda path: any("\ud800" <= sign <= "\udfff" for sign in path["email"]))


@for_every_operation
@given(data=st.data())
def test_generated_arguments_spend_nothing(operation, data):
    drawn = data.draw(arguments(operation))

    assert not any(operation.arguments["properties"].get(name, {}).get("x-spends") for name in drawn)


def test_arguments_that_spend_are_generated_where_they_may_with_what_they_need():
    drawn = find(arguments(mailing_lists.add_emails, spends=True), lambda drawn: "confirmation" in drawn)

    assert "sender_email" in drawn
