"""Mail that came back within a day."""

from contracts.evidence import documented
from contracts.model import READ
from contracts.schema import array, integer, moment, obj, string
from contracts.services.smtp import DAY, OPENAPI, PAGE, USER_NEEDED, service

list = service.get(
    "/smtp/bounces/day",
    "getSmtpBouncesDay",
    "List the mails that came back within the last 24 hours, or on a day, oldest first.",
    query=obj(None, date=DAY, **PAGE),
    returns=obj(
        {
            "total": integer(min=0),
            "emails": array(
                obj(
                    {
                        "email_to": string,
                        "sender": string,
                        "send_date": moment,
                        "subject": string,
                        "smtp_answer_code": integer(min=0),
                        "smtp_answer_subcode": string,
                        "smtp_answer_data": string,
                    }
                )
            ),
            "request_limit": integer(min=1),
            "found": integer(min=0),
        }
    ),
    refuses=(USER_NEEDED,),
    unpublished=("",),
    effect=READ,
    evidence=documented("the vendor's SMTP OpenAPI document; the types as a Go client reads them"),
)

get_total = service.get(
    "/smtp/bounces/day/total",
    "getSmtpBouncesTotal",
    "Count the mails that came back within the last 24 hours.",
    returns=obj({"total": integer(min=0)}),
    refuses=(USER_NEEDED,),
    effect=READ,
    evidence=OPENAPI,
)
