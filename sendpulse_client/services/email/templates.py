"""Templates of mails. Names on the wire are the vendor's; so are the names of fields here."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sendpulse_client._pages import items
from sendpulse_client._paths import path_of
from sendpulse_client._records import Rows, many, one

if TYPE_CHECKING:
    from sendpulse_client._client import Client

Owner = Literal["me", "sendpulse"]


@dataclass(frozen=True)
class Template:
    """A template; right after `create` only its numbers and name are known.

    `id` is a hash where the template is the service's, `body` is HTML, known where one template is asked for.
    """

    id: str
    real_id: int | None = None
    name: str | None = None
    name_slug: str | None = None
    lang: str | None = None
    meta_description: str | None = None
    full_description: str | None = None
    category: str | None = None
    category_info: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    mark: str | None = None
    mark_count: int | None = None
    owner: str | None = None
    created: str | None = None
    preview: str | None = None
    is_structure: bool | None = None
    body: str | None = None


class Templates:
    """The operations on templates, named as the API's contract names them.

    A template is given as a Template, by its number or by its hash. Bodies are given and read as HTML: base64 is the
    wire's. Whatever the server refuses is raised as a SendPulseError; where it only confirms, nothing is returned.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def create(self, html: str, *, name: str | None = None, lang: str | None = None) -> Template:
        """Keep an HTML text as a template; its name must be new. Without a name the server gives it one."""
        return self._client.read(
            lambda answer: Template(str(answer["real_id"]), answer["real_id"], name),
            "POST",
            "/template",
            json=_written(html, name=name, lang=lang),
        )

    def update(self, template: Template | int | str, html: str, *, lang: str | None = None) -> None:
        """Give a template of one's own another text."""
        self._client.request("POST", path_of("template", "edit", _id_of(template)), json=_written(html, lang=lang))

    def get(self, template: Template | int | str, *, owner: Owner | None = None, lang: str | None = None) -> Template:
        """The template with its body; the account's own, unless `owner` is ``"sendpulse"``."""
        path = path_of("template", _id_of(template))
        return self._client.read(_template, "GET", path, {"owner": owner, "lang": lang})

    def get_by_slug(self, name_slug: str, *, owner: Owner | None = None, lang: str | None = None) -> Template:
        """The template whose name has this slug, with its body."""
        path = path_of("template", "slug", name_slug)
        return self._client.read(_template, "GET", path, {"owner": owner, "lang": lang})

    def list(
        self,
        *,
        owner: Owner | None = None,
        only_active: bool | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> Rows[Template]:
        """One page of the service's templates, or of one's own if `owner` is ``"me"``: at most 100, without bodies."""
        query = {"owner": owner, "only_active": only_active, "limit": limit, "offset": offset}
        return self._client.read(_templates, "GET", "/templates", query)

    def iterate(self, *, owner: Owner | None = None, only_active: bool | None = None) -> Iterator[Template]:
        """All of them."""
        return items(lambda limit, offset: self.list(owner=owner, only_active=only_active, limit=limit, offset=offset))


def _id_of(template: Template | int | str) -> int | str:
    return template.id if isinstance(template, Template) else template


def _written(html: str, **others: str | None) -> Mapping[str, str]:
    given = {name: value for name, value in others.items() if value is not None}
    return {"body": b64encode(html.encode()).decode(), **given}


def _templates(rows: Any) -> Rows[Template]:
    return many(Template)(map(_with_objects, rows))


def _template(row: Mapping[str, Any]) -> Template:
    return one(Template)({**_with_objects(row), "body": b64decode(row["body"]).decode()})


def _with_objects(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Where there is no category or tag the vendor has written null, or PHP's `[]`."""
    return {**row, "category_info": row.get("category_info") or {}, "tags": row.get("tags") or {}}
