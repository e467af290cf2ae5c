"""Mailing lists and their contacts, through the front door."""

import pytest

from sendpulse_client import ApiError, NotFound, PermissionDenied, PlanRequired, ValidationFailed

pytestmark = pytest.mark.sendpulse(limits="off")


@pytest.fixture
def lists(sendpulse):
    return sendpulse.client.email.mailing_lists


@pytest.fixture
def book(lists):
    return lists.create("Readers")


def refused(call, *arguments, **named):
    """The refusal of a call that must not succeed: status, code and wording."""
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    return caught.value.status, caught.value.code, caught.value.message


def test_new_list_is_empty_active_and_dated_in_the_account_s_time_zone(sendpulse, lists):
    sendpulse.settings.set(time_zone="Europe/Kyiv")
    sendpulse.clock.set("2026-01-31T23:30:00Z", frozen=True)

    made = lists.create("Readers")

    (shown,) = sendpulse.client.request("GET", f"/addressbooks/{made.id}")
    assert shown == {
        "id": made.id,
        "name": "Readers",
        "all_email_qty": 0,
        "active_email_qty": 0,
        "inactive_email_qty": 0,
        "new_phones_quantity": 0,
        "active_phones_quantity": 0,
        "exc_phones_quantity": 0,
        "creationdate": "2026-02-01 01:30:00",
        "status": 0,
        "status_explain": "Active",
    }


def test_lists_are_paged_by_age(lists):
    made = [lists.create(f"List {number}").id for number in range(5)]

    pages = [[book.id for book in lists.list(limit=2, offset=offset)] for offset in (0, 2, 4, 6)]

    assert pages == [made[:2], made[2:4], made[4:], []]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"limit": "ten"}, "Argument limit must be integer"),
        ({"limit": 0}, "Argument limit must be at least 1"),
        ({"limit": 101}, "Argument limit may not be greater than 100"),
        ({"offset": "x"}, "Argument offset must be integer"),
        ({"offset": -1}, "Argument offset must be at least 0"),
    ],
)
def test_bad_page_is_refused_in_the_vendor_s_words(sendpulse, arguments, message):
    assert refused(sendpulse.client.request, "GET", "/addressbooks", query=arguments) == (422, 422, message)


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, 422, "Argument bookName missing"),
        ({"bookName": None}, 422, "Argument bookName missing"),
        ({"bookName": 7}, 422, "Argument bookName must be string"),
        ({"bookName": ""}, 201, "Empty mailing list name"),
        ({"bookName": " \t"}, 201, "Empty mailing list name"),
        ({"bookName": "Readers"}, 203, "Name already in use"),
    ],
)
def test_list_needs_a_name_of_its_own(sendpulse, lists, book, body, code, message):
    assert refused(sendpulse.client.request, "POST", "/addressbooks", json=body) == (422, code, message)
    assert [known.id for known in lists.list()] == [book.id]


def test_renamed_list_may_keep_its_name_but_not_take_another_s(lists, book):
    lists.create("Writers")

    lists.rename(book, "Readers")

    assert refused(lists.rename, book, "Writers") == (422, 203, "Name already in use")
    assert refused(lists.rename, book, "  ")[1] == 201
    lists.rename(book, "Listeners")
    assert lists.get(book).name == "Listeners"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("GET", "/variables"),
        ("GET", "/emails"),
        ("GET", "/emails/total"),
        ("POST", "/emails"),
        ("DELETE", "/emails"),
        ("POST", "/emails/unsubscribe"),
        ("POST", "/emails/variable"),
        ("GET", "/variables/age/3"),
        ("GET", "/variables/age/emails/3"),
        ("PUT", "/phone"),
        ("GET", "/cost"),
        ("GET", "/campaigns"),
        ("GET", "/emails/ada@example.com"),
    ],
)
@pytest.mark.parametrize("book_id", ["999", "0", "-1", "seven", "9" * 40])
def test_unknown_list_is_not_found_before_the_body_is_looked_at(sendpulse, method, path, book_id):
    answer = refused(sendpulse.client.request, method, f"/addressbooks/{book_id}{path}", json={"emails": 5})

    assert answer == (404, 213, "Book not found")


def test_list_of_another_account_is_not_found(sendpulse_server, book):
    other = sendpulse_server.account()

    with pytest.raises(NotFound):
        other.client.email.mailing_lists.get(book.id)


def test_deleted_list_takes_its_contacts_along(sendpulse, lists, book):
    lists.add_emails(book, ["ada@example.com"])

    lists.delete(book)

    again = lists.create("Readers")
    assert again.id != book.id
    assert lists.get_total(again) == 0
    assert refused(lists.get, book) == (404, 213, "Book not found")


