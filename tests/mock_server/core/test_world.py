"""The world of one server, and what becomes of it when the server is killed."""

import pytest

from mock_server.core import world as worlds
from mock_server.core.world import World


class Killed(BaseException):
    """Stands for a signal: nothing may catch it."""


def begin(path, found):
    return World(
        perform=lambda *_: None,
        found=found,
        load=lambda _: {},
        keyfile=bytes,
        database=f"sqlite:///{path}",
    )


def test_account_that_a_kill_left_unfurnished_is_furnished_when_it_is_next_looked_for(tmp_path):
    def killed_over_the_second(account):
        if account.client_id != worlds.DEMO_CLIENT_ID:
            raise Killed

    furnished = []
    first = begin(tmp_path / "kept.db", killed_over_the_second)
    with pytest.raises(Killed):
        first.make_account(client_id="half")
    first.close()

    second = begin(tmp_path / "kept.db", lambda account: furnished.append(account.client_id))
    second.account("half")
    second.close()

    third = begin(tmp_path / "kept.db", lambda account: furnished.append(account.client_id))
    third.account("half")
    third.close()
    assert furnished == ["half"]


def test_world_with_work_that_nobody_knows_is_refused_and_makes_no_account(tmp_path):
    task = {"due": 0, "kind": "dance", "payload": {}}
    world = World(
        perform=lambda *_: None,
        knows={"sing"}.__contains__,
        found=lambda _: None,
        load=lambda _: {"rows": {"core.task": [task]}},
        keyfile=bytes,
    )

    with pytest.raises(ValueError, match=r"in the world 'party', the kind .* cannot be 'dance'"):
        world.make_account(client_id="other", world="party")

    assert world.account("other") is None
