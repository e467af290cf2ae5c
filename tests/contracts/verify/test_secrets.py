"""Two hundred secrets, planted wherever a target can put one: none gets into anything that a run leaves behind."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import cycle
from random import Random

import pytest
from inspections import RUN, Altered, an_account, inspected

from contracts.messages import Answer
from contracts.verify.gate import Gate, Leak
from contracts.verify.permits import Permit
from contracts.verify.recording.files import write_all
from contracts.verify.recording.recorder import Recorder
from contracts.verify.reports import FORMATS

RANDOM = Random(200)
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"


def made_up(number: int) -> str:
    """A secret in one of the shapes in which secrets come."""
    digits = sha256(f"{number}".encode()).hexdigest()
    word = "".join(RANDOM.choices(ALPHABET, k=12))
    shapes = (
        digits,
        word,
        f"sp_apikey_{digits[:24]}",
        f"{word}@secret-{number}.example",
        f"eyJ{b64encode(digits.encode()).decode()[:30]}.{word}.{digits[:10]}",
        f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}",
        f"https://{word}.example/{digits[:6]}",
        f"pass {word} word",
    )
    return shapes[number % len(shapes)]


SECRETS = [made_up(number) for number in range(200)]
CORES = [max(secret.replace("@", " ").replace("/", " ").split(), key=len) for secret in SECRETS]
"""What of each cannot stand anywhere by chance."""


class Planter:
    """Puts the next secret wherever a target can put one, and remembers that it did."""

    def __init__(self) -> None:
        self.planted: set[str] = set()
        self._next = cycle(SECRETS)

    def secret(self) -> str:
        secret = next(self._next)
        self.planted.add(secret)
        return secret

    def in_values(self, value):
        """Every text in place of itself, more keys, more items."""
        if isinstance(value, dict):
            return {**{name: self.in_values(item) for name, item in value.items()}, self.secret(): self.secret()}
        if isinstance(value, list):
            return [self.in_values(item) for item in value]
        return self.secret() if isinstance(value, str) else value

    def in_error(self) -> Answer:
        body = {"message": f"Book {self.secret()} not found", "error_code": 213, "error": self.secret()}
        headers = {"content-type": f"application/{self.secret()}", "x-request-id": self.secret()}
        return Answer(RANDOM.choice([400, 404, 418, 500]), headers, json.dumps(body).encode())

    def alter(self, request, answer: Answer) -> Answer:
        if request.path.startswith("/oauth"):
            return answer
        way = RANDOM.randrange(5)
        if way == 0:
            return self.in_error()
        if way == 1:
            return Answer(answer.status, {"content-type": self.secret()}, self.secret().encode())
        if way == 2 or not answer.body.startswith((b"{", b"[")):
            return answer
        headers = {**answer.headers, "set-cookie": self.secret(), "location": f"/{self.secret()}"}
        return replace(answer, headers=headers, body=json.dumps(self.in_values(answer.json())).encode())


def furnish(sendpulse) -> None:
    """An account whose own names, addresses, variables and file names are secrets."""
    email = sendpulse.client.email
    for secret in SECRETS[:20]:
        email.mailing_lists.create(secret)
    book = email.mailing_lists.list()[0]
    email.mailing_lists.add_emails(
        book, [{"email": f"reader{n}@secret-{n}.example", "variables": {SECRETS[n]: SECRETS[n]}} for n in range(5)]
    )
    email.templates.create("<p>Hello</p>", name=SECRETS[1])
    email.tags.create(SECRETS[2], color="#0080ff")
    email.webhooks.create(f"https://{CORES[1].lower()}.example.com/{CORES[0]}", ["open"])
    sendpulse.clock.advance(2)


def artefacts_of(run, recorder, folder) -> dict[str, bytes]:
    recordings = recorder.recordings(source="the emulator", recorded="2026-01-31")
    written = write_all(recordings, folder / "recordings")
    files = [*written, run.guard.ledger.path]
    reports = {f"report.{name}": write(run.report).encode() for name, write in FORMATS.items()}
    return {str(path.relative_to(folder)): path.read_bytes() for path in files} | reports


@pytest.mark.parametrize("is_hostile", [False, True], ids=["an account full of secrets", "a target that plants more"])
def test_no_secret_gets_into_anything_that_is_left_behind(tmp_path, is_hostile):
    planter, recorders = Planter(), []

    def recording(guard):
        recorders.append(Recorder(guard, key="key"))
        return recorders[0]

    with an_account() as (sendpulse, target):
        furnish(sendpulse)
        source = Altered(target, planter.alter) if is_hostile else target
        run = inspected(sendpulse, source, tmp_path, permit=Permit(writes=not is_hostile), through=recording)
        artefacts = artefacts_of(run, recorders[0], tmp_path)
        own = [sendpulse.client_id, sendpulse.client_secret, *run.visitor.tokens]

    gate = Gate([*SECRETS, *CORES, *own])
    assert {name: gate.forms_in(content) for name, content in artefacts.items() if gate.forms_in(content)} == {}
    assert {name for name in artefacts if gate.forms_in(name.encode())} == set()
    assert not is_hostile or len(planter.planted) == len(SECRETS)
    assert len(artefacts) > 30


def test_the_gate_would_have_found_each_of_them():
    gate = Gate(SECRETS)

    for secret in SECRETS:
        with pytest.raises(Leak):
            gate.check({"report": f"<p>{secret}</p>".encode()})


def test_the_same_secret_is_the_same_token_and_only_the_key_makes_it():
    from contracts.services import oauth
    from contracts.verify.recording.placeholders import Anonymizer

    answer = {"access_token": "one", "token_type": "Bearer", "expires_in": 3600}
    once, again, other = (Anonymizer(key).answer(oauth.issue_token, answer) for key in ("key", "key", "another"))

    assert once == again
    assert once["access_token"] != other["access_token"]
    assert once["token_type"] == "Bearer"


def test_the_runs_own_name_is_no_secret(tmp_path):
    with an_account() as (sendpulse, target):
        run = inspected(sendpulse, target, tmp_path)

    assert RUN.id in run.guard.ledger.path.name
