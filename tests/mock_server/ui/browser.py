"""What a browser does with a page, without JavaScript: it reads, follows links, fills in forms and sends them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from mock_server.core.world import DEMO_CLIENT_ID

ROOT = "/_mock/ui"
DEMO = f"{ROOT}/{DEMO_CLIENT_ID}"
VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


@dataclass
class Element:
    """An element of a page, with what is inside it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        """It and all elements inside it."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    @property
    def text(self) -> str:
        """What is read inside of it, on one line."""
        return " ".join(" ".join(self._texts()).split())

    @property
    def raw(self) -> str:
        return "".join(self._texts())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [one for one in self if one.tag == tag and wanted.items() <= one.attributes.items()]

    def one(self, tag: str, **attributes: str) -> Element:
        [found] = self.all(tag, **attributes)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1 and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


class Page(Element):
    """What a browser shows."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.source = response.get_data(as_text=True)
        reader = _Reader()
        reader.feed(self.source)
        super().__init__("", {}, reader.root.children)

    @property
    def main(self) -> Element:
        return self.one("main")

    @property
    def title(self) -> str:
        return self.one("title").text

    @property
    def notices(self) -> list[str]:
        return [one.text for one in self if "notice" in one.attributes.get("class", "").split()]

    def form(self, action: str, **values: str) -> Element:
        """The form that is sent there, the first that holds these values."""
        for form in self.all("form"):
            if form.attributes.get("action", "").endswith(action) and values.items() <= fields_of(form).items():
                return form
        raise AssertionError(
            f"no form is sent to {action} with {values}: {[one.attributes for one in self.all('form')]}"
        )


def fields_of(form: Element) -> dict[str, str]:
    """What a form would send as it stands."""
    sent: dict[str, str] = {}
    for one in form:
        name = one.attributes.get("name")
        if name is None:
            continue
        if one.tag == "textarea":
            sent[name] = one.raw.removeprefix("\n")
        elif one.tag == "select":
            options = one.all("option")
            chosen = [option for option in options if "selected" in option.attributes] or options[:1]
            if chosen:
                sent[name] = chosen[0].attributes.get("value", chosen[0].text)
        elif one.tag == "input" and one.attributes.get("type") in {"checkbox", "radio"}:
            if "checked" in one.attributes:
                sent[name] = one.attributes.get("value", "on")
        elif one.tag == "input":
            sent[name] = one.attributes.get("value", "")
    return sent


class Browser:
    """One browser on this machine."""

    def __init__(self, app: Flask, **headers: str) -> None:
        self.client = app.test_client()
        self.headers = {"Accept": "text/html,*/*", **{name.replace("_", "-"): text for name, text in headers.items()}}

    def get(self, path: str, *, status: int = 200, follow: bool = True, **headers: str) -> Page:
        sent = self.headers | {name.replace("_", "-"): text for name, text in headers.items()}
        page = Page(self.client.get(path, headers=sent, follow_redirects=follow))
        assert page.status == status, page.text
        return page

    def post(
        self, path: str, values: dict[str, Any], *, status: int = 200, follow: bool = True, **headers: str
    ) -> Page:
        sent = self.headers | {name.replace("_", "-"): text for name, text in headers.items()}
        page = Page(self.client.post(path, data=values, headers=sent, follow_redirects=follow))
        assert page.status == status, page.text
        return page

    def send(self, form: Element, values: dict[str, str] | None = None, *, status: int = 200, **headers: str) -> Page:
        """Send a form of a page with some fields filled in, as its first button would."""
        filled = fields_of(form) | (values or {})
        button = next((one for one in form.all("button") if "name" in one.attributes), None)
        if button and button.attributes["name"] not in filled:
            filled[button.attributes["name"]] = button.attributes.get("value", "")
        return self.post(form.attributes["action"], filled, status=status, **headers)
