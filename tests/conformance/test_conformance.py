"""The whole suite against the emulator, in process and live."""

from __future__ import annotations

import re

import pytest

from contracts.catalogue import catalogue
from contracts.suite import refusals
from contracts.suite.exams import Exam, exams
from contracts.suite.laboratories import Laboratory


@pytest.mark.parametrize("exam", [*exams()], ids=lambda exam: f"{exam.check}: {exam.about}")
def test_exam_is_passed(laboratory: Laboratory, exam: Exam) -> None:
    exam.run(laboratory)


@pytest.mark.parametrize("operation", [*catalogue()], ids=lambda operation: operation.name)
def test_every_refusal_can_be_provoked_or_says_what_it_waits_for(operation):
    assert refusals.unprovoked(operation) == set()


def test_what_is_awaited_is_declared_and_cannot_be_provoked():
    for operation, refusal in refusals.AWAITING:
        assert refusal in operation.refusals.values()
        assert refusals.provocation_of(operation, refusal) is None


def test_every_provocation_says_its_condition_in_a_sentence():
    silent = [
        f"{operation.name}: {refusal.key}: {way.test}"
        for operation, refusal in refusals.provocations()
        if (way := refusals.way_to(operation, refusal)) and not re.fullmatch(r"[A-Z][^\n]*\.", way.condition)
    ]

    assert silent == []
