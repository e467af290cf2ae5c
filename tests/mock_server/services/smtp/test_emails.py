"""Transactional mail, sent through the front door: what leaves, to whom, and what becomes of it."""

from __future__ import annotations

import json
import re
from base64 import b64encode, encodebytes

import pytest

from mock_server.core.clock import parse_instant
from mock_server.services.smtp.keys import key_of
from sendpulse_client import ApiError

NOON = "2026-01-31T12:00:00Z"
ADA, BOB, EVE, GRACE = "ada@example.com", "bob@example.com", "eve@example.com", "grace@example.com"
LINKED = '<p>Read <a href="https://example.com/receipt">the receipt</a></p>'

pytestmark = pytest.mark.sendpulse(limits="off", clock=NOON)


@pytest.fixture
def emails(sendpulse):
    return sendpulse.client.smtp.emails


@pytest.fixture
def send(sendpulse):
    """Sends Ada a receipt, or what is said instead; null fields are sent as such."""

    def post(**fields):
        letter = {
            "subject": "Your receipt",
            "from": {"name": "The editors", "email": sendpulse.sender},
            "to": [{"name": "Ada", "email": ADA}],
            "text": "Thank you!",
        }
        return sendpulse.client.request("POST", "/smtp/emails", json={"email": letter | fields})["id"]

    return post


def refused(call, *arguments, **named):
    """The refusal of a call that must not succeed: status and body."""
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    body = caught.value.response.json()
    return caught.value.status, body["error_code"], body["message"]


def in_base64(text):
    return b64encode(text.encode()).decode()


# What leaves


def test_each_recipient_gets_a_mail_of_their_own_that_shows_who_else_got_it(sendpulse, emails):
    emails.send(
        sender=(sendpulse.sender, "The editors"),
        to=[(ADA, "Ada"), BOB],
        cc=[(EVE, "Eve, the third")],
        bcc=[GRACE],
        reply_to=("help@example.com", "Help"),
        subject="Your receipt",
        html=LINKED,
        attachments={"receipt.txt": b"1 book"},
    )

    mails = list(sendpulse.outbox)
    assert [mail.to for mail in mails] == [ADA, BOB, EVE, GRACE]
    for mail in mails:
        assert mail.headers["From"] == f"The editors <{sendpulse.sender}>"
        assert mail.headers["To"] == f"Ada <{ADA}>, {BOB}"
        assert mail.headers["Cc"] == f'"Eve, the third" <{EVE}>'
        assert mail.headers["Reply-To"] == "Help <help@example.com>"
        assert GRACE not in str(mail.headers)
        assert (mail.html, mail.text) == (LINKED, "Read the receipt <https://example.com/receipt>")
        assert mail.attachments == {"receipt.txt": b"1 book"}
    assert len({mail.unsubscribe_link for mail in mails}) == 4


def test_whoever_is_named_twice_gets_one_mail(sendpulse, send):
    send(to=[{"email": ADA}, {"email": "ADA@example.com"}], cc=[{"email": ADA}])

    assert [mail.to for mail in sendpulse.outbox] == [ADA]


def test_braces_stand_as_they_are(sendpulse, send):
    send(subject="{{name}}", text="{{email}}", html=in_base64("<p>{{name}}</p>"))

    [mail] = sendpulse.outbox
    assert (mail.subject, mail.text, mail.html) == ("{{name}}", "{{email}}", "<p>{{name}}</p>")


def test_a_template_is_filled_with_the_variables_of_the_mail(sendpulse, emails):
    template = sendpulse.client.email.templates.create("<p>Hello, {{name}}!</p>", name="Welcome").real_id

    emails.send(
        sender=sendpulse.sender,
        to=[ADA],
        subject="Welcome, {{name}}",
        template_id=template,
        variables={"name": "A<b>"},
    )

    [mail] = sendpulse.outbox
    assert (mail.subject, mail.html) == ("Welcome, A<b>", "<p>Hello, A&lt;b&gt;!</p>")
    assert emails.list()[0].subject == "Welcome, A<b>"


