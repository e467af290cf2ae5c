"""What `exec` promises of the vendor's hosts: in a namespace they are never reached, nor is anybody asked for them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mock_server.running.runners import PATIENCE, Runner
from tests.mock_server.running.test_namespaces import LOG_IN

NETWORKS = Path(__file__).parent / "networks.py"
CONTROL = "import socket\ntry: socket.getaddrinfo('canary.example', 80)\nexcept OSError: pass\n"
GO_WITH_ITS_OWN_RESOLVER = """
package main

import ("context"; "fmt"; "net"; "net/http")

func main() {
	dialer := &net.Dialer{}
	dialer.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, kind, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, kind, "8.8.8.8:53")
	}}
	client := &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}}
	for _, host := range []string{"api", "login", "never-heard-of"} {
		answer, err := client.Get("https://" + host + ".sendpulse.com/addressbooks")
		if err != nil { panic(err) }
		fmt.Println(answer.StatusCode)
	}
}
"""


def test_nobody_is_asked_for_the_vendor_and_no_way_leads_there(anyone: Runner) -> None:
    source = f"{LOG_IN}\nimport urllib.error\nprint(call('/addressbooks', token=token))\n{CONTROL}"

    ended = _with_no_way_out(anyone, anyone.python, "-c", source)

    assert ended.stdout.splitlines().count("[]") == 1, ended.stderr
    assert "asked for canary.example" in ended.stdout
    assert "sendpulse" not in ended.stdout


@pytest.mark.skipif(shutil.which("go") is None, reason="there is no go")
def test_client_with_its_own_resolver_and_no_variables_is_kept_in(run: Runner, tmp_path: Path) -> None:
    source, program = tmp_path / "client.go", tmp_path / "client"
    source.write_text(GO_WITH_ITS_OWN_RESOLVER)
    subprocess.run(["go", "build", "-o", str(program), str(source)], check=True, timeout=120, capture_output=True)

    ended = _with_no_way_out(run, "env", "-i", str(program))

    assert ended.stdout == "401\n401\n401\n", ended.stderr


def test_control_the_same_client_without_exec_asks_the_canary(run: Runner) -> None:
    command = [run.python, "-c", "import socket; socket.getaddrinfo('api.sendpulse.com', 443)"]

    ended = _in_network(run, "no-way-out", command)

    assert "asked for api.sendpulse.com" in ended.stdout


def test_where_no_namespace_is_allowed_the_way_is_a_proxy_and_exec_says_so(run: Runner) -> None:
    line = [word for word in run.line("sh", "-c", f"exec {run.python} -c '{LOG_IN}'") if word not in run.options]

    ended = _in_network(run, "none-within", line)

    assert ended.returncode == 0, ended.stderr
    assert "there can be no namespace (unshare(CLONE_NEWNET) failed" in ended.stderr
    assert "reaches SendPulse" in ended.stderr


def test_where_no_namespace_is_allowed_asking_for_one_fails(run: Runner) -> None:
    ended = _in_network(run, "none-within", run.line("true"))

    assert ended.returncode == 2
    assert "say --through proxy" in ended.stderr


def _with_no_way_out(run: Runner, *command: str) -> subprocess.CompletedProcess[str]:
    return _in_network(run, "no-way-out", run.line(*command)[len(run.prefix) :])


def _in_network(run: Runner, network: str, command: list[str]) -> subprocess.CompletedProcess[str]:
    line = [*run.prefix, run.python, str(NETWORKS), network, *command]
    environment = {**run.environment, "PYTHONPATH": run.environment["PYTHONPATH"] or ":".join(filter(None, sys.path))}
    return subprocess.run(
        line, env=environment, cwd=run.folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
