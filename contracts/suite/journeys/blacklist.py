"""Long walks over the blacklist: who was put on it is on it once, until taken off."""

from __future__ import annotations

from base64 import b64encode, encodebytes
from contextlib import ExitStack
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contracts.model import Operation
from contracts.schema import is_email
from contracts.services.email import blacklist as api
from contracts.strategies import BAD_EMAILS, EMAILS, breaking
from contracts.suite.accounts import expect_refusal, expect_success, fresh_account
from contracts.suite.books import plain
from contracts.suite.journeys import breaches, same, walk
from contracts.suite.laboratories import Laboratory

_people: Final = st.lists(st.sampled_from((*EMAILS, f" {EMAILS[0]}\n", "zoe@example.com", *BAD_EMAILS[:2])), max_size=5)
_BREACHES: Final = st.sampled_from(breaches(api))


def blacklist_does_what_its_model_does(laboratory: Laboratory) -> None:
    """Walk many ways, and compare after each step."""
    walk(Blacklist, laboratory)


class Blacklist(RuleBasedStateMachine):
    """One account, and the addresses on its blacklist in the order in which they came."""

    def __init__(self, laboratory: Laboratory) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._account = self._stack.enter_context(fresh_account(laboratory))
        self._model: list[str] = []

    def teardown(self) -> None:
        self._stack.close()

    @rule(people=_people, in_lines=st.booleans())
    def add(self, people: list[str], in_lines: bool) -> None:
        for address in self._done(api.add, people, in_lines=in_lines):
            if address not in self._model:
                self._model.append(address)

    @rule(people=_people, in_lines=st.booleans())
    def remove(self, people: list[str], in_lines: bool) -> None:
        gone = self._done(api.remove, people, in_lines=in_lines)
        self._model = [address for address in self._model if address not in gone]

    @rule(limit=st.integers(0, 3), offset=st.integers(0, 3))
    def page(self, limit: int, offset: int) -> None:
        there = self._model[offset:]
        same(there[: limit or None], self._account.get(api.list, limit=limit, offset=offset))

    @rule(data=st.data(), breach=_BREACHES)
    def break_a_rule(self, data: st.DataObject, breach: Any) -> None:
        operation, broken = breach
        case = data.draw(breaking(operation, broken, {}))
        expect_refusal(operation, operation.refusal_of(broken), self._account.send(case))

    @invariant()
    def everything_is_as_in_the_model(self) -> None:
        same(self._model, self._account.get(api.list))

    def _done(self, operation: Operation, people: list[str], *, in_lines: bool) -> list[str]:
        """The addresses that a call is about, plainly; none if it is refused for naming nobody."""
        encode = encodebytes if in_lines else b64encode
        answer = self._account.ask(operation, emails=encode(",".join(people).encode()).decode())
        named = [plain(address) for address in people if is_email(plain(address))]
        if named:
            expect_success(operation, answer)
        else:
            expect_refusal(operation, api.NO_DATA, answer)
        return named
