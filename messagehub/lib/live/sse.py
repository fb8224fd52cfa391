"""The names of channels in Redis, and the format of events in a stream (server-sent events)."""

import json
import re
import uuid

from django.utils.functional import Promise

CLOSE_CHANNEL = b"live-close"
CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,127}")
EVENT = re.compile(r"[a-z][a-z-]{0,31}")
OWN_EVENTS = {"ready", "bye"}  # only the hub sends these

HEARTBEAT = b":\n\n"


def channel_name(channel: str) -> bytes:
    if not CHANNEL.fullmatch(channel):
        raise ValueError(f"not a channel name: {channel!r}")
    return b"live:" + channel.encode()


def subject_name(subject: str) -> bytes:
    """Encode a subject, such as "membership:<uuid>"."""
    if not CHANNEL.fullmatch(subject):
        raise ValueError(f"not a subject name: {subject!r}")
    return subject.encode()


def revoked_key(subject: bytes) -> bytes:
    return b"live-revoked:" + subject


def encode_event(name: str, data: dict) -> bytes:
    """Encode one event with its JSON on one line, because a line break would end the field."""
    line = json.dumps(data, default=to_text, ensure_ascii=False, separators=(",", ":"))
    for separator in "\u0085\u2028\u2029":  # line breaks to some readers, though not in SSE
        line = line.replace(separator, f"\\u{ord(separator):04x}")
    # A lone surrogate has no UTF-8 form, so it is escaped as in JSON.
    return f"event: {name}\ndata: {line}\n\n".encode("utf-8", "backslashreplace")


def to_text(value) -> str:
    if isinstance(value, uuid.UUID | Promise):  # ids and lazily translated texts
        return str(value)
    raise TypeError(f"{type(value).__name__} in an event's data")


READY = encode_event("ready", {})
BYE_ACCESS = encode_event("bye", {"reason": "access"})
BYE_RESTART = encode_event("bye", {"reason": "restart"})
