#!/usr/bin/env python3
"""Starts Firefox for Playwright, and answers a command that Firefox does not know yet.

Playwright drives an ordinary Firefox over WebDriver BiDi, and begins every browser context with a
command that the extended support release does not have. Firefox refuses it, and Playwright gives
up. So the commands pass through here, and that one is replaced by a question about the session.
Once every supported Firefox has `emulation.setMediaFeaturesOverride`, Playwright can start Firefox
itself.
"""

import asyncio
import json
import os
import re
import sys

UNKNOWN = "emulation.setMediaFeaturesOverride"
LISTENS = re.compile(rb"WebDriver BiDi listening on ws://127\.0\.0\.1:(\d+)")
MOST_BYTES = 64 * 1024 * 1024


async def main():
    firefox = await asyncio.create_subprocess_exec(
        os.environ["FIREFOX"], *sys.argv[1:], stderr=asyncio.subprocess.PIPE
    )
    while line := await firefox.stderr.readline():
        if found := LISTENS.search(line):
            port = await listen(int(found[1]))
            line = f"WebDriver BiDi listening on ws://127.0.0.1:{port}\n".encode()
        sys.stderr.buffer.write(line)
        sys.stderr.buffer.flush()
    return await firefox.wait()


async def listen(firefox_port):
    async def connect(reader, writer):
        from_firefox, to_firefox = await asyncio.open_connection("127.0.0.1", firefox_port)
        ways = [pass_commands(reader, to_firefox, firefox_port), pass_bytes(from_firefox, writer)]
        await asyncio.gather(*ways, return_exceptions=True)

    server = await asyncio.start_server(connect, "127.0.0.1", 0, limit=MOST_BYTES)
    return server.sockets[0].getsockname()[1]


async def pass_bytes(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def pass_commands(reader, writer, port):
    """Pass on the HTTP upgrade, then each WebSocket frame (RFC 6455, section 5.2)."""
    upgrade = await reader.readuntil(b"\r\n\r\n")
    writer.write(re.sub(rb"(?i)(?<=\r\nhost: 127\.0\.0\.1:)\d+", str(port).encode(), upgrade))
    try:
        while True:
            writer.write(await read_frame(reader))
            await writer.drain()
    except asyncio.IncompleteReadError:
        writer.close()


async def read_frame(reader):
    head = await reader.readexactly(2)
    extra = {126: 2, 127: 8}.get(head[1] & 127, 0)
    size = await reader.readexactly(extra)
    mask = await reader.readexactly(4)
    masked = await reader.readexactly(int.from_bytes(size) if extra else head[1] & 127)
    payload = xor(mask, translate(xor(mask, masked)))
    return head + size + mask + payload


def xor(mask, data):
    pad = (mask * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data) ^ int.from_bytes(pad)).to_bytes(len(data))


def translate(payload):
    """Replace the unknown command. The length stays, so that the frame's header stays valid."""
    if UNKNOWN.encode() not in payload[:200]:
        return payload
    command = json.loads(payload)
    if command["method"] != UNKNOWN:
        return payload
    question = {"id": command["id"], "method": "session.status", "params": {}}
    return json.dumps(question).encode().ljust(len(payload))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
