"""Webhooks delivered: over real sockets, in this process, again by hand, after a restart."""

from __future__ import annotations

import json
import logging
import socket
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import Any

import pytest
from flask import Flask, request
from webhook_receivers import SECONDS, answering, dripping, has_ipv6, may_listen, refusing, threads_left

from mock_server import AccountHandle, MockServer
from mock_server.services.email import notifications

NOON = "2026-01-31T12:00:00Z"
FAR = "https://hooks.example.com/"
ACTIONS = ["new_emails", "unsubscribe", "delete"]

pytestmark = pytest.mark.sendpulse(limits="off", clock=NOON)


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    assert threads_left() == []


@pytest.fixture
def lists(sendpulse):
    return sendpulse.client.email.mailing_lists


@pytest.fixture
def book(lists):
    return lists.create("Readers")


def register(handle: AccountHandle, url: str, *actions: str) -> None:
    handle.client.email.webhooks.create(url, actions or ACTIONS)


def add(handle: AccountHandle, number: int, name: str = "reader") -> None:
    """Announce so many addresses."""
    lists = handle.client.email.mailing_lists
    book = next(iter(lists.list()), None) or lists.create("Readers")
    lists.add_emails(book, [f"{name}{index}@example.com" for index in range(number)])


def deletions(number: int, name: str = "") -> list[dict[str, Any]]:
    return [notifications.deleted(0, f"{name}{index}@example.com", 1) for index in range(number)]


def states(handle: AccountHandle) -> list[str]:
    return [delivery.state for delivery in handle.webhooks.deliveries()]


def test_events_leave_a_minute_after_the_first_in_one_post(sendpulse, lists, book):
    with answering() as received:
        register(sendpulse, f"{received.url}hook?from=sendpulse")
        lists.add_emails(book, ["ada@example.com"])
        sendpulse.clock.advance(30)
        lists.unsubscribe(book, ["ada@example.com"])
        sendpulse.clock.advance(29)
        assert received.requests == []

        sendpulse.clock.advance(1)

        ((path, headers, events),) = received.requests
    assert path == "/hook?from=sendpulse"
    assert headers["Content-Type"] == "application/json"
    assert [event["event"] for event in events] == ["new_emails", "unsubscribe"]
    (delivery,) = sendpulse.webhooks.deliveries()
    assert (delivery.state, delivery.status_code, delivery.error) == ("delivered", 200, None)
    assert delivery.events == events


def test_hundredth_event_closes_a_batch(sendpulse):
    with answering() as received:
        register(sendpulse, received.url)
        add(sendpulse, 230)
        received.wait(2)
        sendpulse.clock.advance(60)

        assert [len(events) for events in received.bodies] == [100, 100, 30]
    assert states(sendpulse) == ["delivered"] * 3


def test_next_event_after_a_batch_has_left_opens_another(sendpulse):
    with answering() as received:
        register(sendpulse, received.url)
        add(sendpulse, 1)
        sendpulse.clock.advance(60)
        add(sendpulse, 1, "late")
        sendpulse.clock.advance(59)
        assert len(received.bodies) == 1

        sendpulse.clock.advance(1)

        assert [len(events) for events in received.bodies] == [1, 1]


def test_event_that_comes_after_the_clock_was_set_back_waits_for_a_minute_too(sendpulse):
    with answering() as received:
        register(sendpulse, received.url)
        add(sendpulse, 1)
        sendpulse.clock.set("2020-01-01T00:00:00Z")
        add(sendpulse, 1, "early")

        sendpulse.clock.advance(60)

        assert [event["email"] for (event,) in received.bodies] == ["early0@example.com"]


def test_each_address_is_told_what_it_registered_for(sendpulse, lists, book):
    with answering() as one, answering() as other:
        register(sendpulse, one.url, "new_emails")
        register(sendpulse, other.url, "new_emails", "delete")
        lists.add_emails(book, ["ada@example.com"])
        lists.delete_emails(book, ["ada@example.com"])

        sendpulse.clock.advance(60)

        assert [[event["event"] for event in events] for events in one.bodies] == [["new_emails"]]
        assert [[event["event"] for event in events] for events in other.bodies] == [["new_emails", "delete"]]


@pytest.mark.parametrize(("port", "scheme"), [(80, "http"), (443, "https")])
def test_address_without_a_port_means_the_usual_one(sendpulse, tmp_path, port, scheme):
    host = "127.80.44.3"  # loopback, and nobody's who has the port already
    if not may_listen(host, port):
        pytest.skip(f"port {port} of {host} is not to be had here")
    with answering(host=host, port=port, tls=tmp_path if scheme == "https" else None) as received:
        register(sendpulse, f"{scheme}://{host}", "new_emails")
        add(sendpulse, 1)
        sendpulse.clock.advance(60)

        ((path, headers, _),) = received.requests
    assert (path, headers["Host"]) == ("/", host)
    assert (headers["User-Agent"], headers["Connection"]) == ("sendpulse-mock", "close")


