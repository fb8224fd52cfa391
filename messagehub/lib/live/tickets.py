"""Tickets: what a page shows to open its stream. They name what it may hear and who it is.

Threats. A page must not choose its channels: they are signed. A stolen ticket must be worth
little: it lives for a minute and travels in a header, never in an address. Access that is lost
between the ticket and the stream must not come back through it: closing a subject leaves a mark
in Redis with the time, and the hub, once subscribed, refuses tickets that are older.

Both times come from the one clock every process shares, Redis' own, because application servers
may disagree by more than the gap that matters. A view asks about access a little before it makes
the ticket, so a ticket made within MARGIN_SECONDS after a closing is refused as well: at worst a
page that has every right asks once more. A ticket made while Redis was away is dated 0, older
than any closing: refused wherever there is a doubt, good where there is none.
"""

from dataclasses import dataclass

from django.core import signing

from messagehub.lib import redis
from messagehub.lib.live import sse

TICKET_SECONDS = 60
MARGIN_SECONDS = 2
REVOKED_SECONDS = TICKET_SECONDS + MARGIN_SECONDS + 3  # outlives the tickets it refuses
MAX_CHANNELS = 220
MAX_SUBJECTS = 16
SALT = "messagehub.live"


@dataclass(frozen=True, slots=True)
class Ticket:
    channels: tuple[bytes, ...]  # as they are called in Redis
    subjects: tuple[bytes, ...]
    issued_at: float  # Redis' clock

    def is_revoked(self, closed_at: list[bytes | None]) -> bool:
        """closed_at: when each of the subjects was closed, as found in Redis."""
        return any(
            moment and self.issued_at <= float(moment) + MARGIN_SECONDS for moment in closed_at
        )


def issue(*, channels: list[str], subjects: list[str]) -> str:
    """A ticket good for TICKET_SECONDS. Ask about access first, then issue.

    subjects: who is listening, one name for each way of losing access ("membership:<uuid>",
    "session:<hash>", "visitor:<uuid>"); closing any of them ends the stream.
    """
    if not 0 < len(channels) <= MAX_CHANNELS or not 0 < len(subjects) <= MAX_SUBJECTS:
        raise ValueError(f"{len(channels)} channels and {len(subjects)} subjects in a ticket")
    for channel in channels:
        sse.channel_name(channel)
    for subject in subjects:
        sse.subject_name(subject)
    content = {"c": channels, "s": subjects, "t": redis_time()}
    return signing.dumps(content, salt=SALT, compress=True)


def verify(ticket: str) -> Ticket | None:
    """What an honest and fresh ticket says; None for any other."""
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
