"""Money and plans, through the front door."""

import pytest

from sendpulse_client import ApiError

pytestmark = pytest.mark.sendpulse(limits="off", clock={"now": "2026-01-31T23:30:00Z", "frozen": True})


@pytest.fixture
def balance(sendpulse):
    sendpulse.settings.set(balance={"main": 9.36, "bonus": 5, "currency": "USD"})
    return sendpulse.client.email.balance


def test_balance_is_the_sum_of_money_in_the_account_s_currency(sendpulse, balance):
    assert sendpulse.client.request("GET", "/balance/") == {"currency": "USD", "balance_currency": 14.36}


@pytest.mark.parametrize(
    ("asked", "currency", "worth"),
    [("USD", "USD", 14.36), ("usd", "USD", 14.36), ("uAh", "UAH", 574.4), ("RUB", "RUR", 1292.4)],
)
def test_currency_is_named_in_any_case_of_letters(balance, asked, currency, worth):
    shown = balance.get_in_currency(asked)

    assert (shown.currency, shown.balance_currency) == (currency, worth)


@pytest.mark.parametrize("asked", ["shells", "US", " ", "USD "])
def test_unknown_currency_is_refused(balance, asked):
    with pytest.raises(ApiError) as caught:
        balance.get_in_currency(asked)

    assert (caught.value.status, caught.value.code, caught.value.message) == (
        422,
        422,
        "Argument currency is invalid",
    )


def test_account_s_own_currency_is_known_whatever_it_is(sendpulse, balance):
    sendpulse.settings.set(balance={"currency": "XYZ"})

    assert balance.get_in_currency("xyz").balance_currency == 14.36
    assert balance.get().currency == "XYZ"


def test_detail_is_shaped_as_typed_clients_read_it(sendpulse, balance):
    lists = sendpulse.client.email.mailing_lists
    for name in ("Readers", "Writers"):
        lists.add_emails(lists.create(name), ["ada@example.com"])

    assert sendpulse.client.request("GET", "/user/balance/detail") == {
        "balance": {"main": "9.36", "bonus": "5.00", "currency": "USD"},
        "email": {
            "tariff_name": "Standard",
            "finished_time": "2026-02-01 00:00:00",
            "emails_left": 15_000,
            "maximum_subscribers": 50_000,
            "current_subscribers": 2,
            "is_unique_type": False,
        },
        "smtp": {"tariff_name": "Standard", "end_date": "2026-02-01 00:00:00", "auto_renew": 1},
    }


def test_services_that_are_not_active_have_no_section(sendpulse, balance):
    sendpulse.settings.set(smtp=False)
    sendpulse.plan.set({"services": {"email": {"plan": "free"}, "push": {"plan": "pro", "subscribers": 60_000}}})

    detail = sendpulse.client.request("GET", "/user/balance/detail")

    assert detail["email"]["tariff_name"] == "Free"
    assert detail["push"]["tariff_name"] == "Pro"
    assert "smtp" not in detail


@pytest.mark.sendpulse(plan="free")
def test_free_plan_has_five_hundred_subscribers(balance):
    assert balance.get_detail().email["maximum_subscribers"] == 500


def test_plan_ends_with_the_month_of_the_account_s_time_zone_or_has_ended(sendpulse, balance):
    sendpulse.settings.set(time_zone="Europe/Kyiv")
    assert balance.get_detail().email["finished_time"] == "2026-03-01 00:00:00"

    sendpulse.settings.set(plan_ended=True)

    detail = balance.get_detail()
    assert detail.email["finished_time"] == "2026-02-01 00:00:00"
    assert detail.smtp["auto_renew"] == 0


@pytest.mark.parametrize(
    ("asked", "worth"),
    [("EUR", 12.92), ("GBP", 11.49), ("UAH", 574.4), ("RUR", 1292.4), ("INR", 1220.6), ("JPY", 2154.0), ("USD", 14.36)],
)
def test_dollars_are_worth_so_much_in_each_currency(balance, asked, worth):
    assert balance.get_in_currency(asked).balance_currency == worth


def test_money_in_another_currency_goes_by_way_of_the_dollar(sendpulse, balance):
    sendpulse.settings.set(balance={"currency": "EUR"})

    assert balance.get_in_currency("UAH").balance_currency == round(14.36 * 40 / 0.9, 2)


def test_money_in_a_currency_that_nobody_knows_counts_as_dollars(sendpulse, balance):
    sendpulse.settings.set(balance={"currency": "XYZ"})

    assert balance.get_in_currency("EUR").balance_currency == 12.92
