"""The names used in Redis and the bytes that go down a stream (server-sent events)."""

import json
import re
import uuid

from django.utils.functional import Promise

CLOSE_CHANNEL = b"live-close"
CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,127}")
EVENT = re.compile(r"[a-z][a-z-]{0,31}")
OWN_EVENTS = {"ready", "bye"}  # the hub's own words: nobody else may say them

HEARTBEAT = b":\n\n"


def channel_name(channel: str) -> bytes:
    if not CHANNEL.fullmatch(channel):
        raise ValueError(f"not a channel's name: {channel!r}")
    return b"live:" + channel.encode()


def subject_name(subject: str) -> bytes:
    """Subjects look like channels: "membership:<uuid>"."""
    if not CHANNEL.fullmatch(subject):
        raise ValueError(f"not a subject's name: {subject!r}")
    return subject.encode()


def revoked_key(subject: bytes) -> bytes:
    return b"live-revoked:" + subject


def event(name: str, data: dict) -> bytes:
    """One event. JSON in one line: a line break inside `data:` would end the field."""
    line = json.dumps(data, default=plain, ensure_ascii=False, separators=(",", ":"))
    for separator in "\u0085\u2028\u2029":  # line breaks to some readers, though not to SSE
        line = line.replace(separator, f"\\u{ord(separator):04x}")
    # A lone surrogate has no UTF-8 form; its escape is what JSON would write.
    return f"event: {name}\ndata: {line}\n\n".encode("utf-8", "backslashreplace")


def plain(value) -> str:
    if isinstance(value, uuid.UUID | Promise):  # ids, and texts translated when they are written
        return str(value)
    raise TypeError(f"{type(value).__name__} in an event's data")


READY = event("ready", {})
BYE_ACCESS = event("bye", {"reason": "access"})
BYE_RESTART = event("bye", {"reason": "restart"})