def test_a_template_of_the_service_is_found_by_its_hash(sendpulse, emails):
    [design, *_] = sendpulse.client.email.templates.list()

    emails.send(sender=sendpulse.sender, to=[ADA], subject="Hello", template_id=design.id)

    assert sendpulse.outbox.wait(to=ADA).html


def test_html_that_the_call_brings_goes_before_the_template(sendpulse, send):
    template = sendpulse.client.email.templates.create("<p>Template</p>", name="Welcome").real_id

    send(html=in_base64("<p>Own</p>"), template={"id": str(template), "variables": []})

    assert sendpulse.outbox.wait(to=ADA).html == "<p>Own</p>"


def test_attachments_of_both_kinds_come_along(sendpulse, send):
    send(
        attachments={"a.txt": "Zoë"},
        attachments_binary={"b.bin": encodebytes(bytes(range(256))).decode()},
    )

    assert sendpulse.outbox.wait(to=ADA).attachments == {"a.txt": "Zoë".encode(), "b.bin": bytes(range(256))}


def test_headers_cannot_be_smuggled_in(sendpulse, send):
    evil = "x\r\nBcc: evil@example.com\n\nBody\x0b\u2028next"

    send(
        subject=evil,
        to=[{"email": ADA, "name": evil}],
        reply_to={"email": BOB, "name": evil},
        **{"from": {"name": evil, "email": sendpulse.sender}},
    )

    [mail] = sendpulse.outbox
    assert set(mail.headers) == {
        *("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "Reply-To"),
    }
    assert not any(re.search(r"[\r\n\x0b\u2028]", value) for value in mail.headers.values())
    assert len(sendpulse.client.smtp.emails.list()[0].subject.splitlines()) == 1


@pytest.mark.parametrize(
    "leaving_out",
    [
        {"html": None},
        {"text": None, "html": in_base64("<p>Hi</p>"), "template": None, "attachments": None},
        {"template": {}, "attachments": {}, "attachments_binary": {}},
        {"template": [], "attachments": [], "attachments_binary": [], "cc": [], "bcc": {}},
        {"template": {"id": "", "variables": {}}},
        {"template": {"id": None, "variables": None}},
        {"reply_to": {}},
        {"reply_to": ""},
        {"reply_to": {"name": None, "email": None}},
        {"cc": None, "bcc": None, "auto_plain_text": "0"},
    ],
)
def test_what_clients_send_instead_of_nothing_is_nothing(sendpulse, send, leaving_out):
    send(**leaving_out)

    [mail] = sendpulse.outbox
    assert (mail.to, mail.attachments) == (ADA, {})
    assert mail.headers.keys().isdisjoint({"Cc", "Reply-To"})


def test_the_sender_needs_no_name_and_the_address_for_answers_may_be_a_text(sendpulse, send):
    send(reply_to=BOB, **{"from": {"email": sendpulse.sender}})

    headers = sendpulse.outbox.wait(to=ADA).headers
    assert (headers["From"], headers["Reply-To"]) == (sendpulse.sender, BOB)


@pytest.mark.parametrize("newlines", ["\n", "\r\n"])
def test_html_in_lines_of_base64_is_read(sendpulse, send, newlines):
    send(html=encodebytes(LINKED.encode()).decode().replace("\n", newlines))

    assert sendpulse.outbox.wait(to=ADA).html == LINKED


# Whom it is refused


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"to": {"name": "Ada", "email": ADA}}, (422, 999, "Badly formed incoming data")),
        ({"to": ADA}, (422, 999, "Badly formed incoming data")),
        ({"to": []}, (422, 11, "Argument email.to is invalid")),
        ({"to": None}, (422, 11, "Argument email.to is invalid")),
        ({"to": [{"name": "Ada"}]}, (422, 11, "Argument email.to is invalid")),
        ({"to": [{"email": "ada@"}]}, (422, 422, "Recipient email is invalid")),
        ({"cc": [{"email": "ada@"}]}, (422, 422, "Recipient email is invalid")),
        ({"from": "ada@example.com"}, (422, 422, "Argument from is invalid")),
        ({"from": None}, (422, 10, "Argument from.email missing")),
        ({"from": {"name": "Ada"}}, (422, 10, "Argument from.email missing")),
        ({"from": {"email": "ada@"}}, (422, 10, "Argument from.email is invalid")),
        ({"from": {"email": "stranger@example.com"}}, (422, 422, "Sender is not valid")),
        ({"subject": None}, (422, 12, "Argument subject missing")),
        ({"subject": " "}, (422, 12, "Argument subject missing")),
        ({"text": None}, (422, 13, "Missed email body")),
        ({"text": "", "html": ""}, (422, 13, "Missed email body")),
        ({"text": None, "template": {}}, (422, 10, "Argument template.id missing")),
        ({"template": "welcome"}, (422, 422, "Argument template is invalid")),
        ({"template": {"id": 99}}, (422, 31, "Template not found")),
        ({"template": {"id": 99, "variables": "Ada"}}, (422, 731, "Variables list passed in wrong format")),
        ({"template": {"id": 99, "variables": ["Ada"]}}, (422, 731, "Variables list passed in wrong format")),
        ({"attachments_binary": "a"}, (422, 422, "Argument attachments_binary is invalid")),
        ({"attachments_binary": {"a": "<p>"}}, (422, 422, "Argument attachments_binary is invalid")),
        ({"html": "<p>no base64</p>"}, (422, 422, "Argument html is invalid")),
        ({"attachments": {"a": 1}}, (422, 422, "Argument attachments is invalid")),
        ({"bcc": [{"email": f"r{n}@example.com"} for n in range(10_000)]}, (422, 550, "5.5.3 Too many recipients")),
        ({"text": "x" * 11_000_000}, (422, 422, "Message size limit exceeded")),
    ],
    ids=lambda value: None if isinstance(value, dict) else value[2].replace(" ", "-"),
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(sendpulse, send, fields, refusal):
    assert refused(send, **fields) == refusal

    assert len(sendpulse.outbox) == 0
    assert sendpulse.settings.emails_left == 15_000
    assert sendpulse.client.smtp.emails.get_total() == 0


