"""Reports as a web page: one file without script or outside resource, for the screen in light and dark, and for paper.

It is built as a tree, so that whatever a finding holds is text and never markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from contracts.verify.findings import Acceptance, Finding, Report
from contracts.verify.reports.parts import by_severity, counts, details, leave, printable, verdict

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_MEANINGS: Final = {
    "error": "A client that relies on the promise breaks.",
    "warning": "Something differs that a client may well notice.",
    "note": "Worth knowing; nothing breaks.",
}


def page(report: Report) -> str:
    """The report as an HTML document."""
    html = _element("html", lang="en")
    html.append(_head(report))
    body = ET.SubElement(html, "body")
    body.append(_verdict(report))
    body.append(_counts(report))
    body.extend(_sections(report))
    return f"<!doctype html>\n{ET.tostring(html, encoding='unicode', method='html')}\n"


def _head(report: Report) -> ET.Element:
    return _element(
        "head",
        _element("meta", charset="utf-8"),
        _element("meta", {"http-equiv": "Content-Security-Policy", "content": _POLICY}),
        _element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _element("meta", name="color-scheme", content="light dark"),
        _element("title", f"{report.command}: {verdict(report)}"),
        _element("style", _STYLE),
    )


def _verdict(report: Report) -> ET.Element:
    return _element(
        "header",
        _element("p", f"sendpulse-mock {report.command}", role="doc-subtitle"),
        _element("h1", verdict(report)),
        _element("p", f"{report.target}, {report.started}"),
        {"class": "good" if report.is_good else "bad"},
    )


def _counts(report: Report) -> ET.Element:
    facts = {**{_plural(name): number for name, number in counts(report).items()}, **report.facts}
    rows = (
        _element("tr", _element("th", name, scope="row"), _element("td", str(fact))) for name, fact in facts.items()
    )
    return _element("table", _element("caption", "In numbers"), _element("tbody", *rows))


def _plural(name: str) -> str:
    return name if name == "accepted" else f"{name}s"


def _sections(report: Report) -> Iterator[ET.Element]:
    for severity, findings in by_severity(report):
        yield _element(
            "section",
            _element("h2", f"{severity.value.capitalize()}s ({len(findings)})"),
            _element("p", _MEANINGS[severity]),
            *(_finding(finding) for finding in findings),
            {"class": severity.value},
        )
    if report.accepted:
        yield _element(
            "section",
            _element("h2", f"Accepted ({len(report.accepted)})"),
            _element("p", "Looked at and let pass, each for a reason and until a day."),
            *(_accepted(*accepted) for accepted in report.accepted),
            {"class": "accepted"},
        )


def _accepted(finding: Finding, acceptance: Acceptance) -> ET.Element:
    return _finding(finding, _element("p", leave(acceptance), {"class": "reason"}))


def _finding(finding: Finding, *more: ET.Element) -> ET.Element:
    place = [_element("code", finding.place)] if finding.place else []
    rows = [part for label, text in details(finding) for part in (_element("dt", label), _described(label, text))]
    return _element(
        "article",
        _element("h3", finding.about, *place),
        _element("p", finding.summary),
        *more,
        _element("dl", *rows),
        id=finding.fingerprint,
    )


def _described(label: str, text: str) -> ET.Element:
    return _element("dd", _element("pre", text) if label == "reproduce with" else _element("span", text))


def _element(tag: str, *parts: ET.Element | str | dict[str, str], **attributes: str) -> ET.Element:
    """An element of texts, elements and attributes."""
    element = ET.Element(tag, attributes)
    for part in parts:
        match part:
            case dict():
                element.attrib.update(part)
            case str():
                element.text = printable(part)
            case _:
                element.append(part)
    return element


_STYLE: Final = """
:root { --page: #fff; --text: #1c2126; --faint: #59636e; --line: #d5dae0; --box: #f5f7f9;
  --good: #17672f; --error: #b3241c; --warning: #8a5800; --note: #0b5cad; --accepted: #59636e; }
@media (prefers-color-scheme: dark) { :root { --page: #15191d; --text: #e4e8ec; --faint: #9aa5b1; --line: #343c45;
  --box: #1d2329; --good: #5fcf85; --error: #ff8178; --warning: #e5b454; --note: #74b3ff; --accepted: #9aa5b1; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 60rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
header { padding: 1.25rem 1.5rem; border-left: .5rem solid var(--error); background: var(--box); }
header.good { border-color: var(--good); }
header p { margin: 0; color: var(--faint); }
h1 { margin: 0; font-size: 2rem; line-height: 1.25; color: var(--error); }
.good h1 { color: var(--good); }
h2 { margin: 2.5rem 0 0; font-size: 1.25rem; color: var(--tone); }
h2 + p { margin: 0 0 1rem; color: var(--faint); }
h3 { margin: 0; font-size: 1rem; }
h3 code { margin-left: .75rem; font-weight: normal; color: var(--faint); }
.error { --tone: var(--error); } .warning { --tone: var(--warning); }
.note { --tone: var(--note); } .accepted { --tone: var(--accepted); }
table { margin: 1.5rem 0; border-collapse: collapse; }
caption { text-align: left; font-weight: bold; padding-bottom: .25rem; }
th, td { padding: .25rem 1.5rem .25rem 0; border-top: 1px solid var(--line); text-align: left; font-weight: normal; }
td { text-align: right; padding-right: 0; font-variant-numeric: tabular-nums; }
article { margin: .75rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-left: .25rem solid var(--tone);
  break-inside: avoid; }
article p { margin: .25rem 0 .5rem; }
article .reason { font-weight: bold; }
dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; font-size: .875rem; }
dt { color: var(--faint); }
dd { margin: 0; min-width: 0; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { margin: 0; padding: .5rem; background: var(--box); white-space: pre-wrap; }
@media print { body { padding: 0; max-width: none; } header, pre { print-color-adjust: exact; } }
"""
