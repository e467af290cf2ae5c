"""The SMTP server, spoken to by smtplib and over plain sockets."""

from __future__ import annotations

import random
import smtplib
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest

from mock_server import MockServer
from mock_server.authority.certificates import self_signed
from mock_server.services.smtp.sending import MOST_RECIPIENTS
from mock_server.serving.conversations import LOGINS
from mock_server.serving.incoming import LARGEST_MAIL, LONGEST_LINE, MOST_LINES
from mock_server.serving.smtp import CONNECTIONS, SmtpServer
from mock_server.testing import AccountHandle

ADA = "ada@example.com"
MAIL = "Subject: News\r\n\r\nAll is well.\r\n"

pytestmark = pytest.mark.sendpulse(limits="off", credentials="strict")


@pytest.fixture
def connection(sendpulse: AccountHandle) -> Iterator[smtplib.SMTP]:
    """A connection that is not logged in."""
    with smtplib.SMTP(sendpulse.smtp.host, sendpulse.smtp.port, timeout=30) as connection:
        connection.ehlo()
        yield connection


@pytest.fixture
def mailer(sendpulse: AccountHandle, connection: smtplib.SMTP) -> smtplib.SMTP:
    """One that is."""
    connection.login(sendpulse.smtp.user, sendpulse.smtp.password)
    return connection


@contextmanager
def line_to(server: SmtpServer) -> Iterator[socket.socket]:
    """A connection on which nothing was said but the server's greeting."""
    with socket.create_connection((server.host, server.port), timeout=30) as client:
        assert client.recv(4096).startswith(b"220 ")
        yield client


def greeting_of(server: SmtpServer) -> bytes:
    with socket.create_connection((server.host, server.port), timeout=30) as client:
        return client.recv(4096)


def everything_from(client: socket.socket) -> bytes:
    """What still comes until the server hangs up."""
    told = b""
    while True:
        try:
            piece = client.recv(65536)
        except ConnectionResetError:
            piece = b""
        if not piece:
            return told
        told += piece


def plain(user: str, password: str) -> str:
    """What AUTH PLAIN gives."""
    return b64encode(f"\0{user}\0{password}".encode()).decode()


def refused(call, *arguments) -> tuple[int, str]:
    """The refusal of what must not succeed."""
    with pytest.raises(smtplib.SMTPResponseException) as caught:
        call(*arguments)
    return caught.value.smtp_code, caught.value.smtp_error.decode()


def half_a_mail(sendpulse: AccountHandle) -> bytes:
    commands = (
        "EHLO x",
        f"AUTH PLAIN {plain('x', 'y')}",
        f"MAIL FROM:<{sendpulse.sender}>",
        f"RCPT TO:<{ADA}>",
        "DATA",
    )
    return "".join(f"{command}\r\n" for command in commands).encode() + MAIL.encode()


def our_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("sendpulse-mock-smtp")]


def test_server_says_what_it_can(connection):
    assert connection.esmtp_features.keys() == {"size", "8bitmime", "smtputf8", "starttls", "auth", "help"}
    assert connection.esmtp_features["auth"].split() == ["LOGIN", "PLAIN"]
    assert connection.esmtp_features["size"] == str(LARGEST_MAIL)


def test_nobody_sends_without_logging_in(sendpulse, connection):
    assert refused(connection.sendmail, sendpulse.sender, [ADA], MAIL) == (530, "5.7.0 Authentication required")


@pytest.mark.parametrize("user", ["client_id", "sender"])
@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
def test_account_logs_in_by_its_client_id_or_its_owners_address(sendpulse, connection, user, mechanism):
    connection.user, connection.password = getattr(sendpulse, user), sendpulse.client_secret

    connection.auth(mechanism.removeprefix("auth_").upper(), getattr(connection, mechanism))

    assert connection.sendmail(sendpulse.sender, [ADA], MAIL) == {}


def test_names_of_mechanisms_are_the_same_in_any_case(sendpulse, connection):
    assert connection.docmd("auth", f"plain {plain(sendpulse.client_id, sendpulse.client_secret)}")[0] == 235


@pytest.mark.parametrize("user", ["client_id", "sender"])
def test_wrong_password_is_refused(sendpulse, connection, user):
    connection.user, connection.password = getattr(sendpulse, user), "guessed"

    assert refused(connection.login, connection.user, connection.password) == (
        535,
        "5.7.8 Authentication credentials invalid",
    )