@pytest.mark.parametrize("email", [5, "", "no JSON", "[1", 'a:1:{s:7:"subject";s:1:"too long";}', True, [1]])
def test_a_mail_that_cannot_be_decoded_is_badly_formed(sendpulse, email):
    missing, malformed = (422, 422, "Argument email missing"), (422, 999, "Badly formed incoming data")

    refusal = refused(sendpulse.client.request, "POST", "/smtp/emails", json={"email": email})

    assert refusal == (missing if email == "" else malformed)


@pytest.mark.parametrize("settings", [{"senders_allowed": 9}])
def test_a_sender_may_send_once_it_is_active(sendpulse, send, settings):
    sendpulse.settings.set(**settings)
    senders = sendpulse.client.email.senders
    senders.create(BOB, "Bob")

    waiting = refused(send, **{"from": {"email": BOB}})
    senders.activate(BOB, sendpulse.outbox.wait(to=BOB).extract_code())
    send(**{"from": {"email": "BOB@example.com"}})

    assert waiting == (422, 422, "Sender is not valid")
    assert sendpulse.outbox.wait(to=ADA).sender == "BOB@example.com"


def test_checks_come_in_their_order(sendpulse, send):
    sendpulse.settings.set(smtp=False, sending_limited=True, emails_left=0)
    wrong = {
        "from": {"email": "stranger@example.com"},
        "to": [{"email": f"reader-{number}@example.com"} for number in range(101)],
        "text": "x" * 11_000_000,
    }
    seen = []

    for remedy in (
        lambda: sendpulse.settings.set(smtp=True),
        lambda: sendpulse.settings.set(sending_limited=False),
        lambda: wrong.pop("from"),
        lambda: wrong.update(to=[{"email": ADA}]),
        lambda: wrong.pop("text"),
        lambda: sendpulse.settings.set(emails_left=1),
    ):
        seen.append(refused(send, **wrong)[2])
        remedy()
    send(**wrong)

    assert seen == [
        "No such SMTP user, you need to create SMTP account first",
        "Sending from your account is currently limited. Please try later.",
        "Sender is not valid",
        "5.5.3 Too many recipients",
        "Message size limit exceeded",
        "Sending quota or bandwidth exceeded",
    ]
    assert sendpulse.settings.emails_left == 0


