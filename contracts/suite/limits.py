"""The limiter and the quotas, on a clock that only the suite moves, against their definitions counted out in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from contracts.checks import Failure
from contracts.messages import Answer, Request
from contracts.refusals import OVER_QUOTA, TOO_FAST, Refusal
from contracts.services.email import mailing_lists
from contracts.strategies import UNKNOWN_ID, case_of
from contracts.suite.accounts import Account, fresh_account
from contracts.suite.encodings import Encoding, request_of
from contracts.suite.laboratories import Laboratory

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
DAY: Final = 24 * 60 * MINUTE

Admits = Callable[[Sequence[int], int, int], bool]
"""Whether one more request fits, given the instants of those admitted, the present one, and the number a second."""


class WronglyAdmitted(Failure):
    """A request got through that exceeds the limit."""


class WronglyTurnedAway(Failure):
    """A request was turned away that keeps the limit, or for another reason."""


def _sliding_window(admitted: Sequence[int], now: int, limit: int) -> bool:
    """No half-open window of one second holds more than the limit; the fullest is the one that ends now."""
    return sum(now - SECOND < instant for instant in admitted) < limit


def _fixed_window(admitted: Sequence[int], now: int, limit: int) -> bool:
    return _in_window(admitted, now, SECOND) < limit


def _bucket_of(share: Callable[[int], int]) -> Admits:
    """No span of time, however long, holds more than the bucket's capacity and what flowed in since it began."""

    def admits(admitted: Sequence[int], now: int, limit: int) -> bool:
        return all(
            (len(admitted) - number + 1) * SECOND <= share(limit) * SECOND + limit * (now - instant)
            for number, instant in enumerate([*admitted, now])
        )

    return admits


_token_bucket: Final = _bucket_of(lambda limit: limit)
_gcra: Final = _bucket_of(lambda limit: limit // 2)
ALGORITHMS: Final[Mapping[str, Admits]] = {
    "sliding-window": _sliding_window,
    "fixed-window": _fixed_window,
    "token-bucket": _token_bucket,
    "gcra": _gcra,
    "strictest": lambda *request: all(
        admits(*request) for admits in (_sliding_window, _fixed_window, _token_bucket, _gcra)
    ),
    "off": lambda *_: True,
}
"""What each algorithm admits, by its definition."""


def _in_window(admitted: Sequence[int], now: int, length: int) -> int:
    return sum(instant // length == now // length for instant in admitted)


_gaps: Final = st.sampled_from(
    (1, 99_999, 100_000, 100_001, 200_000, 500_000, 899_999, SECOND - 1, SECOND, SECOND + 1)
) | st.integers(0, 2 * SECOND)
_bursts: Final = st.lists(st.tuples(_gaps, st.integers(1, 12)), min_size=2, max_size=8).map(
    lambda bursts: [gap for pause, size in bursts for gap in (pause, *[0] * (size - 1))]
)
_long_gaps: Final = st.sampled_from(
    (0, 0, 1, SECOND, MINUTE - 1, MINUTE, 89 * SECOND, 90 * SECOND - 1, 90 * SECOND, DAY)
)
_JUST_BEFORE_MIDNIGHT: Final = {"now": "2026-01-31T23:58:30Z", "frozen": True}
_UNTIL_MIDNIGHT: Final = 90 * SECOND


def limiter_keeps_its_definition(laboratory: Laboratory, algorithm: str) -> None:
    """At ten a second, whatever the gaps: what is admitted fits, what is turned away would not have."""

    @given(_bursts)
    def holds(gaps: list[int]) -> None:
        with fresh_account(laboratory, limits={"algorithm": algorithm, "per_second": 10}) as account:
            _walk(account, gaps, lambda admitted, now: None if admits(admitted, now, 10) else TOO_FAST)

    admits = ALGORITHMS[algorithm]
    holds()


def quotas_keep_their_windows(laboratory: Laboratory) -> None:
    """Calendar minute and UTC day: a request beyond either is over quota, and one turned away counts in neither."""

    @given(st.integers(1, 3), st.integers(2, 6), st.lists(_long_gaps, min_size=6, max_size=20))
    def holds(per_minute: int, per_day: int, gaps: list[int]) -> None:
        def refusal(admitted: Sequence[int], now: int) -> Refusal | None:
            fits = _in_window(admitted, now, MINUTE) < per_minute and _in_window(admitted, now, DAY) < per_day
            return None if fits else OVER_QUOTA

        limits = {"per_second": 1000, "per_minute": per_minute, "per_day": per_day}
        with fresh_account(laboratory, limits=limits, clock=_JUST_BEFORE_MIDNIGHT) as account:
            _walk(account, gaps, refusal, start=-_UNTIL_MIDNIGHT)

    holds()


def plans_have_their_quotas(laboratory: Laboratory) -> None:
    """What a plan's category allows a minute, to the request. Documented on the vendor's landing page."""
    for category, per_minute in {"free": 1000, "standard": 2000, "enterprise": 3000}.items():
        with fresh_account(laboratory, limits={"per_second": 10_000}, plan=category) as account:
            _walk(
                account,
                [0] * (per_minute + 1),
                lambda admitted, _, most=per_minute: None if len(admitted) < most else OVER_QUOTA,  # type: ignore[misc]
            )


def _walk(
    account: Account, gaps: list[int], refusal_at: Callable[[Sequence[int], int], Refusal | None], start: int = 0
) -> None:
    """Send a request after each gap and judge its answer. Between them goes what must never count."""
    now, admitted = start, list[int]()
    requests = _requests(account)
    for number, gap in enumerate(gaps):
        if gap:
            account.advance(gap)
            now += gap
            requests = _requests(account)
        request = requests[number % len(requests)]
        if number % 7 == 0:
            _send_what_never_counts(account)
        expected, answer = refusal_at(admitted, now), account.exchange(request)
        _judge(expected, answer, f"at {now} µs, with {admitted[-30:]} admitted")
        if expected is None:
            admitted.append(now)


def _requests(account: Account) -> list[Request]:
    """Requests that count, whatever their answer: a success, a refusal, no operation at all."""
    lists = [case_of(mailing_lists.list), case_of(mailing_lists.get, UNKNOWN_ID), case_of(mailing_lists.create)]
    known = [request_of(case, Encoding.JSON, account.authorization) for case in lists]
    return [*known, Request("GET", "/no/such/path", authorization=account.authorization)]


def _send_what_never_counts(account: Account) -> None:
    account.new_token()
    account.exchange(Request("GET", "/addressbooks", authorization=f"{account.authorization}x"))


def _judge(expected: Refusal | None, answer: Answer, when: str) -> None:
    turned_away = answer.status == 429
    if expected is None and turned_away:
        raise WronglyTurnedAway(f"{answer} {when}")
    if expected is not None and not turned_away:
        raise WronglyAdmitted(f"{answer} {when}")
    if expected is not None and answer.json()["error_code"] != expected.code:
        raise WronglyTurnedAway(f"{answer}, not {expected}, {when}")
