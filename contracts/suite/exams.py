"""The whole suite as a list: each check of it, what it is about, and how it is run against a laboratory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from contracts.catalogue import catalogue
from contracts.model import Operation
from contracts.suite import answers, bad_input, limits, refusals, tokens, tolerance
from contracts.suite.journeys import blacklist, campaigns, mailing_lists, senders, smtp, tags
from contracts.suite.laboratories import Laboratory
from contracts.wording import rules_of

Check = Callable[[Laboratory], None]


@dataclass(frozen=True, slots=True)
class Exam:
    """One check. `operation` is None where it is about more than one."""

    check: str
    about: str
    run: Check
    operation: Operation | None = None


def exams() -> Iterator[Exam]:
    """Every check of the suite."""
    for operation in catalogue():
        yield from _of_one(operation)
    yield from (Exam(check.__name__, about, check) for about, check in _OF_MANY)
    for algorithm in limits.ALGORITHMS:
        check = partial(_limiter, algorithm)
        yield Exam("limiter_keeps_its_definition", f"limits: {algorithm}", check)
    for name, forge in tokens.FORGERIES.items():
        yield Exam("forgeries_are_refused", f"tokens: {name}", partial(_forgery, forge))


def _of_one(operation: Operation) -> Iterator[Exam]:
    def exam(check: Callable[..., None], *more: object, about: str = "") -> Exam:
        def run(laboratory: Laboratory) -> None:
            check(laboratory, operation, *more)

        return Exam(check.__name__, f"{operation.name}{about}", run, operation)

    yield exam(answers.valid_calls_keep_the_contract)
    for rule in rules_of(operation.arguments):
        yield exam(answers.broken_rules_are_worded, rule, about=f": {rule.key}")
    yield exam(tolerance.habits_mean_the_same)
    yield exam(tolerance.answers_can_be_read)
    yield exam(bad_input.garbage_is_answered_in_the_envelope)
    yield exam(bad_input.large_bodies_are_answered_in_the_envelope)
    for refusal in operation.refusals.values():
        if refusals.provocation_of(operation, refusal) is not None:
            yield exam(refusals.refusal_is_provoked, refusal, about=f": {refusal.key}")


def _limiter(algorithm: str, laboratory: Laboratory) -> None:
    limits.limiter_keeps_its_definition(laboratory, algorithm)


def _forgery(forge: Callable[[str], str], laboratory: Laboratory) -> None:
    tokens.forgeries_are_refused(laboratory, forge)


_OF_MANY: Final[tuple[tuple[str, Check], ...]] = (
    ("documents", answers.documents_describe_every_service),
    ("unknown paths", bad_input.unknown_paths_and_methods_are_answered_in_the_envelope),
    ("mailing lists", mailing_lists.mailing_lists_do_what_their_model_does),
    ("accounts", mailing_lists.accounts_are_strangers),
    ("senders", senders.senders_do_what_their_model_does),
    ("blacklist", blacklist.blacklist_does_what_its_model_does),
    ("tags", tags.tags_do_what_their_model_does),
    ("campaigns", campaigns.campaigns_do_what_their_model_does),
    ("smtp", smtp.smtp_does_what_its_model_does),
    ("quotas", limits.quotas_keep_their_windows),
    ("quotas", limits.plans_have_their_quotas),
    ("tokens", tokens.tokens_live_an_hour),
    ("tokens", tokens.revoked_tokens_are_refused),
    ("keys", tokens.keys_are_good_until_revoked),
    ("tokens", tokens.tokens_hold_the_vendors_claims),
    ("tokens", tokens.wrong_credentials_get_no_token),
)
