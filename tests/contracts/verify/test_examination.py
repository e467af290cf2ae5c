"""The whole suite as a run: nothing of it is left out, and what it finds is told."""

from __future__ import annotations

import inspect
from importlib import import_module
from pkgutil import iter_modules

import pytest
from hypothesis import settings

from contracts.catalogue import catalogue
from contracts.services.email import balance
from contracts.suite import answers, bad_input, journeys, limits, refusals, tokens
from contracts.suite.exams import exams
from contracts.suite.laboratories import AdminLaboratory
from contracts.suite.targets import WSGITarget
from contracts.verify.examination import QUICK, examine, exams_of, report_of
from contracts.verify.selection import Selection
from mock_server import behaviour
from mock_server.app import make_emulator

JOURNEYS = [import_module(f"{journeys.__name__}.{module.name}") for module in iter_modules(journeys.__path__)]
MODULES = (answers, bad_input, limits, refusals, tokens, *JOURNEYS)


def checks_in(module):
    """The functions of a module of the suite that are run against a laboratory."""
    functions = inspect.getmembers(module, inspect.isfunction)
    own = [(name, function) for name, function in functions if function.__module__ == module.__name__]
    return {name for name, function in own if "laboratory" in inspect.signature(function).parameters and name[0] != "_"}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_check_of_the_suite_is_an_exam(module):
    assert checks_in(module) <= {exam.check for exam in exams()}


def test_every_operation_and_every_refusal_is_examined():
    listed = list(exams())

    provoked = [exam for exam in listed if exam.check == "refusal_is_provoked"]
    assert {exam.operation for exam in listed if exam.operation} == set(catalogue())
    assert len(provoked) == len(refusals.provocations())


def test_what_is_not_selected_is_not_examined():
    chosen = exams_of(Selection(names=("email.balance.get",)))

    assert {exam.operation for exam in chosen} == {balance.get}


def test_a_bug_is_found_and_the_profile_left_as_it_was(monkeypatch):
    emulator = make_emulator()
    monkeypatch.setitem(behaviour.behaviours._functions, balance.get, lambda _: {"currency": 5})
    laboratory, before = AdminLaboratory(WSGITarget(emulator)), settings.get_current_profile_name()
    chosen = [exam for exam in exams_of(Selection(names=("email.balance.get",))) if "valid" in exam.check]

    findings = examine(laboratory, chosen, progress=lambda *_: None, profile=QUICK)
    emulator.close()

    report = report_of(findings, chosen, laboratory.tally, target="the emulator", started="2026-01-31T12:00:00Z")
    assert [(one.kind, one.about) for one in findings] == [("suite.valid_calls_keep_the_contract", "email.balance.get")]
    assert "breaks" in findings[0].summary
    assert not report.is_good
    assert settings.get_current_profile_name() == before