def test_contact_is_new_for_a_minute_and_active_then(sendpulse, lists, book):
    lists.add_emails(book, ["Ada@Example.com"])

    before = lists.get(book)
    sendpulse.clock.advance(59)
    still = lists.get_contact(book, "ada@example.com").status
    sendpulse.clock.advance(1)
    after = lists.get(book)

    assert (before.all_email_qty, before.active_email_qty, before.inactive_email_qty) == (1, 0, 1)
    assert still == 0
    assert (after.all_email_qty, after.active_email_qty, after.inactive_email_qty) == (1, 1, 0)


def test_adding_again_merges_variables_and_keeps_one_contact(lists, book):
    lists.add_emails(book, [{"email": "ada@example.com", "variables": {"name": "Ada", "visits": 1}}])

    lists.add_emails(book, [{"email": "ADA@example.com", "variables": {"visits": 2}}])

    assert lists.get_total(book) == 1
    assert lists.get_contact(book, "ada@example.com").variables == {"name": "Ada", "visits": 2}


def test_dont_update_leaves_what_is_there_alone(lists, book):
    lists.add_emails(book, [{"email": "ada@example.com", "variables": {"visits": 1}}])

    lists.add_emails(
        book, [{"email": "ada@example.com", "variables": {"visits": 2}}, "new@example.com"], dont_update=True
    )

    assert lists.get_contact(book, "ada@example.com").variables == {"visits": 1}
    assert lists.get_total(book) == 2


def test_variables_are_typed_by_their_first_value(lists, book):
    lists.add_emails(
        book, [{"email": "ada@example.com", "variables": {"name": "Ada", "visits": 7, "born": "1815-12-10"}}]
    )

    assert {variable.name: variable.type for variable in lists.list_variables(book)} == {
        "name": "string",
        "visits": "number",
        "born": "date",
    }


def test_phone_is_a_system_variable_and_answers_as_a_number_in_lists(sendpulse, lists, book):
    lists.add_emails(book, [{"email": "ada@example.com", "variables": {"Phone": "+380 (50) 123-45-67"}}])

    (row,) = sendpulse.client.request("GET", f"/addressbooks/{book.id}/emails")
    single = sendpulse.client.request("GET", f"/addressbooks/{book.id}/emails/ada@example.com")

    assert row["phone"] == 380501234567
    assert single["phone"] == "380501234567"
    assert single["abook_id"] == str(book.id)
    assert lists.list_variables(book) == []


def test_bad_addresses_are_skipped_in_silence(lists, book):
    lists.add_emails(book, ["ada@example.com", "no address", "@", "a@b", "x" * 300 + "@example.com"])

    assert [contact.email for contact in lists.list_emails(book)] == ["ada@example.com"]


def test_unsubscribed_contact_stays_so_when_added_again(lists, book):
    lists.add_emails(book, ["ada@example.com"])
    lists.unsubscribe(book, ["Ada@example.com", "stranger@example.com"])

    lists.add_emails(book, [{"email": "ada@example.com", "variables": {"visits": 2}}])

    contact = lists.get_contact(book, "ada@example.com")
    assert contact.status == 4
    assert contact.variables == {"visits": 2}


@pytest.mark.parametrize("emails", [[], ["stranger@example.com"]])
def test_nobody_active_to_unsubscribe_is_refused(lists, book, emails):
    lists.add_emails(book, ["ada@example.com"])

    assert refused(lists.unsubscribe, book, emails) == (422, 422, "Active emails not found")


def test_contacts_are_deleted_by_address_in_any_case(lists, book):
    lists.add_emails(book, ["ada@example.com", "grace@example.com"])

    lists.delete_emails(book, ["ADA@example.com", "stranger@example.com"])

    assert [contact.email for contact in lists.list_emails(book)] == ["grace@example.com"]
    assert refused(lists.delete_emails, book, ["ada@example.com"]) == (422, 303, "No emails")
    assert refused(lists.delete_emails, book, []) == (422, 303, "No emails")


def test_more_than_a_hundred_addresses_at_once_are_refused(lists, book):
    many = [f"reader-{number}@example.com" for number in range(101)]
    lists.add_emails(book, many)

    assert refused(lists.delete_emails, book, many) == (422, 422, "Limit is exceeded. Max count: 100")
    assert refused(lists.unsubscribe, book, many) == (422, 422, "Argument emails may not have more than 100 items")
    assert lists.get_total(book) == 101


def test_contacts_are_listed_both_ways_and_by_activity(sendpulse, lists, book):
    lists.add_emails(book, [f"reader-{number}@example.com" for number in range(4)])
    lists.unsubscribe(book, ["reader-1@example.com"])
    sendpulse.clock.advance(60)

    def listed(**filters):
        return [contact.email[7] for contact in lists.list_emails(book, **filters)]

    assert listed() == ["0", "1", "2", "3"]
    assert listed(order="desc", limit=2) == ["3", "2"]
    assert listed(active=True) == ["0", "2", "3"]
    assert listed(not_active=True) == ["1"]
    assert (lists.get_total(book), lists.get_total(book, active=True)) == (4, 3)


