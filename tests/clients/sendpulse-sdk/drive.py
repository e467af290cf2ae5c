"""Calls every public method of PyPI's sendpulse-sdk, which is imported as `sendpulse`."""

from __future__ import annotations

import os

from sendpulse import SendPulseClient
from telling import caller, methods_of, sender, tell_surface

ADA, GRACE = "ada@example.com", "grace@example.com"

client = SendPulseClient(os.environ["SENDPULSE_CLIENT_ID"], os.environ["SENDPULSE_CLIENT_SECRET"])
call = caller(client)

if __name__ == "__main__":
    tell_surface("sendpulse-sdk", methods_of(SendPulseClient))
    call("health")
    letter = {"subject": "Your receipt", "body": "<p>Thank you! 🦉</p>", "from_email": sender()}
    call("send_email", ADA, from_name="The editors", to_name="Ada", reply_to=GRACE, **letter)
    call("send_email, with a file", ADA, attachments={"receipt.txt": "MSBib29r"}, **letter)
    call("send_email, from a stranger", ADA, **(letter | {"from_email": "eve@example.com"}))
    mails = [
        {"to_email": ADA, "subject": "News", "body": "<p>News</p>"},
        {"to_email": GRACE, "subject": "News", "body": "News", "type": "text"},
    ]
    call("send_bulk_emails", mails, from_email=sender(), from_name="The editors")
