"""Templates of mails: the account's own, and those that the service brings."""

from typing import Final

from contracts.evidence import documented
from contracts.model import READ, WRITE, id_of
from contracts.refusals import refusal
from contracts.schema import array, base64, boolean, const, integer, mapping, moment, nullable, obj, one_of, string
from contracts.services.email import OK, OPENAPI, PAGE, service

NO_TEMPLATE_TO_EDIT: Final = refusal("template.not_found", 31, OPENAPI, message="Template not found")
NO_SUCH_TEMPLATE: Final = refusal("template.not_found", 290, OPENAPI)
NAME_TAKEN: Final = refusal("name.exists", 573, OPENAPI)
BLOCK_EDITOR: Final = refusal(
    "template.type", 2900, OPENAPI, message="You cant edit templates from layout template editor"
)
STILL_RENDERING: Final = refusal("template.processing", 2900, OPENAPI)

ME: Final = "me"
SENDPULSE: Final = "sendpulse"

LANG: Final = one_of("en", "ru", "ua", "uk", "tr", "es", "pt")
"""Documented but for ``uk``, which is what answers show for ``ua``, so that it may be sent back."""

CATEGORY: Final = obj(
    {
        "id": integer(min=0),
        "name": string,
        "meta_description": string,
        "full_description": string,
        "code": string,
        "sort": integer(min=0),
    }
)
SUMMARY: Final = {
    "id": string,
    "real_id": integer(min=1),
    "name": string,
    "name_slug": string,
    "lang": string,
    "meta_description": string,
    "full_description": nullable(string),
    "category": string,
    "category_info": CATEGORY,
    "tags": mapping(string),
    "mark": nullable(string),
    "mark_count": nullable(integer(min=0)),
    "owner": one_of(ME, SENDPULSE),
    "created": moment,
    "preview": string,
    "is_structure": boolean,
    "is_structured": boolean,
}
OF_WHOM: Final = obj(None, owner=one_of(ME, SENDPULSE, default=ME), lang=string)
SHAPE: Final = documented(
    "the vendor's bulk email OpenAPI document, which names two fields; the others from answers that typed clients read"
)

create = service.post(
    "/template",
    "createTemplate",
    "Keep an HTML text, written in base64, as a template.",
    body=obj({"body": base64}, name=string, lang=LANG),
    returns=obj({"result": const(True), "real_id": integer(min=1)}),
    refuses=(NAME_TAKEN,),
    unpublished=("body.string", "lang.in"),
    creates="email.template",
    created_id="real_id",
    effect=WRITE,
    evidence=OPENAPI,
)

update = service.post(
    "/template/edit/{id}",
    "updateTemplate",
    "Give a template of one's own another HTML text.",
    params={"id": id_of("email.template", NO_TEMPLATE_TO_EDIT)},
    body=obj({"body": base64}, lang=LANG),
    returns=OK,
    refuses=(BLOCK_EDITOR,),
    unpublished=("body.string", "lang.in"),
    effect=WRITE,
    evidence=OPENAPI,
)

get = service.get(
    "/template/{template_id}",
    "getTemplateById",
    "Look at a template by its number or, where it is the service's, by its hash.",
    query=OF_WHOM,
    returns=obj({**SUMMARY, "body": base64}),
    refuses=(NO_SUCH_TEMPLATE, STILL_RENDERING),
    unpublished=("owner.", "lang."),
    effect=READ,
    evidence=SHAPE,
)

get_by_slug = service.get(
    "/template/slug/{name_slug}",
    "getTemplateBySlug",
    "Look at a template by the slug of its name.",
    query=OF_WHOM,
    returns=obj({**SUMMARY, "body": base64}),
    refuses=(NO_SUCH_TEMPLATE, STILL_RENDERING),
    unpublished=("owner.", "lang."),
    effect=READ,
    evidence=SHAPE,
)

list = service.get(
    "/templates",
    "getTemplates",
    "List the service's templates, or the account's own, oldest first.",
    query=obj(None, owner=one_of(ME, SENDPULSE, default=SENDPULSE), only_active=boolean, **PAGE),
    returns=array(obj(SUMMARY)),
    unpublished=("owner.", "only_active.", "limit.", "offset."),
    effect=READ,
    evidence=SHAPE,
)