def test_batch_that_was_full_is_not_sent_again_when_its_minute_is_over(sendpulse):
    with answering() as received:
        register(sendpulse, received.url)
        add(sendpulse, 60)
        add(sendpulse, 40, "later")
        received.wait(1)

        sendpulse.clock.advance(120)

        assert [len(events) for events in received.bodies] == [100]
    assert states(sendpulse) == ["delivered"]


def test_batch_takes_what_it_has_room_for_and_the_rest_opens_others(sendpulse):
    with answering() as received:
        register(sendpulse, received.url)
        add(sendpulse, 99)
        add(sendpulse, 102, "later")
        received.wait(2)
        sendpulse.clock.advance(59)
        assert len(received.bodies) == 2

        sendpulse.clock.advance(1)

        assert [len(events) for events in received.bodies] == [100, 100, 1]
        assert [events[-1]["email"] for events in received.bodies] == [
            "later0@example.com",
            "later100@example.com",
            "later101@example.com",
        ]


def test_what_is_not_on_this_machine_is_kept_unless_its_host_is_named(sendpulse):
    with answering() as received:
        port = received.url.rpartition(":")[2]
        # This machine under a name that does not say so.
        register(sendpulse, f"http://0.0.0.0:{port}", "new_emails")
        register(sendpulse, f"http://LocalHost:{port}", "new_emails")
        add(sendpulse, 1)
        sendpulse.clock.advance(60)
        assert states(sendpulse) == ["kept", "delivered"]

        sendpulse.settings.set(webhook_hosts=["0.0.0.0"])  # noqa: S104 - a name, to post to
        sendpulse.webhooks.replay(1)

        assert len(received.bodies) == 2
    assert states(sendpulse) == ["kept", "delivered", "delivered"]


def test_any_certificate_is_good(sendpulse, tmp_path):
    with answering(tls=tmp_path) as received:
        register(sendpulse, received.url)
        add(sendpulse, 1)

        sendpulse.clock.advance(60)

        assert len(received.bodies) == 1
    assert states(sendpulse) == ["delivered"]


@pytest.mark.skipif(not has_ipv6(), reason="this machine does not speak IPv6")
def test_loopback_of_ipv6_is_this_machine_too(sendpulse):
    with answering(host="::1") as received:
        register(sendpulse, received.url)
        add(sendpulse, 1)

        sendpulse.clock.advance(60)

        assert len(received.bodies) == 1


def test_restoring_settings_leaves_deliveries_alone(sendpulse):
    with answering() as received:
        register(sendpulse, received.url)
        add(sendpulse, 100)
        sendpulse.state.restore({"settings": {"emails_left": 5}})
        received.wait(1)
        sendpulse.clock.advance(60)

        assert len(received.bodies) == 1


def test_bad_receivers_hold_up_nobody_and_are_told_apart(sendpulse, caplog):
    with (
        answering() as good,
        answering(500) as broken,
        answering(302, Location="http://127.0.0.1:1/") as redirecting,
        dripping() as hanging,
        dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ") as slow,
    ):
        urls = [good.url, broken.url, redirecting.url, hanging, slow, refusing()]
        for url in urls:
            register(sendpulse, url, "new_emails")
        add(sendpulse, 1)
        started = perf_counter()

        sendpulse.clock.advance(60)

        assert perf_counter() - started < 5.5
        by_url = {delivery.url: delivery for delivery in sendpulse.webhooks}
        assert [by_url[url].state for url in urls] == ["delivered", *["failed"] * 5]
        assert [by_url[url].status_code for url in urls] == [200, 500, 302, None, None, None]
        assert by_url[hanging].error == by_url[slow].error == "no whole answer in 4.5 s"
        assert "refused" in by_url[urls[-1]].error
    assert len([entry for entry in caplog.records if entry.levelno == logging.WARNING]) == 5


def test_account_that_is_closed_lets_go_of_a_receiver_at_once(sendpulse):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        register(sendpulse, f"http://127.0.0.1:{listener.getsockname()[1]}/", "new_emails")
        add(sendpulse, 1)
        moving = Thread(target=sendpulse.clock.advance, args=(60,))
        moving.start()
        with listener.accept()[0] as connection:
            connection.settimeout(3)  # less than an attempt may take
            posted = connection.recv(65_536)

            sendpulse.account.close()

            while more := connection.recv(65_536):
                posted += more
        moving.join(SECONDS)
    assert posted.startswith(b"POST / HTTP/1.1")
    assert states(sendpulse) == ["queued"]