def test_variables_of_one_contact_are_set_by_their_type(lists, book):
    lists.add_emails(book, [{"email": "ada@example.com", "variables": {"visits": 1, "born": "1815-12-10"}}])

    lists.set_variables(book, "ada@example.com", {"visits": "2", "city": "London"})

    assert lists.get_contact(book, "ada@example.com").variables == {"visits": 2, "born": "1815-12-10", "city": "London"}
    assert refused(lists.set_variables, book, "ada@example.com", {"visits": "many"})[0] == 422
    assert refused(lists.set_variables, book, "ada@example.com", {"born": "long ago"})[0] == 422
    assert refused(lists.set_variables, book, "x@example.com", {"a": "b"}) == (422, 502, "Email address not found")


def test_contacts_are_found_by_a_variable(sendpulse, lists, book):
    lists.add_emails(
        book,
        [
            {"email": "ada@example.com", "variables": {"city": "London", "born": "1815-12-10"}},
            {"email": "alan@example.com", "variables": {"city": "London"}},
            {"email": "grace@example.com", "variables": {"city": "New York"}},
        ],
    )

    found = [contact.email for contact in lists.find_by_variable(book, "city", "London")]
    variant = sendpulse.client.request("GET", f"/addressbooks/{book.id}/variables/city/emails/New%20York")

    assert found == ["ada@example.com", "alan@example.com"]
    assert variant == [{"email": "grace@example.com", "status": 0, "status_explain": "New"}]
    assert lists.find_by_variable(book, "city", "Paris") == []
    assert refused(lists.find_by_variable, book, "country", "UK") == (404, 299, "Variable not found")
    assert refused(lists.find_by_variable, book, "born", "long ago") == (422, 422, "Variable value wrong format")
    assert refused(lists.find_by_variable, book, " ", "UK") == (422, 422, "Variable name is invalid")


def test_unfit_phone_among_variables_is_refused_and_changes_nothing(lists, book):
    lists.add_emails(book, [{"email": "ada@example.com", "variables": {"Phone": "+380501234567"}}])

    assert refused(lists.set_variables, book, "ada@example.com", {"phone": "nonsense"})[0] == 422

    lists.add_emails(book, [{"email": "ada@example.com", "variables": {"phone": "nonsense"}}])
    assert lists.get_contact(book, "ada@example.com").phone == "380501234567"


def test_number_is_found_however_it_is_written(lists, book):
    lists.add_emails(book, [{"email": "ada@example.com", "variables": {"score": 3}}])

    found = [lists.find_by_variable(book, "score", written) for written in ("3", "3.0", "three")]

    assert [[contact.email for contact in contacts] for contacts in found] == [["ada@example.com"]] * 2 + [[]]


def test_phone_of_a_contact_is_set(sendpulse, lists, book):
    lists.add_emails(book, ["ada@example.com"])

    lists.set_phone(book, "ada@example.com", "+380501234567")

    (row,) = sendpulse.client.request("GET", f"/addressbooks/{book.id}/emails")
    assert row["phone"] == 380501234567
    assert refused(lists.set_phone, book, "ada@example.com", "call me") == (422, 422, "Phone is not valid")
    assert refused(lists.set_phone, book, "x@example.com", "+380501234567") == (422, 17, "Email is not valid")


def test_cost_follows_from_plan_and_balance(sendpulse, lists, book):
    lists.add_emails(book, [f"reader-{number}@example.com" for number in range(5)])
    sendpulse.settings.set(emails_left=2, balance={"main": 0.02})

    cost = sendpulse.client.request("GET", f"/addressbooks/{book.id}/cost")

    assert cost == {
        "cur": "USD",
        "sent_emails_qty": 5,
        "overdraftAllEmailsPrice": 0.03,
        "addressesDeltaFromBalance": 1,
        "addressesDeltaFromTariff": 3,
        "max_emails_per_task": 50000,
        "result": False,
    }


def test_money_for_just_the_mails_beyond_the_plan_suffices(sendpulse, lists, book):
    lists.add_emails(book, [f"reader-{number}@example.com" for number in range(29)])
    sendpulse.settings.set(emails_left=0, balance={"main": 0.29})

    cost = sendpulse.client.request("GET", f"/addressbooks/{book.id}/cost")

    assert (cost["overdraftAllEmailsPrice"], cost["addressesDeltaFromBalance"], cost["result"]) == (0.29, 0, True)


def test_cost_of_an_empty_list_and_of_an_ended_plan_is_refused(sendpulse, lists, book):
    assert refused(lists.get_cost, book) == (422, 211, "Addressbook is empty")

    sendpulse.settings.set(plan_ended=True)

    assert refused(lists.get_cost, book) == (422, 422, "Your tariff plan ended")


