"""The suite's hold on the emulator: its admin API."""

from __future__ import annotations

import pytest

from contracts.services.email import templates
from contracts.suite.accounts import fresh_account
from contracts.suite.laboratories import AdminLaboratory, Credentials, Unruly
from contracts.suite.scenes import HELLO, furnish
from contracts.suite.targets import WSGITarget
from mock_server.app import make_emulator


def test_laboratory_opens_with_the_admin_key():
    target = WSGITarget(make_emulator(admin_key="open sesame"))

    with fresh_account(AdminLaboratory(target, admin_key="open sesame")) as account:
        assert account.everything()
    with pytest.raises(Unruly, match="401"):
        AdminLaboratory(target).new_account()


def test_laboratory_tells_what_the_admin_api_refused():
    laboratory = AdminLaboratory(WSGITarget(make_emulator()))
    nobody = Credentials("nobody", "secret", "nobody@example.com")

    with pytest.raises(Unruly, match="nobody"):
        laboratory.remove(nobody)


def test_rows_are_put_beside_what_the_account_has():
    with fresh_account(AdminLaboratory(WSGITarget(make_emulator()))) as account:
        before = furnish(account).everything()
        rows = [{"name": name, "body": "", "lang": "en", "created": 0} for name in ("Blocks", "Bricks")]

        added = account.add_rows("email.template", *rows)

        account.expect_unchanged(before)
        assert [template["real_id"] for template in account.get(templates.list, owner="me")] == [1, *added]
        assert account.get(templates.create, body=HELLO)["real_id"] > max(added)