@pytest.mark.parametrize("user", ["unknown", "owner-0@example.com", "owner-99999999@example.com", "test-", "\0"])
def test_unknown_user_is_refused(connection, user):
    code, _ = connection.docmd("AUTH", f"PLAIN {plain(user, '')}")

    assert code in {501, 535}


def test_id_that_begins_with_test_makes_an_account_of_its_own(sendpulse, connection):
    connection.login("test-newsletter", "some secret")

    account = sendpulse._world.account("test-newsletter")
    connection.sendmail(account.owner, [ADA], MAIL)
    assert [mail.subject for mail in account.outbox] == ["News"]
    assert len(sendpulse.outbox) == 0


@pytest.mark.sendpulse(credentials="any")
def test_any_credentials_are_those_of_an_account_that_takes_any(sendpulse, connection):
    connection.login("whoever", "whatever")

    connection.sendmail(sendpulse.sender, [ADA], MAIL)
    assert sendpulse.outbox.wait(to=ADA).subject == "News"


def test_connection_may_guess_only_so_often(connection):
    codes = [connection.docmd("AUTH", "PLAIN AHgAeQ==")[0] for _ in range(LOGINS)]

    assert codes == [535] * LOGINS
    assert connection.docmd("AUTH", "PLAIN AHgAeQ==")[0] == 421


def test_what_was_said_before_tls_counts_no_more(sendpulse, mailer):
    mailer.starttls()

    assert refused(mailer.sendmail, sendpulse.sender, [ADA], MAIL)[0] == 530


def test_tls_is_switched_on_once(connection):
    connection.starttls()
    connection.ehlo()

    assert "starttls" not in connection.esmtp_features
    assert connection.docmd("STARTTLS")[0] == 503


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_certificate_can_be_trusted(sendpulse, name):
    trusting = ssl.create_default_context(cadata=self_signed().certificate.decode())

    with smtplib.SMTP(name, sendpulse.smtp.port, timeout=30) as connection:
        code, _ = connection.starttls(context=trusting)

    assert code == 220


def test_password_comes_after_tls_where_others_could_listen(sendpulse):
    with (
        SmtpServer(sendpulse._world, host="0.0.0.0") as server,  # noqa: S104 - what others could reach
        smtplib.SMTP("127.0.0.1", server.port, timeout=30) as connection,
    ):
        connection.ehlo()
        offered = connection.has_extn("auth")
        code, _ = connection.docmd("AUTH", "PLAIN AHgAeQ==")
        connection.starttls()
        connection.login(sendpulse.client_id, sendpulse.client_secret)

    assert (offered, code) == (False, 538)


def refusal_of(mailer: smtplib.SMTP, sendpulse: AccountHandle) -> tuple[int, str]:
    """The refusal of a mail that is in order, and of which nothing is left."""
    refusal = refused(mailer.sendmail, sendpulse.sender, [ADA], MAIL)
    assert len(sendpulse.outbox) == 0
    return refusal


