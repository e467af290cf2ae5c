"""Faults: what a script may hold, when it is over, and whom chance spares."""

import json

import pytest
import requests

from sendpulse_client import ServerError

pytestmark = pytest.mark.sendpulse(limits="off")

LIST = "email.mailing_lists.list"


@pytest.fixture
def ask(sendpulse):
    """Asks for the mailing lists, and tells the status of the answer."""
    headers = {"Authorization": f"Bearer {sendpulse.api_key}"}
    return lambda: requests.get("https://api.sendpulse.com/addressbooks", headers=headers, timeout=5).status_code


def test_script_is_over_after_its_last_step(sendpulse, ask):
    sendpulse.faults.add({"status": 500}, {"status": 502}, operation=LIST)

    assert [ask() for _ in range(4)] == [500, 502, 200, 200]


def test_two_scripts_are_played_one_after_the_other(sendpulse, ask):
    sendpulse.faults.add({"status": 500})
    sendpulse.faults.add({"status": 502}, operation=LIST)

    assert [ask() for _ in range(3)] == [500, 502, 200]


def test_so_many_requests_pass_as_a_step_in_json_says(sendpulse, ask):
    sendpulse.faults.add(*json.loads('[{"pass": 3}, {"status": 500}]'), operation=LIST)

    assert [ask() for _ in range(5)] == [200, 200, 200, 500, 200]


def test_passes_that_nobody_met_are_no_faults(sendpulse):
    sendpulse.faults.add({"pass": 3})

    assert sendpulse.faults.unmet() == []


def test_forgotten_fault_is_gone_and_the_others_stay(sendpulse, ask):
    first, second = sendpulse.faults.add({"status": 500}), sendpulse.faults.add({"status": 502})

    assert sendpulse.faults.remove(first.id)
    assert not sendpulse.faults.remove(first.id)

    assert (first.id, second.id) == (1, 2)
    assert ask() == 502


def test_answer_is_cut_before_its_first_byte(sendpulse, ask):
    sendpulse.faults.add({"truncate": 0})

    with pytest.raises(requests.ConnectionError):
        ask()


@pytest.mark.parametrize(
    ("step", "beyond"),
    [
        ({"status": 400}, {"status": 399}),
        ({"status": 599}, {"status": 600}),
        ({"latency": 0}, {"latency": -0.001}),
        ({"latency": 300}, {"latency": 300.001}),
        ({"truncate": 0}, {"truncate": -1}),
        ({"truncate": 2**31}, {"truncate": 2**31 + 1}),
        ({"pass": 1}, {"pass": 0}),
        ({"pass": 2**31}, {"pass": 2**31 + 1}),
        ({"reset": True}, {"reset": False}),
        ({"malformed": True}, {"malformed": 1}),
        ({"refuse": 707}, {"refuse": 7070}),
        ({"pass": 1}, {"pass": True}),
        ({"latency": 1}, {"latency": True}),
        ({"status": 500}, {}),
    ],
)
def test_what_a_step_holds_has_its_bounds(sendpulse, step, beyond):
    sendpulse.faults.add(step)
    sendpulse.faults.clear()

    with pytest.raises(ValueError, match=r"^(step|a step)"):
        sendpulse.faults.add(beyond)


@pytest.mark.parametrize("probability", [0, -0.5, 1.001])
def test_probability_lies_above_nothing_and_at_most_at_one(sendpulse, probability):
    with pytest.raises(ValueError, match=rf"cannot be {probability}; it takes more than 0, at most 1"):
        sendpulse.faults.add({"status": 500}, probability=probability)


def test_certain_fault_spares_nobody(sendpulse, ask):
    sendpulse.faults.add(*[{"status": 500}] * 20, probability=1)

    assert [ask() for _ in range(20)] == [500] * 20


@pytest.mark.parametrize(("probability", "fewest", "most"), [(0.01, 0, 5), (0.3, 15, 45), (0.99, 95, 100)])
def test_chance_spares_about_as_many_as_it_says(sendpulse, ask, probability, fewest, most):
    sendpulse.faults.add(*[{"status": 500}] * 100, probability=probability)

    hit = [ask() for _ in range(100)].count(500)
    sendpulse.faults.clear()

    assert fewest <= hit <= most


def test_equal_seeds_spare_the_same_requests(sendpulse, ask):
    def met(seed):
        sendpulse.faults.add(*[{"status": 500}] * 30, probability=0.5, seed=seed)
        statuses = [ask() for _ in range(30)]
        sendpulse.faults.clear()
        return statuses

    assert met(1) == met(1) != met(2)


def test_client_sees_the_fault_as_the_servers(sendpulse):
    sendpulse.faults.add({"status": 500}, operation=LIST)

    with pytest.raises(ServerError):
        sendpulse.client.email.mailing_lists.list()
