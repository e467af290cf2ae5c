"""How to keep the data: the examples of the page on databases."""

from mock_server.app import create_app
from mock_server.core.world import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET
from sendpulse_client import Client, WSGITransport


def test_data_is_there_after_a_restart(tmp_path):
    database = f"sqlite:///{tmp_path}/emulator.db"
    app = create_app(database=database)
    Client(DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, transport=WSGITransport(app)).email.mailing_lists.create("Readers")
    app.extensions["sendpulse_mock"].close()

    app = create_app(database=database)

    lists = Client(DEMO_CLIENT_ID, DEMO_CLIENT_SECRET, transport=WSGITransport(app)).email.mailing_lists
    assert [book.name for book in lists.list()] == ["Readers"]
    app.extensions["sendpulse_mock"].close()