@pytest.mark.parametrize(
    ("settings", "refusal"),
    [
        ({"smtp": False}, (550, "5.7.1 No such SMTP user, you need to create SMTP account first")),
        ({"account_expired": True}, (550, "5.7.1 Account expired")),
        ({"forbidden": ["smtp.emails.send"]}, (550, "5.7.1 Unauthorized action.")),
        ({"emails_left": 0}, (452, "4.7.1 Sending quota or bandwidth exceeded")),
        (
            {"sending_limited": True},
            (451, "4.7.1 Sending from your account is currently limited. Please try later."),
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_account_that_may_not_send_is_told_as_by_the_api(sendpulse, mailer, settings, refusal):
    sendpulse.settings.set(**settings)

    assert refusal_of(mailer, sendpulse) == refusal


def test_sender_of_nobodys_is_refused(sendpulse, mailer):
    stranger = "Subject: x\r\nFrom: eve@example.net\r\n\r\nx\r\n"

    assert refused(mailer.sendmail, sendpulse.sender, [ADA], stranger) == (550, "5.7.1 Sender is not valid")
    assert len(sendpulse.outbox) == 0


def test_envelope_tells_the_sender_of_a_mail_that_does_not(sendpulse, mailer):
    assert refused(mailer.sendmail, "eve@example.net", [ADA], MAIL) == (550, "5.7.1 Sender is not valid")


def test_recipients_beyond_the_bound_are_refused_one_by_one(sendpulse, mailer):
    people = [f"reader-{number}@example.com" for number in range(MOST_RECIPIENTS + 2)]

    turned_away = mailer.sendmail(sendpulse.sender, people, MAIL)

    assert turned_away == dict.fromkeys(people[-2:], (550, b"5.5.3 Too many recipients"))
    assert [mail.to for mail in sendpulse.outbox] == people[:-2]


@pytest.mark.parametrize("address", ["ada", "ada@", "@example.com", "ada@example", "zoë@example.com"])
def test_recipient_that_is_no_address_is_refused(sendpulse, mailer, address):
    mailer.command_encoding = "utf-8"
    mailer.mail(sendpulse.sender)

    assert mailer.docmd(f"RCPT TO:<{address}>")[0] == 553


def test_recipient_in_any_writing_gets_a_mail_once(sendpulse, mailer):
    mailer.sendmail(sendpulse.sender, [ADA, ADA.upper()], MAIL)

    assert [mail.to for mail in sendpulse.outbox] == [ADA]


def test_size_is_refused_when_it_is_told(sendpulse, mailer):
    code, told = mailer.mail(sendpulse.sender, [f"SIZE={LARGEST_MAIL + 1}"])

    assert (code, told) == (552, b"5.3.4 Message size limit exceeded")


def test_size_is_refused_when_it_came_untold(sendpulse, mailer):
    mailer.mail(sendpulse.sender)
    mailer.rcpt(ADA)

    assert mailer.data("x" * 998 + "\r\n" + ("x" * 998 + "\r\n") * (LARGEST_MAIL // 1000)) == (
        552,
        b"5.3.4 Message size limit exceeded",
    )
    assert len(sendpulse.outbox) == 0


def test_line_that_is_too_long_is_refused(sendpulse, mailer):
    longest = "x" * LONGEST_LINE

    refusal = refused(mailer.sendmail, sendpulse.sender, [ADA], f"{MAIL}{longest}x\r\n")

    assert refusal == (554, "5.6.0 Badly formed incoming data")
    assert sendpulse.journal.entries()[-1].explanation == "a line has more than 998 bytes"
    assert mailer.sendmail(sendpulse.sender, [ADA], f"{MAIL}{longest}\r\n.{longest[1:]}\r\n") == {}
    assert sendpulse.outbox.wait(to=ADA).text.endswith(f"{longest}\n.{longest[1:]}")


def test_mail_of_very_many_lines_is_refused(sendpulse, mailer):
    refusal = refused(mailer.sendmail, sendpulse.sender, [ADA], MAIL.encode() + b"\r\n" * MOST_LINES)

    assert refusal == (552, "5.3.4 Message size limit exceeded")


@pytest.mark.parametrize("mail", ["", ".", "..", ".\r\n", "\r\n.\r\n", "a\r\n.b\r\n..c"])
def test_dots_come_through_as_they_are(sendpulse, mailer, mail):
    mailer.sendmail(sendpulse.sender, [ADA], f"Subject: Dots\r\n\r\n{mail}")

    assert sendpulse.outbox.wait(to=ADA).text == mail.replace("\r\n", "\n").rstrip("\n")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_mail_may_come_in_pieces_and_more_after_it(sendpulse, size):
    with SmtpServer(sendpulse._world, stand_in=sendpulse.account) as server, line_to(server) as client:
        said = half_a_mail(sendpulse) + b".\r\nMAIL FROM:<a@example.com>\r\nQUIT\r\n"
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for begin in range(0, len(said), size):
            client.sendall(said[begin : begin + size])

        told = everything_from(client)

    assert [line[:3] for line in told.splitlines()[-4:]] == [b"354", b"250", b"250", b"221"]
    assert sendpulse.outbox.wait(to=ADA).text == "All is well."


@pytest.mark.parametrize("command", ["DATA", "DATA now"])
def test_mail_comes_after_its_recipients(sendpulse, mailer, command):
    mailer.mail(sendpulse.sender)

    assert mailer.docmd(command)[0] in {501, 503}
    assert mailer.rcpt(ADA)[0] == 250


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\r.\r"], ids=lambda end: repr(end)[2:-1]
)
def test_second_mail_is_not_smuggled_in(sendpulse, mailer, end):
    mailer.mail(sendpulse.sender)
    mailer.rcpt(ADA)
    mailer.docmd("DATA")
    smuggled = f"MAIL FROM:<{sendpulse.sender}>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nSubject: Smuggled\r\n\r\nx"

    mailer.send(MAIL.encode() + end + smuggled.encode() + b"\r\n.\r\n")

    assert mailer.getreply() == (554, b"5.6.0 Badly formed incoming data")
    assert mailer.noop()[0] == 250
    assert len(sendpulse.outbox) == 0


def test_mails_that_are_nested_for_ever_are_refused(sendpulse, mailer):
    refusal = refused(mailer.sendmail, sendpulse.sender, [ADA], "Content-Type: message/rfc822\r\n\r\n" * 5000)

    assert refusal == (554, "5.6.0 Badly formed incoming data")
    assert sendpulse.journal.entries()[-1].explanation == "its parts are nested too deeply"


def test_mail_is_in_the_journal_with_what_it_changed(sendpulse, mailer):
    mailer.sendmail(sendpulse.sender, [ADA], MAIL)

    [entry] = sendpulse.journal.entries(operation="smtp.door.send")
    told = entry.as_json()
    assert (told["method"], told["path"], told["status"], told["error_code"]) == ("SMTP", f"mailto:{ADA}", 250, None)
    assert told["arguments"]["from"] == {"email": sendpulse.sender}
    assert told["arguments"]["subject"] == "News"
    assert told["answer"]["message"].startswith("2.0.0 OK id=")
    assert {change["entity"] for change in told["changes"]["added"]} >= {"core.message", "smtp.email"}


def test_refused_mail_is_in_the_journal_with_the_evidence_of_its_refusal(sendpulse, mailer):
    sendpulse.settings.set(smtp=False)
    refused(mailer.sendmail, sendpulse.sender, [ADA], MAIL)

    [entry] = sendpulse.journal.entries(operation="smtp.door.send", error_code=400)
    assert entry.as_json()["changes"] == {"added": [], "changed": [], "removed": []}
    assert entry.status == 550
    assert entry.evidence.grade == "documented"


def test_journal_keeps_no_huge_mail(sendpulse, mailer):
    mailer.sendmail(sendpulse.sender, [ADA], MAIL + "All is well.\r\n" * 10_000)

    assert sendpulse.journal.entries()[-1].arguments == {"[left out]": "more than 65536 bytes"}
    assert sendpulse.outbox.wait(to=ADA).text.count("All is well.") == 10_001


def test_id_in_the_reply_is_that_of_the_api(sendpulse, mailer):
    mailer.mail(sendpulse.sender)
    mailer.rcpt(ADA)
    _, told = mailer.data(MAIL)

    key = told.decode().rpartition("id=")[2]
    assert sendpulse.client.request("GET", f"/smtp/emails/{key}")["recipient"] == ADA


def test_recipients_react_as_to_mails_of_the_api(sendpulse, mailer):
    mailer.sendmail(sendpulse.sender, ["eve+bounce@example.com"], MAIL)

    [record] = sendpulse.client.request("GET", "/smtp/emails")
    assert (record["smtp_answer_code"], record["recipient"]) == (550, "eve+bounce@example.com")


def test_mails_of_many_at_once_all_arrive(sendpulse):
    host, port, user, password = sendpulse.smtp

    def send(number: int) -> None:
        with smtplib.SMTP(host, port, timeout=60) as connection:
            connection.login(user, password)
            for turn in range(5):
                connection.sendmail(sendpulse.sender, [f"reader-{number}-{turn}@example.com"], MAIL)

    with ThreadPoolExecutor(20) as senders:
        list(senders.map(send, range(20)))

    assert len({mail.to for mail in sendpulse.outbox}) == len(sendpulse.outbox) == 100


def test_account_that_is_gone_sends_nothing(sendpulse, mailer):
    sendpulse._world.remove_account(sendpulse.account)

    assert refused(mailer.sendmail, sendpulse.sender, [ADA], MAIL)[0] == 550


@pytest.mark.parametrize("said", [b"", b"EHLO x\r\n", b"EHLO", b"STARTTLS\r\n", b"STARTTLS\r\n\x16\x03\x01\xff"])
def test_client_that_hangs_is_hung_up_on(sendpulse, said):
    with SmtpServer(sendpulse._world, idle_seconds=0.2) as server, line_to(server) as client:
        client.sendall(said)

        told = everything_from(client)

        with line_to(server):  # so the server has been round since
            assert len(server.conversations) == 1
    assert b"421 4.4.2 Too slow" in told or b"220 Ready to start TLS" in told


def test_client_that_hangs_amid_a_mail_is_hung_up_on(sendpulse):
    with (
        SmtpServer(sendpulse._world, idle_seconds=0.2, stand_in=sendpulse.account) as server,
        line_to(server) as client,
    ):
        client.sendall(half_a_mail(sendpulse))

        told = everything_from(client)

    assert b"\r\n354 " in told
    assert told.endswith(b"421 4.4.2 Too slow, closing the connection\r\n")
    assert len(sendpulse.outbox) == 0


def test_client_that_never_listens_is_hung_up_on(sendpulse):
    with SmtpServer(sendpulse._world, idle_seconds=0.5) as server, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect((server.host, server.port))

        with pytest.raises(OSError, match=r"reset|[Pp]ipe"):
            client.sendall(b"EHLO x\r\n" * 10_000_000)


def test_half_a_mail_is_none(sendpulse):
    with SmtpServer(sendpulse._world, stand_in=sendpulse.account) as server:
        with line_to(server) as client:
            client.sendall(half_a_mail(sendpulse))
        with smtplib.SMTP(server.host, server.port, timeout=30) as connection:
            connection.login("x", "y")
            connection.sendmail(sendpulse.sender, ["bob@example.com"], MAIL)

    assert [mail.to for mail in sendpulse.outbox] == ["bob@example.com"]


def test_one_client_too_many_is_told_to_come_again(sendpulse):
    with SmtpServer(sendpulse._world) as server, ExitStack() as until:
        for _ in range(CONNECTIONS):
            until.enter_context(line_to(server))

        with socket.create_connection((server.host, server.port), timeout=30) as client:
            told = everything_from(client)

        until.close()
        greetings = (greeting_of(server) for _ in range(1000))  # it has to notice first that the others are gone
        assert any(greeting.startswith(b"220 ") for greeting in greetings)
    assert told == b"421 4.7.0 Too many connections, try again later\r\n"


def test_garbage_is_refused_and_hurts_nobody(sendpulse, caplog):
    chance = random.Random(7)
    words = [
        b"MAIL FROM:",
        b"RCPT TO:<",
        b"AUTH ",
        b"EHLO ",
        b"DATA",
        b"\r\n",
        b"\n",
        b"\0",
        b"\xff",
        b"(" * 300,
        b"<@",
        b'"\\',
    ]

    with SmtpServer(sendpulse._world, idle_seconds=5) as server:
        for _ in range(200):
            with line_to(server) as client:
                said = b"".join(chance.choices(words, k=40)) + chance.randbytes(200)
                client.sendall(b"EHLO x\r\n" + said + b"\r\nQUIT\r\n")
                client.shutdown(socket.SHUT_WR)
                everything_from(client)
        with smtplib.SMTP(server.host, server.port, timeout=30) as connection:
            connection.login(sendpulse.client_id, sendpulse.client_secret)

    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_server_that_stops_says_so_and_leaves_no_thread(sendpulse):
    before = our_threads()
    server = SmtpServer(sendpulse._world)
    server.start()
    with line_to(server) as client:
        server.stop()

        told = everything_from(client)

    assert told == b"421 4.3.2 The server is being stopped\r\n"
    assert our_threads() == before


def test_server_stops_when_its_account_is_closed():
    before = our_threads()
    mock = MockServer()

    with mock.intercept() as sendpulse:
        port = sendpulse.smtp.port
        smtplib.SMTP("127.0.0.1", port, timeout=30).quit()

    assert our_threads() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=30)
    mock.close()


def test_accounts_of_one_live_server_share_a_port(sendpulse_server):
    first, second = sendpulse_server.account(), sendpulse_server.account()

    assert first.smtp.port == second.smtp.port
    assert first.smtp.user != second.smtp.user
    first.close()
    second.close()


def test_server_has_no_address_before_it_listens(sendpulse):
    server = SmtpServer(sendpulse._world)

    with pytest.raises(RuntimeError, match=r"call start\(\) first"):
        _ = server.port


def test_server_starts_and_stops_as_often_as_it_is_told(sendpulse):
    server = SmtpServer(sendpulse._world)
    server.stop()
    server.start()
    port = server.port
    server.start()

    assert server.port == port
    server.stop()
    server.stop()


def test_port_in_use_is_named(sendpulse):
    with (
        SmtpServer(sendpulse._world) as server,
        pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{server.port}"),
    ):
        SmtpServer(sendpulse._world, port=server.port).start()