def test_request_does_not_wait_for_its_receiver(sendpulse):
    with dripping() as hanging:
        register(sendpulse, hanging)
        started = perf_counter()

        add(sendpulse, 1000)

        assert perf_counter() - started < 4
        assert states(sendpulse) == ["queued"] * 10
        sendpulse.close()
        assert threads_left() == []


def test_refused_request_announces_nothing(sendpulse, lists, book):
    account = sendpulse.account
    with answering() as received:
        register(sendpulse, received.url)
        with pytest.raises(ZeroDivisionError), account.lock, account.store.transaction():  # noqa: PT012
            notifications.announce(account, account.clock.now(), "delete", deletions(250))
            raise ZeroDivisionError
        add(sendpulse, 100)
        received.wait(1)
        sendpulse.clock.advance(60)

        assert [events[0]["event"] for events in received.bodies] == ["new_emails"]
    assert len(sendpulse.webhooks.events()) == 100


def test_what_part_of_a_transaction_undid_is_not_sent(sendpulse, book):
    account = sendpulse.account
    with answering() as received:
        register(sendpulse, received.url)
        with account.lock, account.store.transaction():
            for kept in (False, True):
                try:
                    with account.store.transaction():
                        notifications.announce(account, account.clock.now(), "delete", deletions(100, f"{kept}"))
                        assert kept
                except AssertionError:
                    pass
        received.wait(1)
        sendpulse.clock.advance(60)

        assert [events[0]["email"] for events in received.bodies] == ["True0@example.com"]


