"""`exec` through a private namespace: the program can do what it likes, and SendPulse is not reached."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.clients.programs import PRINTED, PROGRAMS, Program
from tests.mock_server.running.runners import PATIENCE, Runner

LOG_IN = """
import json, urllib.request
API = "https://api.sendpulse.com"
def call(path, fields=None, token=""):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    data = None if fields is None else json.dumps(fields).encode()
    return json.load(urllib.request.urlopen(urllib.request.Request(API + path, data, headers)))
login = {"grant_type": "client_credentials", "client_id": "mine", "client_secret": "secret"}
token = call("/oauth/access_token", login)["access_token"]
"""
ASK = """
import socket, struct
def question(name, kind=1):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", 7, 0x0100, 1, 0, 0, 0) + labels + b"\\0" + struct.pack(">2H", kind, 1)
def by_udp(server, name, kind=1):
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.settimeout(10)
        asking.connect((server, 53))
        asking.send(question(name, kind))
        return asking.recv(512)
def by_tcp(server, name):
    with socket.create_connection((server, 53), 10) as asking:
        asked = question(name)
        asking.sendall(struct.pack(">H", len(asked)) + asked)
        return asking.recv(512)[2:]
"""


def test_exit_code_and_streams_pass_through(anyone: Runner) -> None:
    ended = anyone("sh", "-c", "cat; echo told >&2; exit 7", input="said\n")

    assert (ended.returncode, ended.stdout, ended.stderr) == (7, "said\n", "told\n")


@pytest.mark.parametrize("lost", [">&-", "2>pipe"])
def test_exit_code_stands_though_nobody_listens(lost: str, run: Runner) -> None:
    line = shlex.join(run.line("sh", "-c", "exit 7", options=()))
    # A pipe that somebody has opened for reading, and left.
    script = f"mkfifo pipe; head -c0 <pipe & {line} {lost}" if "pipe" in lost else f"{line} {lost}"

    ended = subprocess.run(["sh", "-c", script], env=run.environment, cwd=run.folder, timeout=PATIENCE, check=False)

    assert ended.returncode == 7


def test_long_variables_of_the_user_are_kept(run: Runner) -> None:
    long = {"JAVA_TOOL_OPTIONS": "-Dx=" + 100_000 * "x"}

    ended = run("sh", "-c", "echo ${#JAVA_TOOL_OPTIONS}", environment=long)

    assert int(ended.stdout) > 100_000, ended.stderr


def test_python_reaches_the_emulator_with_its_own_credentials(anyone: Runner) -> None:
    ended = anyone.python_in(f"{LOG_IN}\nprint(call('/addressbooks', token=token))")

    assert (ended.returncode, ended.stdout) == (0, "[]\n"), ended.stderr


def test_strict_credentials_are_those_of_the_environment_alone(run: Runner) -> None:
    ended = run.python_in(LOG_IN, options=["-q", "--credentials", "strict"])

    assert "HTTP Error 401" in ended.stderr


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_program_of_any_language_reaches_the_emulator(program: Program, run: Runner, tmp_path: Path) -> None:
    if program.missing:
        pytest.skip(f"there is no {program.missing}")
    command = program.command(tmp_path)

    ended = run(*command)

    assert ended.stdout.strip() == PRINTED.strip(), ended.stderr


def test_program_that_forgets_its_environment_trusts_the_emulator(run: Runner) -> None:
    ended = run("env", "-i", run.python, "-c", LOG_IN)

    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("server", ["8.8.8.8", "127.0.0.53", "2001:4860:4860::8888"])
def test_whoever_is_asked_for_the_vendor_the_answer_is_ours(server: str, run: Runner) -> None:
    source = f"{ASK}\nfor ask in (by_udp, by_tcp): print(ask({server!r}, 'LOGIN.SendPulse.com')[-4:].hex())"

    ended = run.python_in(source)

    assert ended.stdout == "7f535001\n" * 2, ended.stderr


def test_vendor_has_no_other_address(run: Runner) -> None:
    ended = run.python_in(f"{ASK}\nprint(by_udp('8.8.8.8', 'api.sendpulse.com', kind=28)[2:12].hex())")

    assert ended.stdout == "85800001000000000000\n", ended.stderr


def test_address_that_was_learnt_elsewhere_leads_to_the_emulator(run: Runner) -> None:
    source = f"""{LOG_IN}
import http.client, socket, ssl
def answered(connection):
    headers = {{"Host": "api.sendpulse.com", "Authorization": "Bearer " + token}}
    connection.request("GET", "/addressbooks", headers=headers)
    return connection.getresponse().read().decode()
