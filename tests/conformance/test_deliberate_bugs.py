"""Whether the suite has teeth: each bug, planted in the emulator on purpose, fails the check that is there for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import pytest
from hypothesis import Phase, settings

from contracts import arguments, decoding
from contracts.checks import (
    BodyBreaksSchema,
    Failure,
    NotJson,
    ServerError,
    UndeclaredRefusal,
    UndeclaredStatus,
    WrongMediaType,
    WrongStatus,
    WrongWording,
)
from contracts.envelopes import CLASSIC
from contracts.refusals import UNAUTHORIZED
from contracts.services import oauth
from contracts.services.email import campaigns as campaign_api
from contracts.services.email import mailing_lists as api
from contracts.services.email import senders as sender_api
from contracts.services.email import tags as tag_api
from contracts.services.email import templates as template_api
from contracts.services.smtp import emails as smtp_api
from contracts.services.smtp import unsubscribed as smtp_unsubscribed_api
from contracts.suite import answers, limits, refusals, tokens, tolerance
from contracts.suite.accounts import NotRefused
from contracts.suite.journeys import ModelDiffers
from contracts.suite.journeys import blacklist as blacklist_journeys
from contracts.suite.journeys import campaigns as campaign_journeys
from contracts.suite.journeys import mailing_lists as journeys
from contracts.suite.journeys import senders as sender_journeys
from contracts.suite.journeys import smtp as smtp_journeys
from contracts.suite.journeys import tags as tag_journeys
from contracts.suite.laboratories import AdminLaboratory, Laboratory
from contracts.suite.limits import WronglyAdmitted, WronglyTurnedAway
from contracts.suite.profiles import CI
from contracts.suite.targets import WSGITarget
from contracts.suite.tokens import ForgeryAccepted, GoodTooLong, GoodTooShort
from contracts.suite.tolerance import HabitMatters, Unreadable
from contracts.wording import rules_of
from mock_server import behaviour, http, pipeline
from mock_server.app import make_emulator
from mock_server.core import accounts
from mock_server.core import tokens as mint
from mock_server.core.accounts import Account
from mock_server.core.clock import SECOND
from mock_server.core.limiter import SlidingWindow
from mock_server.core.settings import Settings
from mock_server.core.store.memory import MemoryBackend, MemoryStore, MemoryTable
from mock_server.core.throttle import Throttle, Verdict
from mock_server.mailing.senders import Sender
from mock_server.services.email import blacklist, campaigns, mailing_lists, outcomes, senders, sending, tags
from mock_server.services.email.entities import Campaign, Contact, Delivery, MailingList, Tag
from mock_server.services.email.statuses import ACTIVE, UNSUBSCRIBED, CampaignStatus, DeliveryStatus
from mock_server.services.smtp import bounces as smtp_bounces
from mock_server.services.smtp import emails as smtp_emails
from mock_server.services.smtp import letters, suppression, unsubscribed
from mock_server.services.smtp import outcomes as smtp_outcomes
from mock_server.services.smtp import sending as smtp_sending

Check = Callable[[Laboratory], None]
Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Bug:
    plant: Plant
    check: Check
    failure: type[Failure] | tuple[type[Failure], ...]


BUGS: list[Bug] = []


def caught_by(
    check: Callable[..., None], *about: Any, failing: type[Failure] | tuple[type[Failure], ...]
) -> Callable[[Plant], Plant]:
    """Register a function that plants a bug, the check that must fail (`about` something), and how."""

    def register(plant: Plant) -> Plant:
        BUGS.append(Bug(plant, lambda laboratory: check(laboratory, *about), failing))
        return plant

    return register


walk = journeys.mailing_lists_do_what_their_model_does


@caught_by(limits.limiter_keeps_its_definition, "sliding-window", failing=WronglyAdmitted)
def eleven_fit_into_a_second(patch):
    honest = SlidingWindow.__init__
    patch.setattr(SlidingWindow, "__init__", lambda self, limit: honest(self, limit + 1))


@caught_by(limits.limiter_keeps_its_definition, "sliding-window", failing=WronglyTurnedAway)
def the_window_is_closed_at_both_ends(patch):
    honest = SlidingWindow.fits
    patch.setattr(SlidingWindow, "fits", lambda self, now: honest(self, now - 1) and honest(self, now))


@caught_by(limits.quotas_keep_their_windows, failing=WronglyTurnedAway)
def what_is_over_quota_counts(patch):
    honest = Throttle.admit

    def admit(throttle, now):
        verdict = honest(throttle, now)
        if verdict is Verdict.OVER_QUOTA:
            throttle._day.count(now)
        return verdict

    patch.setattr(Throttle, "admit", admit)


@caught_by(limits.limiter_keeps_its_definition, "sliding-window", failing=WronglyTurnedAway)
def requests_for_tokens_count(patch):
    def throttle(exchange, proceed):
        if exchange.operation is oauth.issue_token:
            exchange.account.throttle.admit(exchange.instant)
        pipeline.throttle(exchange, proceed)

    stages = [throttle if stage is pipeline.throttle else stage for stage in pipeline.STAGES]
    patch.setattr(pipeline, "run", reduce(pipeline._around, reversed(stages), pipeline._END))


@caught_by(tokens.tokens_live_an_hour, failing=GoodTooLong)
def a_token_is_good_for_one_more_second(patch):
    patch.setattr(mint.Claims, "is_current", lambda claims, now: now < (claims.expires + 1) * SECOND)


@caught_by(tokens.tokens_live_an_hour, failing=GoodTooShort)
def a_token_ends_a_microsecond_early(patch):
    patch.setattr(mint.Claims, "is_current", lambda claims, now: now < claims.expires * SECOND - 1)


@caught_by(tokens.revoked_tokens_are_refused, failing=GoodTooLong)
def revoked_tokens_are_accepted(patch):
    patch.setattr(mint.Claims, "is_of_epoch", lambda *_: True)


@caught_by(tokens.forgeries_are_refused, tokens.FORGERIES["longer life"], failing=ForgeryAccepted)
def signatures_are_not_verified(patch):
    patch.setattr(mint, "_SIGNATURE_ALONE", mint._SIGNATURE_ALONE | {"verify_signature": False})


@caught_by(tokens.wrong_credentials_get_no_token, failing=ForgeryAccepted)
def any_secret_will_do(patch):
    patch.setattr(Account, "has_secret", lambda *_: True)


@caught_by(walk, failing=ModelDiffers)
def the_last_of_several_contacts_is_lost(patch):
    honest = mailing_lists.add_emails

    def add_emails(call):
        emails = call.body["emails"]
        return honest(call._replace(body={**call.body, "emails": emails[:-1] or emails}))

    patch.setitem(behaviour.behaviours._functions, api.add_emails, add_emails)


@caught_by(walk, failing=ModelDiffers)
def a_refused_request_leaves_a_row(patch):
    patch.setattr(MemoryStore, "_undo", lambda *_: None)


@caught_by(walk, failing=ModelDiffers)
def pages_begin_one_row_late(patch):
    honest = MemoryTable.page

    def page(table, limit, offset, **wanted):
        return honest(table, limit, offset + (offset > 0), **wanted)

    patch.setattr(MemoryTable, "page", page)


@caught_by(walk, failing=ModelDiffers)
def descending_pages_ascend(patch):
    honest = MemoryTable.page

    def page(*args, **wanted):
        return honest(*args, **wanted | {"descending": False})

    patch.setattr(MemoryTable, "page", page)


@caught_by(walk, failing=ModelDiffers)
def unsubscribing_leaves_the_counters(patch):
    patch.setattr(Contact, "is_active", property(lambda contact: contact.status in {ACTIVE, UNSUBSCRIBED}))


@caught_by(walk, failing=ModelDiffers)
def the_filter_for_active_contacts_is_inverted(patch):
    honest = mailing_lists._wanted

    def wanted(call):
        return {name: not value for name, value in honest(call).items()}

    patch.setattr(mailing_lists, "_wanted", wanted)


@caught_by(walk, failing=ModelDiffers)
def contacts_become_active_a_microsecond_early(patch):
    patch.setattr(mailing_lists, "ACTIVATION_DELAY", 59.999_999)


@caught_by(walk, failing=Failure)
def addresses_are_looked_up_with_their_capitals(patch):
    def find_contact(call, address):
        return call.store[Contact].find(list_id=call.found[MailingList].id, email=address.strip())

    patch.setattr(mailing_lists, "_find_contact", find_contact)


@caught_by(sender_journeys.senders_do_what_their_model_does, failing=NotRefused)
def another_code_is_mailed_a_microsecond_early(patch):
    patch.setattr(senders, "PAUSE", senders.PAUSE - 1)


@caught_by(sender_journeys.senders_do_what_their_model_does, failing=NotRefused)
def any_code_activates(patch):
    def activate(call):
        sender = call.store[Sender].find(email=call.path["email"].strip().lower())
        code = sender and sender.code
        return senders.activate(call._replace(body={"code": code or call.body["code"]}))

    patch.setitem(behaviour.behaviours._functions, sender_api.activate, activate)


@caught_by(blacklist_journeys.blacklist_does_what_its_model_does, failing=ModelDiffers)
def the_last_of_several_is_not_blacklisted(patch):
    honest = blacklist._addresses
    patch.setattr(blacklist, "_addresses", lambda call: dict.fromkeys([*honest(call)][:-1] or honest(call)))


walk_tags = tag_journeys.tags_do_what_their_model_does


@caught_by(walk_tags, failing=ModelDiffers)
def a_tag_shows_a_microsecond_late(patch):
    patch.setattr(tags, "DELAY", 1.000_001)


@caught_by(walk_tags, failing=NotRefused)
def a_name_is_free_while_its_tag_waits(patch):
    def refuse_taken(call, name, *, by_others_than=None):
        tag = call.store[Tag].find(name=name)
        if tag and tag != by_others_than:
            behaviour.refuse(tag_api.NAME_TAKEN)

    patch.setattr(tags, "_refuse_taken", refuse_taken)


walk_campaigns = campaign_journeys.campaigns_do_what_their_model_does


@caught_by(walk_campaigns, failing=ModelDiffers)
def bounces_are_no_errors(patch):
    patch.setattr(campaigns, "FAILED", campaigns.FAILED - {DeliveryStatus.NO_SUCH_ADDRESS})


@caught_by(walk_campaigns, failing=ModelDiffers)
def mail_that_came_back_counts_as_delivered(patch):
    patch.setattr(Delivery, "is_sent", property(lambda delivery: delivery.is_delivered))


@caught_by(walk_campaigns, failing=ModelDiffers)
def a_cancelled_campaign_goes_on_sending(patch):
    def cancel(call):
        answer = honest(call)
        call.store[Campaign].change(call.found[Campaign], turn=call.found[Campaign].turn)
        return answer

    honest = campaigns.cancel
    patch.setitem(behaviour.behaviours._functions, campaign_api.cancel, cancel)
    patch.setitem(sending._STATES, CampaignStatus.CANCELLED, sending._send)


@caught_by(walk_campaigns, failing=ModelDiffers)
def a_postponed_campaign_keeps_its_old_date_too(patch):
    def step(errand):
        campaign = errand.store[Campaign].get(errand.payload["campaign"])
        if campaign.status in sending._STATES:
            sending._STATES[campaign.status](errand.account, campaign, errand.now)

    patch.setitem(behaviour.works._functions, sending.STEP, step)


@caught_by(walk_campaigns, failing=Failure)
def drafts_stand_against_campaigns_to_their_list(patch):
    def was_sent_to(call, list_ids):
        recent = (one for one in call.store[Campaign].where() if one.created > call.now - campaigns.SAME_LIST)
        return any(not one.is_test and {*list_ids} & {*one.list_ids} for one in recent)

    patch.setattr(campaigns, "_was_sent_to", was_sent_to)


@caught_by(walk_campaigns, failing=Failure)
def the_fifteen_minutes_are_closed_at_their_end(patch):
    patch.setattr(campaigns, "SAME_LIST", campaigns.SAME_LIST + 1)


@caught_by(walk_campaigns, failing=Failure)
def the_hour_is_a_microsecond_short(patch):
    patch.setattr(campaigns, "HOUR", campaigns.HOUR - 1)


@caught_by(walk_campaigns, failing=ModelDiffers)
def bounces_leave_the_contact_active(patch):
    patch.setattr(outcomes, "_mark", lambda *_: None)


@caught_by(walk_campaigns, failing=ModelDiffers)
def who_is_held_back_is_paid_for(patch):
    honest = sending._charge
    patch.setattr(
        sending,
        "_charge",
        lambda account, campaign, _: honest(account, campaign, account.store[Delivery].count(campaign_id=campaign.id)),
    )


@caught_by(walk_campaigns, failing=ModelDiffers)
def whoever_opens_again_has_not_unsubscribed(patch):
    patch.setattr(outcomes, "_further", lambda _, status: status)


walk_smtp = smtp_journeys.smtp_does_what_its_model_does


@caught_by(walk_smtp, failing=ModelDiffers)
def mail_goes_to_the_suppressed(patch):
    patch.setattr(smtp_sending, "suppressed", lambda *_: None)


@caught_by(walk_smtp, failing=ModelDiffers)
def who_is_named_twice_gets_two_mails(patch):
    everybody = property(lambda letter: [one.email.lower() for one in (*letter.to, *letter.cc, *letter.bcc)])
    patch.setattr(letters.Letter, "recipients", everybody)


@caught_by(walk_smtp, failing=(ModelDiffers, NotRefused))  # nobody got it, or it cost nothing: whichever a walk meets
def hidden_recipients_are_forgotten(patch):
    shown = property(lambda letter: [*dict.fromkeys(one.email.lower() for one in (*letter.to, *letter.cc))])
    patch.setattr(letters.Letter, "recipients", shown)


@caught_by(walk_smtp, failing=Failure)
def the_suppressed_are_paid_for(patch):
    honest = smtp_sending._charge
    patch.setattr(smtp_sending, "_charge", lambda account, mails: honest(account, mails + 1))


@caught_by(walk_smtp, failing=ModelDiffers)
def bounces_are_told_of_for_a_microsecond_too_long(patch):
    patch.setattr(smtp_bounces, "DAY", smtp_bounces.DAY + 1)


@caught_by(walk_smtp, failing=Failure)
def the_day_of_invitations_is_a_microsecond_short(patch):
    patch.setattr(unsubscribed, "DAY", unsubscribed.DAY - 1)


@caught_by(walk_smtp, failing=ModelDiffers)
def who_complained_counts_as_who_left(patch):
    patch.setattr(smtp_outcomes, "COMPLAINED", suppression.BY_LINK)


@caught_by(walk_smtp, failing=ModelDiffers)
def bounces_suppress(patch):
    honest = smtp_outcomes._come_back

    def come_back(account, delivery, at, *reply):
        came_back = honest(account, delivery, at, *reply)
        if came_back:
            suppression.suppress(account, delivery.recipient, suppression.BY_USER, at)
        return came_back

    patch.setattr(smtp_outcomes, "_come_back", come_back)


@caught_by(refusals.refusal_is_provoked, smtp_api.send, smtp_api.OUT_OF_MAILS, failing=NotRefused)
def mails_are_sent_on_credit(patch):
    patch.setattr(smtp_sending, "_charge", lambda *_: None)


@caught_by(journeys.accounts_are_strangers, failing=NotRefused)
def accounts_share_their_data(patch):
    patch.setattr(accounts, "_SETTINGS", Settings(senders_allowed=100))  # so many owners share one list of senders
    honest = MemoryBackend.store
    patch.setattr(MemoryBackend, "store", lambda backend, account: honest(backend, min(account, 1)))


@caught_by(refusals.refusal_is_provoked, api.create, api.NAME_TAKEN, failing=NotRefused)
def a_taken_name_is_called_empty(patch):
    def refuse_taken(call, name):
        if call.store[MailingList].find(name=name) is not None:
            behaviour.refuse(api.NAME_EMPTY)

    patch.setattr(mailing_lists, "_refuse_taken", refuse_taken)


def wrap_refusals(patch, change):
    """Have every refusal go out as `change` makes it, given refusal and envelope."""
    honest = pipeline._wrap_refusal
    patch.setattr(
        pipeline, "_wrap_refusal", lambda exchange, refused, envelope: honest(exchange, *change(refused, envelope))
    )


@caught_by(refusals.refusal_is_provoked, api.rename, api.BOOK_NOT_FOUND, failing=WrongStatus)
def a_missing_list_is_a_422(patch):
    wrap_refusals(patch, lambda refused, envelope: (replace(refused, status=422), envelope))


@caught_by(refusals.refusal_is_provoked, api.get, api.BOOK_NOT_FOUND, failing=UndeclaredStatus)
def a_missing_list_is_gone(patch):
    wrap_refusals(patch, lambda refused, envelope: (replace(refused, status=410), envelope))


@caught_by(refusals.refusal_is_provoked, api.get, api.BOOK_NOT_FOUND, failing=WrongWording)
def refusals_end_in_a_full_stop(patch):
    wrap_refusals(patch, lambda refused, envelope: (replace(refused, message=f"{refused.message}."), envelope))


@caught_by(refusals.refusal_is_provoked, oauth.issue_token, oauth.INVALID_CLIENT, failing=UndeclaredRefusal)
def the_token_endpoint_refuses_as_all_others_do(patch):
    wrap_refusals(patch, lambda refused, _: (refused, CLASSIC))


LIMIT_MAX = next(rule for rule in rules_of(api.list.arguments) if rule.key == "limit.max")


@caught_by(answers.broken_rules_are_worded, api.list, LIMIT_MAX, failing=NotRefused)
def upper_bounds_are_overlooked(patch):
    honest = arguments.first_broken

    def first_broken(*args):
        rule = honest(*args)
        return None if rule and rule.name == "max" else rule

    patch.setattr(arguments, "first_broken", first_broken)


habits = tolerance.habits_mean_the_same


@caught_by(habits, api.list_emails, failing=HabitMatters)
def a_flag_written_as_0_is_true(patch):
    patch.setitem(arguments._FLAGS, "0", True)


@caught_by(habits, api.list, failing=UndeclaredStatus)
def doubled_slashes_are_redirected(patch):
    honest = http.Gateway.__call__

    def call(gateway, environ, start_response):
        if not environ["REQUEST_URI"].startswith("//"):
            return honest(gateway, environ, start_response)
        start_response("301 Moved Permanently", [("Location", environ["REQUEST_URI"][1:])])
        return []

    patch.setattr(http.Gateway, "__call__", call)


@caught_by(habits, api.list, failing=HabitMatters)
def the_body_of_a_get_is_not_read(patch):
    honest = http._body_of
    patch.setattr(http, "_body_of", lambda environ: b"" if environ["REQUEST_METHOD"] == "GET" else honest(environ))


@caught_by(habits, api.add_emails, failing=HabitMatters)
def serialised_texts_are_refused(patch):
    patch.setattr(decoding, "_read_php", decoding._read_json)


@caught_by(habits, smtp_unsubscribed_api.add, failing=HabitMatters)
def parts_of_one_name_are_put_together(patch):
    honest = decoding._nest
    patch.setattr(decoding, "_nest", lambda fields: honest(sorted(fields)))


@caught_by(habits, api.add_emails, failing=HabitMatters)
def the_last_of_several_in_a_form_is_lost(patch):
    honest = decoding._without_php_arrays

    def without_php_arrays(value):
        array = honest(value)
        return array[:-1] or array if isinstance(array, list) else array

    patch.setattr(decoding, "_without_php_arrays", without_php_arrays)


@caught_by(habits, smtp_api.send, failing=HabitMatters)
def attachments_keep_broken_lines(patch):
    patch.setattr(smtp_emails, "all_in_base64", lambda _, encoded: dict(encoded))


@caught_by(habits, template_api.create, failing=ServerError)
def broken_lines_in_base64_are_not_foreseen(patch):
    patch.setattr(decoding, "_NO_BLANKS", {})


@caught_by(tolerance.answers_can_be_read, api.rename, failing=Unreadable)
def what_the_plan_forbids_is_unauthorized(patch):
    stages = [refuse_all if stage.__name__ == "check_plan" else stage for stage in pipeline.STAGES]
    patch.setattr(pipeline, "run", reduce(pipeline._around, reversed(stages), pipeline._END))


def refuse_all(exchange, proceed):
    """In place of the stage that looks at the plan."""
    if exchange.served is api.rename:
        behaviour.refuse(UNAUTHORIZED)
    proceed(exchange)


def after_wrapping(patch, spoil):
    """Have `spoil` change every finished success."""
    honest = pipeline._wrap_payload

    def wrap_payload(exchange, envelope):
        honest(exchange, envelope)
        spoil(exchange)

    patch.setattr(pipeline, "_wrap_payload", wrap_payload)


@caught_by(answers.valid_calls_keep_the_contract, api.list, failing=WrongMediaType)
def the_media_type_has_a_charset(patch):
    def spoil(exchange):
        exchange.headers[:] = [("Content-Type", "application/json; charset=utf-8")]

    after_wrapping(patch, spoil)


@caught_by(answers.valid_calls_keep_the_contract, api.list, failing=NotJson)
def nothing_is_answered(patch):
    after_wrapping(patch, lambda exchange: setattr(exchange, "answer", b""))


@caught_by(answers.valid_calls_keep_the_contract, api.list_emails, failing=BodyBreaksSchema)
def contacts_are_listed_without_status(patch):
    honest = mailing_lists._listed

    def listed(contact):
        return {name: value for name, value in honest(contact).items() if name != "status"}

    patch.setattr(mailing_lists, "_listed", listed)


@caught_by(answers.valid_calls_keep_the_contract, api.get_cost, failing=ServerError)
def the_price_divides_by_nothing(patch):
    patch.setitem(behaviour.behaviours._functions, api.get_cost, lambda _: {"cur": 1 // 0})


@pytest.fixture
def hunting() -> Iterator[None]:
    """Many examples, and no time spent on making a found one smaller."""
    usual = settings.get_current_profile_name()
    hunt = settings(settings.get_profile(CI), max_examples=200, phases=[Phase.generate], report_multiple_bugs=False)
    settings.register_profile("hunt", hunt)
    settings.load_profile("hunt")
    yield
    settings.load_profile(usual)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.plant.__name__)
@pytest.mark.usefixtures("hunting")
def test_bug_is_caught(bug, monkeypatch):
    bug.plant(monkeypatch)

    with pytest.raises(bug.failure):
        bug.check(AdminLaboratory(WSGITarget(make_emulator())))
