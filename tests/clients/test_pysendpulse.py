"""The vendor's own package for Python, unmodified, in process and against the live server."""

from pathlib import Path

import pytest
from pysendpulse.pysendpulse import PySendPulse

from mock_server import AccountHandle

ADA, GRACE = "ada@example.com", "grace@example.com"


@pytest.fixture(params=["sendpulse", "sendpulse_live"])
def account(request: pytest.FixtureRequest) -> AccountHandle:
    return request.getfixturevalue(request.param)


@pytest.fixture
def api(account: AccountHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PySendPulse:
    """The package's only way to another host is its private attribute; in process it keeps the vendor's."""
    monkeypatch.setattr(PySendPulse, "_PySendPulse__api_url", account.base_url)
    return PySendPulse(account.client_id, account.client_secret, "FILE", f"{tmp_path}/")


def test_a_list_is_made_looked_at_renamed_and_deleted(api: PySendPulse) -> None:
    book = api.add_addressbook("Readers")["id"]

    assert [known["name"] for known in api.get_addressbook_info(book)] == ["Readers"]
    assert api.edit_addressbook(book, "Writers") == {"result": True}
    assert [(known["id"], known["name"]) for known in api.get_list_of_addressbooks()] == [(book, "Writers")]
    assert api.delete_addressbook(book) == {"result": True}
    assert api.get_list_of_addressbooks() == []


def test_contacts_are_added_listed_changed_and_removed(api: PySendPulse) -> None:
    book = api.add_addressbook("Readers")["id"]

    assert api.add_emails_to_addressbook(book, [{"email": ADA, "variables": {"name": "Ada"}}, {"email": GRACE}]) == {
        "result": True
    }
    assert api.set_variables_for_email(book, GRACE, [{"name": "name", "value": "Grace"}]) == {"result": True}
    listed = {contact["email"]: contact["variables"] for contact in api.get_emails_from_addressbook(book)}
    assert listed == {ADA: {"name": "Ada"}, GRACE: {"name": "Grace"}}
    assert [variable["name"] for variable in api.get_addressbook_variables(book)] == ["name"]
    assert api.delete_emails_from_addressbook(book, [ADA]) == {"result": True}
    assert [contact["email"] for contact in api.get_emails_from_addressbook(book)] == [GRACE]


def test_a_sender_is_added_activated_and_removed(api: PySendPulse, account: AccountHandle) -> None:
    assert api.add_sender(ADA, "Ada") == {"result": True}

    code = account.outbox.wait(to=ADA).extract_code()

    assert api.activate_sender(ADA, code) == {"result": True, "email": ADA}
    assert [(known["email"], known["status"]) for known in api.get_list_of_senders()][1:] == [(ADA, "Active")]
    assert api.delete_sender(ADA) == {"result": True}
    assert api.send_sender_activation_email(ADA)["data"]["http_code"] == 404


def test_the_blacklist_is_read_however_the_package_asks(api: PySendPulse, account: AccountHandle) -> None:
    """It cannot write one: on Python 3 it fails to put base64 into JSON."""
    account.client.email.blacklist.add([ADA, GRACE])

    assert api.get_emails_in_blacklist() == [ADA, GRACE]


def test_a_refusal_is_told_by_its_status(api: PySendPulse) -> None:
    told = api.get_addressbook_info(999)["data"]

    assert (told["is_error"], told["http_code"]) == (True, 404)


def test_a_token_that_was_revoked_is_renewed(api: PySendPulse, account: AccountHandle) -> None:
    account.account.revoke_tokens()

    assert api.get_list_of_addressbooks() == []
    account.journal.assert_called("oauth.issue_token", times=2)


def test_a_token_file_does_no_harm(api: PySendPulse, account: AccountHandle, tmp_path: Path) -> None:
    """The package reads the file as bytes and sends ``Bearer b'…'``; the 401 makes it ask for a token once more."""
    again = PySendPulse(account.client_id, account.client_secret, "FILE", f"{tmp_path}/")

    assert again.get_list_of_addressbooks() == []
