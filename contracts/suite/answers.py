"""Every answer keeps its contract: those to valid calls, and those to broken ones."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contracts.catalogue import catalogue
from contracts.checks import Failure, promise_of
from contracts.model import Operation
from contracts.services import documents
from contracts.strategies import Case, breaking, cases
from contracts.suite.accounts import expect_refusal, fresh_account
from contracts.suite.laboratories import Laboratory
from contracts.suite.scenes import furnish
from contracts.wording import Rule


class Undocumented(Failure):
    """The API does not describe itself whole."""


def valid_calls_keep_the_contract(laboratory: Laboratory, operation: Operation) -> None:
    """A valid call is served or refused as declared; refused, it changes nothing."""

    @given(st.data())
    def holds(data: st.DataObject) -> None:
        with fresh_account(laboratory) as account:
            furnish(account)
            before = account.everything()

            answer = account.send(data.draw(cases(operation, account.known)))

            if not promise_of(operation).is_success(answer):
                account.expect_unchanged(before)

    holds()


def broken_rules_are_worded(laboratory: Laboratory, operation: Operation, rule: Rule) -> None:
    """A call that breaks one rule is refused with the words for that rule, and changes nothing."""
    with fresh_account(laboratory) as account:
        before = furnish(account).everything()

        @given(breaking(operation, rule, account.known))
        def holds(case: Case) -> None:
            laboratory.tally.examples += 1
            expect_refusal(operation, operation.refusal_of(rule), account.send(case))
            account.expect_unchanged(before)

        holds()
    laboratory.tally.provoked.add((operation.name, operation.refusal_of(rule).key))


def documents_describe_every_service(laboratory: Laboratory) -> None:
    """The OpenAPI documents are there for everyone: the index, and one of each service that needs a token."""
    with fresh_account(laboratory) as account:
        index = account.ask(documents.get_index)
        for operation in catalogue():
            service = operation.service
            if service.needs_token and operation.path.encode() not in index.body:
                raise Undocumented(f"{operation.path} is not in the index")
            if service.needs_token and account.ask(documents.get, f"{service.name}.yaml").status != 200:
                raise Undocumented(f"there is no document of {service.title}")