def test_an_account_that_expired_sends_nothing(sendpulse, send):
    sendpulse.settings.set(account_expired=True)

    assert refused(send) == (403, 403, "Account expired")


def test_an_account_without_permission_sends_nothing(sendpulse, send):
    sendpulse.settings.set(forbidden=["smtp.emails.send"])

    assert refused(send) == (403, 800, "Unauthorized action.")


def test_each_recipient_costs_a_mail_and_who_is_suppressed_costs_none(sendpulse, send):
    sendpulse.client.smtp.unsubscribed.add([BOB])

    send(cc=[{"email": BOB}, {"email": EVE}])

    assert sendpulse.settings.emails_left == 14_998


# What becomes of it


def test_a_mail_is_known_by_the_id_that_sending_answers(send, emails):
    number = send(to=[{"email": ADA}, {"email": BOB}])

    assert re.fullmatch(r"[0-9a-z]{6}-[0-9a-z]{6}-[0-9a-z]{2}", number)
    assert emails.get(number).recipient == ADA
    assert [record.recipient for record in emails.get_many([number, "pzkic9-0afezp-fc", number])] == [ADA, BOB]
    assert emails.get_total() == 2


def test_ids_are_told_by_instant_and_number_and_never_twice():
    noon = parse_instant(NOON)

    assert key_of(noon, 1) == "t9q9c0-ph5wnp-00"
    assert len({key_of(noon, number) for number in range(1, 50_000)}) == 49_999
    assert len({key_of(instant, 7) for instant in range(noon, noon + 3_000_000, 1000)}) == 3 * 1000


def test_a_mail_arrives_at_once(sendpulse, send, emails):
    send()

    [record] = emails.list()
    assert (record.smtp_answer_code, record.smtp_answer_code_explain) == (250, "Delivered")
    assert record.send_date == "2026-01-31 12:00:00"
    assert record.tracking == {"click": 0, "open": 0, "link": [], "client_info": []}


def test_recipients_do_what_their_address_tells(sendpulse, send, emails):
    people = ["o+open-2h@example.com", "c+click@example.com", "b+bounce@example.com", "f+softbounce@example.com"]
    send(to=[{"email": address} for address in [*people, "g@nowhere.invalid"]], html=in_base64(LINKED))

    sendpulse.clock.advance("1h")
    after_an_hour = {record.recipient: record for record in emails.list()}
    sendpulse.clock.advance("2h")
    opener = emails.list(recipient=people[0])[0]

    codes = {address: record.smtp_answer_code for address, record in after_an_hour.items()}
    assert codes == dict(zip([*people, "g@nowhere.invalid"], [250, 250, 550, 452, 550], strict=True))
    clicked = after_an_hour[people[1]].tracking
    assert (clicked["open"], clicked["click"]) == (1, 1)
    assert clicked["link"][0]["url"] == "https://example.com/receipt"
    assert clicked["link"][0]["action_date"] == "2026-01-31 12:02:00"
    assert {"browser", "os", "ip", "country", "screen_resolution"} < clicked["link"][0].keys()
    assert after_an_hour[people[0]].tracking["open"] == 0
    assert opener.tracking["client_info"][0]["action_date"] == "2026-01-31 14:00:00"


def test_rates_say_who_does_what_and_always_the_same(sendpulse, send, emails):
    sendpulse.settings.set(reactions={"open": 0.5, "bounce": 0.2, "seed": 3})
    send(to=[{"email": f"reader-{number}@example.com"} for number in range(60)])

    sendpulse.clock.advance("3d")

    records = emails.list()
    opened = sum(record.tracking["open"] for record in records)
    bounced = sum(record.smtp_answer_code == 550 for record in records)
    assert 15 <= opened <= 40
    assert 4 <= bounced <= 24


def test_a_mail_to_suppressed_recipients_alone_is_accepted_and_goes_nowhere(sendpulse, send, emails):
    sendpulse.client.smtp.unsubscribed.add([ADA])

    number = send()

    assert len(sendpulse.outbox) == 0
    assert emails.get(number).recipient is None
    assert (emails.get_total(), emails.list()) == (0, [])


