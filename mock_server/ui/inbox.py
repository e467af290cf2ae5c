"""The inbox: what would have left the machine, as its recipients see it, and what they can be made to do with it."""

from __future__ import annotations

from collections import Counter
from http import HTTPStatus
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from mock_server.behaviour import became_of
from mock_server.core.journal import Entry
from mock_server.core.mails import Mail
from mock_server.core.sources import type_of
from mock_server.services.email import confirmations
from mock_server.services.smtp import invitations
from mock_server.ui import frames
from mock_server.ui.accounts import account_pages, current, not_found
from mock_server.ui.entrance import Entrance
from mock_server.ui.live import live_page
from mock_server.ui.sessions import own_path

pages: Final = account_pages("inbox")

OPEN: Final = frozenset({"inbox.follow"})
"""What is entered by a link that bears a mark: it comes from a frame, which has no part in the browser's session."""

A_PAGE: Final = 50
LONGEST_SOURCE: Final = 100_000
"""Bytes of a source that are shown; all of it can be downloaded."""

TABS: Final = ("html", "text", "markup", "headers", "source", "files", "links", "events")
_EMAIL_ONLY: Final = frozenset({"headers", "source"})

EVENTS: Final = {
    "open": ("Open", "The recipient opens it"),
    "click": ("Click", "The recipient follows its first link"),
    "confirm": ("Confirm", "The recipient follows the link that confirms the address"),
    "activate": ("Activate", "The sender's code is entered"),
    "unsubscribe": ("Unsubscribe", "The recipient leaves by its link"),
    "spam": ("Report spam", "The recipient reports it as spam"),
    "softbounce": ("Soft bounce", "It comes back: the mailbox is full"),
    "bounce": ("Bounce", "It comes back: nobody has such an address"),
}
"""What a button says, and what it does."""

_CONFIRMING: Final = tuple(link.partition("{")[0] for link in (confirmations.LINK, invitations.LINK))
"""How links begin by which a recipient confirms an address, or comes back."""

_OF_ADDRESS: Final = frozenset({"confirm", "activate"})
"""The events that befall an address, whatever it was mailed."""


class Link(NamedTuple):
    """A web address in a message: what following it means, where we record that, how often it happened."""

    number: int
    url: str
    event: str
    way: str
    followed: int


@pages.get("/inbox")
def show() -> Response:
    return live_page("inbox", _newest)


def _newest() -> dict[str, Any]:
    account, number = current().account, max(request.args.get("page", 1, type=int), 1)
    search, channel = request.args.get("q", "").strip()[:1000], request.args.get("channel") or None
    number = min(number, 1_000_000)
    with account.lock:
        found = account.inbox.page(A_PAGE, (number - 1) * A_PAGE, search=search, channel=channel)
        return {
            "mails": found.mails,
            "total": found.total,
            "counts": account.inbox.counts(),
            "opened": account.inbox.opened,
            "number": number,
            "is_last": number * A_PAGE >= found.total,
            "first": (number - 1) * A_PAGE + 1,
            "search": search,
            "channel": channel,
        }


@pages.post("/inbox/clear")
def clear() -> ResponseReturnValue:
    removed = current().outbox.clear()
    flash(f"{removed:,} messages were deleted." if removed != 1 else "One message was deleted.", "good")
    return redirect(url_for("inbox.show"), HTTPStatus.SEE_OTHER)


@pages.get("/inbox/<int:number>")
@pages.get("/inbox/<int:number>/<any({}):tab>".format(", ".join(TABS)))
def show_message(number: int, tab: str | None = None) -> Response:
    return live_page("message", lambda: _about(number, tab))


