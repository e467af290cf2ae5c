"""The documents that describe the API are there for everybody, token or not."""

from __future__ import annotations

import pytest
import yaml

from contracts.catalogue import catalogue
from contracts.export import openapi_document
from mock_server.app import create_app

FOLDER = "/.well-known/openapi"


@pytest.fixture(scope="module")
def client():
    return create_app().test_client()


@pytest.mark.parametrize(("name", "service"), [("index.yaml", None), ("email.yaml", "email"), ("oauth.yaml", "oauth")])
def test_documents_of_the_api_and_of_each_service_need_no_token(client, name, service):
    answer = client.get(f"{FOLDER}/{name}")

    assert (answer.status_code, answer.content_type) == (200, "application/yaml")
    assert yaml.safe_load(answer.text) == openapi_document(catalogue(), service)


@pytest.mark.parametrize("name", ["nothing.yaml", "documents.yaml", "index.json", "INDEX.YAML", "..%2Findex.yaml"])
def test_unknown_document_is_a_404_that_needs_no_token_either(client, name):
    answer = client.get(f"{FOLDER}/{name}")

    assert (answer.status_code, answer.json) == (404, {"message": "Not found", "error_code": 404})
    assert answer.content_type == "application/json"


def test_document_cannot_be_written(client):
    assert client.put(f"{FOLDER}/index.yaml", json={}).status_code == 405


def test_documents_are_not_limited(client):
    statuses = {client.get(f"{FOLDER}/index.yaml").status_code for _ in range(25)}

    assert statuses == {200}
