"""What is installed here as wheels again, so that pip finds all that it needs in a folder and asks no index."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackagePath, distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement

OF_THE_INSTALLER = {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}


def write_wheels(folder: Path, *names: str) -> None:
    """Those of the distributions, and of all that they require; a distribution that is being worked on is left out."""
    for found in required_by(*names):
        if (found.read_text("direct_url.json") or "").find('"editable": true') < 0:
            write_wheel(folder, found)


def required_by(*names: str) -> Iterator[Distribution]:
    """The distributions and what they require, each once."""
    waiting, seen = list(names), set[str]()
    while waiting:
        name = re.sub("[-_.]+", "-", waiting.pop()).lower()
        if name not in seen:
            seen.add(name)
            found = distribution(name)
            waiting += (needed.name for needed in map(Requirement, found.requires or []) if applies(needed))
            yield found


def applies(requirement: Requirement) -> bool:
    """Extras are left out, but for one: a requirement may ask for them, and what is too much does no harm."""
    marker = requirement.marker
    return marker is None or marker.evaluate({"extra": ""}) or marker.evaluate({"extra": "crypto"})


def write_wheel(folder: Path, installed: Distribution) -> None:
    """One, with the record of what is in it."""
    information = next(path.parent for path in installed.files or [] if path.name == "WHEEL")
    record: list[str] = []
    with ZipFile(folder / f"{information.name.removesuffix('.dist-info')}-{tag_of(installed)}.whl", "w") as wheel:
        for path in belonging(installed):
            content = path.locate().read_bytes()
            wheel.writestr(path.as_posix(), content)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{path.as_posix()},sha256={digest},{len(content)}")
        wheel.writestr(f"{information.as_posix()}/RECORD", "\n".join([*record, f"{information.as_posix()}/RECORD,,"]))


def tag_of(installed: Distribution) -> str:
    """For which Pythons, interfaces and platforms it is, as the name of a wheel tells it."""
    tags = re.findall(r"^Tag: (.+)$", installed.read_text("WHEEL") or "", re.MULTILINE)
    return "-".join(".".join(dict.fromkeys(part)) for part in zip(*(tag.split("-") for tag in tags), strict=True))


def belonging(installed: Distribution) -> Iterator[PackagePath]:
    """Its files, but for programs, which are made of their entry points, and what the installer added."""
    for path in installed.files or []:
        if ".." not in path.parts and "__pycache__" not in path.parts and path.name not in OF_THE_INSTALLER:
            yield path
