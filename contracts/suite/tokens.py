"""Tokens and keys: how long they are good, what they hold, and that nothing else opens the door."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from contracts.checks import Failure
from contracts.refusals import UNAUTHORIZED
from contracts.services import oauth
from contracts.services.email import mailing_lists
from contracts.strategies import case_of
from contracts.suite.accounts import Account, expect_refusal, expect_success, fresh_account
from contracts.suite.laboratories import Laboratory

SECOND: Final = 1_000_000
LIFETIME: Final = 3600 * SECOND


class GoodTooLong(Failure):
    """A token that has expired, or was revoked, still opens the door."""


class GoodTooShort(Failure):
    """A token that must be good is refused."""


class ForgeryAccepted(Failure):
    """A credential that nobody issued opens the door."""


class WrongClaims(Failure):
    """A token does not hold what the vendor's tokens hold."""


def tokens_live_an_hour(laboratory: Laboratory) -> None:
    """Each of several tokens is good until exactly 3600 seconds after the second in which it was issued."""
    gaps = st.integers(0, LIFETIME // 2)
    probes = st.lists(st.integers(0, 2) | st.integers(0, LIFETIME), min_size=1, max_size=3)

    @given(st.lists(gaps, min_size=1, max_size=3), probes)
    def holds(gaps: list[int], probes: list[int]) -> None:
        with fresh_account(laboratory) as account:
            now, ends = 0, dict[str, int]()
            for gap in gaps:
                account.advance(gap)
                now += gap
                ends[account.new_token()] = now // SECOND * SECOND + LIFETIME
            for probe in probes:
                until_first = max(0, min(end for end in ends.values() if end > now) - now - 1) if probe < 3 else 0
                account.advance(until_first + probe)
                now += until_first + probe
                for token, end in ends.items():
                    _judge(account, token, is_good=now < end)
                if all(end <= now for end in ends.values()):
                    return

    holds()


def revoked_tokens_are_refused(laboratory: Laboratory) -> None:
    """Revoking ends every token issued so far, and none issued later."""
    with fresh_account(laboratory) as account:
        before = [account.new_token(), account.new_token()]
        for token in before:
            _judge(account, token, is_good=True)

        laboratory.revoke_tokens(account.credentials)

        for token in before:
            _judge(account, token, is_good=False)
        _judge(account, account.new_token(), is_good=True)


def keys_are_good_until_revoked(laboratory: Laboratory) -> None:
    """A static key never expires; revoked, it is refused, and the others stay."""
    with fresh_account(laboratory) as account:
        kept, lost = (laboratory.new_api_key(account.credentials) for _ in range(2))
        account.advance(1000 * LIFETIME)
        _judge(account, kept, is_good=True)

        laboratory.revoke_api_key(account.credentials, lost)

        _judge(account, lost, is_good=False)
        _judge(account, kept, is_good=True)


def tokens_hold_the_vendors_claims(laboratory: Laboratory) -> None:
    """Header and payload as decoded from the token on the vendor's landing page, key by key, in order."""

    @given(st.integers(0, 3 * SECOND))
    def holds(gap: int) -> None:
        with fresh_account(laboratory) as account:
            account.advance(gap)
            header, payload, signature = _parts(account.new_token())
            jti, issued, user = payload["jti"], payload["nbf"], payload["user"]
            client_id = account.credentials.client_id

            _hold(list(header.items()), [("typ", "JWT"), ("alg", "RS256"), ("jti", jti)])
            _hold(list(payload), ["aud", "jti", "iat", "nbf", "exp", "sub", "scopes", "user"])
            _hold([payload[name] for name in ("aud", "jti", "iat", "sub", "scopes")], [client_id, jti, issued, "", []])
            _hold(payload["exp"], issued + 3600)
            _hold(issued % 60, gap // SECOND)  # the clocks of the suite begin at a full minute
            _hold([list(user), user["area"]], [["id", "group_id", "parent_id", "area"], "rest"])
            _hold((len(jti), jti.strip("0123456789abcdef")), (80, ""))
            _hold(len(signature), 256)

    holds()


def forgeries_are_refused(laboratory: Laboratory, forge: Callable[[str], str]) -> None:
    """A credential made from a good token by `forge`, which returns the whole ``Authorization`` header."""
    with fresh_account(laboratory) as account:
        authorization = forge(account.new_token())
        answer = account.send(case_of(mailing_lists.list), authorization=authorization)
        if answer.status == 200:
            raise ForgeryAccepted(f"{authorization} opens the door")
        expect_refusal(mailing_lists.list, UNAUTHORIZED, answer)


def wrong_credentials_get_no_token(laboratory: Laboratory) -> None:
    """Only the account's own id and secret together are exchanged for a token."""
    texts = st.text(max_size=20)

    @given(texts, texts)
    def holds(some_id: str, some_secret: str) -> None:
        with fresh_account(laboratory) as account, fresh_account(laboratory) as other:
            own = account.credentials
            for client_id, client_secret in (
                (own.client_id, some_secret),
                (own.client_id, other.credentials.client_secret),
                (own.client_id, own.client_secret[:-1]),
                (own.client_id, own.client_secret + " "),
                (own.client_id.upper() + "A", own.client_secret),
                (some_id, own.client_secret),
                (some_id, some_secret),
            ):
                answer = account.ask(
                    oauth.issue_token,
                    grant_type="client_credentials",
                    client_id=client_id,
                    client_secret=client_secret,
                )
                if answer.status == 200:
                    raise ForgeryAccepted(f"{client_id!r} and {client_secret!r} are given a token")
                expect_refusal(oauth.issue_token, oauth.INVALID_CLIENT, answer)

    holds()


FORGERIES: Final[dict[str, Callable[[str], str]]] = {
    "nothing": lambda _: "",
    "no scheme": lambda token: token,
    "basic": lambda token: f"Basic {token}",
    "no token": lambda _: "Bearer ",
    "cut": lambda token: f"Bearer {token[:-1]}",
    "lengthened": lambda token: f"Bearer {token}A",
    "without signature": lambda token: f"Bearer {token.rpartition('.')[0]}.",
    "two parts": lambda token: f"Bearer {token.rpartition('.')[0]}",
    "four parts": lambda token: f"Bearer {token}.{token}",
    "other signature": lambda token: f"Bearer {token.rpartition('.')[0]}.{'A' * 342}",
    "longer life": lambda token: f"Bearer {_altered(token, exp=2**40)}",
    "other account": lambda token: f"Bearer {_altered(token, aud='237b4af9c99d0f89bdbd876dcd5a0000')}",
    "no algorithm": lambda token: f"Bearer {_unsigned(token)}",
    "unknown key": lambda _: f"Bearer sp_apikey_{'0' * 64}",
    "words": lambda _: "Bearer let me in",
    "dots": lambda _: "Bearer ..",
    "high bytes": lambda _: "Bearer \xff\xfe.\xff.\xff",
}
"""Credentials that nobody issued, each made from a good token."""


def _judge(account: Account, token: str, *, is_good: bool) -> None:
    answer = account.send(case_of(mailing_lists.list), authorization=f"Bearer {token}")
    if is_good and answer.status == 401:
        raise GoodTooShort(f"a good token is refused: {answer}")
    if not is_good and answer.status == 200:
        raise GoodTooLong(f"a token that is over opens the door: {answer}")
    if is_good:
        expect_success(mailing_lists.list, answer)
    else:
        expect_refusal(mailing_lists.list, UNAUTHORIZED, answer)


def _parts(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    header, payload, signature = (urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
    return json.loads(header), json.loads(payload), signature


def _encoded(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()


def _altered(token: str, **claims: Any) -> str:
    header, _, signature = token.split(".")
    return f"{header}.{_encoded(_parts(token)[1] | claims)}.{signature}"


def _unsigned(token: str) -> str:
    header, payload, _ = _parts(token)
    return f"{_encoded(header | {'alg': 'none'})}.{_encoded(payload)}."


def _hold(seen: object, expected: object) -> None:
    if seen != expected:
        raise WrongClaims(f"a token holds {seen}, where the vendor's hold {expected}")
