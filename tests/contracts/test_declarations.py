"""Declarations are values: plain to read, and complete."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

import contracts.services
from contracts.catalogue import catalogue
from contracts.codes import CODES
from contracts.model import Effect, IdOf
from contracts.refusals import NOWHERE, PLAN_REQUIRED, Refusal
from contracts.wording import rules_of

MODULES = sorted(Path(contracts.services.__file__).parent.rglob("*.py"))
VALUES = (
    *(ast.Call, ast.keyword, ast.Attribute, ast.Name, ast.Constant),
    *(ast.Dict, ast.List, ast.Tuple, ast.Starred, ast.BinOp, ast.BitOr, ast.UnaryOp, ast.USub),
    *(ast.Load, ast.Store),
)

for_every_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
for_every_operation = pytest.mark.parametrize("operation", list(catalogue()), ids=lambda operation: operation.name)


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path.name)


@for_every_module
def test_module_opens_with_what_it_is_about(path):
    assert ast.get_docstring(parsed(path))


@for_every_module
def test_module_holds_imports_and_assignments_only(path):
    for statement in parsed(path).body:
        match statement:
            case ast.Import() | ast.ImportFrom() | ast.Assign():
                pass
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case ast.AnnAssign(annotation=ast.Name(id="Final")):
                pass
            case _:
                pytest.fail(f"{path.name}:{statement.lineno}: {ast.unparse(statement)}")


@for_every_module
def test_module_assigns_calls_and_literals_only(path):
    assignments = [node for node in parsed(path).body if isinstance(node, ast.Assign | ast.AnnAssign)]

    for node in (inner for assignment in assignments for inner in ast.walk(assignment.value)):
        assert isinstance(node, VALUES), f"{path.name}: {ast.unparse(node)} is more than a call or a literal"


@for_every_module
def test_module_imports_contracts_only_and_calls_nothing_built_in(path):
    nodes = list(ast.walk(parsed(path)))
    sources = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    sources |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    bound = {alias.asname or alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    bound |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    called = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}

    assert {source for source in sources if source.split(".")[0] != "contracts"} <= {"typing", "__future__"}
    assert called <= bound


@for_every_operation
def test_operation_says_what_it_does_to_whom_and_how_we_know(operation):
    assert re.fullmatch(r"[A-Z].*\.", operation.summary)
    assert isinstance(operation.effect, Effect)
    assert operation.evidence.source


@for_every_operation
def test_operation_gives_each_refusal_a_key_of_its_own(operation):
    meanings = defaultdict(set)
    broken = [operation.refusal_of(rule) for rule in rules_of(operation.arguments)]
    own = [wording for wording in operation.wordings.values() if isinstance(wording, Refusal)]
    missing = [param.refusal for param in operation.params.values() if isinstance(param, IdOf)]
    for refusal in (*operation.service.refuses, PLAN_REQUIRED, *missing, *broken, *own, *operation.refuses):
        meanings[refusal.key].add((refusal.code, refusal.status, refusal.message))

    assert {key: found for key, found in meanings.items() if len(found) > 1} == {}


@for_every_operation
def test_operation_refuses_with_registered_codes_and_a_source(operation):
    for refusal in (*operation.refusals.values(), *NOWHERE):
        assert refusal.code in CODES, refusal
        assert 400 <= refusal.status < 500, refusal
        assert refusal.evidence.source, refusal


@for_every_operation
def test_operation_declares_parameters_of_its_path_only(operation):
    for path in (operation.path, *operation.variants):
        names = re.findall(r"\{(\w+)\}", path)

        assert re.fullmatch(r"(/([\w.-]+|\{\w+\}))+", path)
        assert len(set(names)) == len(names)
        assert operation.params.keys() <= set(names)


@for_every_operation
def test_wordings_replace_rules_that_exist_in_their_service(operation):
    siblings = [other for other in catalogue() if other.service is operation.service]
    rules = {rule.key for sibling in siblings for rule in rules_of(sibling.arguments)}
    messages = {key for key, wording in operation.wordings.items() if isinstance(wording, str)}

    assert messages <= rules


@for_every_operation
def test_fields_of_query_and_body_do_not_clash(operation):
    assert not operation.query["properties"].keys() & operation.body["properties"].keys()


def test_entities_named_by_ids_are_created_by_some_operation():
    made = {operation.creates for operation in catalogue()}
    named = {
        param.entity for operation in catalogue() for param in operation.params.values() if isinstance(param, IdOf)
    }

    assert named <= made
