"""What templates refuse."""

from __future__ import annotations

from contracts.messages import Answer
from contracts.model import Operation
from contracts.services.email import templates
from contracts.suite.accounts import Account
from contracts.suite.refusals import provokes
from contracts.suite.scenes import HELLO, WELCOME


@provokes(templates.NAME_TAKEN, templates.create)
def _make_a_template_twice(account: Account, operation: Operation) -> Answer:
    """Another template of the account has that name."""
    return account.ask(operation, name=WELCOME, body=HELLO)


@provokes(templates.BLOCK_EDITOR, templates.update)
def _edit_what_the_block_editor_made(account: Account, operation: Operation) -> Answer:
    """The template was made in the block editor."""
    (made,) = account.add_rows("email.template", _row(is_structure=True))
    return account.ask(operation, made, body=HELLO)


@provokes(templates.NO_SUCH_TEMPLATE, templates.get, templates.get_by_slug)
def _look_at_what_is_not_there(account: Account, operation: Operation) -> Answer:
    """There is no template of that id or name."""
    return account.ask(operation, "nothing")


@provokes(templates.STILL_RENDERING, templates.get)
def _look_too_early(account: Account, operation: Operation) -> Answer:
    """The template is still being rendered."""
    (made,) = account.add_rows("email.template", _row(is_rendering=True))
    return account.ask(operation, made)


@provokes(templates.STILL_RENDERING, templates.get_by_slug)
def _look_too_early_by_slug(account: Account, operation: Operation) -> Answer:
    """The template is still being rendered."""
    account.add_rows("email.template", _row(is_rendering=True))
    return account.ask(operation, "blocks")


def _row(**facts: object) -> dict[str, object]:
    """A template that no call of the API makes."""
    return {"name": "Blocks", "slug": "blocks", "body": "<p>Hello</p>", "lang": "en", "created": 0, **facts}