raw = socket.create_connection(("203.0.113.7", 443))
with_tls = http.client.HTTPSConnection("api.sendpulse.com")
with_tls.sock = ssl.create_default_context().wrap_socket(raw, server_hostname="api.sendpulse.com")
print(answered(with_tls), answered(http.client.HTTPConnection("203.0.113.7", 80)))
"""

    ended = run.python_in(source)

    assert ended.stdout == "[] []\n", ended.stderr


def test_mail_for_the_vendor_lands_in_the_outbox(run: Runner) -> None:
    source = f"""{LOG_IN}
import os, smtplib
with smtplib.SMTP("smtp-pulse.com", 587) as smtp:
    smtp.login("me@example.com", "whatever")
    smtp.sendmail(call("/senders", token=token)[0]["email"], "ada@example.com", "Subject: Hello\\n\\nText")
admin = os.environ["SENDPULSE_MOCK_URL"] + "/_mock/accounts/" + os.environ["SENDPULSE_CLIENT_ID"]
print([mail["subject"] for mail in json.load(urllib.request.urlopen(admin + "/outbox"))["messages"]])
"""

    ended = run.python_in(source)

    assert ended.stdout == "['Hello']\n", ended.stderr


def test_hosts_of_the_machine_keep_their_names(run: Runner) -> None:
    written = Path("/etc/hosts").read_text().splitlines()

    shown = run("cat", "/etc/hosts").stdout.splitlines()

    assert shown[1:] == written


def test_program_has_the_rights_of_its_user_and_no_more(anyone: Runner) -> None:
    ended = anyone("grep", "-E", "^(CapEff|Uid|SigBlk)", "/proc/self/status")

    beside = subprocess.run(
        [*anyone.prefix, "grep", "-E", "^(CapEff|Uid|SigBlk)", "/proc/self/status"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout == beside.stdout


def test_service_on_a_loopback_address_is_reached(anyone: Runner) -> None:
    with _echo() as port:
        ended = anyone.python_in(
            f"import socket; s = socket.create_connection(('127.0.0.1', {port})); s.sendall(b'hello');"
            "s.shutdown(socket.SHUT_WR); print(s.makefile().read())"
        )

    assert ended.stdout == "hello\n", ended.stderr


@pytest.mark.parametrize("url", ["https://api.sendpulse.com/", "http://api.sendpulse.com/", "http://other.example/"])
def test_no_proxy_is_asked_for_the_vendor(url: str, run: Runner) -> None:
    with _proxy() as (port, heard):
        ended = run("curl", "-sS", "--noproxy", "", "--proxy", f"http://127.0.0.1:{port}", url)

    is_strange = "other" in url
    assert heard == ([b"GET http://other.example/ HTTP/1.1\r\n"] if is_strange else [])
    assert ("Unauthorized" in ended.stdout, "strange" in ended.stdout) == (not is_strange, is_strange)


def test_proxy_that_is_asked_piece_by_piece_is_not_asked_for_the_vendor(run: Runner) -> None:
    with _proxy() as (port, heard):
        ended = run.python_in(
            f"import socket; s = socket.create_connection(('127.0.0.1', {port})); s.sendall(b'CONNECT api.send');"
            "s.setsockopt(6, 1, 1); s.sendall(b'pulse.com:443 HTTP/1.1\\r\\n\\r\\n'); print(s.makefile().readline())"
        )

    assert (ended.stdout, heard) == ("HTTP/1.1 200 Connection established\n\n", [])


def test_server_that_speaks_first_is_heard_before_the_program_says_a_word(run: Runner) -> None:
    def greet() -> None:
        with listener.accept()[0] as accepted:
            accepted.sendall(b"220 hello\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=greet)
        serving.start()
        port = listener.getsockname()[1]
        ended = run.python_in(
            f"import socket; print(socket.create_connection(('127.0.0.1', {port})).makefile().readline())"
        )
        serving.join(PATIENCE)

    assert ended.stdout == "220 hello\n\n", ended.stderr


def test_connection_that_is_open_when_the_program_ends_makes_no_noise(run: Runner) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        ended = run.python_in(
            f"import os, socket; c = socket.create_connection(('127.0.0.1', {port})); c.sendall(b'hello'); os._exit(0)"
        )

    assert (ended.returncode, ended.stderr) == (0, "")


def test_server_of_the_program_is_reached_from_outside(anyone: Runner) -> None:
    source = (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True);"
        "c = s.accept()[0]; c.sendall(b'inside'); c.close()"
    )
    with _started(anyone.line(anyone.python, "-c", source), anyone) as program:
        assert program.stdout is not None
        port = int(program.stdout.readline())

        said = _said_by(port)

        assert (said, program.wait(PATIENCE)) == (b"inside", 0)


def test_other_machines_are_refused_offline_and_named(run: Runner) -> None:
    source = """
