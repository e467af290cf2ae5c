"""Calls every public method of PyPI's pysendpulse."""

from __future__ import annotations

import os

from pysendpulse.pysendpulse import PySendPulse
from telling import caller, later, mailed_code, methods_of, set_up, tell, tell_surface

ADA, GRACE = "ada+click@example.com", "grace@example.com"
WELCOME = "7cb26f7184830e15b2142ba2c2bbdeef"  # a template of the service's: the client can make none
HTML = '<p>Read <a href="https://example.com/news">the news</a></p>'


def connected(name: str) -> PySendPulse:
    """With a token, for which it asks when it is made, unless it finds one."""
    made = PySendPulse(os.environ["SENDPULSE_CLIENT_ID"], os.environ["SENDPULSE_CLIENT_SECRET"], "FILE", "tokens/")
    tell(name, None)
    return made


tell_surface("pysendpulse", methods_of(PySendPulse))
client = connected("PySendPulse")
call = caller(client)


def account() -> str:
    """The address of its active sender."""
    call("get_balance")
    call("get_balance, in a currency", "usd")
    [owner] = call("get_list_of_senders")
    call("add_sender", ADA, "Ada")
    later("16m")
    call("send_sender_activation_email", ADA)
    call("activate_sender", ADA, mailed_code(ADA))
    call("delete_sender", ADA)
    return owner["email"]


def mailing_lists() -> int:
    book = call("add_addressbook", "Readers")["id"]
    call("edit_addressbook", book, "Writers")
    call("get_list_of_addressbooks")
    call("get_addressbook_info", book)
    call("add_emails_to_addressbook", book, [{"email": ADA, "variables": {"name": "Ada"}}, {"email": GRACE}])
    call("set_variables_for_email", book, GRACE, [{"name": "name", "value": "Grace"}])
    call("get_addressbook_variables", book)
    call("get_emails_from_addressbook", book)
    call("get_emails_from_addressbook, a page", book, limit=1, offset=1)
    call("get_email_info_from_one_addressbooks", book, ADA)
    call("get_email_info_from_all_addressbooks", ADA)
    call("get_campaign_cost", book)
    return book


def campaigns(sender: str, book: int) -> None:
    call("add_campaign", sender, "The editors", "News", HTML, book)
    made = call(
        "add_campaign, given bytes", sender, "The editors", "News", HTML.encode(), book, "First", {"a.txt": "A"}
    )
    later("16m")
    call("get_list_of_campaigns")
    call("get_campaign_info", made["id"])
    call("get_campaign_stat_by_countries", made["id"])
    call("get_campaign_stat_by_referrals", made["id"])
    call("get_emails_stat_by_campaigns", [ADA, GRACE])
    call("get_email_statistic_by_campaigns", ADA)
    cancelled = call("add_campaign, without a name", sender, "The editors", "More news", HTML.encode(), book)
    call("cancel_campaign", cancelled["id"])


def blacklist() -> None:
    call("add_email_to_blacklist", f"{ADA}, {GRACE}", "asked for it")
    call("add_email_to_blacklist, given bytes", f"{ADA}, {GRACE}".encode(), "asked for it")
    call("get_emails_in_blacklist")
    call("delete_email_from_blacklist", ADA)
    call("delete_email_from_blacklist, given bytes", f"{ADA}, {GRACE}".encode())


def smtp(sender: str) -> None:
    letter = {
        "subject": "Receipt 🦉",
        "html": HTML,
        "text": "Thank you!",
        "from": {"name": "The editors", "email": sender},
        "to": [{"name": "Ada", "email": ADA}],
    }
    sent = call("smtp_send_mail", dict(letter))
    call("smtp_send_mail, of text alone", {key: value for key, value in letter.items() if key != "html"})
    call("smtp_send_mail_with_template", letter | {"template": {"id": WELCOME, "variables": {"name": "Ada"}}})
    call("smtp_get_list_of_emails")
    call("smtp_get_email_info_by_id", sent["id"])
    call("smtp_add_emails_to_unsubscribe", [{"email": GRACE, "comment": "asked for it"}])
    call("smtp_delete_emails_from_unsubscribe", [GRACE])
    call("smtp_get_list_of_ip")
    call("smtp_add_domain", "owner@shop.example")
    call("smtp_get_list_of_allowed_domains")
    call("smtp_verify_domain", "owner@shop.example")


def events() -> None:
    set_up(events=["registered"])
    call("send_event", "registered", {"email": ADA, "phone": "+380931112233"})


def push() -> None:
    call("push_get_tasks")
    call("push_get_websites")
    call("push_count_websites")
    call("push_get_variables", 1)
    call("push_get_subscriptions", 1)
    call("push_count_subscriptions", 1)
    call("push_set_subscription_state", 1, 0)
    call("push_create", "News", 1, "Read the news", 3600)


def sms(book: int) -> None:
    phones, dates = ["380931112233"], ("2026-01-01 00:00:00", "2026-02-01 00:00:00")
    call("sms_add_phones", book, phones)
    call("sms_add_phones_with_variables", book, {phones[0]: [[{"name": "name", "type": "string", "value": "Ada"}]]})
    call("sms_get_phone_info", book, phones[0])
    call("sms_update_phones_variables", book, phones, [{"name": "name", "type": "string", "value": "Grace"}])
    call("sms_delete_phones", book, phones)
    call("sms_add_phones_to_blacklist", phones, "asked for it")
    call("sms_get_blacklist")
    call("sms_get_phones_info_from_blacklist", phones)
    call("sms_delete_phones_from_blacklist", phones)
    call("sms_get_campaign_cost", "Shop", "News", book)
    call("sms_add_campaign", "Shop", book, "News")
    call("sms_add_campaign_by_addressbook_id", "Shop", book, "News")
    call("sms_send", "Shop", phones, "News")
    call("sms_add_campaign_by_phones", "Shop", phones, "News")
    call("sms_get_list_campaigns", *dates)
    call("sms_get_campaign_info", 1)
    call("sms_cancel_campaign", 1)
    call("sms_delete_campaign", 1)


def farewell(book: int) -> None:
    call("delete_emails_from_addressbook", book, [GRACE])
    call("delete_email_from_all_addressooks", ADA)
    call("delete_addressbook", book)
    caller(connected("PySendPulse, with a stored token"))("get_balance, with a stored token")


if __name__ == "__main__":
    sender = account()
    book = mailing_lists()
    campaigns(sender, book)
    blacklist()
    smtp(sender)
    events()
    push()
    sms(book)
    farewell(book)
