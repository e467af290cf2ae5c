"""The account itself, through the front door."""

import pytest

from sendpulse_client import Client, Unauthorized


def test_info_tells_who_the_owner_is(sendpulse):
    info = sendpulse.client.account.get_info()

    assert info.email == sendpulse.sender
    assert info.id > 0


def test_info_is_refused_to_bad_credentials(sendpulse_live):
    stranger = Client(api_key="sp_apikey_" + "0" * 64, base_url=sendpulse_live.base_url, rate=None)

    with stranger, pytest.raises(Unauthorized):
        stranger.account.get_info()
