"""Logs in, makes a mailing list and reads it, with asyncio's streams, which know no proxies either."""

import asyncio
import json
import os

HOST = "api.sendpulse.com"


async def call(method, path, body=None, token=None):
    reader, writer = await asyncio.open_connection(HOST, 443, ssl=True)
    data = b"" if body is None else json.dumps(body).encode()
    head = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Content-Type: application/json", "Connection: close"]
    head += [f"Content-Length: {len(data)}"] + ([f"Authorization: Bearer {token}"] if token else [])
    writer.write("\r\n".join([*head, "", ""]).encode() + data)
    answer = (await reader.read()).partition(b"\r\n\r\n")[2]
    writer.close()
    await writer.wait_closed()
    return json.loads(answer)


async def main():
    login = {
        "grant_type": "client_credentials",
        "client_id": os.environ["SENDPULSE_CLIENT_ID"],
        "client_secret": os.environ["SENDPULSE_CLIENT_SECRET"],
    }
    token = (await call("POST", "/oauth/access_token", login))["access_token"]
    book = (await call("POST", "/addressbooks", {"bookName": "Readers"}, token))["id"]
    print((await call("GET", f"/addressbooks/{book}", token=token))[0]["name"])


asyncio.run(main())
