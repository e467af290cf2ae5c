"""Ten a second and the plan's quotas, from natural causes."""

import pytest
import requests

API = "https://api.sendpulse.com"
TOO_FAST = (429, {"message": "More than 10 requests per second", "error_code": 2020202020})
OVER_QUOTA = (429, {"message": "Too many requests", "error_code": 429})


@pytest.fixture
def call(sendpulse):
    sendpulse.clock.set("2026-01-31T12:00:00Z", frozen=True)
    headers = {"Authorization": f"Bearer {sendpulse.api_key}"}

    def call(path="/addressbooks"):
        answer = requests.get(f"{API}{path}", headers=headers, timeout=5)
        return answer.status_code, answer.json()

    return call


def test_eleventh_request_of_a_second_is_refused(sendpulse, call):
    answers = [call() for _ in range(11)]

    assert answers == [(200, [])] * 10 + [TOO_FAST]


def test_second_slides_and_refused_requests_do_not_count(sendpulse, call):
    early = [call() for _ in range(5)]
    sendpulse.clock.advance(0.5)
    late = [call() for _ in range(6)]
    sendpulse.clock.advance(0.5)
    again = [call() for _ in range(6)]

    assert early == [(200, [])] * 5
    assert late == [(200, [])] * 5 + [TOO_FAST]
    assert again == [(200, [])] * 5 + [TOO_FAST]


def test_every_authenticated_request_counts_whatever_its_answer(sendpulse, call):
    for _ in range(10):
        call("/no/such/path")

    assert call() == TOO_FAST


def test_token_requests_and_401s_never_count(sendpulse, call):
    for _ in range(20):
        requests.get(f"{API}/addressbooks", headers={"Authorization": "Bearer a.b.c"}, timeout=5)
        requests.post(f"{API}/oauth/access_token", json={}, timeout=5)

    assert [call() for _ in range(10)] == [(200, [])] * 10


@pytest.mark.parametrize(("window", "seconds"), [("per_minute", 60), ("per_day", 86_400)])
def test_quota_of_minute_and_day_ends_with_its_calendar_window(sendpulse, call, window, seconds):
    sendpulse.clock.set("2026-01-31T00:00:00Z")
    sendpulse.limits.set(**{window: 3})

    answers = [call() for _ in range(4)]
    sendpulse.clock.advance(seconds - 1)
    last = call()
    sendpulse.clock.advance(1)

    assert answers == [(200, [])] * 3 + [OVER_QUOTA]
    assert last == OVER_QUOTA
    assert call() == (200, [])


def test_free_plan_allows_a_thousand_a_minute(sendpulse, call):
    sendpulse.plan.set("free")
    sendpulse.limits.set(per_second=5000)

    answers = [call() for _ in range(1001)]

    assert answers[:1000] == [(200, [])] * 1000
    assert answers[1000] == OVER_QUOTA


def test_limits_that_are_off_count_nothing(sendpulse, call):
    sendpulse.limits.set("off")

    assert [call() for _ in range(50)] == [(200, [])] * 50
    assert sendpulse.limits.left == {"second": None, "minute": None, "day": None}


def test_journal_explains_that_time_stands_still(sendpulse, call):
    for _ in range(11):
        call()

    (entry,) = sendpulse.journal.entries(error_code=2020202020)
    assert "frozen" in entry.explanation
