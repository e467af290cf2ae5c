"""The way back of a suppressed recipient: the mail that asks for it, and what follows when its link is followed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from html import escape
from typing import Any, Final, NamedTuple

from mock_server.behaviour import Occasion, simulates
from mock_server.core.accounts import Account
from mock_server.core.clock import Instant
from mock_server.mailing.addresses import plain
from mock_server.services.smtp.entities import Email, Invitation, Suppressed
from mock_server.services.smtp.letters import Letter, Person
from mock_server.services.smtp.notifications import announce, happened
from mock_server.services.smtp.sending import dispatch
from mock_server.services.smtp.suppression import suppressed

LINK: Final = "https://resubscribe.sendpulse.example/{number}"


class _Wording(NamedTuple):
    subject: str
    invitation: str


_IN_ENGLISH: Final = _Wording("Subscribe again", "Follow this link to receive mail from {sender} again")
_WORDINGS: Final[Mapping[str, _Wording]] = {
    "en": _IN_ENGLISH,
    "es": _Wording("Suscribirse de nuevo", "Siga este enlace para volver a recibir correo de {sender}"),
    "pt": _Wording("Inscrever-se novamente", "Siga este link para voltar a receber e-mails de {sender}"),
    "ru": _Wording("Подпишитесь снова", "Перейдите по ссылке, чтобы снова получать письма от {sender}"),
    "tr": _Wording("Yeniden abone olun", "{sender} adresinden yeniden posta almak için bu bağlantıyı izleyin"),
    "ua": _Wording("Підпишіться знову", "Перейдіть за посиланням, щоб знову отримувати листи від {sender}"),
}
"""Unverified: what the vendor's mail says, and that it says it in English where it does not know the language."""


def invite(account: Account, address: str, sender: str, lang: str, at: Instant) -> Email:
    """Mail a suppressed recipient the way back. Unverified: that it costs nothing."""
    invitations = account.store[Invitation]
    link = LINK.format(number=invitations.last_id + 1)
    email = dispatch(account, _letter(address, sender, _WORDINGS.get(lang, _IN_ENGLISH), link), [plain(address)], at)
    invitations.add(email_id=email.id, recipient=plain(address), at=at)
    return email


def _letter(address: str, sender: str, wording: _Wording, link: str) -> Letter:
    invitation = wording.invitation.format(sender=sender)
    return Letter(
        sender=Person(sender),
        to=(Person(address),),
        subject=wording.subject,
        text=f"{invitation}: {link}",
        html=f'<p>{escape(invitation)}: <a href="{link}">{link}</a></p>',
    )


@simulates("confirm")
def come_back(account: Account, of: Mapping[str, Any]) -> Occasion | None:
    """Follow the link by which the suppressed address ``of["email"]`` was asked to come back."""
    address = plain(str(of.get("email", "")))
    entry = suppressed(account.store, address)
    newest = account.store[Invitation].page(1, 0, descending=True, recipient=address)
    if entry is None or not newest or newest[0].is_accepted:
        return None
    return Occasion(newest[0].at, partial(_come_back, account, entry, newest[0]))


def _come_back(account: Account, entry: Suppressed, invitation: Invitation) -> bool:
    account.store[Suppressed].remove(entry)
    account.store[Invitation].change(invitation, is_accepted=True)
    email, at = account.store[Email].get(invitation.email_id), account.clock.now()
    if email is not None:
        announce(account, "resubscribed", [happened(email, invitation.recipient, at)], at)
    return True
