"""Reports as JUnit XML, in what the schemas of Jenkins and of Surefire have in common."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from contracts.verify.findings import Acceptance, Finding, Report, Severity
from contracts.verify.reports.parts import counts, details, leave, printable, verdict


def junit(report: Report) -> str:
    """One suite: a case for the run as a whole, which passes, then one for each finding.

    Errors and warnings are failures, accepted findings are skipped, and notes pass with their text as output, so that
    the suite is green exactly when the report is good.
    """
    number = counts(report)
    cases = [_run(report), *map(_case, report.findings), *(_skipped(*accepted) for accepted in report.accepted)]
    suite = _element(
        "testsuite",
        name=f"sendpulse-mock {report.command}",
        tests=len(cases),
        failures=number[Severity.ERROR] + number[Severity.WARNING],
        errors=0,
        skipped=number["accepted"],
        time=0,
    )
    suite.append(_properties(report))
    suite.extend(cases)
    ET.indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suite, encoding="unicode")}\n'


def _properties(report: Report) -> ET.Element:
    facts = {"target": report.target, "started": report.started, **report.facts}
    properties = _element("properties")
    properties.extend(_element("property", name=name, value=value) for name, value in facts.items())
    return properties


def _run(report: Report) -> ET.Element:
    case = _element("testcase", name=f"{report.command} ran", classname=report.command, time=0)
    case.append(_element("system-out", f"{report.target}: {verdict(report)}"))
    return case


def _case(finding: Finding) -> ET.Element:
    case = _empty_case(finding)
    if finding.severity is Severity.NOTE:
        case.append(_element("system-out", _told(finding)))
    else:
        case.append(_element("failure", _told(finding), message=finding.summary, type=finding.kind))
    return case


def _skipped(finding: Finding, acceptance: Acceptance) -> ET.Element:
    case = _empty_case(finding)
    case.append(_element("skipped", message=leave(acceptance)))
    case.append(_element("system-out", _told(finding)))
    return case


def _empty_case(finding: Finding) -> ET.Element:
    name = f"{finding.kind} at {finding.place}" if finding.place else finding.kind
    return _element("testcase", name=name, classname=finding.about, time=0)


def _told(finding: Finding) -> str:
    told = [("severity", finding.severity.value), *details(finding)]
    return "\n".join([finding.summary, *(f"{label}: {text}" for label, text in told)])


def _element(tag: str, text: str = "", /, **attributes: object) -> ET.Element:
    element = ET.Element(tag, {name: printable(str(value)) for name, value in attributes.items()})
    element.text = printable(text) or None
    return element