@pytest.mark.parametrize("event", ["open", "click", "unsubscribe", "spam", "bounce", "softbounce"])
def test_events_happen_to_the_message_of_the_outbox_and_to_the_id_of_the_api(sendpulse, send, event):
    first = send(html=in_base64(LINKED))
    second = send(html=in_base64(LINKED), to=[{"email": BOB}, {"email": EVE}])
    simulate = getattr(sendpulse.simulate, event)

    simulate(message=sendpulse.outbox.wait(to=ADA).id)
    simulate(message=second)
    simulate(EVE, message=second)

    emails = sendpulse.client.smtp.emails
    touched = [record for record in emails.list() if record.tracking["open"] or record.smtp_answer_code != 250]
    suppressed = [entry.email for entry in sendpulse.client.smtp.unsubscribed.list()]
    assert [record.recipient for record in touched] + suppressed == [ADA, BOB, EVE]
    assert first != second


def test_an_event_befalls_the_newest_mail_whichever_service_sent_it(sendpulse, send):
    lists, campaigns = sendpulse.client.email.mailing_lists, sendpulse.client.email.campaigns
    book = lists.create("Readers")
    lists.add_emails(book, [ADA])
    send()
    sendpulse.clock.advance("1m")
    campaign = campaigns.create(
        sender_name="The editors", sender_email=sendpulse.sender, subject="News", html="<p>News</p>", list_id=book.id
    )
    sendpulse.clock.advance("1m")

    sendpulse.simulate.open(ADA)
    sendpulse.clock.advance("1m")
    send()
    sendpulse.simulate.open(ADA)

    assert campaigns.get(campaign).statistics["general"][0]["explain"] == "Opened"
    assert [record.tracking["open"] for record in sendpulse.client.smtp.emails.list()] == [0, 1]


@pytest.mark.parametrize("named", [{"email": BOB}, {"message": 99}, {"message": "pzkic9-0afezp-fc"}, {"message": "x"}])
def test_nothing_happens_to_what_was_not_sent(sendpulse, send, named):
    send()

    with pytest.raises(ValueError, match="nothing to open"):
        sendpulse.simulate.open(**named)


def test_what_came_back_is_not_opened_and_what_was_seen_does_not_come_back(sendpulse, send):
    back, seen = send(), send()

    sendpulse.simulate.bounce(message=back)
    sendpulse.simulate.open(message=seen)

    for event, number in (("open", back), ("click", back), ("spam", back), ("bounce", back), ("bounce", seen)):
        with pytest.raises(ValueError, match=f"nothing to {event}"):
            getattr(sendpulse.simulate, event)(message=number)


# Lists of mails


def test_mails_are_listed_by_day_moment_sender_and_recipient(sendpulse, send, emails):
    for day, address in enumerate((ADA, BOB, EVE)):
        send(to=[{"email": address}], text=f"Day {day}")
        sendpulse.clock.advance("1d")

    def recipients(**wanted):
        return [record.recipient for record in emails.list(**wanted)]

    assert recipients(since="2026-02-01") == [BOB, EVE]
    assert recipients(until="2026-02-01") == [ADA, BOB]
    assert recipients(since="2026-02-01", until="2026-02-01") == [BOB]
    assert recipients(since="2026-01-31 12:00:01") == [BOB, EVE]
    assert recipients(until="2026-01-31 11:59:59") == []
    assert recipients(until="2026-01-31 12:00:00") == [ADA]
    assert recipients(sender=sendpulse.sender.upper(), recipient=" Bob@Example.com ") == [BOB]
    assert recipients(sender=BOB) == []
    assert recipients(limit=1, offset=1) == [BOB]
    assert recipients(since="2026-02-01", limit=1, offset=1) == [EVE]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
def test_days_are_those_of_the_account_s_time_zone(sendpulse, send, emails, zone):
    sendpulse.settings.set(time_zone=zone)
    send()

    day = emails.list()[0].send_date[:10]

    assert len(emails.list(since=day, until=day)) == 1


@pytest.mark.parametrize(
    "query",
    [
        "?limit=0&offset=0&from=&to=&sender=&recipient=&country=off",
        "?%7B%22limit%22:%200,%20%22offset%22:%200,%20%22from%22:%20null%7D",
        "?fromDate=2030-01-01&toDate=2031-01-01",
        "?",
    ],
)
def test_what_sdks_send_instead_of_no_filter_is_none(sendpulse, send, query):
    send()

    assert len(sendpulse.client.request("GET", f"/smtp/emails{query}")) == 1


