"""Logs in, makes a mailing list and reads it, with http.client, which knows no proxies."""

import http.client
import json
import os


def call(method, path, body=None, token=None):
    connection = http.client.HTTPSConnection("api.sendpulse.com", timeout=30)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


login = {
    "grant_type": "client_credentials",
    "client_id": os.environ["SENDPULSE_CLIENT_ID"],
    "client_secret": os.environ["SENDPULSE_CLIENT_SECRET"],
}
token = call("POST", "/oauth/access_token", login)["access_token"]
book = call("POST", "/addressbooks", {"bookName": "Readers"}, token)["id"]
print(call("GET", f"/addressbooks/{book}", token=token)[0]["name"])
