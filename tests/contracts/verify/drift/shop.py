"""An invented service, as contracts declare it and as a document describes it: the same, until a test changes one."""

from __future__ import annotations

import yaml

from contracts.catalogue import Catalogue
from contracts.envelopes import CLASSIC
from contracts.evidence import documented
from contracts.model import READ, WRITE, Service, id_of
from contracts.refusals import refusal
from contracts.schema import array, boolean, integer, mapping, nullable, number, obj, one_of, or_one, string
from contracts.verify.drift.documents import documents
from contracts.verify.drift.sources import parse
from contracts.verify.drift.survey import survey
from contracts.wording import BULK_EMAIL, Wording

PAGE = documented("the shop's document")
shop = Service("shop", "Shop", CLASSIC, Wording(BULK_EMAIL.message, frozenset(), PAGE))
NO_CART = refusal("cart.not_found", 404, PAGE, message="Cart not found")
TAKEN = refusal("name.taken", 203, PAGE, message="Name taken")

list_carts = shop.get(
    "/carts",
    "listCarts",
    "List carts.",
    query=obj(None, limit=integer(min=1, max=100), order=one_of("asc", "desc")),
    returns=array(obj({"id": integer(min=1), "name": string}, note=nullable(string))),
    effect=READ,
    evidence=PAGE,
)
fill_cart = shop.post(
    "/carts/{id}/items",
    "fillCart",
    "Fill a cart.",
    params={"id": id_of("shop.cart", NO_CART)},
    body=obj(
        {"name": string, "lines": array(obj({"sku": string}, amount=number), max=10)},
        tags=array(string) | or_one,
        extras=mapping(string),
        gift=boolean,
    ),
    returns=obj({"id": integer(), "state": one_of("open", "closed")}),
    refuses=(TAKEN,),
    effect=WRITE,
    evidence=PAGE,
)
list_carts.christen("shop.carts.list")
fill_cart.christen("shop.carts.fill")
CATALOGUE = Catalogue([list_carts, fill_cart])

DOCUMENT = """
openapi: 3.1.0
info: {title: Shop API, version: 1.0.0}
servers:
  - url: https://shop.example.com
paths:
  /carts:
    get:
      operationId: listCarts
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
        - {name: order, in: query, schema: {type: string, enum: [asc, desc]}}
      responses:
        200:
          description: Carts.
          content:
            application/json:
              schema:
                type: array
                items:
                  type: object
                  required: [id, name]
                  properties:
                    id: {type: integer, minimum: 1}
                    name: {type: string}
                    note: {type: [string, "null"]}
        401: {description: No token.}
  /carts/{cart}/items:
    post:
      operationId: fillCart
      parameters:
        - {name: cart, in: path, required: true, schema: {type: integer, minimum: 1}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [name, lines]
              properties:
                name: {type: string}
                lines:
                  type: array
                  maxItems: 10
                  items:
                    type: object
                    required: [sku]
                    properties:
                      sku: {type: string}
                      amount: {type: number}
                tags: {type: array, items: {type: string}}
                extras: {type: object, additionalProperties: {type: string}}
                gift: {type: boolean}
      responses:
        200:
          description: A cart.
          content:
            application/json:
              schema:
                type: object
                required: [id, state]
                properties:
                  id: {type: integer}
                  state: {type: string, enum: [open, closed]}
        404:
          description: No cart.
          content:
            application/json:
              examples:
                cart.not_found:
                  value: {message: Cart not found, error_code: 404}
        422:
          description: Refused.
          content:
            application/json:
              examples:
                name.taken:
                  value: {message: Name taken, error_code: 203}
                name.required:
                  value: {message: Argument name missing, error_code: 422}
"""


def listing(whole):
    return whole["paths"]["/carts"]["get"]


def filling(whole):
    return whole["paths"]["/carts/{cart}/items"]["post"]


def asked(whole, number):
    return listing(whole)["parameters"][number]["schema"]


def cart(whole):
    return listing(whole)["responses"][200]["content"]["application/json"]["schema"]["items"]


def given(whole):
    return filling(whole)["requestBody"]["content"]["application/json"]["schema"]


def state(whole):
    return filling(whole)["responses"][200]["content"]["application/json"]["schema"]["properties"]["state"]


def examples(whole, status):
    return filling(whole)["responses"][status]["content"]["application/json"]["examples"]


def unchanged(_):
    pass


def document(change=unchanged):
    """The document as a value, after a test changed it."""
    whole = yaml.safe_load(DOCUMENT)
    change(whole)
    return whole


def surveyed(*files):
    """The survey of documents, values or texts: ``shop.yaml``, ``more1.yaml`` and so on."""
    names = ["shop.yaml", *(f"more{number}.yaml" for number in range(1, len(files)))]
    texts = [file if isinstance(file, str) else yaml.safe_dump(file) for file in files]
    return of_files({name: text.encode() for name, text in zip(names, texts, strict=True)})


def of_files(files):
    """The survey of documents by name."""
    return survey(CATALOGUE, documents(parse(files.items())))


def found(change=unchanged):
    """What differs once a test changed the document: kind without ``drift.``, severity, place."""
    findings = surveyed(document(change)).findings
    return [(one.kind.removeprefix("drift."), one.severity.value, one.place) for one in findings]
