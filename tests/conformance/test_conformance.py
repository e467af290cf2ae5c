"""The whole suite against the emulator, in process and live."""

from __future__ import annotations

import re

import pytest

from contracts.catalogue import catalogue
from contracts.suite import answers, bad_input, limits, refusals, tokens
from contracts.suite.encodings import Encoding
from contracts.suite.journeys import blacklist, campaigns, mailing_lists, senders, smtp, tags
from contracts.wording import rules_of

OPERATIONS = list(catalogue())
RULES = [(operation, rule) for operation in OPERATIONS for rule in rules_of(operation.arguments)]

for_every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
for_every_rule = pytest.mark.parametrize(
    ("operation", "rule"), RULES, ids=[f"{operation.name}-{rule.key}" for operation, rule in RULES]
)


@for_every_operation
def test_valid_calls_keep_the_contract(laboratory, operation):
    answers.valid_calls_keep_the_contract(laboratory, operation)


@for_every_rule
def test_broken_rules_are_worded(laboratory, operation, rule):
    answers.broken_rules_are_worded(laboratory, operation, rule)


@for_every_operation
@pytest.mark.parametrize("encoding", [Encoding.QUERY, Encoding.FORM, Encoding.BRACKETS])
def test_encodings_mean_the_same(laboratory, operation, encoding):
    answers.encodings_mean_the_same(laboratory, operation, encoding)


@pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS if operation.array_as], ids=lambda operation: operation.name
)
def test_bare_array_means_the_field_it_stands_for(laboratory, operation):
    answers.encodings_mean_the_same(laboratory, operation, Encoding.BARE)


def test_documents_describe_every_service(laboratory):
    answers.documents_describe_every_service(laboratory)


@for_every_operation
def test_garbage_is_answered_in_the_envelope(laboratory, operation):
    bad_input.garbage_is_answered_in_the_envelope(laboratory, operation)


@for_every_operation
def test_large_bodies_are_answered_in_the_envelope(laboratory, operation):
    bad_input.large_bodies_are_answered_in_the_envelope(laboratory, operation)


def test_unknown_paths_and_methods_are_answered_in_the_envelope(laboratory):
    bad_input.unknown_paths_and_methods_are_answered_in_the_envelope(laboratory)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_refusal_can_be_provoked_or_says_what_it_waits_for(operation):
    assert refusals.unprovoked(operation) == set()


def test_what_is_awaited_is_declared_and_cannot_be_provoked():
    for operation, refusal in refusals.AWAITING:
        assert refusal in operation.refusals.values()
        assert refusals.provocation_of(operation, refusal) is None


def test_every_provocation_says_its_condition_in_a_sentence():
    silent = [
        f"{operation.name}: {refusal.key}: {way.test}"
        for operation, refusal in refusals.provocations()
        if (way := refusals.way_to(operation, refusal)) and not re.fullmatch(r"[A-Z][^\n]*\.", way.condition)
    ]

    assert silent == []


@pytest.mark.parametrize(
    ("operation", "refusal"),
    refusals.provocations(),
    ids=[f"{operation.name}-{refusal.key}" for operation, refusal in refusals.provocations()],
)
def test_refusal_is_provoked(laboratory, operation, refusal):
    refusals.refusal_is_provoked(laboratory, operation, refusal)


def test_mailing_lists_do_what_their_model_does(laboratory):
    mailing_lists.mailing_lists_do_what_their_model_does(laboratory)


def test_senders_do_what_their_model_does(laboratory):
    senders.senders_do_what_their_model_does(laboratory)


def test_blacklist_does_what_its_model_does(laboratory):
    blacklist.blacklist_does_what_its_model_does(laboratory)


def test_tags_do_what_their_model_does(laboratory):
    tags.tags_do_what_their_model_does(laboratory)


def test_campaigns_do_what_their_model_does(laboratory):
    campaigns.campaigns_do_what_their_model_does(laboratory)


def test_smtp_does_what_its_model_does(laboratory):
    smtp.smtp_does_what_its_model_does(laboratory)


def test_accounts_are_strangers(laboratory):
    mailing_lists.accounts_are_strangers(laboratory)


@pytest.mark.parametrize("algorithm", limits.ALGORITHMS)
def test_limiter_keeps_its_definition(laboratory, algorithm):
    limits.limiter_keeps_its_definition(laboratory, algorithm)


@pytest.mark.parametrize("check", [limits.quotas_keep_their_windows, limits.plans_have_their_quotas])
def test_quotas(laboratory, check):
    check(laboratory)


@pytest.mark.parametrize(
    "check",
    [
        tokens.tokens_live_an_hour,
        tokens.revoked_tokens_are_refused,
        tokens.keys_are_good_until_revoked,
        tokens.tokens_hold_the_vendors_claims,
        tokens.wrong_credentials_get_no_token,
    ],
)
def test_tokens(laboratory, check):
    check(laboratory)


@pytest.mark.parametrize("forgery", tokens.FORGERIES)
def test_forgeries_are_refused(laboratory, forgery):
    tokens.forgeries_are_refused(laboratory, tokens.FORGERIES[forgery])