def _about(number: int, tab: str | None) -> dict[str, Any]:
    account = current()
    with account.account.lock:
        mail = _mail(number)
        inbox = account.account.inbox
        inbox.opened.add(mail.id)
        older, newer = inbox.beside(mail.id)
        happenings = became_of(account.account, mail)
        links = _links(mail, Counter(happening.url for happening in happenings))
        acts, possible = _acts_on(mail), _possible(mail, links)
        tab = tab or ("html" if mail.html else "text")
        return {
            "mail": mail,
            "tab": tab,
            "tabs": [(name, _counts(mail, links, acts).get(name)) for name in TABS if _fits(mail, name)],
            "older": older,
            "newer": newer,
            "events": {event: EVENTS[event] for event in EVENTS if event in possible},
            "happenings": happenings,
            "acts": acts,
            "links": links,
            "code": mail.extract_code() if len(mail.html) + len(mail.preview) < frames.LONGEST_SHOWN else None,
        } | _shown(mail, tab)


def _shown(mail: Mail, tab: str) -> dict[str, Any]:
    """What one tab needs and the others do not."""
    if tab == "html":
        is_cut = len(frames.part_shown(mail.html)) < len(mail.html)
        return {"elsewhere": frames.elsewhere_in(mail.html), "is_cut": is_cut, "sandbox": frames.SANDBOX}
    if tab == "text":
        return {"text": frames.text_shown(mail)}
    if tab == "source":
        source = mail.source
        return {"source": source[:LONGEST_SOURCE].decode(errors="replace"), "size": len(source)}
    return {}


def _counts(mail: Mail, links: list[Link], acts: list[Entry]) -> dict[str, int]:
    return {"files": len(mail.attachments), "links": len(links), "events": len(acts)}


def _fits(mail: Mail, tab: str) -> bool:
    if tab in {"html", "markup"}:
        return bool(mail.html)
    return mail.channel == "email" or tab not in _EMAIL_ONLY


def _possible(mail: Mail, links: list[Link]) -> set[str]:
    simulate = current().simulate
    possible = {*simulate.possible({"message": mail.id})} - _OF_ADDRESS
    asked = {link.event for link in links} & {"confirm"} or (
        {"activate"} if mail.about.get("kind") == "activation" else set()
    )
    return possible | ({*simulate.possible({"email": mail.to})} & asked)


def _acts_on(mail: Mail) -> list[Entry]:
    """What this message's recipient was made to do, as the journal has it."""
    entries = [entry for entry in current().journal if (entry.operation or "").startswith("simulate.")]
    return [entry for entry in entries if _means(entry.given(), mail)]


def _means(given: Any, mail: Mail) -> bool:
    return bool(given.get("message") == mail.id or ("campaign" not in given and given.get("email") == mail.to))


def _links(mail: Mail, followed: Counter[str]) -> list[Link]:
    return [
        Link(number, url, _event_of(mail, url), _way(mail, number), followed[url])
        for number, url in enumerate(frames.links_shown(mail), 1)
    ]


def _event_of(mail: Mail, url: str) -> str:
    """What following a link of a message is."""
    if url == mail.unsubscribe_link:
        return "unsubscribe"
    return "confirm" if url.startswith(_CONFIRMING) else "click"


def _way(mail: Mail, number: int) -> str:
    return url_for("inbox.follow", number=mail.id, link=number, mark=_mark(mail, number))


def _mark(mail: Mail, number: int) -> str:
    entrance: Entrance = current_app.extensions["entrance"]
    return entrance.mark(f"link {current().client_id} {mail.id} {mail.at} {number}")


@pages.get("/inbox/<int:number>/frame")
def frame(number: int) -> Response:
    """The message's HTML, to be shown in a frame."""
    mail = _mail(number)
    return Response(frames.framed(mail, lambda link: _way(mail, link)), headers=frames.HEADERS)


