"""Telling the open pages what changed, and ending the streams of whoever lost access.

Both happen after commit, in the order they were asked for, in one round trip a transaction.
Neither raises because of Redis: an update that is lost is found by the next catch-up. A lost
closing is not: it is kept and tried again (see `keep_trying`), and streams have a limited life
(settings.LIVE_MAX_AGE), after which the page must ask for a new ticket, and is refused.
"""

import logging
import threading
from contextlib import contextmanager

from django.db import connection, transaction

from messagehub.lib import redis
from messagehub.lib.live import sse
from messagehub.lib.live.tickets import REVOKED_SECONDS

logger = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0

# The time is Redis' own, the clock that tickets are dated with (see tickets.py).
CLOSE = f"""
local t = redis.call('TIME')
redis.call('SET', KEYS[1], string.format('%d.%06d', t[1], t[2]), 'EX', {REVOKED_SECONDS})
redis.call('PUBLISH', '{sse.CLOSE_CHANNEL.decode()}', ARGV[1])
"""

_pending = threading.local()  # what this thread sends when its transaction commits
_unsent: dict[bytes, None] = {}  # subjects whose closing Redis did not take, in order
_timer: threading.Timer | None = None
_lock = threading.Lock()


def publish(channel: str, event: str, data: dict) -> None:
    """Send `data` to every stream that listens to `channel`, once the transaction commits."""
    if not sse.EVENT.fullmatch(event) or event in sse.OWN_EVENTS:
        raise ValueError(f"not an event's name: {event!r}")
    if not isinstance(data, dict):
        raise TypeError("an event's data is a dict")
    after_commit(("publish", sse.channel_name(channel), sse.encode_event(event, data)))


def close(subject: str) -> None:
    """End the streams of `subject` everywhere, and refuse the tickets it already has."""
    after_commit(("close", sse.subject_name(subject)))


@contextmanager
def together():
    """What is published in here, outside a transaction, goes to Redis in one round trip."""
    _pending.together = getattr(_pending, "together", 0) + 1
    try:
        yield
    finally:
        _pending.together -= 1
        if not _pending.together:
            send_pending()


def after_commit(message: tuple) -> None:
    if not connection.in_atomic_block:
        messages().append(message)
        if not getattr(_pending, "together", 0):
            send_pending()
        return
    # The list is looked up then: what another hook publishes may have sent this one by that time.
    transaction.on_commit(lambda: messages().append(message), robust=True)
    # Sending comes once, after the last of them, and no rolled-back savepoint may take it away:
    # it is put at the end each time, belongs to no savepoint, and the one before does nothing.
    hooks = connection.run_on_commit
    for place, (savepoints, hook, robust) in enumerate(hooks):
        if hook is send_pending:
            hooks[place] = (savepoints, nothing, robust)
    hooks.append((set(), send_pending, True))


def nothing() -> None:
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
        for kind, name, *payload in batch:
            if kind == "publish":
                pipeline.publish(name, *payload)
            else:
                pipeline.eval(CLOSE, 1, sse.revoked_key(name), name)
        pipeline.execute()
    except redis.FAILURES as error:
        if not isinstance(error, redis.UNAVAILABLE):
            logger.exception("Redis refused live updates")
        keep_trying([name for kind, name, *_ in batch if kind == "close"])


def keep_trying(subjects: list[bytes]) -> None:
    """Access that ended must end on the screen too, even if Redis was away at that moment."""
    global _timer
    with _lock:
        _unsent.update(dict.fromkeys(subjects))
        if _unsent and _timer is None:
            _timer = threading.Timer(TRY_AGAIN_SECONDS, try_again)
            _timer.daemon = True
            _timer.start()


def try_again() -> None:
    global _timer
    with _lock:
        subjects, _timer = list(_unsent), None
        _unsent.clear()
    send([("close", subject) for subject in subjects])
