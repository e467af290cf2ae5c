"""What a program's environment is given, beside what the user has set."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping

import pytest

from contracts.verify.places import is_loopback
from mock_server.running.doors import Doors
from mock_server.running.environment import HOOKS, Account, variables, variables_inside

DOORS = Doors("http://127.0.0.1:1001", "https://127.0.0.1:1002", "http://127.0.0.1:1003")
ACCOUNT = Account("http://127.0.0.1:1001", "an id", "a secret", "a key")
TRUST = {"SSL_CERT_FILE": "/bundle.pem", "JAVA_TOOL_OPTIONS": "-Dtrust=1", "PHP_INI_SCAN_DIR": f"{os.pathsep}/trust"}


def given(users: Mapping[str, str], *, doors: Doors = DOORS, offline: bool = False) -> dict[str, str]:
    return variables(doors, ACCOUNT, TRUST, users, offline=offline)


def test_proxy_is_named_in_both_spellings() -> None:
    told = given({})

    assert {told[name] for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")} == {DOORS.proxy}
    assert told["NO_PROXY"] == told["no_proxy"] == "localhost,127.0.0.1,::1"
    assert "ALL_PROXY" not in told


def test_what_the_user_keeps_from_proxies_is_kept_from_ours() -> None:
    told = given({"NO_PROXY": "intern.example, 10.0.0.0/8"})

    assert told["NO_PROXY"] == "localhost,127.0.0.1,::1,intern.example,10.0.0.0/8"


@pytest.mark.parametrize(
    "entry", ["*", "sendpulse.com", ".SendPulse.com", "*.sendpulse.com", "api.sendpulse.com:443", "com"]
)
def test_vendors_hosts_are_kept_from_no_proxy(entry: str) -> None:
    told = given({"no_proxy": f"intern.example,{entry}"})

    assert told["NO_PROXY"] == "localhost,127.0.0.1,::1,intern.example"


def test_offline_only_this_machine_is_reached_without_a_proxy() -> None:
    told = given({"NO_PROXY": "intern.example"}, offline=True)

    assert told["NO_PROXY"] == "localhost,127.0.0.1,::1"
    assert told["SENDPULSE_EMULATOR_OFFLINE"] == "1"


def test_options_that_the_user_gives_runtimes_are_kept() -> None:
    users = {
        "NODE_OPTIONS": "--max-old-space-size=512",
        "PYTHONPATH": "/mine",
        "JAVA_TOOL_OPTIONS": "-Xmx512m",
        "PHP_INI_SCAN_DIR": "/mine",
    }
    trust = {**TRUST, "JAVA_TOOL_OPTIONS": "-Xmx512m -Dtrust=1", "PHP_INI_SCAN_DIR": f"/mine{os.pathsep}/trust"}

    told = variables(DOORS, ACCOUNT, trust, users)

    assert told["NODE_OPTIONS"].startswith("--max-old-space-size=512 --require ")
    assert told["PYTHONPATH"].split(os.pathsep) == [str(HOOKS / "python"), "/mine"]
    assert told["JAVA_TOOL_OPTIONS"].startswith("-Xmx512m -Dtrust=1 -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=1003")
    assert told["PHP_INI_SCAN_DIR"].split(os.pathsep) == ["/mine", "/trust", str(HOOKS / "php")]


def test_php_reads_its_own_folder_of_settings_first() -> None:
    assert given({})["PHP_INI_SCAN_DIR"].split(os.pathsep)[0] == ""


def test_run_within_a_run_names_hooks_once() -> None:
    once = given({})

    twice = given(once)

    assert twice["NODE_OPTIONS"] == once["NODE_OPTIONS"]
    assert twice["PYTHONPATH"] == once["PYTHONPATH"]
    assert twice["NO_PROXY"] == once["NO_PROXY"]


def test_preload_of_node_is_a_file() -> None:
    _, preload = shlex.split(given({})["NODE_OPTIONS"])

    assert HOOKS.joinpath(preload) == HOOKS / "node" / "lead.cjs"
    assert (HOOKS / "node" / "lead.cjs").is_file()


def test_account_is_given_to_those_who_have_none() -> None:
    told = given({})

    assert told["SENDPULSE_CLIENT_ID"] == "an id"
    assert told["SENDPULSE_CLIENT_SECRET"] == "a secret"
    assert told["SENDPULSE_API_KEY"] == "a key"
    assert told["SENDPULSE_BASE_URL"] == DOORS.plain


@pytest.mark.parametrize("name", ["SENDPULSE_CLIENT_ID", "SENDPULSE_CLIENT_SECRET", "SENDPULSE_API_KEY"])
def test_credentials_of_the_user_are_kept_whole(name: str) -> None:
    told = given({name: "mine"})

    assert not {"SENDPULSE_CLIENT_ID", "SENDPULSE_CLIENT_SECRET", "SENDPULSE_API_KEY"} & told.keys()


def test_secrets_are_not_shown() -> None:
    assert "a secret" not in repr(ACCOUNT)
    assert "a key" not in repr(ACCOUNT)


def test_without_doors_there_are_no_hooks_and_without_a_proxy_no_proxy() -> None:
    by_proxy = given({}, doors=Doors(proxy=DOORS.proxy))
    by_nothing = given({}, doors=Doors())

    assert "NODE_OPTIONS" not in by_proxy
    assert by_proxy["HTTPS_PROXY"] == DOORS.proxy
    assert by_nothing.keys() - TRUST.keys() == {
        "SENDPULSE_BASE_URL",
        "SENDPULSE_CLIENT_ID",
        "SENDPULSE_CLIENT_SECRET",
        "SENDPULSE_API_KEY",
    }


@pytest.mark.parametrize(
    ("host", "is_near"),
    [("localhost", True), ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("127.0.0.1.shop.example", False)],
)
def test_name_that_begins_like_a_loopback_address_is_none(host: str, is_near: bool) -> None:
    assert is_loopback(host) is is_near


def test_who_asks_no_proxy_at_all_still_asks_none_inside() -> None:
    users = {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "*"}

    assert "NO_PROXY" not in variables_inside(ACCOUNT, {}, users)
