"""Count what one person, address, mailbox or installation may do within a time.

Threats: a counter that other people's requests push out (each is a row that only time removes); a
hundred requests at once (one statement counts and answers); one person who uses up what all share
(the narrowest limit comes first, and what it refuses counts against no broader one).
"""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.models import LimitCounter
from messagehub.lib import client_info
from messagehub.lib.retention import delete_expired
from messagehub.lib.tokens import hash_token

# At the limit no row is written, so a refusal costs nothing and does not prolong the time.
COUNT = """
INSERT INTO accounts_limitcounter AS counter (key, count, expires_at)
VALUES (%(key)s, 1, %(expires_at)s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN counter.expires_at <= %(now)s THEN 1 ELSE counter.count + 1 END,
    expires_at =
        CASE WHEN counter.expires_at <= %(now)s THEN excluded.expires_at ELSE counter.expires_at END
WHERE counter.count < %(max_count)s OR counter.expires_at <= %(now)s
"""


@dataclass(frozen=True)
class Limit:
    """At max_count so many within a time, which begins with the first. max_count: 0 stands for no limit."""

    name: str
    max_count: int
    within: timedelta

    def of(self, *subject) -> "Use":
        return Use(self, hash_token(":".join([self.name, *map(str, subject)])))


@dataclass(frozen=True)
class Use:
    """One use of what a limit counts, by the subject that the key stands for."""

    limit: Limit
    key: str

    def count(self) -> bool:
        """Whether the limit allowed it."""
        if not self.limit.max_count:
            return True
        now = timezone.now()
        expires_at = now + self.limit.within
        values = {"key": self.key, "max_count": self.limit.max_count, "now": now, "expires_at": expires_at}
        with connection.cursor() as cursor:
            cursor.execute(COUNT, values)
            return cursor.rowcount == 1

    @property
    def is_left(self) -> bool:
        """Whether one more would be allowed now."""
        if not self.limit.max_count:
            return True
        full = LimitCounter.objects.filter(key=self.key, count__gte=self.limit.max_count)
        return not full.filter(expires_at__gt=timezone.now()).exists()


def first_exceeded(*uses) -> Limit | None:
    """Count the uses, the narrowest first, up to the one that is refused. Return its limit."""
    return next((use.limit for use in uses if not use.count()), None)


def first_exhausted(*uses) -> Limit | None:
    """Ask without counting."""
    return next((use.limit for use in uses if not use.is_left), None)


def give_back(*uses):
    """Take back what was counted for something that turned out not to need a limit."""
    keys = [use.key for use in uses]
    LimitCounter.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def delete_expired_counters():
    return delete_expired(LimitCounter._meta.db_table, "expires_at")


def current_network() -> str | None:
    """The current_network that the request comes from, as limits count it; None: it is no request."""
    where = client_info.current_client()
    return None if where is client_info.NO_CLIENT else where.current_network


def mailbox(email) -> str:
    """One form for all spellings of an address that may reach the same mailbox.

    Many providers ignore dots, and everything that follows a plus. Two people who share this form
    only share a limit.
    """
    local, _, domain = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain.rstrip('.')}"
