"""Publish changes to open pages, and close the streams of people who lost access.

Both happen after the commit, in the order of the calls, in one round trip per transaction. Neither
raises when Redis is unavailable. The next catch-up finds a lost update. A lost close is retried
(see `retry_later`), and streams have a limited life (settings.LIVE_MAX_AGE), after which the page
must ask for a new ticket and is refused.
"""

import logging
import threading
from collections.abc import Iterable
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from messagehub.lib import redis
from messagehub.lib.live import sse
from messagehub.lib.live.hints import as_command, hints_first
from messagehub.lib.live.tickets import REVOKED_SECONDS

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0

# The time is from Redis' clock, like the time in a ticket (see tickets.py).
CLOSE = f"""
local t = redis.call('TIME')
redis.call('SET', KEYS[1], string.format('%d.%06d', t[1], t[2]), 'EX', {REVOKED_SECONDS})
redis.call('PUBLISH', '{sse.CLOSE_CHANNEL.decode()}', ARGV[1])
"""

_collected: ContextVar[list | None] = ContextVar("collected", default=None)
_pending = threading.local()  # the messages that this thread sends after its commit
_unsent: dict[bytes, None] = {}  # subjects that could not be closed yet, in order
_timer: threading.Timer | None = None
_lock = threading.Lock()


def publish(channel: str, event: str, data: dict) -> None:
    """Send `data` to every stream of `channel` after the commit."""
    publish_to((channel,), event, data)


def publish_to(channels: Iterable[str], event: str, data: dict) -> None:
    """Send `data`, encoded once, to every stream of these channels after the commit."""
    if not sse.EVENT.fullmatch(event) or event in sse.OWN_EVENTS:
        raise ValueError(f"not an event name: {event!r}")
    if not isinstance(data, dict):
        raise TypeError("an event's data must be a dict")
    encoded = sse.encode_event(event, data)
    for channel in channels:
        send_on_commit(("publish", sse.channel_name(channel), encoded))


def close_streams(subject: str) -> None:
    """Close all streams of `subject` after the commit, and revoke its tickets."""
    send_on_commit(("close", sse.subject_name(subject)))


def store_hint(key: str, value: str, *, seconds: int) -> None:
    """Store a value that open pages compare, after the commit and before its live updates."""
    send_on_commit(("set", key.encode(), value.encode(), seconds))


@contextmanager
def publish_in_one_batch():
    """Send everything published in this block, outside of a transaction, in one round trip."""
    _pending.open_batches = getattr(_pending, "open_batches", 0) + 1
    try:
        yield
    finally:
        _pending.open_batches -= 1
        if not _pending.open_batches:
            send_pending()


@contextmanager
def collect_messages():
    """Collect what this block publishes in a list instead of sending it (see Hub.publish)."""
    messages: list[tuple] = []
    token = _collected.set(messages)
    try:
        yield messages
    finally:
        _collected.reset(token)


def send_on_commit(message: tuple) -> None:
    if (collected := _collected.get()) is not None:
        collected.append(message)
        return
    if not connection.in_atomic_block:
        messages().append(message)
        if not getattr(_pending, "open_batches", 0):
            send_pending()
        return
    # The list is looked up only after the commit, because another hook that publishes may have
    # sent and replaced it by then.
    transaction.on_commit(lambda: messages().append(message), robust=True)
    # Send once, after the last message. A rolled-back savepoint must not remove the hook, so it
    # belongs to no savepoint; it is appended each time, and the earlier one becomes a no-op.
    hooks = connection.run_on_commit
    for index, (savepoints, hook, robust) in enumerate(hooks):
        if hook is send_pending:
            hooks[index] = (savepoints, do_nothing, robust)
    hooks.append((set(), send_pending, True))


def do_nothing() -> None:
    pass


def messages() -> list:
    if not hasattr(_pending, "messages"):
        _pending.messages = []
    return _pending.messages


def send_pending() -> None:
    batch, _pending.messages = messages(), []
    if batch:
        send(batch)


def send(batch: list[tuple]) -> None:
    try:
        pipeline = redis.client().pipeline(transaction=False)
        for message in hints_first(batch):
            if message[0] == "close":
                pipeline.eval(CLOSE, 1, sse.revoked_key(message[1]), message[1])
            else:
                pipeline.execute_command(*as_command(*message))
        pipeline.execute()
    except redis.FAILURES as error:
        if not isinstance(error, redis.UNAVAILABLE):
            logger.exception("Redis refused live updates")
        retry_later([name for kind, name, *_ in batch if kind == "close"])


def retry_later(subjects: list[bytes]) -> None:
    """Retry closing streams, because lost access must also end on the screen."""
    global _timer
    with _lock:
        _unsent.update(dict.fromkeys(subjects))
        if _unsent and _timer is None:
            _timer = threading.Timer(RETRY_SECONDS, retry)
            _timer.daemon = True
            _timer.start()


def retry() -> None:
    global _timer
    with _lock:
        subjects, _timer = list(_unsent), None
        _unsent.clear()
    send([("close", subject) for subject in subjects])
