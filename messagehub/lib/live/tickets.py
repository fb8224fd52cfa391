"""Signed tickets that let a page open its stream. They name its channels and its subjects.

Threats:

- A page must not choose its channels, so they are signed.
- A stolen ticket must be worth little, so it expires after a minute and travels in a header, never
  in a URL.
- A ticket must not outlive access. Closing a subject's streams stores the time in Redis, and the
  hub refuses older tickets once it has subscribed.

Both times come from Redis' clock, the one clock that all processes share, because the clocks of
application servers may differ by more than the gap that matters. A view checks access a little
before it issues the ticket, so a ticket issued within MARGIN_SECONDS after a close is refused too;
at worst a page with full access asks again. A ticket issued while Redis was unavailable is dated 0,
before any close: it is refused in case of doubt and accepted if the subject was not closed.
"""

from dataclasses import dataclass

from django.core import signing

from messagehub.lib import redis
from messagehub.lib.live import sse

TICKET_SECONDS = 60
MARGIN_SECONDS = 2
REVOKED_SECONDS = TICKET_SECONDS + MARGIN_SECONDS + 3  # longer than the tickets it refuses
MAX_CHANNELS = 220
MAX_SUBJECTS = 16
SALT = "messagehub.live"


@dataclass(frozen=True, slots=True)
class Ticket:
    channels: tuple[bytes, ...]  # their names in Redis
    subjects: tuple[bytes, ...]
    issued_at: float  # by Redis' clock

    def is_revoked(self, closed_at: list[bytes | None]) -> bool:
        """Compare with the time when each of the subjects was closed, as stored in Redis."""
        return any(
            timestamp and self.issued_at <= float(timestamp) + MARGIN_SECONDS
            for timestamp in closed_at
        )


def issue(*, channels: list[str], subjects: list[str]) -> str:
    """Issue a ticket that is valid for TICKET_SECONDS. Check access first.

    `subjects` identify the listener, one name for each way to lose access ("membership:<uuid>",
    "session:<hash>", "visitor:<uuid>"). Closing any of them ends the stream.
    """
    if not 0 < len(channels) <= MAX_CHANNELS or not 0 < len(subjects) <= MAX_SUBJECTS:
        raise ValueError(f"{len(channels)} channels and {len(subjects)} subjects in a ticket")
    for channel in channels:
        sse.channel_name(channel)
    for subject in subjects:
        sse.subject_name(subject)
    content = {"c": channels, "s": subjects, "t": redis_time()}
    return signing.dumps(content, salt=SALT, compress=True)


def read(ticket: str) -> Ticket | None:
    """Read a ticket; None if it has expired or its signature is wrong."""
    try:
        content = signing.loads(ticket, salt=SALT, max_age=TICKET_SECONDS)
    except signing.BadSignature:
        return None
    return Ticket(
        channels=tuple(dict.fromkeys(sse.channel_name(channel) for channel in content["c"])),
        subjects=tuple(dict.fromkeys(sse.subject_name(subject) for subject in content["s"])),
        issued_at=content["t"],
    )


def redis_time() -> float:
    try:
        seconds, microseconds = redis.client().time()
    except redis.FAILURES:
        return 0.0
    return seconds + microseconds / 1_000_000
