"""What a client does with tokens and secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracts.conduct.calls import Call, Conversation
from contracts.conduct.rules import Breach, rule
from contracts.evidence import documented, inferred, observed
from contracts.verify.findings import Severity

NEEDLESS: Final = 3
"""So many tokens without need are a habit; several threads or processes may begin with one each."""

CALLS_A_TOKEN: Final = 5
"""Whoever makes more calls with each token keeps it at least for a while."""

STORM: Final = 3
"""So many calls refused in a row, and nobody has looked why."""

TOKEN: Final = documented("the vendor's page on authorization: a token is good for an hour")


@rule(
    severity=Severity.WARNING,
    explanation="A token is good for an hour; a request for one costs as much time as the call itself.",
    remedy="keep the token until shortly before it expires, and share it among all threads",
    evidence=TOKEN,
)
def token_per_call(conversation: Conversation) -> Iterator[Breach]:
    needless = tuple(_needless(conversation))
    requests = [call for call in conversation.calls if call.is_token_request]
    others = len(conversation.calls) - len(requests)
    if len(needless) >= NEEDLESS and others < CALLS_A_TOKEN * len(requests):
        happened = (
            f"{len(requests)} tokens were fetched for {others} calls, {len(needless)} while another was still good."
        )
        yield Breach(needless[0].about, happened, needless)


def _needless(conversation: Conversation) -> Iterator[Call]:
    """Requests for a token while another of the same credentials is good, as far as anybody knew."""
    good_until: dict[str, float] = {}
    for call in conversation.calls:
        if call.status == 401:
            good_until.clear()
        elif call.is_token_request and call.status == 200:
            owner = str(call.arguments.get("client_id"))
            if call.at < good_until.get(owner, call.at):
                yield call
            good_until[owner] = call.at + call.expires_in / 2  # to renew it early is wise


@rule(
    severity=Severity.WARNING,
    explanation="The call is refused, and has to be made again with another token.",
    remedy="renew the token shortly before expires_in is over, by the time at which it was asked for",
    evidence=TOKEN,
)
def expired_token(conversation: Conversation) -> Iterator[Breach]:
    """Once is a note: it is refused, and who then renews the token loses one call an hour."""
    ends: dict[str, float] = {}
    expired: list[Call] = []
    is_repeated = False
    since_renewal = 0
    for call in conversation.calls:
        if call.is_token_request:
            since_renewal = 0
        if call.issued:
            ends[call.issued] = call.at + call.expires_in
        if call.is_expired or call.at >= ends.get(call.token, call.at + 1):
            expired.append(call)
            since_renewal += 1
            is_repeated |= since_renewal > 1
    if expired:
        happened = f"{len(expired)} call{'' if len(expired) == 1 else 's'} bore a token that had expired."
        yield Breach(expired[0].about, happened, tuple(expired), is_minor=not is_repeated)


@rule(
    severity=Severity.ERROR,
    explanation="What is refused for its credentials is refused until they change, and clients have looped for ever.",
    remedy="after a 401 fetch one new token and try once more; if that is refused too, stop and tell",
    evidence=observed("issues of the vendor's SDKs for PHP and Node, in which clients loop"),
)
def unauthorized_storm(conversation: Conversation) -> Iterator[Breach]:
    """A token that is given ends no storm: the vendor's SDK for PHP fetches one between any two refused calls."""
    storm: list[Call] = []
    worst: list[Call] = []
    for call in conversation.calls:
        if call.status == 401:
            storm.append(call)
        elif call.status < 400 and not call.is_token_request:
            storm = []
        worst = max(worst, list(storm), key=len)
    if len(worst) >= STORM:
        yield Breach(worst[0].about, f"{len(worst)} calls in a row were answered 401.", tuple(worst))


@rule(
    severity=Severity.ERROR,
    explanation="Addresses are written into the logs of servers and proxies, and into the history of browsers.",
    remedy="send credentials in the body, and tokens in the header Authorization; then replace what has leaked",
    evidence=inferred("RFC 6750 forbids it for tokens, and RFC 6749 for credentials"),
)
def secret_in_url(conversation: Conversation) -> Iterator[Breach]:
    leaky = tuple(call for call in conversation.calls if call.has_secret_in_url)
    if leaky:
        happened = f"{len(leaky)} address{'' if len(leaky) == 1 else 'es'} held a secret."
        yield Breach(leaky[0].about, happened, leaky)