def test_filters_may_stand_in_the_body_as_the_node_sdk_sends_them(sendpulse, send):
    send()
    body = {"limit": 0, "offset": 0, "from": "", "to": "", "sender": "", "recipient": BOB, "country": "off"}

    assert sendpulse.client.request("GET", "/smtp/emails", json=body) == []
    assert len(sendpulse.client.request("GET", "/smtp/emails", json=body | {"recipient": ""})) == 1


def test_the_country_is_left_out_on_demand(sendpulse, send, emails):
    send()
    sendpulse.simulate.open(ADA)

    told, untold = emails.list()[0], emails.list(country=False)[0]

    assert "country" in told.tracking["client_info"][0]
    assert "country" not in untold.tracking["client_info"][0]


@pytest.mark.parametrize("wrong", ["yesterday", "2026-13-01", "2026-01-31T12:00:00Z"])
def test_what_is_no_day_is_refused(emails, wrong):
    assert refused(emails.list, since=wrong) == (422, 422, "Argument from is invalid")


@pytest.mark.parametrize(
    ("plan", "is_allowed"),
    [
        ({"category": "free"}, False),
        ({"services": {"email": {"plan": "pro"}, "smtp": {"plan": "free"}}}, False),
        ({"services": {"email": {"plan": "pro"}}}, False),
        ({"services": {"smtp": {"plan": "standard"}}}, True),
        ({"category": "standard"}, True),
    ],
)
def test_lists_are_not_for_free_plans(sendpulse, send, emails, plan, is_allowed):
    sendpulse.plan.set(plan)
    number = send()

    assert emails.get(number).recipient == ADA
    for call in (emails.list, emails.get_total, sendpulse.client.smtp.unsubscribed.list):
        if is_allowed:
            call()
        else:
            assert refused(call) == (422, 422, "Your tariff does not allow the operation")


@pytest.mark.parametrize("ids", [None, [], "x", ["a"] * 501, [5], {"a": "b"}])
def test_ids_that_are_none_are_refused(sendpulse, ids):
    refusal = refused(sendpulse.client.request, "POST", "/smtp/emails/info", json={"emails": ids})

    assert refusal == (400, 832, "Emails param empty or incorrect")


# Every way of writing it


LETTER = {
    "subject": "Grüße 🦉",
    "text": "Thank you!",
    "to": [{"name": "Zoë", "email": ADA}],
    "attachments": {"a.b.txt": "1"},
}


@pytest.mark.parametrize("encoding", ["object", "text of JSON", "PHP", "form", "form with a text of JSON"])
def test_a_mail_is_the_same_however_it_is_written(sendpulse, encoding):
    import phpserialize
    import requests

    letter = LETTER | {"from": {"name": "The editors", "email": sendpulse.sender}}
    brackets = {
        "email[subject]": letter["subject"],
        "email[text]": letter["text"],
        "email[from][name]": "The editors",
        "email[from][email]": sendpulse.sender,
        "email[to][0][name]": "Zoë",
        "email[to][0][email]": ADA,
        "email[attachments][a.b.txt]": "1",
    }
    body = {
        "object": {"json": {"email": letter}},
        "text of JSON": {"json": {"email": json.dumps(letter)}},
        "PHP": {"json": {"email": phpserialize.dumps(letter).decode()}},
        "form": {"data": brackets},
        "form with a text of JSON": {"data": {"email": json.dumps(letter)}},
    }[encoding]

    answer = requests.post(
        f"{sendpulse.base_url}//smtp/emails",
        headers={"Authorization": f"Bearer {sendpulse.api_key}"},
        timeout=5,
        **body,
    )

    assert answer.status_code == 200, answer.text
    [mail] = sendpulse.outbox
    assert (mail.subject, mail.text, mail.headers["To"]) == ("Grüße 🦉", "Thank you!", f"Zoë <{ADA}>")
    assert mail.attachments == {"a.b.txt": b"1"}
