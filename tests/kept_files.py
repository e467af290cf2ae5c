"""The same exchange as each tool keeps it."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import yaml

URL = "https://api.sendpulse.com/addressbooks"
ASKED = '{"bookName": "Readers"}'
ANSWERED = '{"id": 1}'
JSON = "application/json"


def har(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED, **content: Any) -> str:
    request = {
        "method": "POST",
        "url": url,
        "headers": [{"name": "Authorization", "value": "Bearer of-mine-0815"}],
        "postData": {"mimeType": JSON, "text": asked},
    }
    response = {"status": 200, "headers": [], "content": {"mimeType": JSON, "text": answered, **content}}
    entry = {"startedDateTime": "2026-01-31T12:00:00.250Z", "time": 12, "request": request, "response": response}
    return json.dumps({"log": {"version": "1.2", "creator": {"name": "a browser"}, "pages": [], "entries": [entry]}})


def _vcrpy(answered: str, url: str, asked: str) -> dict[str, Any]:
    request = {"body": asked, "headers": {"Content-Type": [JSON]}, "method": "POST", "uri": url}
    response = {
        "body": {"string": answered},
        "headers": {"Content-Type": [JSON]},
        "status": {"code": 200, "message": "OK"},
    }
    return {"interactions": [{"request": request, "response": response}], "version": 1}


def vcrpy_yaml(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED) -> str:
    return yaml.dump(_vcrpy(answered, url, asked))


def vcrpy_json(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED) -> str:
    return json.dumps(_vcrpy(answered, url, asked), indent=4)


def vcrpy_of_httpx(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED) -> str:
    cassette = _vcrpy(answered, url, asked)
    cassette["interactions"][0]["response"] = {
        "content": answered,
        "headers": {"content-type": [JSON]},
        "http_version": "HTTP/1.1",
        "status_code": 200,
    }
    return yaml.dump(cassette)


def ruby(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED) -> str:
    return f"""---
http_interactions:
- request:
    method: post
    uri: {url}
    body:
      encoding: UTF-8
      string: !ruby/string {json.dumps(asked)}
    headers: !ruby/hash:Headers
      Content-Type:
      - application/json
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - application/json; charset=utf-8
    body:
      encoding: ASCII-8BIT
      base64_string: |
        {b64encode(answered.encode()).decode()}
    http_version:
  recorded_at: Sat, 31 Jan 2026 12:00:00 GMT
recorded_with: VCR 6.2.0
"""


def ruby_json(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED) -> str:
    request = {"method": "post", "uri": url, "body": {"encoding": "UTF-8", "string": asked}, "headers": {}}
    body = {"encoding": "UTF-8", "string": answered}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": body, "http_version": None}
    interaction = {"request": request, "response": response, "recorded_at": "Sat, 31 Jan 2026 12:00:00 GMT"}
    return json.dumps({"http_interactions": [interaction], "recorded_with": "VCR 6.2.0"})


def _php(answered: str, url: str, asked: str) -> list[Any]:
    status = {"http_version": "1.1", "code": "200", "message": "OK"}
    headers = {"Host": "api.sendpulse.com", "Content-Type": JSON}
    response = {"status": status, "headers": {"Content-Type": JSON}, "body": answered, "curl_info": {"url": url}}
    return [{"request": {"method": "POST", "url": url, "headers": headers, "body": asked}, "response": response}]


def php_yaml(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED) -> str:
    return yaml.dump(_php(answered, url, asked))


def php_json(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED) -> str:
    return json.dumps(_php(answered, url, asked))


def go(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED) -> str:
    request = {"body": asked, "form": {}, "headers": {"Content-Type": [JSON]}, "url": url, "method": "POST"}
    response = {"body": answered, "headers": {"Content-Type": [JSON]}, "status": "200 OK", "code": 200}
    return yaml.dump({"version": 1, "interactions": [{"request": request, "response": response}]})


def recording(answered: str = ANSWERED, *, url: str = URL, asked: str = ASKED) -> str:
    response = {"method": "POST", "url": url, "body": answered, "status": 200, "content_type": JSON}
    return yaml.dump({"responses": [{"response": {**response, "auto_calculate_content_length": False}}]})


FORMATS = (
    har,
    vcrpy_yaml,
    vcrpy_json,
    vcrpy_of_httpx,
    ruby,
    ruby_json,
    php_yaml,
    php_json,
    go,
    recording,
)
