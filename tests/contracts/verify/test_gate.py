"""The gate: a credential is found in every form in which one gets somewhere, and nothing else is taken for one."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

import pytest

from contracts.verify.gate import Gate, Leak

SECRET = "s3cr+t/of=the~run"

FORMS = {
    "plain": SECRET,
    "inside a word": f"x{SECRET}y",
    "in capitals": SECRET.upper(),
    "in JSON": f'{{"client_secret":"{SECRET}"}}',
    "wrapped": f"{SECRET[:7]}\n    {SECRET[7:]}",
    "backwards": SECRET[::-1],
    "in a URL": quote(SECRET, safe=""),
    "all in percents": "".join(f"%{byte:02X}" for byte in SECRET.encode()),
    "in hex": SECRET.encode().hex(),
    "in HEX": SECRET.encode().hex().upper(),
    "wrapped base64": base64.encodebytes(f"{'a' * 50}{SECRET}{'b' * 50}".encode()).decode(),
    **{f"base64 behind {n}": base64.b64encode(f"{'u' * n}{SECRET}tail".encode()).decode() for n in range(4)},
    **{f"URL-safe base64 {n}": base64.urlsafe_b64encode(f"{'?' * n}{SECRET}".encode()).decode() for n in range(4)},
    **{name: hashlib.new(name, SECRET.encode()).hexdigest() for name in ("md5", "sha1", "sha256")},
    **{
        f"{name} in base64": base64.b64encode(hashlib.new(name, SECRET.encode()).digest()).decode()
        for name in ("md5", "sha1", "sha256")
    },
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_secret_is_found(text):
    with pytest.raises(Leak, match=r"report\.html") as leak:
        Gate([SECRET]).check({"report.html": f"before {text} after".encode()})

    assert SECRET not in str(leak.value)


def test_a_secret_in_a_files_name_is_found_and_not_repeated():
    with pytest.raises(Leak) as leak:
        Gate([SECRET]).check({f"{SECRET}.html": b""})

    assert SECRET not in str(leak.value)


@pytest.mark.parametrize("text", ["", "Good", base64.b64encode(b"something else of the run").decode(), SECRET[:-1]])
def test_what_is_no_secret_passes(text):
    Gate([SECRET, "", "short"]).check({"report.html": text.encode()})


def test_what_is_learnt_later_is_found_too():
    gate = Gate()
    gate.check({"log": b"eyJhbGciOi.token"})
    gate.learn(["eyJhbGciOi.token"])

    with pytest.raises(Leak):
        gate.check({"log": b"eyJhbGciOi.token"})
