"""The suite's hold on the emulator: its admin API."""

from __future__ import annotations

import pytest

from contracts.suite.accounts import fresh_account
from contracts.suite.laboratories import AdminLaboratory, Credentials, Unruly
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
