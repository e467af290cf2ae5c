"""Who may see pages, whose forms are taken, and what every answer says to browsers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browser import DEMO, ROOT, Browser, fields_of
from flask import Flask

from mock_server.app import create_app
from mock_server.control import AccountControl
from mock_server.core.world import DEMO_CLIENT_ID

KEY = "clé secrète"
OVERVIEW = f"{DEMO}/overview"
THEME = f"{ROOT}/session/theme"
SIGN_IN = f"{ROOT}/session/sign-in"


@pytest.fixture
def locked() -> Iterator[Flask]:
    """An emulator that asks for a key."""
    app = create_app(admin_key=KEY)
    yield app
    app.extensions["sendpulse_mock"].close()


@pytest.mark.parametrize("path", ["/_mock", "/_mock/", ROOT, f"{ROOT}/", DEMO])
def test_short_addresses_lead_to_the_first_page(browser: Browser, path: str) -> None:
    page = browser.get(path)

    assert page.title.startswith("Overview")
    assert page.response.request.path == OVERVIEW


def test_a_script_is_still_told_that_it_asks_for_nothing(app: Flask) -> None:
    answer = app.test_client().get("/_mock")

    assert answer.status_code == 404
    assert answer.get_json()["hint"] == "did you mean GET /_mock/health?"


@pytest.mark.parametrize("peer", ["192.168.0.7", "2001:db8::1"])
def test_another_machine_sees_no_page(app: Flask, peer: str) -> None:
    answer = app.test_client().get(OVERVIEW, environ_base={"REMOTE_ADDR": peer})

    assert answer.status_code == 403
    assert DEMO_CLIENT_ID not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", [OVERVIEW, f"{ROOT}/static/pages.css", f"{ROOT}/nothing/there"])
def test_a_foreign_host_sees_no_page(browser: Browser, path: str) -> None:
    browser.get(path, status=403, Host="evil.example")


def test_who_may_not_look_learns_nothing_about_accounts(locked: Flask) -> None:
    known, unknown = (Browser(locked).get(f"{ROOT}/{name}/overview", status=401) for name in (DEMO_CLIENT_ID, "none"))

    assert known.main.text == unknown.main.text


def test_the_key_lets_a_browser_in_until_it_signs_out(locked: Flask) -> None:
    browser = Browser(locked)
    asked = browser.get(OVERVIEW, status=401)

    let_in = browser.send(asked.form(SIGN_IN), {"key": KEY})
    left = browser.send(let_in.form("/session/sign-out"))

    assert let_in.title.startswith("Overview")
    assert left.title.startswith("Sign in")
    browser.get(OVERVIEW, status=401)


def test_a_wrong_key_opens_nothing(locked: Flask) -> None:
    browser = Browser(locked)
    asked = browser.get(OVERVIEW, status=401)

    refused = browser.send(asked.form(SIGN_IN), {"key": "wrong"}, status=401)

    assert refused.notices == ["That is not the admin key."]
    browser.get(OVERVIEW, status=401)


def test_the_cookie_is_made_of_the_key_and_kept_from_scripts_and_other_sites(locked: Flask) -> None:
    browser = Browser(locked)
    form = browser.get(OVERVIEW, status=401).form(SIGN_IN)

    answer = browser.client.post(SIGN_IN, data=fields_of(form) | {"key": KEY})

    [cookie] = [told for told in answer.headers.getlist("Set-Cookie") if told.startswith("sendpulse_mock_session")]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/_mock/ui" in cookie
    assert "secr" not in cookie
    assert KEY not in answer.headers["Location"]


@pytest.mark.parametrize("forged", ["", ".", "a.b", f"{'0' * 32}.{'0' * 64}", "é.é"])
def test_a_forged_cookie_opens_nothing(locked: Flask, forged: str) -> None:
    client = locked.test_client()
    client.set_cookie("sendpulse_mock_session", forged, path="/_mock/ui")

    assert client.get(OVERVIEW).status_code == 401


def test_whoever_signed_in_stays_so_when_the_server_starts_anew(locked: Flask) -> None:
    browser = Browser(locked)
    browser.send(browser.get(OVERVIEW, status=401).form(SIGN_IN), {"key": KEY})
    cookie = browser.client.get_cookie("sendpulse_mock_session", path="/_mock/ui")
    again = create_app(admin_key=KEY).test_client()

    assert cookie is not None
    again.set_cookie("sendpulse_mock_session", cookie.value, path="/_mock/ui")

    assert again.get(OVERVIEW).status_code == 200


def test_the_key_itself_opens_pages_as_it_opens_the_admin_api(locked: Flask) -> None:
    header = f"Bearer {KEY}".encode().decode("latin-1")

    Browser(locked).get(OVERVIEW, Authorization=header)


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example", "/\\evil.example", "/_mock/ui/\\", ""])
def test_signing_in_leads_nowhere_else(locked: Flask, goal: str) -> None:
    browser = Browser(locked)
    form = browser.get(SIGN_IN).form(SIGN_IN)

    answer = browser.client.post(SIGN_IN, data=fields_of(form) | {"key": KEY, "to": goal})

    assert answer.headers["Location"] == ROOT


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:3000"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_form_of_another_origin_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    form = browser.get(OVERVIEW).form("/session/theme")

    browser.post(THEME, fields_of(form) | {"theme": "dark"}, status=403, **headers)

    assert browser.get(OVERVIEW).one("html").attributes["data-theme"] == "auto"


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_the_token_is_refused(browser: Browser, token: str) -> None:
    refused = browser.post(THEME, {"theme": "dark", "token": token}, status=403)

    assert "reload the page" in refused.main.text


def test_a_form_of_our_own_is_taken(browser: Browser) -> None:
    form = browser.get(OVERVIEW).form("/session/theme")

    page = browser.send(form, {"theme": "dark"}, Origin="http://localhost", Sec_Fetch_Site="same-origin")

    assert page.one("html").attributes["data-theme"] == "dark"
    assert page.response.request.path == OVERVIEW


@pytest.mark.parametrize(
    ("path", "status"), [(OVERVIEW, 200), (f"{ROOT}/none/overview", 404), (f"{DEMO}/none", 404), (SIGN_IN, 200)]
)
def test_every_page_is_closed_to_the_world_around_it(browser: Browser, path: str, status: int) -> None:
    headers = browser.get(path, status=status).response.headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert not [name for name, _ in headers if name.startswith("Access-Control")]


@pytest.mark.parametrize("name", ["pages.css", "pages.js", "icon.svg"])
def test_shared_files_are_kept_by_browsers_and_call_nobody(browser: Browser, name: str) -> None:
    page = browser.get(OVERVIEW)
    [address] = re.findall(rf'"([^"]*{re.escape(name)}[^"]*)"', page.source)

    answer = browser.client.get(address)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", answer.get_data(as_text=True))


def test_an_unknown_account_is_told_apart_from_those_there_are(browser: Browser, account: AccountControl) -> None:
    page = browser.get(f"{ROOT}/237b4af9c99d0f89bdbd876dcd5a0001/overview", status=404)

    assert "237b4af9c99d0f89bdbd876dcd5a0001" in page.main.text
    assert account.client_id in [link.text for link in page.main.all("a")]


@pytest.mark.parametrize("path", ["/<script>alert(1)</script>/overview", f"/{'x' * 10_000}/overview", "/%00/overview"])
def test_a_hostile_account_name_is_shown_safely(browser: Browser, path: str) -> None:
    page = browser.get(f"{ROOT}{path}", status=404)

    assert "<script>alert" not in page.source
    assert "\x00" not in page.source
    assert len(page.source) < 8_000
