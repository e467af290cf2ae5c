"""Plans: which category the services of an account reach, and what follows from it."""

import re

import pytest

from mock_server.core.plans import SERVICES, TARIFFS, Plan


def plan_of(**services):
    return Plan.from_json({"services": services})


@pytest.mark.parametrize(
    ("category", "per_minute", "per_day"),
    [("free", 1_000, 500_000), ("standard", 2_000, 1_000_000), ("enterprise", 3_000, 3_000_000)],
)
def test_the_quota_follows_from_the_category(category, per_minute, per_day):
    assert Plan.from_json({"category": category}).quota == (per_minute, per_day)


def test_an_account_is_on_standard_unless_told_otherwise():
    assert Plan().category == "standard"


@pytest.mark.parametrize(
    ("services", "category"),
    [
        ({}, "free"),
        ({name: {"plan": "free"} for name in SERVICES}, "free"),
        ({"push": {"plan": "free", "subscribers": 60_000}}, "free"),
        ({"smtp": {"plan": "standard"}}, "standard"),
        ({"email": {"plan": "pro", "subscribers": 1_000_000}}, "standard"),
        ({"email": {"plan": "enterprise"}}, "enterprise"),
        ({"landing_page": {"plan": "enterprise"}}, "enterprise"),
        ({"push": {"plan": "pro"}}, "standard"),
        ({"push": {"plan": "pro", "subscribers": 50_000}}, "standard"),
        ({"push": {"plan": "pro", "subscribers": 50_001}}, "enterprise"),
        ({"push": {"plan": "standard", "subscribers": 50_001}}, "standard"),
        ({"chatbot": {"plan": "pro", "subscribers": 5_000}}, "standard"),
        ({"chatbot": {"plan": "pro", "subscribers": 5_001}}, "enterprise"),
        ({"chatbot": {"plan": "standard", "subscribers": 5_001}}, "standard"),
        ({"chatbot": {"plan": "enterprise"}}, "enterprise"),
    ],
)
def test_services_reach_a_category(services, category):
    assert plan_of(**services).category == category


@pytest.mark.parametrize(
    ("services", "category"),
    [
        ({"email": {"plan": "free"}, "smtp": {"plan": "pro"}}, "standard"),
        ({"push": {"plan": "pro", "subscribers": 60_000}, "email": {"plan": "free"}}, "enterprise"),
        ({"email": {"plan": "enterprise"}, "chatbot": {"plan": "pro", "subscribers": 10}}, "enterprise"),
    ],
)
def test_the_highest_category_that_any_service_reaches_wins(services, category):
    assert plan_of(**services).category == category


@pytest.mark.parametrize(
    ("plan", "has_tags"),
    [
        ({"category": "free"}, False),
        ({"category": "standard"}, True),
        ({"category": "enterprise"}, True),
        ({"services": {}}, False),
        ({"services": {"email": {"plan": "free"}}}, False),
        ({"services": {"email": {"plan": "standard"}}}, False),
        ({"services": {"email": {"plan": "pro"}}}, True),
        ({"services": {"email": {"plan": "enterprise"}}}, True),
        ({"services": {"chatbot": {"plan": "pro"}}}, False),
        ({"services": {"landing_page": {"plan": "enterprise"}, "email": {"plan": "standard"}}}, False),
    ],
)
def test_tags_need_a_paid_category_or_where_services_are_given_email_on_pro(plan, has_tags):
    assert Plan.from_json(plan).has_tags is has_tags


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"category": "free"}, {"category": "free"}),
        ({"services": {}}, {"category": "free", "services": {}}),
        (
            {"services": {"push": {"plan": "pro", "subscribers": 60_000}, "email": {"plan": "free"}}},
            {
                "category": "enterprise",
                "services": {"email": {"plan": "free"}, "push": {"plan": "pro", "subscribers": 60_000}},
            },
        ),
    ],
)
def test_a_plan_is_shown_with_its_category_and_can_be_given_back(given, shown):
    plan = Plan.from_json(given)

    assert plan.as_json() == shown
    assert Plan.from_json(shown) == plan


def test_plans_are_equal_whatever_the_order_of_their_services():
    one = plan_of(email={"plan": "pro"}, push={"plan": "free"})
    other = plan_of(push={"plan": "free"}, email={"plan": "pro"})

    assert one == other
    assert hash(one) == hash(other)


@pytest.mark.parametrize(
    ("given", "offending", "accepted"),
    [
        ("free", "'free'", "category, services"),
        ({}, "None", "free, standard, enterprise"),
        ({"category": "pro"}, "'pro'", "free, standard, enterprise"),
        ({"category": ["free"]}, "['free']", "free, standard, enterprise"),
        ({"plan": "free"}, "'plan'", "category, services"),
        ({"services": ["email"]}, "['email']", ", ".join(SERVICES)),
        ({"services": {"sms": {"plan": "pro"}}}, "'sms'", ", ".join(SERVICES)),
        ({"services": {"email": "pro"}}, "'pro'", "plan, subscribers"),
        ({"services": {"email": {"plan": "gold"}}}, "'gold'", ", ".join(TARIFFS)),
        ({"services": {"email": {"subscribers": 5}}}, "None", ", ".join(TARIFFS)),
        ({"services": {"push": {"plan": "pro", "contacts": 5}}}, "'contacts'", "plan, subscribers"),
        ({"services": {"push": {"plan": "pro", "subscribers": -1}}}, "-1", "at least 0"),
        ({"services": {"push": {"plan": "pro", "subscribers": 1.5}}}, "1.5", "at least 0"),
        ({"services": {"push": {"plan": "pro", "subscribers": "9"}}}, "'9'", "at least 0"),
        ({"services": {"push": {"plan": "pro", "subscribers": True}}}, "True", "at least 0"),
        ({"category": "free", "services": {"email": {"plan": "pro"}}}, "'free'", "'standard'"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_what_is_wrong_and_what_is_accepted(given, offending, accepted):
    with pytest.raises(ValueError, match=f"{re.escape(offending)}.*{re.escape(accepted)}"):
        Plan.from_json(given)


def test_nobody_subscribed_is_a_number_of_subscribers():
    assert plan_of(push={"plan": "pro", "subscribers": 0}).category == "standard"