def test_many_requests_at_once_lose_nothing(sendpulse, book):
    def add_some(number: int) -> None:
        add(sendpulse, 20, f"thread{number}-")

    with answering() as received:
        register(sendpulse, received.url, "new_emails")
        threads = [Thread(target=add_some, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        sendpulse.clock.advance(60)

        told = [event["email"] for events in received.bodies for event in events]
        assert [len(events) for events in received.bodies] == [100, 100, 100, 20]
        assert len(set(told)) == 320


def test_receiver_may_call_the_account_back(sendpulse, lists, book):
    def tidy(events: list[dict[str, Any]]) -> None:
        lists.delete_emails(book, [event["email"] for event in events if event["event"] == "new_emails"])

    register(sendpulse, FAR)
    with sendpulse.webhooks.deliver_to(tidy):
        lists.add_emails(book, ["ada@example.com"])
        sendpulse.clock.advance(60)

    assert lists.get_total(book) == 0
    assert sendpulse.webhooks.events("delete")


def test_function_receives_in_order_whatever_the_address(sendpulse):
    received: list[list[dict[str, Any]]] = []
    register(sendpulse, FAR, "new_emails")
    register(sendpulse, "http://127.0.0.1:1/", "new_emails")

    with sendpulse.webhooks.deliver_to(received.append):
        add(sendpulse, 150)
        sendpulse.clock.advance(60)
    add(sendpulse, 1, "later")
    sendpulse.clock.advance(60)

    assert [(events[0]["email"], len(events)) for events in received] == [
        ("reader0@example.com", 100),
        ("reader0@example.com", 100),
        ("reader100@example.com", 50),
        ("reader100@example.com", 50),
    ]
    assert states(sendpulse) == [*["delivered"] * 4, "kept", "failed"]


def test_end_of_the_block_waits_for_what_is_on_its_way(sendpulse):
    received: list[Any] = []
    register(sendpulse, FAR)

    with sendpulse.webhooks.deliver_to(received.extend):
        add(sendpulse, 300)

    assert len(received) == 300


def test_wsgi_application_gets_posts_at_the_path_of_the_address(sendpulse):
    app = Flask(__name__)
    seen: list[Any] = []

    @app.post("/hooks/<kind>")
    def receive(kind: str) -> tuple[str, int]:
        seen.append((request.host, kind, request.args["key"], request.content_type, request.get_json()))
        return "", 204

    register(sendpulse, f"{FAR}hooks/mail?key=1", "new_emails")
    register(sendpulse, f"{FAR}elsewhere", "new_emails")
    sendpulse.webhooks.deliver_to(app)
    add(sendpulse, 1)

    sendpulse.clock.advance(60)

    ((*where, events),) = seen
    assert where == ["hooks.example.com", "mail", "1", "application/json"]
    assert events == sendpulse.webhooks.events()[:1]
    assert [(delivery.state, delivery.status_code) for delivery in sendpulse.webhooks] == [
        ("delivered", 204),
        ("failed", 404),
    ]


def test_receiver_that_raises_has_failed_and_the_next_goes_on(sendpulse, caplog):
    def receive(events: list[dict[str, Any]]) -> None:
        assert events[0]["email"] != "reader0@example.com", "not you"

    register(sendpulse, FAR)
    sendpulse.webhooks.deliver_to(receive)
    add(sendpulse, 110)
    sendpulse.clock.advance(60)

    assert states(sendpulse) == ["failed", "delivered"]
    assert "not you" in sendpulse.webhooks.deliveries()[0].error
    assert "not you" in caplog.text


@pytest.mark.parametrize("receiver", [None, "http://127.0.0.1/", str.replace])
def test_what_cannot_receive_is_refused(sendpulse, receiver):
    with pytest.raises(TypeError, match="give a function of"):
        sendpulse.webhooks.deliver_to(receiver)


def test_batches_are_delivered_again_by_hand(sendpulse):
    received: list[Any] = []
    register(sendpulse, FAR)
    add(sendpulse, 150)
    sendpulse.clock.advance(60)
    assert states(sendpulse) == ["kept", "kept"]
    first, second = sendpulse.webhooks.deliveries()

    with sendpulse.webhooks.deliver_to(lambda events: received.append(len(events))):
        reordered = sendpulse.webhooks.reorder([second.id, first.id])
        twice = sendpulse.webhooks.duplicate(second.id)
        once = sendpulse.webhooks.replay(reordered[0].id)

    assert received == [50, 100, 50, 50, 50]
    assert [copy.copy_of for copy in (*reordered, *twice, once)] == [2, 1, 2, 2, 2]
    assert [copy.state for copy in (*reordered, *twice, once)] == ["delivered"] * 5
    assert len(sendpulse.webhooks.events()) == 150


def test_delivery_that_there_is_not_cannot_be_replayed(sendpulse):
    register(sendpulse, FAR)
    add(sendpulse, 101)

    with pytest.raises(ValueError, match="no delivery has the id 2; use one of: 1"):
        sendpulse.webhooks.reorder([1, 2])

    assert states(sendpulse) == ["kept"]


def test_waiting_finds_the_newest_delivery_of_an_event(sendpulse, lists, book):
    register(sendpulse, FAR)
    add(sendpulse, 100)
    lists.unsubscribe(book, ["reader0@example.com"])

    found = sendpulse.webhooks.wait(0, action="new_emails")

    assert (found.id, found.state) == (1, "kept")
    with pytest.raises(LookupError, match=r"'unsubscribe' in 0 s: .*collecting with unsubscribe.*advance the clock"):
        sendpulse.webhooks.wait(0, action="unsubscribe")


def test_waiting_sees_what_another_thread_causes(sendpulse):
    register(sendpulse, FAR)
    other = Thread(target=add, args=(sendpulse, 100))
    other.start()

    assert sendpulse.webhooks.wait(SECONDS).state == "kept"
    other.join(SECONDS)


def test_account_without_registrations_keeps_nothing(sendpulse):
    add(sendpulse, 100)
    sendpulse.clock.advance(60)

    assert len(sendpulse.webhooks) == 0
    assert sendpulse.webhooks.events() == []


def test_reset_and_restored_accounts_deliver_what_their_rows_say(sendpulse):
    received: list[Any] = []
    register(sendpulse, FAR)
    add(sendpulse, 1)
    before = sendpulse.state.snapshot()
    sendpulse.webhooks.deliver_to(received.extend)
    sendpulse.clock.advance(60)

    sendpulse.state.restore(json.loads(json.dumps(before)))
    sendpulse.clock.advance(60)

    assert [event["email"] for event in received] == ["reader0@example.com"] * 2
    assert states(sendpulse) == ["delivered"]


def test_live_server_delivers(sendpulse_live):
    sendpulse_live.clock.freeze(NOON)
    sendpulse_live.limits.set("off")
    with answering() as received:
        register(sendpulse_live, received.url, "new_emails")
        add(sendpulse_live, 101)
        received.wait(1)
        sendpulse_live.clock.advance(60)

        assert [len(events) for events in received.bodies] == [100, 1]
    assert states(sendpulse_live) == ["delivered", "delivered"]


def test_batch_that_a_killed_server_had_not_sent_is_sent_by_the_next(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'world.db'}"
    with answering() as received:
        with dripping() as hanging:
            first = MockServer(database=database, limits="off")
            with first.serve() as server:
                handle = server.account(client_id="shop", client_secret="s3cret", clock=NOON)
                register(handle, hanging)
                add(handle, 1)
                register(handle, received.url, "new_emails")
                add(handle, 1, "late")
                handle.account.run_due(handle.account.clock.now() + 60_000_000)
                received.wait(1)
                assert handle.webhooks.wait(SECONDS, action="new_emails").state == "delivered"
            first.close()
            assert threads_left() == []

        second = MockServer(database=database)
        account = second.emulator.world.account("shop")
        assert account is not None
        account.webhooks.settle()
        told = [(batch.state, [event["email"] for event in batch.events]) for batch in account.webhooks.deliveries()]
        second.close()

    assert told == [
        ("failed", ["reader0@example.com", "late0@example.com"]),
        ("delivered", ["late0@example.com"]),
    ]
    assert len(received.requests) == 1
