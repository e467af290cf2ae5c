"""Mailbox providers that are free to everybody, whose addresses may not send."""

from __future__ import annotations

import re
from typing import Final

# Unverified: the vendor names none of the providers it means.
_PROVIDERS: Final = frozenset(
    (
        "126.com", "163.com", "abv.bg", "aim.com", "aol.com", "bigmir.net", "bk.ru", "bol.com.br", "centrum.cz",
        "daum.net", "email.cz", "fastmail.com", "free.fr", "freenet.de", "gmail.com", "googlemail.com", "hey.com",
        "i.ua", "icloud.com", "inbox.lv", "inbox.ru", "interia.pl", "internet.ru", "laposte.net", "libero.it",
        "list.ru", "mac.com", "mail.com", "mail.ru", "mail.ua", "me.com", "meta.ua", "msn.com", "naver.com", "o2.pl",
        "onet.pl", "orange.fr", "pm.me", "proton.me", "protonmail.com", "qq.com", "rambler.ru", "rediffmail.com",
        "rocketmail.com", "sapo.pt", "seznam.cz", "sina.com", "t-online.de", "tut.by", "tutanota.com", "ukr.net",
        "uol.com.br", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl", "ya.ru", "ymail.com", "zoho.com",
    )
)  # fmt: skip
_IN_MANY_COUNTRIES: Final = re.compile(
    r"(?:gmx|hotmail|live|outlook|windowslive|yahoo|yandex)\.(?:com?\.[a-z]{2}|com|net|[a-z]{2})"
)
"""Providers with a domain for each country, such as ``yahoo.co.uk`` and ``yandex.com.tr``."""


def is_free_mail(address: str) -> bool:
    """Whether `address` is with a mailbox provider that is free to everybody: at its own domain, none below."""
    domain = address.rpartition("@")[2].lower()
    return domain in _PROVIDERS or _IN_MANY_COUNTRIES.fullmatch(domain) is not None
