"""Domains in whose name mail may go out, and what their DNS says of it: nobody asks, a setting tells."""

from __future__ import annotations

from typing import Final

from contracts.envelopes import Json
from contracts.schema import is_email
from contracts.services.smtp import USER_NEEDED
from contracts.services.smtp import sender_domains as api
from mock_server.behaviour import Call, refuse, serves
from mock_server.mailing.addresses import plain
from mock_server.services.smtp.entities import SenderDomain
from mock_server.services.smtp.permissions import is_active, require_user

OK: Final = {"result": True}

_SPF: Final = "v=spf1 include:spf.sendpulse.example ~all"
_SMTP: Final = 3


@serves(api.list)
def list(call: Call) -> Json:
    require_user(call.account, USER_NEEDED)
    return OK | {"data": [_shown(call, domain) for domain in call.store[SenderDomain].where()]}


@serves(api.create)
def create(call: Call) -> Json:
    """Unverified: that a domain of free mailboxes may be added here, if not by the older call."""
    require_user(call.account, USER_NEEDED)
    domains, name = call.store[SenderDomain], plain(call.path["domain"])
    if not is_email(f"postmaster@{name}"):
        refuse(api.DOMAIN_INVALID)
    if domains.find(domain=name) is not None:
        refuse(api.DOMAIN_TAKEN)
    domains.add(domain=name)
    return OK


def _shown(call: Call, domain: SenderDomain) -> Json:
    """Unverified: that nothing expires, costs or is encrypted; that no domain of the account's own is the default."""
    is_right = call.settings.has_authenticated(domain.domain)
    return {
        "id": domain.id,
        "user_id": call.account.user_id,
        "service_type": _SMTP,
        "service_value": domain.domain,
        "status": int(is_active(call.settings, domain)),
        "expire_date": None,
        "auto_free_prolong": 0,
        "currency": call.settings.balance.currency,
        "is_default": False,
        "ssl_type": 0,
        "ssl_expired": None,
        "ssl_generated": None,
        "checks": dict.fromkeys(("check_dkim", "check_spf", "check_dmarc", "all_checks"), is_right)
        | {"spf_txt_needed": _SPF},
    }
