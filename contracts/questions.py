"""What only a real account can settle: the open questions, and the positions that the vendor may take on each.

The first position of each is the one that the contracts promise and the emulator takes; an account of the emulator can
be set to take another (the setting ``positions``), and a probe tells which one a target takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Question:
    """One open question.

    Attributes:
        name: what it is called where a position is set or probed.
        asks: the question, in a sentence.
        positions: by name, what would be seen; the promised one first.
        is_emulated: whether an account of the emulator can be set to take each position.
    """

    name: str
    asks: str
    positions: Mapping[str, str]
    is_emulated: bool = True

    @property
    def promised(self) -> str:
        """The position that the contracts promise."""
        return next(iter(self.positions))


def _question(name: str, asks: str, positions: Mapping[str, str], *, emulated: bool = True) -> Question:
    return Question(name, asks, positions, emulated)


_STATUS_404: Final = {"as_404": "404, as for anything that the path names", "as_422": "422, as for a bad value"}

_ALL: Final = (
    _question(
        "limiter",
        "By which rule are the ten requests of a second counted?",
        {
            "sliding_window": "no second, wherever it begins, holds more than ten",
            "fixed_window": "no calendar second does",
            "token_bucket": "ten at once, and one more each tenth of a second",
            "gcra": "five at once, and one more each tenth of a second",
            "strictest": "what all of these admit",
            "off": "everything is admitted",
        },
        emulated=False,  # there are the limits of the account for that
    ),
    _question(
        "too_fast_status",
        "Which status does code 2020202020 travel with?",
        {
            "as_429": "429, as for the quotas",
            "as_403": "403, as for what is not permitted",
            "as_422": "422, as for most other refusals",
        },
    ),
    _question(
        "quota_body",
        "What does a 429 for an exhausted quota say?",
        {
            "as_429": "its code is 429",
            "as_too_fast": "its code is 2020202020, as if the call had come too fast",
        },
    ),
    _question(
        "blank_names",
        "Is a name that is missing, or blank, refused by the validator or by the table of codes?",
        {
            "by_both": "missing by the validator (422), blank by the table (201)",
            "by_validator": "both by the validator",
            "by_table": "both by the table",
        },
    ),
    _question(
        "first_rule",
        "Which of two broken rules is told?",
        {
            "first": "the first in the order in which the fields are documented",
            "last": "the last",
        },
    ),
    _question(
        "object_or_rule",
        "What is looked at first: the object that the path names, or the arguments?",
        {
            "object_first": "a missing list is told, whatever the arguments",
            "rule_first": "a broken rule is told, whether or not there is the list",
        },
    ),
    _question(
        "token_or_path",
        "What is looked at first: the token, or whether there is such a path?",
        {
            "token_first": "without a token an unknown path is a 401",
            "path_first": "without a token an unknown path is a 404",
        },
        emulated=False,  # no account tells how those are answered who have none
    ),
    _question(
        "unknown_path",
        "How is a path refused that means nothing?",
        {
            "as_404": "404, code 404",
            "as_403": "403, code 800",
        },
    ),
    _question(
        "wrong_method",
        "How is a method refused that a path does not have?",
        {
            "as_405": "405, code 405",
            "as_404": "404, code 404",
        },
    ),
    _question(
        "broken_json",
        "What becomes of a body that is no JSON?",
        {
            "as_empty": "it is read as an empty one, and what is missing is told",
            "as_400": "it is refused with 400",
            "as_415": "it is refused with 415",
        },
    ),
    _question("missing_campaign", "Which status does a missing campaign travel with?", _STATUS_404),
    _question("missing_webhook", "Which status does a missing webhook travel with?", _STATUS_404),
    _question("missing_address", "Which status does an address travel with that is in no list?", _STATUS_404),
    _question("missing_contact", "Which status does an address travel with that is not in the list?", _STATUS_404),
    _question(
        "missing_address_code",
        "Which code does an address have that is in no list?",
        {
            "as_502": "502",
            "as_17": "17, as in the service for SMTP",
        },
    ),
    _question(
        "no_addresses",
        "Which status does code 8 travel with?",
        {
            "as_422": "422, as for a bad value",
            "as_400": "400, as in the service for SMTP",
        },
    ),
    _question(
        "unknown_currency",
        "Which status does a currency travel with that nobody knows?",
        {
            "as_422": "422, as for a bad value",
            "as_404": "404, as for anything that the path names",
        },
    ),
    _question(
        "webhook_envelope",
        "What are webhooks wrapped in?",
        {
            "success_and_data": "an object with success and data",
            "data": "an object with data alone",
            "bare": "nothing",
        },
    ),
    _question(
        "plain_addresses",
        "Are contacts taken that are texts, not objects?",
        {
            "accepted": "yes",
            "refused": "no: each has to be an object",
        },
    ),
    _question(
        "active_flag",
        "What may be written for a flag in a query?",
        {
            "words_and_digits": "true, false, 1 and 0",
            "digits": "1 and 0",
            "anything": "anything",
        },
    ),
    _question(
        "template_owner",
        "Whose templates are listed if nobody says?",
        {
            "sendpulse": "the service's",
            "everybody": "the service's and the account's own",
            "me": "the account's own",
        },
    ),
    _question(
        "sent_date_key",
        "What is the date called at which a recipient's mail was sent?",
        {
            "both": "sent_date, and send_date as well",
            "sent_date": "sent_date",
            "send_date": "send_date",
        },
    ),
    _question(
        "campaign_statistics",
        "What is a campaign's statistics in a list?",
        {
            "object": "an object of counters",
            "array": "an array of a code and a count each",
        },
    ),
    _question(
        "numbers",
        "Are ids and quantities numbers, or texts?",
        {
            "numbers": "numbers",
            "texts": "texts, as in the edition of 2015",
        },
    ),
    _question(
        "statistic_of_many",
        "Where are the counters of an address, where several are asked about?",
        {
            "both": "beside the other fields, and under statistic as well",
            "flat": "beside the other fields",
            "nested": "under statistic",
        },
    ),
    _question(
        "revival",
        "Does an unsubscribed address come back by being added again?",
        {
            "stays": "no",
            "revives": "yes",
        },
    ),
    _question(
        "serialized_fields",
        "Are fields read that PHP has serialised?",
        {
            "read": "yes",
            "refused": "no",
        },
    ),
    _question(
        "missing_client_id",
        "How does the token endpoint refuse a request without a client id?",
        {
            "invalid_client": "401, invalid_client",
            "invalid_request": "400, invalid_request",
        },
        emulated=False,
    ),
    _question(
        "list_status",
        "Is there a mailing list with status 2?",
        {
            "unseen": "none that was seen",
            "seen": "there is one",
        },
    ),
    _question(
        "missing_sender",
        "Which status does a missing sender travel with, where the body names it?",
        {
            "as_422": "422, as for a bad value",
            "as_404": "404, as for anything that the path names",
        },
    ),
    _question(
        "campaigns_an_hour",
        "How many campaigns may be created within an hour?",
        {
            "five": "five",
            "four": "four",
        },
        emulated=False,  # there is a setting of the account for that
    ),
    _question(
        "campaigns_status",
        "Which status does code 791 travel with?",
        {
            "as_422": "422, as other limits of one operation",
            "as_429": "429, as limits of all of them",
        },
    ),
    _question(
        "same_list",
        "Is a mailing list that was sent to within 15 minutes refused?",
        {
            "refused": "yes, with code 711",
            "accepted": "no: that is about other services",
        },
        emulated=False,
    ),
    _question(
        "html_without_text",
        "Is a mail sent by SMTP that has HTML and no text?",
        {
            "accepted": "yes",
            "refused": "no",
        },
        emulated=False,
    ),
    _question(
        "suppression_body",
        "What does the list of suppressed addresses take?",
        {
            "either": "an array, bare or under emails",
            "wrapped": "an array under emails",
            "bare": "a bare array",
        },
        emulated=False,
    ),
    _question(
        "single_recipient",
        "Is one recipient of a mail taken for an array of one?",
        {
            "refused": "no",
            "accepted": "yes",
        },
        emulated=False,
    ),
)

QUESTIONS: Final[Mapping[str, Question]] = {question.name: question for question in _ALL}
"""All open questions by name, in the order in which they are told."""
