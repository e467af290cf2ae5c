"""The command `drift`: the vendor's published documents beside our contracts."""

from __future__ import annotations

import os
import shlex
from dataclasses import replace
from fnmatch import fnmatchcase
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from mock_server.cli.reports import Wanted, present, reporting, tell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.verify.drift.survey import Survey
    from contracts.verify.findings import Acceptance, Finding, Report

ACCEPT_LIST: Final = Path("drift-accepted.toml")
_HEADING: Final = "# What `sendpulse-mock drift` finds and may pass, each for a reason and until a day.\n"
_LONGEST_WAIT: Final = 30
_LARGEST: Final = 20_000_000


@click.command
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--only", metavar="PATTERN", default="*", help="Tell only of what has such a name: 'email.campaigns.*'.")
@click.option(
    "--accepted",
    "accept_list",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ACCEPT_LIST,
    show_default=True,
    help="Your accept-list, besides the one that comes with the package.",
)
@click.option(
    "--accept", "fingerprints", metavar="FINGERPRINT", multiple=True, help="Add a finding to your accept-list."
)
@click.option("--reason", metavar="TEXT", default="", help="Why it may pass.")
@click.option("--until", metavar="YYYY-MM-DD", default="", help="The last day on which it may.")
@click.option("--fetch", is_flag=True, help="Contact the vendor: fetch its published documents into FOLDER first.")
@click.option("--index", metavar="URL", help="Fetch from this index instead of the vendor's.")
@reporting
def drift(
    *,
    folder: Path,
    only: str,
    accept_list: Path,
    fingerprints: tuple[str, ...],
    reason: str,
    until: str,
    fetch: bool,
    index: str | None,
    report: tuple[Wanted, ...],
) -> int:
    """Compare our contracts with the vendor's OpenAPI documents in FOLDER.

    No account is needed, and nothing is contacted unless you say --fetch. Documents may be YAML or JSON, OpenAPI 3.0 or
    3.1. What the contracts do not declare yet is one note for each document.
    """
    if index is not None and not fetch:
        raise click.UsageError("--index says where to fetch from; give --fetch with it")
    if not bool(fingerprints) == bool(reason) == bool(until):
        raise click.UsageError("--accept, --reason and --until belong together; give all three")
    try:
        if fetch:
            _fetch_into(folder, index)
        found = _survey(folder)
        if fingerprints:
            _accept(found, fingerprints, reason, until, accept_list)
        accepted = _accepted(accept_list)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    return tell(_report(found, accepted, folder, only), report)


def _survey(folder: Path) -> Survey:
    from contracts.catalogue import catalogue
    from contracts.verify.drift.documents import documents
    from contracts.verify.drift.sources import read_folder
    from contracts.verify.drift.survey import survey

    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder; name one that holds the vendor's documents, or --fetch them into it")
    return survey(catalogue(), documents(read_folder(folder)))


def _report(found: Survey, accepted: Iterable[Acceptance], folder: Path, only: str) -> Report:
    from contracts.verify.acceptances import settle
    from contracts.verify.findings import Report, worst_first

    started = present()
    findings = (_of_folder(finding, folder) for finding in found.findings)
    settled = settle(findings, accepted, today=started[:10], looked_at=found.looked_at, built_in=_built_in())
    return Report(
        command="drift",
        target=f"the vendor's documents in {folder}",
        started=started,
        facts=found.facts,
        findings=worst_first(one for one in settled.findings if fnmatchcase(one.about, only)),
        accepted=tuple(pair for pair in settled.accepted if fnmatchcase(pair[0].about, only)),
    )


def _of_folder(finding: Finding, folder: Path) -> Finding:
    """The finding with the path of its file, and the command that shows it alone."""
    again = shlex.join(["sendpulse-mock", "drift", str(folder), "--only", escape(finding.about)])
    return replace(finding, file=str(folder / finding.file) if finding.file else "", reproduce=again)


def _built_in() -> tuple[Acceptance, ...]:
    """What the package accepts."""
    from contracts.verify import drift
    from contracts.verify.acceptances import read

    file = Path(str(drift.__file__)).with_name("accepted.toml")
    return read(file.read_text(encoding="utf-8"), file.name)


def _accepted(accept_list: Path) -> tuple[Acceptance, ...]:
    """What the user accepts."""
    from contracts.verify.acceptances import read

    return read(accept_list.read_text(encoding="utf-8"), str(accept_list)) if _is_there(accept_list) else ()


def _is_there(accept_list: Path) -> bool:
    """Whether there is an accept-list. OSError if it was named and is missing."""
    if accept_list == ACCEPT_LIST and not accept_list.exists():
        return False
    accept_list.stat()
    return True


def _accept(found: Survey, fingerprints: Iterable[str], reason: str, until: str, accept_list: Path) -> None:
    """Add findings to the accept-list, which is replaced as a whole or not at all."""
    from contracts.verify.acceptances import accepting, read, written

    text = accept_list.read_text(encoding="utf-8") if accept_list.exists() else _HEADING
    findings = {finding.fingerprint: finding for finding in found.findings}
    listed = {one.fingerprint: one.until for one in read(text, str(accept_list))}
    for fingerprint in fingerprints:
        if fingerprint not in findings:
            raise ValueError(f"{fingerprint!r} is the fingerprint of no finding; nothing was accepted")
        if fingerprint in listed:
            raise ValueError(f"{fingerprint} is in {accept_list} until {listed[fingerprint]}; change the day there")
    if until < present()[:10]:
        raise ValueError(f"{until!r} is no day to come; write YYYY-MM-DD")
    new = written(accepting(findings[one], reason, until) for one in dict.fromkeys(fingerprints))
    _replace(accept_list, text + new)


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def _fetch_into(folder: Path, index: str | None) -> None:
    """Fetch all documents, and only then write any."""
    from contracts.verify.drift.fetching import VENDORS_INDEX, fetch

    files = fetch(index or VENDORS_INDEX, _read)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    click.echo(f"{len(files)} documents fetched into {folder}", err=True)


def _read(address: str) -> bytes:
    """What a server publishes under an address. OSError if it does not, or sends the caller on."""
    import requests

    # An `auth` that does nothing: credentials of a .netrc stay at home.
    with requests.get(
        address, timeout=_LONGEST_WAIT, allow_redirects=False, stream=True, auth=lambda request: request
    ) as answer:
        if answer.status_code != 200:
            raise OSError(f"{address} answers {answer.status_code}, not 200")
        content: bytes = answer.raw.read(_LARGEST + 1, decode_content=True)
    if len(content) > _LARGEST:
        raise OSError(f"{address} is larger than {_LARGEST} bytes")
    return content
