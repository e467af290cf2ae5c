"""What an account pays for: the plan category, and the request quota and the features that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from mock_server.core.choices import choose, keys_of

Category: TypeAlias = Literal["free", "standard", "enterprise"]
Service: TypeAlias = Literal["email", "smtp", "landing_page", "push", "chatbot"]
Tariff: TypeAlias = Literal["free", "standard", "pro", "enterprise"]

CATEGORIES: tuple[Category, ...] = ("free", "standard", "enterprise")  # ascending
SERVICES: tuple[Service, ...] = ("email", "smtp", "landing_page", "push", "chatbot")
TARIFFS: tuple[Tariff, ...] = ("free", "standard", "pro", "enterprise")


class Quota(NamedTuple):
    """Requests allowed in a calendar minute and in a UTC day."""

    per_minute: int
    per_day: int


# From the vendor's API landing page.
QUOTAS: Mapping[Category, Quota] = {
    "free": Quota(1_000, 500_000),
    "standard": Quota(2_000, 1_000_000),
    "enterprise": Quota(3_000, 3_000_000),
}

# From the vendor's API landing page: on "pro" with more subscribers than this, a service counts as Enterprise.
_SUBSCRIBERS_ON_PRO: Mapping[Service, int] = {"push": 50_000, "chatbot": 5_000}


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """What an account pays for in one service."""

    service: Service
    tariff: Tariff
    subscribers: int | None = None

    @property
    def category(self) -> Category:
        """The category this service alone would reach."""
        if self.tariff == "free":
            return "free"
        # Unverified: the vendor names the tariff "enterprise" for email and landing_page only; another service that
        # is said to be on it can hardly mean less.
        if self.tariff == "enterprise" or self._outgrows_pro:
            return "enterprise"
        return "standard"

    @property
    def _outgrows_pro(self) -> bool:
        most = _SUBSCRIBERS_ON_PRO.get(self.service)
        return self.tariff == "pro" and most is not None and (self.subscribers or 0) > most

    def as_json(self) -> dict[str, Any]:
        """`{"plan": "pro", "subscribers": 60000}`, subscribers only when they were given."""
        if self.subscribers is None:
            return {"plan": self.tariff}
        return {"plan": self.tariff, "subscribers": self.subscribers}

    @classmethod
    def from_json(cls, service: Service, given: object) -> ServicePlan:
        """Read `as_json()`. ValueError for an unknown key or plan, and for subscribers that are no count."""
        keys = keys_of(f"the plan of {service}", given, ("plan", "subscribers"))
        tariff = choose(f"plan of {service}", keys.get("plan"), TARIFFS)
        subscribers = keys.get("subscribers")
        if subscribers is not None:
            _refuse_uncountable(service, subscribers)
        return cls(service, tariff, subscribers)


@dataclass(frozen=True, slots=True)
class Plan:
    """An account's plan: a category, or the plans of single services from which the category follows."""

    category: Category = "standard"
    services: tuple[ServicePlan, ...] | None = None

    @classmethod
    def of_services(cls, *services: ServicePlan) -> Plan:
        """The plan of an account with these services, on free in all others."""
        # Unverified: the vendor does not say which service decides; the highest is the most a customer paid for.
        reached = {service.category for service in services}
        highest = max(reached, key=CATEGORIES.index, default=CATEGORIES[0])
        return cls(highest, tuple(sorted(services, key=lambda plan: SERVICES.index(plan.service))))

    @property
    def quota(self) -> Quota:
        """The requests a minute and a day that the category allows."""
        return QUOTAS[self.category]

    def includes(self, feature: str) -> bool:
        """Whether the plan includes a feature that a contract's gate names. Raises `KeyError` for an unknown one."""
        return {"tags": self.has_tags}[feature]

    def is_free(self, service: Service) -> bool:
        """Whether a service is on its free plan: the account is, or pays for others alone."""
        if self.services is None:
            return self.category == "free"
        return all(plan.service != service or plan.tariff == "free" for plan in self.services)

    @property
    def has_tags(self) -> bool:
        """Whether contacts may be tagged."""
        # Unverified: that the category decides where no email plan is given.
        if self.services is None:
            return self.category != "free"
        return any(plan.service == "email" and plan.tariff in {"pro", "enterprise"} for plan in self.services)

    def as_json(self) -> dict[str, Any]:
        """`{"category": "free"}`, with `"services": {"push": {"plan": "pro", …}}` when the plan was made of them."""
        if self.services is None:
            return {"category": self.category}
        return {"category": self.category, "services": {plan.service: plan.as_json() for plan in self.services}}

    @classmethod
    def from_json(cls, given: object) -> Plan:
        """Read `{"category": …}`, `{"services": …}` or both as `as_json()` writes them.

        Raises ValueError for unknown keys and values, and for a category that does not follow from the services.
        """
        keys = keys_of("the plan", given, ("category", "services"))
        if "services" not in keys:
            return cls(choose("category", keys.get("category"), CATEGORIES))
        services = keys_of("the services", keys["services"], SERVICES)
        plan = cls.of_services(*(ServicePlan.from_json(service, its_plan) for service, its_plan in services.items()))
        if keys.get("category", plan.category) != plan.category:
            raise ValueError(f"category {keys['category']!r} contradicts the services, which make it {plan.category!r}")
        return plan


def _refuse_uncountable(service: Service, subscribers: object) -> None:
    if isinstance(subscribers, bool) or not isinstance(subscribers, int) or subscribers < 0:
        raise ValueError(f"subscribers of {service} cannot be {subscribers!r}; give an integer of at least 0")
