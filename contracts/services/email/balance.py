"""Money, and what the account pays for."""

from typing import Final

from contracts.evidence import documented, inferred
from contracts.model import READ
from contracts.refusals import refusal
from contracts.schema import boolean, integer, moment, number, obj, string
from contracts.services.email import OPENAPI, service

CURRENCY_INVALID: Final = refusal(
    "currency.in",
    422,
    inferred("a bad value is a 422 at this vendor, worded as an argument outside its list is"),
    message="Argument currency is invalid",
)

BALANCE: Final = obj({"currency": string, "balance_currency": number})
SERVICE_PLAN: Final = obj({"tariff_name": string, "end_date": moment, "auto_renew": integer(min=0, max=1)})

get = service.get(
    "/balance",
    "getBalance",
    "Look at the balance, in the account's own currency.",
    returns=BALANCE,
    effect=READ,
    evidence=OPENAPI,
)

get_in_currency = service.get(
    "/balance/{currency}",
    "getBalanceByCurrency",
    "Look at the balance in another currency, its name in any case of letters.",
    returns=BALANCE,
    refuses=(CURRENCY_INVALID,),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; that RUB is answered as RUR, by a Go client"),
)

get_detail = service.get(
    "/user/balance/detail",
    "getDetailedBalance",
    "Look at the balance and at the plans of the services that are active.",
    returns=obj(
        {
            "balance": obj({"main": string, "bonus": string, "currency": string}),
            "email": obj(
                {
                    "tariff_name": string,
                    "finished_time": moment,
                    "emails_left": integer(min=0),
                    "maximum_subscribers": integer(min=0),
                    "current_subscribers": integer(min=0),
                    "is_unique_type": boolean,
                }
            ),
        },
        smtp=SERVICE_PLAN,
        push=SERVICE_PLAN,
    ),
    effect=READ,
    evidence=documented(
        "the vendor's bulk email OpenAPI document; what is a text and what a number, by typed clients of live answers"
    ),
)
