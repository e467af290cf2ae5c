"""Accept-lists: findings that somebody looked at and let pass, for a reason and until a day, as TOML."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from contracts.verify.findings import FINGERPRINT_LENGTH, Acceptance, Finding, Severity

_KEYS: Final = tuple(field.name for field in fields(Acceptance))
_NEEDED: Final = ("fingerprint", "reason", "until")
_FINGERPRINT: Final = re.compile(f"[0-9a-f]{{{FINGERPRINT_LENGTH}}}")


@dataclass(frozen=True)
class Settled:
    """Findings, sorted by acceptances: those that stay, and those that are let pass."""

    findings: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Acceptance], ...]


def settle(
    findings: Iterable[Finding],
    acceptances: Iterable[Acceptance],
    *,
    today: str,
    looked_at: Collection[str],
    built_in: Iterable[Acceptance] = (),
) -> Settled:
    """Let pass what is accepted on the day `today` (ISO), and tell of acceptances that are expired or not needed.

    One that is about something that is not among `looked_at` may well be needed another time; so may a `built_in` one,
    over which `acceptances` have the last word.
    """
    own = {acceptance.fingerprint: acceptance for acceptance in acceptances}
    listed = {**{acceptance.fingerprint: acceptance for acceptance in built_in}, **own}
    current = {fingerprint: one for fingerprint, one in listed.items() if today <= one.until}
    found = list(findings)
    fingerprints = {finding.fingerprint for finding in found}
    unused = (one for one in own.values() if one.fingerprint not in fingerprints)
    return Settled(
        findings=(
            *(finding for finding in found if finding.fingerprint not in current),
            *(_expired(one) for one in listed.values() if one.fingerprint in fingerprints - current.keys()),
            *(_unused(one) for one in unused if not one.about or one.about in looked_at),
        ),
        accepted=tuple((one, current[one.fingerprint]) for one in found if one.fingerprint in current),
    )


def _expired(acceptance: Acceptance) -> Finding:
    summary = f"Its acceptance expired on {acceptance.until}; look again, then renew or remove it."
    return _about(acceptance, "acceptance.expired", Severity.WARNING, summary)


def _unused(acceptance: Acceptance) -> Finding:
    summary = "It is accepted, but was not found; remove it from the accept-list."
    return _about(acceptance, "acceptance.unused", Severity.NOTE, summary)


def _about(acceptance: Acceptance, kind: str, severity: Severity, summary: str) -> Finding:
    about = acceptance.about or acceptance.fingerprint
    place = " ".join(part for part in (acceptance.kind, acceptance.place) if part)
    return Finding(kind, severity, about, summary, place=place, expected=acceptance.reason, seen=acceptance.fingerprint)


def read(text: str, name: str) -> tuple[Acceptance, ...]:
    """The acceptances of an accept-list. ValueError with the `name` of the list and the entry that is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{name}: {error}") from None
    entries = table.pop("accepted", [])
    if table or not isinstance(entries, list):
        wrong = min(table, default="accepted")
        raise ValueError(f"{name}: {wrong!r}: an accept-list holds [[accepted]] and nothing else")
    acceptances = tuple(_acceptance(entry, f"{name}: entry {number}") for number, entry in enumerate(entries, 1))
    listed = [one.fingerprint for one in acceptances]
    if twice := [fingerprint for fingerprint in listed if listed.count(fingerprint) > 1]:
        raise ValueError(f"{name}: {twice[0]} is accepted twice; keep one")
    return acceptances


def _acceptance(entry: Any, place: str) -> Acceptance:
    if not isinstance(entry, dict) or not set(_NEEDED) <= entry.keys() <= set(_KEYS):
        raise ValueError(f"{place}: an acceptance has {', '.join(_NEEDED)}, and may have kind, about and place")
    texts = {key: value.isoformat() if type(value) is date else value for key, value in entry.items()}
    if wrong := [key for key, value in texts.items() if not isinstance(value, str)]:
        raise ValueError(f"{place}: {wrong[0]} is {texts[wrong[0]]!r}; write a text in quotes")
    return checked(Acceptance(**texts), place)


def checked(acceptance: Acceptance, place: str) -> Acceptance:
    """The acceptance. ValueError, beginning with `place`, if it lacks sense."""
    if not _FINGERPRINT.fullmatch(acceptance.fingerprint):
        raise ValueError(f"{place}: {acceptance.fingerprint!r} is no fingerprint of {FINGERPRINT_LENGTH} digits")
    if not acceptance.reason.strip():
        raise ValueError(f"{place}: {acceptance.fingerprint} has no reason; say why it may pass")
    try:
        if date.fromisoformat(acceptance.until).isoformat() != acceptance.until:
            raise ValueError
    except ValueError:
        raise ValueError(f"{place}: {acceptance.until!r} is no day; write YYYY-MM-DD") from None
    return acceptance


def accepting(finding: Finding, reason: str, until: str) -> Acceptance:
    """The acceptance of `finding`. ValueError if reason or day lack sense."""
    told = Acceptance(finding.fingerprint, reason, until, finding.kind, finding.about, finding.place)
    return checked(told, "cannot accept")


def written(acceptances: Iterable[Acceptance]) -> str:
    """Entries of an accept-list, which can stand after any others."""
    return "".join(f"\n[[accepted]]\n{''.join(_lines(acceptance))}" for acceptance in acceptances)


def _lines(acceptance: Acceptance) -> Iterator[str]:
    for key in ("fingerprint", "kind", "about", "place", "reason"):
        if value := getattr(acceptance, key):
            yield f"{key} = {_quoted(value)}\n"
    yield f"until = {acceptance.until}\n"


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, but for one character that only TOML escapes and the pairs that it does not."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
