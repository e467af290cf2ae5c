"""What two sides may answer differently without being different: declared here, once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from contracts.model import Operation

_LIST, _CAMPAIGN = "email.mailing_list", "email.campaign"

_IDS: Final[Mapping[str, Mapping[str, str]]] = {
    "email.mailing_lists": {"id": _LIST, "abook_id": _LIST, "task_id": _CAMPAIGN},
    "email.addresses": {"id": _LIST, "book_id": _LIST, "list_id": _LIST},
    "email.campaigns": {"id": _CAMPAIGN, "list_id": _LIST},
    "email.templates": {"id": "email.template", "real_id": "email.template"},
    "email.tags": {"id": "email.tag"},
    "email.webhooks": {"id": "email.webhook"},
    "smtp.emails": {"id": "smtp.email"},
    "smtp.bounces": {"id": "smtp.email"},
}
"""By module: the fields that hold ids, each with the entity that it names."""

VOLATILE: Final = frozenset({"access_token", "queue_id", "user_id", "permalink", "preview"})
"""Tokens, numbers of the account's owner, and addresses with ids in them: only their types are compared."""

DATA: Final = frozenset({"variables"})
"""Fields whose own fields are the users' data, whatever they are called."""

MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")

TOLERANCE: Final = 5.0
"""Seconds by which dates may differ where time passes by itself; where it stands still they may not."""


def ids_in(operation: Operation) -> Mapping[str, str]:
    """The fields of an answer that hold ids, each with the entity that it names."""
    return _IDS.get(operation.name.rpartition(".")[0], {})
