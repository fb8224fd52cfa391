"""Limit how often a person, address, mailbox or installation may do something.

Threats:

- Other people's requests could evict a counter, so each is a row that only expires.
- A hundred requests could arrive at once, so one statement counts and decides.
- One person could use up a limit that everyone shares, so the narrowest limit is checked first, and
  a request that it refuses counts against no broader one.
"""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.models import LimitCounter
from messagehub.lib.client_info import NO_CLIENT, current_client
from messagehub.lib.retention import delete_expired
from messagehub.lib.tokens import hash_token

# At the limit no row is written, so a refusal costs nothing and doesn't extend the period.
COUNT = """
INSERT INTO accounts_limitcounter AS counter (key, count, expires_at)
VALUES (%(key)s, %(amount)s, %(expires_at)s)
ON CONFLICT (key) DO UPDATE SET
    count = %(amount)s + CASE WHEN counter.expires_at <= %(now)s THEN 0 ELSE counter.count END,
    expires_at =
        CASE WHEN counter.expires_at <= %(now)s THEN excluded.expires_at ELSE counter.expires_at END
WHERE counter.count + %(amount)s <= %(max_count)s OR counter.expires_at <= %(now)s
"""


@dataclass(frozen=True)
class Limit:
    """At most max_count uses in a period that begins with the first use. 0 means no limit."""

    name: str
    max_count: int
    period: timedelta

    def of(self, *subject, amount: int = 1) -> "Use":
        return Use(self, hash_token(":".join([self.name, *map(str, subject)])), amount)


@dataclass(frozen=True)
class Use:
    """One use by the subject that the key stands for, or several counted at once."""

    limit: Limit
    key: str
    amount: int = 1

    def count(self) -> bool:
        """Count the use and return whether the limit allowed it."""
        if not self.limit.max_count:
            return True
        now = timezone.now()
        params = {
            "key": self.key,
            "amount": self.amount,
            "max_count": self.limit.max_count,
            "now": now,
            "expires_at": now + self.limit.period,
        }
        with connection.cursor() as cursor:
            cursor.execute(COUNT, params)
            return cursor.rowcount == 1

    @property
    def is_left(self) -> bool:
        """Return whether one more use is allowed now."""
        if not self.limit.max_count:
            return True
        full = LimitCounter.objects.filter(key=self.key, count__gte=self.limit.max_count)
        return not full.filter(expires_at__gt=timezone.now()).exists()


def first_exceeded(*uses) -> Limit | None:
    """Count the uses, narrowest first, until one is refused, and return its limit."""
    return next((use.limit for use in uses if not use.count()), None)


def first_exhausted(*uses) -> Limit | None:
    """Return the first limit that would refuse one more use, without counting."""
    return next((use.limit for use in uses if not use.is_left), None)


def uncount(*uses):
    """Take back uses that turned out not to count."""
    keys = [use.key for use in uses]
    LimitCounter.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def delete_expired_counters():
    return delete_expired(LimitCounter._meta.db_table, "expires_at")


def current_network() -> str | None:
    """Return the network of the current request's client, or None outside of a request."""
    client = current_client()
    return None if client is NO_CLIENT else client.network


def mailbox(email) -> str:
    """Normalize an address so that all spellings of one mailbox share a limit.

    Many providers ignore dots, and everything after a plus. Two people with the same normalized
    address merely share a limit.
    """
    local, _, domain = unicodedata.normalize("NFKC", email).strip().casefold().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain.rstrip('.')}"
