"""What is declared is answered, and what is answered is declared."""

from mock_server.admin import calls
from mock_server.admin.calls import operations
from mock_server.app import create_app
from mock_server.emulator import OURS


def test_every_declared_call_is_answered_and_the_other_way_round() -> None:
    create_app()

    assert set(operations()) == set(calls.functions)


def test_every_call_lies_below_our_own_path() -> None:
    paths = [path for operation in operations() for path in (operation.path, *operation.variants)]

    assert all(path.startswith(f"{OURS}/") for path in paths)


def test_one_flask_rule_serves_all_calls() -> None:
    app = create_app()

    assert [rule.rule for rule in app.url_map.iter_rules()] == [f"{OURS}/<path:_>"]