import socket
for host in ("nowhere.example", "203.0.113.7"):
    try:
        connection = socket.create_connection((host, 8000), 10)
        print(connection.recv(1))
    except OSError as error:
        print(type(error).__name__)
"""

    told = run.reported(run.python, "-c", source, options=["--offline"])

    refused = {finding["about"] for finding in told["findings"] if finding["kind"] == "exec.refused"}
    assert refused == {"nowhere.example", "203.0.113.7:8000"}


def test_report_tells_calls_and_conduct_and_faults_that_nobody_met(run: Runner) -> None:
    source = f"""{LOG_IN}
import os
admin = os.environ["SENDPULSE_MOCK_URL"] + "/_mock/accounts/" + os.environ["SENDPULSE_CLIENT_ID"]
fault = json.dumps({{"operation": "email.mailing_lists.create", "script": [{{"status": 500}}]}}).encode()
urllib.request.urlopen(urllib.request.Request(admin + "/faults", fault, {{"Content-Type": "application/json"}}))
for _ in range(11): call("/oauth/access_token", login)
"""

    told = run.reported(run.python, "-c", source)

    kinds = {finding["kind"] for finding in told["findings"]}
    assert told["facts"] == {"exit code": 0, "requests": 12, "oauth.issue_token answered 200": 12}
    assert "exec.fault_unmet" in kinds
    assert any(kind.startswith("conduct.") for kind in kinds)


def test_scenario_that_the_program_did_not_survive_is_told(run: Runner) -> None:
    told = run.reported(run.python, "-c", LOG_IN, options=["--scenario", "unauthorized-loop"])

    about = {finding["kind"]: finding["about"] for finding in told["findings"]}
    assert about["exec.scenario"] == "unauthorized-loop"
    assert "exec.fault_unmet" not in about


def test_report_for_people_is_on_standard_error(run: Runner) -> None:
    ended = run("echo", "done", options=[])

    assert ended.stdout == "done\n"
    assert "exit code: 0\nrequests: 0\n" in ended.stderr
    assert "exec.no_calls" in ended.stderr


@pytest.mark.parametrize(("command", "code"), [("no-such-program", 127), ("/etc/passwd", 126)])
def test_command_that_cannot_be_started_is_named(command: str, code: int, run: Runner) -> None:
    ended = run(command)

    assert ended.returncode == code
    assert f"cannot run {command!r}" in ended.stderr


def test_database_that_cannot_be_opened_is_told_and_the_program_does_not_run(run: Runner) -> None:
    ended = run("echo", "ran", options=["--database", "sqlite:////no/such/folder/file"])

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "/no/such/folder" in ended.stderr
    assert "Traceback" not in ended.stderr


COUNTS = """
import os, signal, sys, time
def count(number, frame): os.write(1, signal.Signals(number).name.encode() + b"\\n")
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGUSR1): signal.signal(number, count)
def leave(number, frame): sys.exit(9)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while True: time.sleep(10)
"""


def test_signal_to_exec_reaches_the_program_once(run: Runner) -> None:
    with _started(run.line(run.python, "-c", COUNTS), run) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"

        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGUSR1):
            program.send_signal(number)
            assert program.stdout.readline() == f"{number.name}\n"
        program.send_signal(signal.SIGTERM)

        assert (program.stdout.read(), program.wait(PATIENCE)) == ("", 9)


def test_signal_to_the_whole_group_reaches_the_program_once(run: Runner) -> None:
    with _started(run.line(run.python, "-c", COUNTS), run) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"

        os.killpg(program.pid, signal.SIGINT)
        assert program.stdout.readline() == "SIGINT\n"
        program.send_signal(signal.SIGTERM)

        assert (program.stdout.read(), program.wait(PATIENCE)) == ("", 9)


def test_signals_to_exec_and_its_group_that_end_the_program_make_no_noise(run: Runner) -> None:
    leaves = "trap 'exit 5' TERM; echo ready; sleep 1000 & wait"
    with _started(run.line("sh", "-c", leaves), run, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"

        program.send_signal(signal.SIGTERM)
        os.killpg(program.pid, signal.SIGTERM)
        _, told = program.communicate(timeout=PATIENCE)

        assert (program.returncode, told) == (5, "")


def test_program_that_a_signal_ends_ends_so(run: Runner) -> None:
    assert run("sh", "-c", "kill -KILL $$").returncode == 128 + signal.SIGKILL


def test_what_the_program_leaves_is_ended(run: Runner) -> None:
    marked = str(run.folder)
    left = f"sh -c 'echo >> begun; sleep 1000; :' {marked}"
    both_begun = 'until [ "$(wc -l < begun)" = 2 ]; do sleep 0.01; done'

    ended = run("sh", "-c", f": > begun; (trap '' TERM; exec {left}) & setsid {left} & {both_begun}")

    assert not _processes_with(marked)
    assert ended.stderr == ""


def test_what_ran_before_exec_is_let_be(run: Runner) -> None:
    line = shlex.join(run.line("true"))
    with _started(["sh", "-c", f"sleep 1000 & echo $!; exec {line}"], run) as program:
        assert program.stdout is not None
        before = int(program.stdout.readline())

        assert program.wait(PATIENCE) == 0
        try:
            assert f"sleep\0{1000}\0" == Path(f"/proc/{before}/cmdline").read_text()
        finally:
            os.kill(before, signal.SIGKILL)


def test_signal_that_comes_as_the_program_ends_makes_no_noise(run: Runner) -> None:
    command = ("sh", "-c", "echo $PPID; read said; exit 7")
    with _started(run.line(*command), run, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        agent = int(program.stdout.readline())

        os.kill(agent, signal.SIGSTOP)  # so that it finds both at once
        (ended,) = _children_of(agent)
        assert program.stdin is not None
        program.stdin.close()
        program.stdin = None
        _until(lambda: b") Z " in Path(f"/proc/{ended}/stat").read_bytes())
        program.send_signal(signal.SIGTERM)
        _until(lambda: not _is_pending(program.pid, signal.SIGTERM))
        os.kill(agent, signal.SIGCONT)
        _, told = program.communicate(timeout=PATIENCE)

        assert (program.returncode, told) == (7, "")


def test_program_goes_with_an_exec_that_is_killed(run: Runner) -> None:
    marked = str(run.folder)
    with _started(run.line("sh", "-c", f"sh -c 'sleep 1000; :' {marked} & echo ready; wait"), run) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"

        program.kill()
        program.wait(PATIENCE)

        _until(lambda: not _processes_with(marked))


def test_exec_says_so_when_its_agent_is_killed(run: Runner) -> None:
    with _started(run.line("sh", "-c", "echo $PPID; exec sleep 1000"), run, stderr=subprocess.PIPE) as program:
        assert program.stdout is not None
        os.kill(int(program.stdout.readline()), signal.SIGKILL)

        _, told = program.communicate(timeout=PATIENCE)

        assert program.returncode == 2
        assert "was ended by somebody else" in told


def test_what_the_program_leaves_is_ended_when_the_agent_is_killed(run: Runner) -> None:
    marked = str(run.folder)
    left = f"sh -c 'echo begun; sleep 1000; :' {marked}"
    with _started(run.line("sh", "-c", f"{left} & echo $PPID; wait"), run) as program:
        assert program.stdout is not None
        _, agent = sorted(
            (program.stdout.readline(), program.stdout.readline()), key=lambda line: line.strip().isdigit()
        )
        assert _processes_with(marked)

        os.kill(int(agent), signal.SIGKILL)

        assert program.wait(PATIENCE) == 2
        assert not _processes_with(marked)


def _children_of(process: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def _is_pending(process: int, number: int) -> bool:
    """Whether a signal to a process was not taken by it yet."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    (pending,) = (line.split()[1] for line in lines if line.startswith("ShdPnd:"))
    return bool(int(pending, 16) & 1 << (number - 1))