@pages.get("/inbox/<int:number>/follow/<int:link>")
def follow(number: int, link: int) -> ResponseReturnValue:
    """Record that a link was followed, and show where it leads: nobody is sent anywhere."""
    entrance: Entrance = current_app.extensions["entrance"]
    mail = _mail_or_none(number)
    is_ours = mail is not None and entrance.is_mark(request.args.get("mark", ""), _mark(mail, link))
    if not is_ours:
        entrance.check(request)
    mail = mail or _mail(number)
    urls = frames.links_shown(mail)
    if not 1 <= link <= len(urls):
        abort(not_found(f"This message has no link {link}", "Go back to the message, and follow one of its links."))
    url = urls[link - 1]
    event = _event_of(mail, url)
    trouble = None if is_ours and request.method == "GET" else "This way to the link is an old one."
    if trouble is None:
        trouble = _act(mail, event, url)
    return render_template("followed.html", mail=mail, url=url, event=event, trouble=trouble)


@pages.post(f"/inbox/<int:number>/simulate/<any({', '.join(EVENTS)}):event>")
def simulate(number: int, event: str) -> ResponseReturnValue:
    mail = _mail(number)
    trouble = _act(mail, event)
    flash(trouble or f"{EVENTS[event][1]}: done.", "bad" if trouble else "good")
    return _back(mail)


def _act(mail: Mail, event: str, url: str | None = None) -> str | None:
    """Make a message's recipient do something; tells why that cannot be."""
    of: dict[str, Any] = {"email": mail.to} if event in _OF_ADDRESS else {"message": mail.id}
    if event == "click" and url is not None:
        of["url"] = url
    try:
        current().simulate.act(event, of)
    except ValueError:
        return f"{_UNFIT.get(event, 'That cannot happen to this message')}, or not any more."
    return None


_UNFIT: Final = {
    "click": "Nobody counts clicks on this message",
    "open": "Nobody counts openings of this message",
    "confirm": "Nobody waits for this address to confirm",
    "activate": "No sender waits for this code",
}


@pages.post("/inbox/<int:number>/delete")
def delete(number: int) -> ResponseReturnValue:
    mail = _mail(number)
    with current().account.lock:
        older, newer = current().account.inbox.beside(mail.id)
    current().outbox.remove(mail.id)
    flash("The message was deleted.", "good")
    following = older or newer
    goal = url_for("inbox.show_message", number=following) if following else url_for("inbox.show")
    return redirect(goal, HTTPStatus.SEE_OTHER)


@pages.get("/inbox/<int:number>/message.eml")
def download(number: int) -> Response:
    mail = _mail(number)
    return _file(f"message-{mail.id}.eml", mail.source)


@pages.get("/inbox/<int:number>/files/<int:place>")
def download_file(number: int, place: int) -> Response:
    files = [*_mail(number).attachments.items()]
    if not 1 <= place <= len(files):
        abort(not_found(f"This message has no file {place}", "Go back to the message, and choose one of its files."))
    return _file(*files[place - 1])


def _file(name: str, content: bytes) -> Response:
    """Bytes to be kept, whatever they are: no browser shows them as a page of ours."""
    safe = "".join(sign if sign.isprintable() and sign not in '/\\:*?"<>|%' else "_" for sign in name).strip(". ")
    ascii_name = safe.encode("ascii", "replace").decode().replace("?", "_") or "file"
    disposition = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(safe or 'file', errors='replace')}"
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": "sandbox; default-src 'none'"}
    return Response(content, content_type="application/octet-stream", headers=headers)


def _mail(number: int) -> Mail:
    mail = _mail_or_none(number)
    if mail is None:
        abort(
            not_found(f"There is no message {number}", "It may have been deleted; the inbox shows those that are left.")
        )
    return mail


def _mail_or_none(number: int) -> Mail | None:
    return current().outbox.find(number)


def _back(mail: Mail) -> ResponseReturnValue:
    goal = request.form.get("to") or url_for("inbox.show_message", number=mail.id)
    return redirect(own_path(goal), HTTPStatus.SEE_OTHER)


pages.add_app_template_filter(type_of, "type_of")
