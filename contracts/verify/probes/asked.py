"""The probes, one for each open question: each tells which position a target takes, or that it cannot be told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.messages import Answer
from contracts.model import READ, SPENDS, WRITE, Effect, Operation
from contracts.questions import QUESTIONS
from contracts.refusals import OVER_QUOTA, TOO_FAST, Refusal
from contracts.services import account, oauth
from contracts.services.email import addresses, balance, campaigns, mailing_lists, senders, tags, templates, webhooks
from contracts.services.smtp import emails, unsubscribed
from contracts.strategies import UNKNOWN_ID
from contracts.suite.scenes import MAIL
from contracts.verify.guard import NOWHERE
from contracts.verify.probes.probing import Probing, Undecided
from contracts.verify.probes.windows import MOST_CALLS, Experiment

Ask = Callable[[Probing], str]


@dataclass(frozen=True, slots=True)
class Probe:
    """How a question is put to a target.

    Attributes:
        calls: how many it makes at most, those that remove what it made aside.
        effect: what its calls do to the account: `READ` nothing, `WRITE` with lists of its own alone.
        is_fast: whether it has to be told that it called too fast, or too often.
        ask: tells the position; raises `Undecided`.
        settles: the promises that are kept where the position is the promised one.
    """

    question: str
    calls: int
    effect: Effect
    is_fast: bool
    ask: Ask
    settles: tuple[tuple[Operation, Refusal], ...] = ()

    @property
    def tells(self) -> str:
        """What it does, in a sentence."""
        return (self.ask.__doc__ or "").partition("\n\n")[0]


PROBES: Final[dict[str, Probe]] = {}


Promise = tuple[Operation, Refusal]


def probe(
    question: str, *, calls: int, effect: Effect = READ, fast: bool = False, settles: Sequence[Promise] = ()
) -> Callable[[Ask], Ask]:
    """Make a function the probe of a question."""

    def register(ask: Ask) -> Ask:
        if question not in QUESTIONS or question in PROBES:
            raise ValueError(f"{question!r} is no open question, or has a probe already")
        PROBES[question] = Probe(question, calls, effect, fast, ask, tuple(settles))
        return ask

    return register


def _by(answer: Answer, seen: object, positions: Mapping[Any, str]) -> str:
    """The position that goes with what was seen in an answer."""
    if seen not in positions:
        raise Undecided(f"neither of {', '.join(map(str, positions))}: {answer}")
    return positions[seen]


def _by_status(answer: Answer, *statuses: int) -> str:
    return _by(answer, answer.status, {status: f"as_{status}" for status in statuses})


def _told(answer: Answer) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Undecided(f"no object: {answer}")
    return told


def _code(answer: Answer) -> Any:
    told = _told(answer)
    return told["data"].get("error_code") if isinstance(told.get("data"), dict) else told.get("error_code")


def _is_too_fast(answer: Answer) -> bool:
    """Whether a call came too fast, whatever the status of that is."""
    return answer.status >= 400 and _code(answer) == TOO_FAST.code


@probe("limiter", calls=MOST_CALLS, fast=True)
def limiter(probing: Probing) -> str:
    """Calls in bursts, and now and again, until all rules but one are refuted."""

    def admits() -> bool:
        answer = probing.ask(account.get_info)
        if answer.status not in {200, 429} and not _is_too_fast(answer):
            raise Undecided(f"neither served nor turned away: {answer}")
        if answer.status == 429 and _code(answer) == OVER_QUOTA.code:
            raise Undecided("a quota is exhausted")
        return answer.status == 200

    left = Experiment(admits, probing.wait, probing.now, probing.most).run()
    if len(left) != 1:
        raise Undecided(
            f"the calls fit {', '.join(left) or 'none of the rules'}; a faster way to the target tells more"
        )
    return left[0].replace("-", "_")


@probe("too_fast_status", calls=40, fast=True, settles=[(account.get_info, TOO_FAST)])
def too_fast_status(probing: Probing) -> str:
    """Calls as fast as it can until one comes too fast."""
    for _ in range(probing.most):
        answer = probing.ask(account.get_info)
        if _is_too_fast(answer):
            return _by_status(answer, 429, 403, 422)
    raise Undecided("no call came too fast")


@probe("quota_body", calls=60, fast=True, settles=[(account.get_info, OVER_QUOTA)])
def quota_body(probing: Probing) -> str:
    """Calls slowly, to see whether a quota is exhausted already: it exhausts none by itself."""
    for _ in range(probing.most):
        answer = probing.ask(account.get_info)
        if answer.status == 429:
            return _by(answer, _code(answer), {OVER_QUOTA.code: "as_429", TOO_FAST.code: "as_too_fast"})
        probing.wait(0.2)
    raise Undecided("no quota is exhausted")


@probe("blank_names", calls=3, effect=WRITE, settles=[(mailing_lists.rename, mailing_lists.NAME_EMPTY)])
def blank_names(probing: Probing) -> str:
    """Gives a list of its own no name, and then a blank one: both are refused."""
    number = probing.own_list()
    missing = probing.ask(mailing_lists.rename, number)
    blank = probing.ask(mailing_lists.rename, number, name=" ")
    seen = (_code(missing), _code(blank))
    return _by(blank, seen, {(422, 201): "by_both", (422, 422): "by_validator", (201, 201): "by_table"})


@probe("first_rule", calls=3, effect=WRITE)
def first_rule(probing: Probing) -> str:
    """Lists contacts with a limit and an offset that are both too low."""
    answer = probing.ask(mailing_lists.list_emails, probing.own_list(), limit=0, offset=-1)
    said = str(_told(answer).get("message"))
    return _by(answer, ("limit" in said, "offset" in said), {(True, False): "first", (False, True): "last"})


@probe("object_or_rule", calls=1)
def object_or_rule(probing: Probing) -> str:
    """Lists contacts of a list that is not there, with a limit that is too low."""
    answer = probing.ask(mailing_lists.list_emails, UNKNOWN_ID, limit=0)
    return _by(answer, answer.status, {404: "object_first", 422: "rule_first"})


@probe("token_or_path", calls=1)
def token_or_path(probing: Probing) -> str:
    """Reads a path that is not there, without a token."""
    answer = probing.request("GET", f"{NOWHERE}no-such-path", token=False)
    return _by(answer, answer.status, {401: "token_first", 404: "path_first"})


@probe("unknown_path", calls=1)
def unknown_path(probing: Probing) -> str:
    """Reads a path that is not there."""
    return _by_status(probing.request("GET", f"{NOWHERE}no-such-path"), 404, 403)


@probe("wrong_method", calls=1)
def wrong_method(probing: Probing) -> str:
    """Reads a path that can only be posted to."""
    return _by_status(probing.request("GET", tags.pin_to_email.path), 405, 404)


@probe("broken_json", calls=1)
def broken_json(probing: Probing) -> str:
    """Asks about addresses, which changes nothing, with a body that breaks off."""
    answer = probing.request("POST", addresses.get_many.path, body=b'{"emails": [')
    if answer.status == 400 and _code(answer) == addresses.NO_DATA.code:
        return "as_empty"  # whose status is a question of its own
    return _by(answer, answer.status, {422: "as_empty", 400: "as_400", 415: "as_415"})


@probe("missing_campaign", calls=1, settles=[(campaigns.get, campaigns.CAMPAIGN_NOT_FOUND)])
def missing_campaign(probing: Probing) -> str:
    """Looks at a campaign that is not there."""
    return _by_status(probing.ask(campaigns.get, UNKNOWN_ID), 404, 422)


@probe("missing_webhook", calls=1, settles=[(webhooks.get, webhooks.WEBHOOK_NOT_FOUND)])
def missing_webhook(probing: Probing) -> str:
    """Looks at a webhook that is not there."""
    return _by_status(probing.ask(webhooks.get, UNKNOWN_ID), 404, 422)


@probe("missing_address", calls=1, settles=[(addresses.get, mailing_lists.NO_SUCH_CONTACT)])
def missing_address(probing: Probing) -> str:
    """Looks at an address that is in no list."""
    return _by_status(probing.ask(addresses.get, probing.run.address("nobody")), 404, 422)


@probe("missing_address_code", calls=1)
def missing_address_code(probing: Probing) -> str:
    """Looks at an address that is in no list."""
    answer = probing.ask(addresses.get, probing.run.address("nobody"))
    return _by(answer, _code(answer), {502: "as_502", 17: "as_17"})


@probe("missing_contact", calls=2, effect=WRITE, settles=[(mailing_lists.get_contact, mailing_lists.NO_SUCH_CONTACT)])
def missing_contact(probing: Probing) -> str:
    """Looks for an address in an empty list of its own."""
    return _by_status(
        probing.ask(mailing_lists.get_contact, probing.own_list(), probing.run.address("nobody")), 404, 422
    )


@probe("missing_sender", calls=1, effect=WRITE, settles=[(senders.delete, senders.NOT_FOUND)])
def missing_sender(probing: Probing) -> str:
    """Removes a sender that is not there."""
    return _by_status(probing.ask(senders.delete, email=probing.run.address("nobody")), 422, 404)


@probe("no_addresses", calls=1, settles=[(addresses.get_many, addresses.NO_DATA)])
def no_addresses(probing: Probing) -> str:
    """Asks about no address."""
    answer = probing.ask(addresses.get_many, emails=[])
    if _code(answer) != addresses.NO_DATA.code:
        raise Undecided(f"another code than {addresses.NO_DATA.code}: {answer}")
    return _by_status(answer, 422, 400)


@probe("unknown_currency", calls=1, settles=[(balance.get_in_currency, balance.CURRENCY_INVALID)])
def unknown_currency(probing: Probing) -> str:
    """Asks for the balance in a currency that nobody knows."""
    return _by_status(probing.ask(balance.get_in_currency, "EMU"), 422, 404)


@probe("webhook_envelope", calls=1)
def webhook_envelope(probing: Probing) -> str:
    """Lists the webhooks."""
    answer = probing.ask(webhooks.list)
    body = answer.json()
    seen = frozenset(body) if isinstance(body, dict) else "array"
    return _by(
        answer, seen, {frozenset({"success", "data"}): "success_and_data", frozenset({"data"}): "data", "array": "bare"}
    )


@probe("plain_addresses", calls=3, effect=WRITE)
def plain_addresses(probing: Probing) -> str:
    """Puts an address that is a text into a list of its own."""
    number = probing.own_list()
    answer = probing.ask(mailing_lists.add_emails, number, emails=[probing.address])
    if answer.status == 422:
        return "refused"
    there = probing.get(mailing_lists.list_emails, number)
    return _by(answer, len(there), {1: "accepted"})


@probe("active_flag", calls=4, effect=WRITE)
def active_flag(probing: Probing) -> str:
    """Counts the contacts of a list of its own, with a flag written in three ways."""
    number = probing.own_list()
    words, digits, nonsense = (
        probing.ask(mailing_lists.get_total, number, active=written).status for written in ("true", "1", "perhaps")
    )
    seen = {(200, 200, 422): "words_and_digits", (422, 200, 422): "digits", (200, 200, 200): "anything"}
    if (words, digits, nonsense) not in seen:
        raise Undecided(f"true: {words}, 1: {digits}, perhaps: {nonsense}")
    return seen[words, digits, nonsense]


@probe("template_owner", calls=3)
def template_owner(probing: Probing) -> str:
    """Lists templates without an owner, and those of each: decided if the account has one of its own."""
    unsaid, own, theirs = (
        {row["id"] for row in probing.get(templates.list, **owner)}
        for owner in ({}, {"owner": templates.ME}, {"owner": templates.SENDPULSE})
    )
    if not own or not theirs or own == theirs:
        raise Undecided("the account has no template of its own, or the service none")
    for position, wanted in (("sendpulse", theirs), ("me", own), ("everybody", own | theirs)):
        if unsaid == wanted:
            return position
    raise Undecided("neither the one, nor the others, nor both")


@probe("sent_date_key", calls=12)
def sent_date_key(probing: Probing) -> str:
    """Looks for a campaign with a recipient, and at that one."""
    for campaign in probing.get(campaigns.list, limit=10)[:5]:
        number = campaign["message"]["list_id"]
        contacts = probing.ask(mailing_lists.list_emails, number, limit=1) if number else None
        if contacts is None or contacts.status != 200 or not contacts.json():
            continue
        answer = probing.ask(campaigns.get_recipient, campaign["id"], contacts.json()[0]["email"])
        if answer.status == 200:
            seen = tuple(key in _told(answer) for key in ("sent_date", "send_date"))
            return _by(answer, seen, {(True, True): "both", (True, False): "sent_date", (False, True): "send_date"})
    raise Undecided("no campaign with a recipient was found")


@probe("campaign_statistics", calls=1)
def campaign_statistics(probing: Probing) -> str:
    """Lists campaigns: decided if there is one."""
    rows = probing.get(campaigns.list, limit=1)
    if not rows:
        raise Undecided("the account has no campaign")
    return "array" if isinstance(rows[0]["statistics"], list) else "object"


@probe("numbers", calls=2, effect=WRITE)
def numbers(probing: Probing) -> str:
    """Looks at a list of its own."""
    row = probing.get(mailing_lists.get, probing.own_list())[0]
    return "texts" if isinstance(row["all_email_qty"], str) else "numbers"


@probe("statistic_of_many", calls=3, effect=WRITE)
def statistic_of_many(probing: Probing) -> str:
    """Asks about an address of a list of its own."""
    probing.own_list(probing.address)
    answer = probing.ask(addresses.get_campaigns_of_many, emails=[probing.address])
    told = next(iter(_told(answer).values()), None)
    if not isinstance(told, dict):
        raise Undecided(f"nothing is told: {answer}")
    seen = ("sent" in told, "statistic" in told)
    return _by(answer, seen, {(True, True): "both", (True, False): "flat", (False, True): "nested"})


@probe("revival", calls=5, effect=WRITE)
def revival(probing: Probing) -> str:
    """Unsubscribes an address of a list of its own, and adds it again."""
    number = probing.own_list(probing.address)
    probing.get(mailing_lists.unsubscribe, number, emails=[probing.address])
    probing.get(mailing_lists.add_emails, number, emails=[{"email": probing.address}])
    contact = probing.get(mailing_lists.get_contact, number, probing.address)
    return "stays" if contact["status"] in {4, 6} else "revives"


@probe("serialized_fields", calls=3, effect=WRITE)
def serialized_fields(probing: Probing) -> str:
    """Puts an address into a list of its own, in an array that PHP has serialised."""
    number = probing.own_list()
    address = probing.address
    written = f'a:1:{{i:0;a:1:{{s:5:"email";s:{len(address)}:"{address}";}}}}'
    answer = probing.ask(mailing_lists.add_emails, number, emails=written)
    if answer.status == 422:
        return "refused"
    return _by(answer, len(probing.get(mailing_lists.list_emails, number)), {1: "read", 0: "refused"})


@probe("missing_client_id", calls=1, settles=[(oauth.issue_token, oauth.INVALID_CLIENT)])
def missing_client_id(probing: Probing) -> str:
    """Asks for a token and does not say who it is."""
    body = b'{"grant_type": "client_credentials"}'
    answer = probing.request("POST", oauth.issue_token.path, body=body, token=False)
    seen = (answer.status, _told(answer).get("error"))
    return _by(answer, seen, {(401, "invalid_client"): "invalid_client", (400, "invalid_request"): "invalid_request"})


@probe("list_status", calls=1)
def list_status(probing: Probing) -> str:
    """Looks at the first hundred mailing lists."""
    rows = probing.get(mailing_lists.list)
    return "seen" if any(str(row["status"]) == "2" for row in rows) else "unseen"


def _draft(probing: Probing, **more: Any) -> Answer:
    own = {"sender_email": probing.sender, "name": probing.run.name("probe")}
    return probing.ask(campaigns.create, **{**MAIL, **own, **more})


@probe("campaigns_an_hour", calls=9, effect=SPENDS)
def campaigns_an_hour(probing: Probing) -> str:
    """Creates drafts, which go to nobody, until one is refused; decided if the hour before saw no campaign."""
    number = probing.own_list(probing.sender)
    for made in range(6):
        answer = _draft(probing, list_id=number, type="draft")
        if answer.status >= 400 and _code(answer) == campaigns.TOO_MANY_CAMPAIGNS.code:
            return _by(answer, made, {5: "five", 4: "four"})
    raise Undecided("no draft was refused")


@probe("campaigns_status", calls=9, effect=SPENDS, settles=[(campaigns.create, campaigns.TOO_MANY_CAMPAIGNS)])
def campaigns_status(probing: Probing) -> str:
    """Creates drafts, which go to nobody, until one is refused."""
    number = probing.own_list(probing.sender)
    for _ in range(6):
        answer = _draft(probing, list_id=number, type="draft")
        if answer.status >= 400 and _code(answer) == campaigns.TOO_MANY_CAMPAIGNS.code:
            return _by_status(answer, 422, 429)
    raise Undecided("no draft was refused")


@probe("same_list", calls=6, effect=SPENDS, settles=[(campaigns.create, campaigns.SENT_TOO_RECENTLY)])
def same_list(probing: Probing) -> str:
    """Schedules two campaigns to a list of its own for a far day, and cancels them: none of them goes out."""
    number = probing.own_list(probing.sender)
    far = {"list_id": number, "send_date": "2099-01-01 12:00:00"}
    first = _draft(probing, **far)
    if first.status != 200:
        raise Undecided(f"no campaign was scheduled: {first}")
    second = _draft(probing, **far)
    for answer in (first, second):
        if answer.status == 200:
            probing.ask(campaigns.cancel, answer.json()["id"])
    if second.status == 200:
        return "accepted"
    return _by(second, _code(second), {campaigns.SENT_TOO_RECENTLY.code: "refused"})


def _mail(probing: Probing, **changes: Any) -> Answer:
    own = {"name": "Probe", "email": probing.sender}
    mail = {
        "subject": "A probe",
        "from": own,
        "to": [own],
        "text": "A probe",
        "html": "PHA+QSBwcm9iZTwvcD4=",
        **changes,
    }
    given = {name: value for name, value in mail.items() if value is not None}
    return probing.request("POST", emails.send.path, body=json.dumps({"email": given}).encode())


@probe("html_without_text", calls=1, effect=SPENDS)
def html_without_text(probing: Probing) -> str:
    """Sends a mail without text to the sender itself."""
    answer = _mail(probing, text=None)
    return _by(answer, answer.status, {200: "accepted", 422: "refused"})


@probe("single_recipient", calls=1, effect=SPENDS)
def single_recipient(probing: Probing) -> str:
    """Sends a mail to the sender itself, as the one recipient."""
    answer = _mail(probing, to={"name": "Probe", "email": probing.sender})
    return _by(answer, answer.status, {200: "accepted", 422: "refused"})


@probe("suppression_body", calls=3, effect=SPENDS)
def suppression_body(probing: Probing) -> str:
    """Suppresses an address that nobody has, written in both ways, and takes it off again."""
    stranger = probing.address.encode()
    wrapped, bare = (
        probing.request("POST", unsubscribed.add.path, body=body).status
        for body in (b'{"emails": [{"email": "%s"}]}' % stranger, b'[{"email": "%s"}]' % stranger)
    )
    probing.request("DELETE", unsubscribed.remove.path, body=b'{"emails": ["%s"]}' % stranger)
    seen = {(True, True): "either", (True, False): "wrapped", (False, True): "bare"}
    if (wrapped == 200, bare == 200) not in seen:
        raise Undecided(f"wrapped: {wrapped}, bare: {bare}")
    return seen[wrapped == 200, bare == 200]
