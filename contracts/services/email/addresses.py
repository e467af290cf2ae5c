"""Addresses, whatever lists they are in."""

from typing import Final

from contracts.evidence import documented
from contracts.model import READ, WRITE
from contracts.refusals import refusal
from contracts.schema import array, array_as, boolean, integer, mapping, moment, obj, string
from contracts.services.email import OK, OPENAPI, TABLE, service
from contracts.services.email.mailing_lists import NO_SUCH_CONTACT, STATUS, VARIABLE

NO_DATA: Final = refusal("emails.no_data", 8, TABLE)

EMAILS: Final = obj({"emails": array(string, min=1)})
NOTHING_TO_LOOK_FOR: Final = {"emails.required": NO_DATA, "emails.min": NO_DATA}
COUNTERS: Final = {"sent": integer(min=0), "open": integer(min=0), "link": integer(min=0)}

get = service.get(
    "/emails/{email}",
    "getEmailInfo",
    "Look at an address in each list that has it.",
    returns=array(
        obj(
            {
                "book_id": integer(min=1),
                "email": string,
                "status": STATUS,
                "status_explain": string,
                "variables": array(VARIABLE),
            }
        )
    ),
    refuses=(NO_SUCH_CONTACT,),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; status and variables as a Go client reads them"),
)

get_many = service.post(
    "/emails",
    "getMultipleEmailsInfo",
    "Look at several addresses in each list that has them.",
    body=EMAILS | array_as("emails"),
    returns=mapping(array(obj({"book_id": integer(min=1), "status": STATUS, "variables": array(VARIABLE)}))),
    wordings=NOTHING_TO_LOOK_FOR,
    unpublished=("emails.",),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; the bare array as the PHP SDK sends it"),
)

get_details = service.get(
    "/emails/{email}/details",
    "getEmailDetails",
    "Tell when and how an address came into each list that has it.",
    returns=array(obj({"list_name": string, "list_id": integer(min=1), "add_date": moment, "source": string})),
    refuses=(NO_SUCH_CONTACT,),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; list_id and add_date as a Go client reads them"),
)

delete = service.delete(
    "/emails/{email}",
    "deleteEmailGlobally",
    "Remove an address from every list.",
    returns=OK,
    refuses=(NO_SUCH_CONTACT,),
    effect=WRITE,
    evidence=OPENAPI,
)

get_campaigns = service.get(
    "/emails/{email}/campaigns",
    "getEmailCampaignStats",
    "Count what became of the campaigns to an address.",
    returns=obj(
        {
            "statistic": obj(COUNTERS),
            "blacklist": boolean,
            "addressbooks": array(obj({"id": integer(min=1), "address_book_name": string})),
        }
    ),
    refuses=(NO_SUCH_CONTACT,),
    effect=READ,
    evidence=documented("the vendor's bulk email OpenAPI document; all but the name statistic from a Go client"),
)

get_campaigns_of_many = service.post(
    "/emails/campaigns",
    "getMultipleEmailsCampaignStats",
    "Count what became of the campaigns to several addresses.",
    body=EMAILS,
    returns=mapping(
        obj(
            {
                **COUNTERS,
                "statistic": obj(COUNTERS),
                "blacklist": boolean,
                "adressbooks": array(obj({"id": integer(min=1), "name": string})),
            }
        )
    ),
    wordings=NOTHING_TO_LOOK_FOR,
    unpublished=("emails.",),
    effect=READ,
    evidence=documented(
        "the vendor's bulk email OpenAPI document; the counters outside of statistic and the rest from a Go client"
    ),
)
