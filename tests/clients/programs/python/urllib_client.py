"""Logs in, makes a mailing list and reads it, with urllib."""

import json
import os
import urllib.request

API = "https://api.sendpulse.com"


def call(path, body=None, token=None):
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(API + path, data, headers), timeout=30) as answer:
        return json.load(answer)


login = {
    "grant_type": "client_credentials",
    "client_id": os.environ["SENDPULSE_CLIENT_ID"],
    "client_secret": os.environ["SENDPULSE_CLIENT_SECRET"],
}
token = call("/oauth/access_token", login)["access_token"]
book = call("/addressbooks", {"bookName": "Readers"}, token)["id"]
print(call(f"/addressbooks/{book}", token=token)[0]["name"])
