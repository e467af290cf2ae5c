"""The world of one server, and what becomes of it when the server is killed."""

import re
from base64 import urlsafe_b64encode

import pytest

from mock_server.core import world as worlds
from mock_server.core.tokens import make_key
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


@pytest.fixture
def world():
    made = World(perform=lambda *_: None, found=lambda _: None, load=lambda _: {}, keyfile=make_key)
    yield made
    made.close()


@pytest.mark.parametrize("client_id", ["a", "x" * 128, "ä", "a:b?c#d"])
def test_client_id_may_be_what_a_path_can_hold(world, client_id):
    assert world.make_account(client_id=client_id).client_id == client_id


@pytest.mark.parametrize("client_id", ["", "x" * 129, "a b", "a/b", "a\nb", "\x7f"])
def test_client_id_that_no_path_can_hold_is_refused(world, client_id):
    with pytest.raises(ValueError, match="cannot be a client id; give 1 to 128 characters without space or slash"):
        world.make_account(client_id=client_id)

    assert world.claim(f"test-{client_id} ", "secret") is None


def test_accounts_are_numbered_and_so_are_their_owners(world):
    first, second = world.make_account(), world.make_account()

    assert [account.user_id for account in (world.demo, first, second)] == [6_700_001, 6_700_002, 6_700_003]
    assert [account.owner for account in (world.demo, first)] == ["owner-1@example.com", "owner-2@example.com"]


def test_credentials_that_nobody_chose_have_the_vendors_shape(world):
    account = world.make_account()

    assert re.fullmatch("[0-9a-f]{32}", account.client_id)
    assert re.fullmatch("[0-9a-f]{32}", account.client_secret)
    assert re.fullmatch("sp_apikey_[0-9a-f]{64}", world.make_api_key(account))


def test_account_follows_the_servers_defaults_where_nothing_else_is_said():
    defaults = {"plan": "free", "limits": None, "settings": {"emails_left": 7}}
    world = World(perform=lambda *_: None, found=lambda _: None, load=lambda _: {}, keyfile=make_key, defaults=defaults)

    chosen = world.make_account(plan="enterprise", limits="off")

    assert (world.demo.plan.category, chosen.plan.category) == ("free", "enterprise")
    assert (world.demo.throttle.limits.algorithm, chosen.throttle.limits.algorithm) == ("sliding-window", "off")
    assert (world.demo.settings.emails_left, chosen.settings.emails_left) == (7, 7)
    world.close()


@pytest.mark.parametrize("is_kept", [True, False])
def test_signing_key_is_in_the_database_or_else_the_users(tmp_path, is_kept):
    key, asked = make_key(), []

    def opened():
        database = f"sqlite:///{tmp_path}/kept.db" if is_kept else None
        keyfile = lambda: asked.append("key") or key  # noqa: E731
        return World(
            perform=lambda *_: None, found=lambda _: None, load=lambda _: {}, keyfile=keyfile, database=database
        )

    first = opened()
    token = first.tokens.issue(first.demo.client_id, 1, first.demo.token_epoch, 0)
    first.close()
    second = opened()
    read = second.tokens.read(token)
    second.close()

    assert read.client_id == worlds.DEMO_CLIENT_ID
    assert asked == ([] if is_kept else ["key", "key"])


def test_accounts_are_told_page_by_page(world):
    for name in ("one", "two", "three"):
        world.make_account(client_id=name)

    assert world.client_ids(2, 1) == ["one", "two"]
    assert world.client_ids(2, newest_first=True) == ["three", "two"]


def test_whoever_watches_is_told_of_accounts_until_it_looks_away(world):
    seen, also = [], []
    world.watch(seen.append)
    world.watch(also.append)
    made = world.make_account()
    world.unwatch(seen.append)

    made.stir()

    assert (seen, also) == ([made], [made, made])


@pytest.mark.parametrize(
    ("user", "secret", "is_let_in"),
    [
        ("shop", "s3cret", True),
        ("owner-2@example.com", "s3cret", True),
        (" OWNER-2@Example.com ", "s3cret", True),
        ("shop", "S3cret", False),
        ("owner-1@example.com", "s3cret", False),
        ("owner-02@example.com", "s3cret", False),
        ("owner-3@example.com", "s3cret", False),
        ("nobody", "s3cret", False),
        ("test-new", "s3cret", True),
        ("test-new", "", False),
    ],
)
def test_mail_program_logs_in_by_client_id_or_owner(world, user, secret, is_let_in):
    world.make_account(client_id="shop", client_secret="s3cret")

    assert (world.account_of_login(user, secret) is not None) is is_let_in


def test_key_belongs_to_its_account_until_it_is_revoked_by_that(world):
    mine, other = world.make_account(), world.make_account()
    key = world.make_api_key(mine)
    assert world.account_of_key(key) is mine

    assert not world.revoke_api_key(other, key)
    assert world.account_of_key(key) is mine
    assert world.revoke_api_key(mine, key)
    assert not world.revoke_api_key(mine, key)

    assert world.account_of_key(key) is None


DEEP = urlsafe_b64encode(b"[" * 200_000).decode()


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "a.b.c.d", "ä.ä.ä", f"{DEEP}.a.b"])
def test_what_is_no_token_belongs_to_nobody(world, token):
    assert world.account_of_token(token) is None


def test_token_of_a_removed_account_belongs_to_nobody(world):
    account = world.make_account()
    token = world.tokens.issue(account.client_id, account.user_id, account.token_epoch, account.clock.now())
    found, claims = world.account_of_token(token)
    assert (found, claims.client_id) == (account, account.client_id)

    world.remove_account(account)
    world.remove_account(account)

    assert world.account_of_token(token) is None
    assert account.is_removed
