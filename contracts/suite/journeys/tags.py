"""Long walks over tags: what was queued shows a second later, in order, and what was refused never does."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from contracts.model import Operation
from contracts.refusals import Refusal
from contracts.services.email import mailing_lists
from contracts.services.email import tags as api
from contracts.strategies import UNKNOWN_ID
from contracts.suite.accounts import expect_refusal, expect_success, fresh_account
from contracts.suite.journeys import ModelDiffers, same, walk
from contracts.suite.laboratories import Laboratory
from contracts.suite.scenes import ADA, TAG_DELAY


def tags_do_what_their_model_does(laboratory: Laboratory) -> None:
    """Walk many ways, and compare what is listed after each step."""
    walk(Tags, laboratory)


@dataclass(eq=False)
class Tag:
    """A tag of the model. Its number is 0 until it was seen in the list."""

    name: str
    color: str
    number: int = 0


@dataclass
class Write:
    """What waits in the queue until `due`: a tag to be made, a tag to be changed into `after`, or one to be deleted."""

    due: int
    tag: Tag | None
    after: Tag | None


_picks: Final = st.integers(0, 4)
_names: Final = st.sampled_from(("VIP", "vip", "Quiet", "Zoë’s 読者"))
_colors: Final = st.sampled_from(("#ff8000", "#0080FF"))
_someone: Final = st.sampled_from((ADA, ADA.upper(), "stranger@example.com"))


class Tags(RuleBasedStateMachine):
    """One account with a reader, a model of its tags, and all that can be done to them."""

    def __init__(self, laboratory: Laboratory) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._account = self._stack.enter_context(fresh_account(laboratory))
        self._tags: list[Tag] = []
        self._queue: list[Write] = []
        self._receipts: set[str] = set()
        self._now = 0

    def teardown(self) -> None:
        self._stack.close()

    @initialize()
    def begin(self) -> None:
        readers = self._account.get(mailing_lists.create, bookName="Readers")["id"]
        self._account.get(mailing_lists.add_emails, readers, emails=[ADA])

    @rule(name=_names, color=_colors)
    def create(self, name: str, color: str) -> None:
        refused = api.NAME_TAKEN if self._is_taken(name, None) else None
        if self._done(api.create, refused=refused, name=name, color=color):
            self._wait(None, Tag(name, color))

    @rule(pick=_picks, name=_names, color=_colors)
    def update(self, pick: int, name: str, color: str) -> None:
        tag = self._pick(pick)
        refused = api.NAME_TAKEN if self._is_taken(name, tag) else None
        refused = refused if tag else api.TAG_NOT_FOUND
        if self._done(api.update, _number(tag), refused=refused, name=name, color=color):
            self._wait(tag, Tag(name, color))

    @rule(pick=_picks)
    def delete(self, pick: int) -> None:
        tag = self._pick(pick)
        if self._done(api.delete, _number(tag), refused=None if tag else api.TAG_NOT_FOUND):
            self._wait(tag, None)

    @rule(
        operation=st.sampled_from((api.pin_to_email, api.unpin_from_email)),
        picks=st.lists(_picks, max_size=3),
        someone=_someone,
    )
    def pin(self, operation: Operation, picks: list[int], someone: str) -> None:
        tags = [self._pick(pick) for pick in picks]
        refused = None if all(tags) else api.TAGS_UNKNOWN
        refused = refused if someone.lower() == ADA else refused or api.EMAIL_UNKNOWN
        self._done(operation, refused=refused, email=someone, tags=[_number(tag) for tag in tags])

    @rule(microseconds=st.sampled_from((1, TAG_DELAY // 2, TAG_DELAY)))
    def let_time_pass(self, microseconds: int) -> None:
        self._account.advance(microseconds)
        self._now += microseconds
        while self._queue and self._queue[0].due <= self._now:
            self._take_effect(self._queue.pop(0))

    @rule(early=st.integers(0, 1))
    def wait_until_something_shows(self, early: int) -> None:
        """Or until the microsecond before."""
        if self._queue and self._queue[0].due - early > self._now:
            self.let_time_pass(self._queue[0].due - early - self._now)

    @invariant()
    def what_is_listed_is_as_in_the_model(self) -> None:
        listed = self._account.get(api.list)["tags"]
        same(
            [(tag.name, tag.color) for tag in self._tags],
            [(row["name"], row["color"]) for row in listed],
        )
        for tag, row in zip(self._tags, listed, strict=True):
            tag.number = tag.number or row["id"]
            same(tag.number, row["id"])

    def _take_effect(self, write: Write) -> None:
        if write.tag is None and write.after:
            self._tags.append(write.after)
        elif write.tag in self._tags and write.after:
            write.tag.name, write.tag.color = write.after.name, write.after.color
        elif write.tag in self._tags:
            self._tags.remove(write.tag)

    def _wait(self, tag: Tag | None, after: Tag | None) -> None:
        self._queue.append(Write(self._now + TAG_DELAY, tag, after))

    def _is_taken(self, name: str, mine: Tag | None) -> bool:
        named = any(tag.name == name for tag in self._tags if tag is not mine)
        return named or any(
            write.after is not None and write.after.name == name
            for write in self._queue
            if write.tag is None or write.tag is not mine
        )

    def _pick(self, pick: int) -> Tag | None:
        """A tag that is listed; None stands for one that is not there."""
        return self._tags[pick] if pick < len(self._tags) else None

    def _done(self, operation: Operation, *path: object, refused: Refusal | None, **arguments: Any) -> bool:
        """Whether a call was put into the queue; False for one that is refused as the model says."""
        answer = self._account.ask(operation, *path, **arguments)
        if refused is not None:
            expect_refusal(operation, refused, answer)
            return False
        receipt = expect_success(operation, answer)["queue_id"]
        if receipt in self._receipts:
            raise ModelDiffers(f"two writes have the receipt {receipt}")
        self._receipts.add(receipt)
        return True


def _number(tag: Tag | None) -> int:
    return tag.number if tag else UNKNOWN_ID
