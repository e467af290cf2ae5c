"""What a program in a namespace reads and hears of names."""

from __future__ import annotations

import ssl
from contextlib import suppress
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mock_server.running.forwarding import host_named
from mock_server.running.names import hosts_with_vendor, resolver_settings, sources
from mock_server.running.resolving import question_in
from mock_server.running.vendor import is_vendors


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("sendpulse.com", True),
        ("API.SendPulse.com.", True),
        ("smtp-pulse.com", True),
        ("s1.smtp-pulse.com", True),
        ("notsendpulse.com", False),
        ("sendpulse.com.example", False),
        ("", False),
    ],
)
def test_vendors_names_are_the_domains_and_what_is_below(name: str, answer: bool) -> None:
    assert is_vendors(name) is answer


def test_hosts_of_the_user_stay_but_for_the_vendors() -> None:
    written = "127.0.0.1 localhost\n10.0.0.1 db # sendpulse.com\n10.0.0.2 API.sendpulse.com\n"

    shown = hosts_with_vendor(written).splitlines()

    assert shown[1:] == ["127.0.0.1 localhost", "10.0.0.1 db # sendpulse.com"]
    assert shown[0].split()[:2] == ["127.83.80.1", "api.sendpulse.com"]


def test_resolver_is_ours_and_searches_as_before() -> None:
    written = "nameserver 10.0.0.53\nnameserver fe80::1%eth0\nsearch office.example\noptions edns0\n"

    assert resolver_settings(written) == "nameserver 127.0.0.1\nsearch office.example\noptions edns0\n"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns", "hosts: files myhostname dns"),
        ("hosts:files mdns4_minimal [NOTFOUND=return] dns", "hosts: files dns"),
        ("passwd: files systemd", "passwd: files systemd"),
    ],
)
def test_sources_that_ask_elsewhere_are_left_out(written: str, shown: str) -> None:
    assert sources(f"# a comment\n{written}\n") == f"# a comment\n{shown}\n"


@given(some.binary(max_size=600))
def test_no_message_of_any_bytes_is_too_odd(message: bytes) -> None:
    question = question_in(message)

    assert question is None or question.end <= len(message)
    host_named(message, 443)
    host_named(message, 80)


def test_host_is_read_from_a_request_of_http() -> None:
    assert host_named(b"GET / HTTP/1.1\r\nhost: api.sendpulse.com:80\r\n\r\n", 80) == "api.sendpulse.com"


@pytest.mark.parametrize(
    ("said", "host"),
    [
        (b"", None),
        (b"GE", None),
        (b"GET / HTTP/1.1\r\nHost: api.sendpul", None),
        (b"GET / HTTP/1.1\nHost: api.sendpulse.com\n", "api.sendpulse.com"),
        (b"GET / HTTP/1.0\n\nHost: api.sendpulse.com\n", ""),
        (b"GET / HTTP/1.1\r\nHost: [::\r\n", ""),
        (b"SSH-2.0-OpenSSH_9.2\r\n", ""),
    ],
)
def test_host_is_awaited_as_long_as_it_may_still_be_told(said: bytes, host: str | None) -> None:
    assert host_named(said, 80) == host


def test_server_name_is_awaited_as_long_as_it_may_still_be_told() -> None:
    hello = _hello("api.sendpulse.com")

    assert {host_named(hello[:end], 443) for end in range(len(hello))} == {None}
    assert host_named(hello, 443) == "api.sendpulse.com"
    assert host_named(b"SSH-2.0-OpenSSH_9.2\r\n", 443) == ""


def test_server_name_is_read_across_records() -> None:
    content = _hello("api.sendpulse.com")[5:]
    first, second = (b"\x16\x03\x01" + pack(">H", len(part)) + part for part in (content[:60], content[60:]))

    assert (host_named(first, 443), host_named(first + second, 443)) == (None, "api.sendpulse.com")


def _hello(name: str) -> bytes:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname=name).do_handshake()
    return outgoing.read()
