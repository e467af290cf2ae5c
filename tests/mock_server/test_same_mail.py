"""One mail, sent by the API, by smtplib and by swaks: what arrives is the same."""

from __future__ import annotations

import shutil
import smtplib
import subprocess
from base64 import b64encode
from email.message import EmailMessage
from email.utils import formataddr

import pytest

pytestmark = pytest.mark.sendpulse(limits="off", clock={"now": "2026-01-31T12:00:00Z", "frozen": True})

ADA, BOB, EVE = "ada@example.com", "bob@example.org", "eve+hidden@example.net"
SUBJECT = "Rechnung Nr. 7: Zoë’s 読者 😀"
TEXT = "Grüße!\n\n.a line with a dot in front\n{{no template}}\n"
HTML = '<p>Grüße!</p><p><a href="https://example.com/pay?a=1&amp;b=2">pay</a></p>'
FILE = bytes(range(256))


def by_api(sendpulse) -> None:
    sendpulse.client.request(
        "POST",
        "/smtp/emails",
        json={
            "email": {
                "from": {"name": "Die Buchhaltung, GmbH", "email": sendpulse.sender},
                "to": [{"name": "Ada", "email": ADA}],
                "cc": [{"email": BOB}],
                "bcc": [{"email": EVE}],
                "reply_to": {"email": "answers@example.com"},
                "subject": SUBJECT,
                "html": b64encode(HTML.encode()).decode(),
                "text": TEXT.rstrip("\n"),
                "attachments_binary": {"7.bin": b64encode(FILE).decode()},
            }
        },
    )


def written(sendpulse) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = formataddr(("Die Buchhaltung, GmbH", sendpulse.sender))
    mail["To"] = f"Ada <{ADA}>"
    mail["Cc"] = BOB
    mail["Reply-To"] = "answers@example.com"
    mail["Subject"] = SUBJECT
    mail.set_content(TEXT)
    mail.add_alternative(HTML, subtype="html")
    mail.add_attachment(FILE, maintype="application", subtype="octet-stream", filename="7.bin")
    return mail


def by_smtplib(sendpulse) -> None:
    host, port, user, password = sendpulse.smtp
    with smtplib.SMTP(host, port) as connection:
        connection.starttls()
        connection.login(user, password)
        connection.send_message(written(sendpulse), to_addrs=[ADA, BOB, EVE])


def by_swaks(sendpulse, folder) -> None:
    """It writes texts and files itself; headers that are no ASCII it leaves to whoever calls it."""
    host, port, user, password = sendpulse.smtp
    (folder / "7.bin").write_bytes(FILE)
    headers = [f"--header-{name}={written(sendpulse)[name]}" for name in ("From", "To", "Cc", "Reply-To", "Subject")]
    command = ["swaks", f"--server={host}", f"--port={port}", "--tls", "--auth=LOGIN", f"-au={user}", f"-ap={password}"]
    envelope = [f"--from={sendpulse.sender}", f"--to={ADA},{BOB},{EVE}"]
    texts = ["--attach-type=text/plain", f"--attach-body={TEXT}", "--attach-type=text/html", f"--attach-body={HTML}"]
    file = ["--attach-type=application/octet-stream", "--attach-name=7.bin", f"--attach=@{folder / '7.bin'}"]

    ended = subprocess.run(
        [*command, *envelope, *headers, *texts, *file], capture_output=True, text=True, check=False, timeout=60
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr


def arrived(sendpulse) -> list[dict]:
    """What is in the outbox, but for what numbers a mail."""
    own = ("Message-ID", "List-Unsubscribe")
    shown = [mail.as_json() | {"amp": mail.amp} for mail in sendpulse.outbox]
    for mail in shown:
        del mail["id"], mail["about"]["id"]
        mail["headers"] = {name: value for name, value in mail["headers"].items() if name not in own}
    return sorted(shown, key=lambda mail: mail["to"])


def test_smtplib_and_the_api_send_the_same(sendpulse):
    by_api(sendpulse)
    by_smtplib(sendpulse)

    mails = arrived(sendpulse)
    assert [mail["to"] for mail in mails] == [ADA, ADA, BOB, BOB, EVE, EVE]
    assert mails[::2] == mails[1::2]


@pytest.mark.skipif(shutil.which("swaks") is None, reason="there is no swaks; Debian has a package of that name")
def test_swaks_and_the_api_send_the_same(sendpulse, tmp_path):
    by_api(sendpulse)
    by_swaks(sendpulse, tmp_path)

    mails = arrived(sendpulse)
    assert [mail["to"] for mail in mails] == [ADA, ADA, BOB, BOB, EVE, EVE]
    assert mails[::2] == mails[1::2]


def test_all_ways_lead_to_the_same_records(sendpulse):
    by_api(sendpulse)
    by_smtplib(sendpulse)

    records = sendpulse.client.request("GET", "/smtp/emails")
    by_recipient = sorted(({**record, "id": ""} for record in records), key=lambda record: record["recipient"])
    assert len(records) == 6
    assert by_recipient[::2] == by_recipient[1::2]