@contextmanager
def _started(line: list[str], run: Runner, **more: int) -> Iterator[subprocess.Popen[str]]:
    program = subprocess.Popen(
        line, env=run.environment, cwd=run.folder, text=True, stdout=subprocess.PIPE, start_new_session=True, **more
    )
    try:
        yield program
    finally:
        program.kill()
        program.communicate(timeout=PATIENCE)


@contextmanager
def _echo() -> Iterator[int]:
    """A port that sends back what it is sent."""

    def serve() -> None:
        with listener.accept()[0] as accepted:
            while piece := accepted.recv(100):
                accepted.sendall(piece)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=serve)
        serving.start()
        yield listener.getsockname()[1]
        serving.join(PATIENCE)


@contextmanager
def _proxy() -> Iterator[tuple[int, list[bytes]]]:
    """A port on which somebody answers all requests alike, and what was asked of it."""
    heard: list[bytes] = []

    class Proxy(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if request := self.rfile.readline():
                heard.append(request)
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nstrange")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Proxy) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield server.server_address[1], heard
        server.shutdown()
        serving.join(PATIENCE)


def _said_by(port: int) -> bytes:
    said = b""

    def connected() -> bool:
        nonlocal said
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as connection:
                said = connection.recv(100)
        except ConnectionRefusedError:
            return False
        return True

    _until(connected)
    return said


def _until(holds: object) -> None:
    """Wait for what other processes do."""
    until = time.monotonic() + PATIENCE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.01)


def _processes_with(word: str) -> list[str]:
    found = []
    for folder in Path("/proc").iterdir():
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if word.encode() in words:
            found.append(folder.name)
    return found
