"""Secrets are known by their names and by their shapes, in text of any size."""

import pytest

from contracts.redaction import redact

TOKEN = f"eyJ{'h' * 40}.{'p' * 40}.{'s-_' * 20}"
KEY = f"sp_apikey_{'0f' * 32}"


@pytest.mark.parametrize("secret", [TOKEN, KEY, f"{TOKEN}.{KEY}", f"x{KEY}", f"Bearer%20{TOKEN}"])
def test_secrets_are_known_by_their_shape_wherever_they_stand(secret):
    shown = redact({"path": [f"/a/{secret}/b"], secret: 1})

    assert TOKEN not in str(shown)
    assert KEY not in str(shown)
    assert shown["path"][0].startswith("/a/")
    assert "[redacted]" in shown["path"][0]


@pytest.mark.parametrize("text", ["eyJ", "eyJhbGciOi", "eyJhbGciOi.short.x", "a.b.c", "sp_apikey_"])
def test_what_only_begins_like_a_secret_is_shown(text):
    assert redact(text) == text


@pytest.mark.parametrize("beginning", ["eyJ", "eyJaaaaaaaa.", "sp_apikey_"])
def test_many_beginnings_of_secrets_cost_no_more_than_one(beginning):
    text = beginning * 100_000  # looked at once more from each beginning, this would take minutes

    assert redact(f"{text} {TOKEN}").endswith(" [redacted]")
