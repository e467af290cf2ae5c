"""The documents that describe the API, made from the contracts the emulator itself keeps."""

from collections.abc import Mapping
from functools import lru_cache

from contracts.catalogue import catalogue
from contracts.envelopes import Json
from contracts.refusals import UNKNOWN_PATH
from contracts.services import documents as api
from mock_server.behaviour import Call, refuse, serves


@serves(api.get_index)
def get_index(_: Call) -> Json:
    return _documents()["index.yaml"]


@serves(api.get)
def get(call: Call) -> Json:
    return _documents().get(call.path["name"]) or refuse(UNKNOWN_PATH)


@lru_cache(maxsize=1)
def _documents() -> Mapping[str, str]:
    from contracts.export import documents

    return documents(catalogue())