def test_list_has_no_campaigns_yet(lists, book):
    assert lists.list_campaigns(book) == []


def test_contact_waits_for_confirmation(sendpulse, lists, book):
    lists.add_emails(book, ["ada@example.com"], confirmation="force", sender_email=sendpulse.sender)

    waiting = lists.get_contact(book, "ada@example.com").status
    mail = sendpulse.outbox.wait(to="ada@example.com")
    sendpulse.simulate.confirm("ada@example.com")

    assert waiting == 2
    assert "Readers" in mail.subject
    assert len(mail.extract_links()) == 1
    assert lists.get_contact(book, "ada@example.com").status == 1


def test_confirmation_needs_a_sender_of_the_account(sendpulse, lists, book):
    def add(**body):
        return refused(
            sendpulse.client.request,
            "POST",
            f"/addressbooks/{book.id}/emails",
            json={"emails": ["ada@example.com"], "confirmation": "force"} | body,
        )

    assert add() == (422, 422, "Argument sender_email missing")
    assert add(sender_email="x") == (422, 422, "Argument sender_email is invalid")
    assert add(sender_email="stranger@example.com") == (422, 1003, "Sender not found")
    assert lists.get_total(book) == 0


def test_undeliverable_confirmation_adds_nobody(sendpulse, lists, book):
    answer = refused(
        lists.add_emails,
        book,
        ["ada@example.com", "nobody@nowhere.invalid"],
        confirmation="force",
        sender_email=sendpulse.sender,
    )

    assert answer == (422, 1005, "Error sending confirmation")
    assert lists.get_total(book) == 0
    assert len(sendpulse.outbox) == 0


def test_tags_need_a_paid_plan(sendpulse, lists, book):
    lists.add_emails(book, ["ada@example.com"], tags=[1])
    sendpulse.plan.set("free")

    with pytest.raises(PlanRequired) as caught:
        lists.add_emails(book, ["grace@example.com"], tags=[1])

    assert (caught.value.status, caught.value.code) == (403, 3030303030)
    lists.add_emails(book, ["grace@example.com"])


def test_plan_is_checked_before_the_list_is_looked_for(sendpulse, lists):
    sendpulse.plan.set("free")

    with pytest.raises(PlanRequired):
        lists.add_emails(999, ["ada@example.com"], tags=[1])


def test_forbidden_operation_and_expired_account_are_403(sendpulse, lists):
    sendpulse.settings.set(forbidden=["email.mailing_lists.create"])
    with pytest.raises(PermissionDenied) as forbidden:
        lists.create("Readers")

    sendpulse.settings.set(account_expired=True)
    with pytest.raises(PermissionDenied) as expired:
        lists.list()

    assert (forbidden.value.status, forbidden.value.code) == (403, 800)
    assert (expired.value.status, expired.value.code, expired.value.message) == (403, 403, "Account expired")


@pytest.mark.parametrize(
    ("emails", "code", "message"),
    [
        ("neither JSON nor PHP", 21356, "Badly formed data. Check API documentation"),
        (7, 422, "Argument emails must be array"),
        ({"email": "ada@example.com"}, 422, "Argument emails must be array"),
        ([7], 422, "Argument emails is invalid"),
        ([{"email": 7}], 422, "Argument email is invalid"),
        ([{"email": "ada@example.com", "variables": 7}], 422, "Argument emails.*.variables is invalid"),
    ],
)
def test_badly_formed_emails_are_refused_in_the_vendor_s_words(sendpulse, lists, book, emails, code, message):
    answer = refused(sendpulse.client.request, "POST", f"/addressbooks/{book.id}/emails", json={"emails": emails})

    assert answer == (422, code, message)
    assert lists.get_total(book) == 0


@pytest.mark.parametrize(
    "emails",
    [
        '["ada@example.com"]',
        '[{"email": "ada@example.com"}]',
        'a:1:{i:0;s:15:"ada@example.com";}',
        'a:1:{i:0;a:1:{s:5:"email";s:15:"ada@example.com";}}',
    ],
)
def test_emails_may_come_as_text_that_stands_for_a_list(sendpulse, lists, book, emails):
    sendpulse.client.request("POST", f"/addressbooks/{book.id}/emails", json={"emails": emails})

    assert [contact.email for contact in lists.list_emails(book)] == ["ada@example.com"]


def test_refused_request_leaves_no_variable_behind(sendpulse, lists, book):
    with pytest.raises(ValidationFailed):
        lists.add_emails(
            book,
            [{"email": "nobody@nowhere.invalid", "variables": {"city": "Atlantis"}}],
            confirmation="force",
            sender_email=sendpulse.sender,
        )

    assert lists.list_variables(book) == []
