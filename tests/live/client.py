"""A stream's client on a bare socket, so that tests see every byte."""

import json
import socket
import time
from typing import NamedTuple

from tests.processes import PATIENCE


class Event(NamedTuple):
    name: str
    data: dict


class Stream:
    """Requests GET /live/ and reads the response, waiting at most `patience` seconds."""

    def __init__(self, port: int, ticket: str | None, *, method="GET", path="/live/", headers=()):
        self.socket = socket.create_connection(("127.0.0.1", port))
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
        if ticket is not None:
            lines.append(f"Authorization: Bearer {ticket}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.raw = b""
        self.body = b""
        self.finished = False  # the last chunk has arrived
        head = self.read_until(b"\r\n\r\n", PATIENCE).decode("latin-1").split("\r\n")
        self.status = int(head[0].split()[1])
        self.headers = dict(line.split(": ", 1) for line in head[1:] if line)
        self.chunked = self.headers.get("transfer-encoding") == "chunked"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def read_until(self, end: bytes, patience: float) -> bytes:
        deadline = time.monotonic() + patience
        while end not in self.raw:
            self.receive(deadline)
        block, self.raw = self.raw.split(end, 1)
        return block

    def receive(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("nothing came")
        self.socket.settimeout(left)
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError("the server closed the connection")
        self.raw += piece

    def block(self, patience: float = PATIENCE) -> str:
        """Read up to the next empty line: an event or a comment."""
        deadline = time.monotonic() + patience
        while b"\n\n" not in self.body:
            self.read_chunk(deadline)
        block, self.body = self.body.split(b"\n\n", 1)
        return block.decode()

    def read_chunk(self, deadline: float) -> None:
        if self.finished:
            raise EOFError("the stream has ended")
        while b"\r\n" not in self.raw:
            self.receive(deadline)
        size, rest = self.raw.split(b"\r\n", 1)
        length = int(size, 16)
        while len(rest) < length + 2:
            self.receive(deadline)
            rest = self.raw.split(b"\r\n", 1)[1]
        self.body += rest[:length]
        self.raw = rest[length + 2 :]
        self.finished = length == 0

    def event(self, patience: float = PATIENCE) -> Event:
        """Return the next event, skipping heartbeats."""
        deadline = time.monotonic() + patience
        while (block := self.block(deadline - time.monotonic())) == ":":
            pass
        name, data = block.split("\n")
        return Event(name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))

    def ready(self) -> "Stream":
        assert self.status == 200
        assert self.event() == Event("ready", {})
        return self

    def is_closed(self, patience: float = PATIENCE) -> bool:
        """Return whether the connection is closed without further data."""
        deadline = time.monotonic() + patience
        try:
            while True:
                self.raw = b""
                self.receive(deadline)
        except (EOFError, ConnectionResetError):
            return True
        except TimeoutError:
            return False
