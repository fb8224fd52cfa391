"""Can this person take a chat now? One function, and one sentence that says why.

Three layers: choice (Away, set by hand, never changed by presence or login), schedule (office
hours), presence (a page is open); then capacity. The first that says no gives the reason.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from teams import presence
from teams.load import open_chats
from teams.models import Membership, StatusChange

AVAILABLE, BUSY, AWAY, OFFLINE = "available", "busy", "away", "offline"
SOON = timedelta(days=6)
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)
REACHABLE = ("available", "at_capacity")  # codes of who sees what is written to them


@dataclass(frozen=True)
class Availability:
    """state: what the dot shows; code: the reason, stored with routing decisions."""

    state: str
    code: str
    sentence: str

    @property
    def can_take_chats(self) -> bool:
        return self.state == AVAILABLE

    @property
    def is_there(self) -> bool:
        """They see what is written to them: full is not gone."""
        return self.state in (AVAILABLE, BUSY)


def status_of(membership, online, *, open_count=0, now=None) -> str:
    """The reason alone: available, at_capacity, away, outside_office_hours, day_off, offline,
    unknown or suspended. What routing asks of many people at once.

    online: the answer of presence.find_online(workspace). load: their open conversations.
    """
    if not membership.is_active:
        return "suspended"
    if membership.away_at:
        return "away"
    if membership.has_schedule:
        now = now or timezone.now()
        hours = membership.office_hours
        if not hours.is_open(now):
            today = localtime(now, hours.zone).date()
            return "day_off" if hours.day_off(today) else "outside_office_hours"
    if online is None:
        return "unknown"
    if membership.pk not in online:
        return "unknown" if membership.pk in online.unsure else "offline"
    if membership.capacity is not None and load >= membership.capacity:
        return "at_capacity"
    return "available"


def is_status_pending(membership, online) -> bool:
    """Redis was emptied a moment ago: whether they are there will be known soon."""
    is_unknown = status_of(membership, online) == "unknown"
    return is_unknown and online is not None


def availability(membership, online, *, load=None, now=None) -> Availability:
    """load: open conversations; asked for here when it matters and is not given."""
    now = now or timezone.now()
    if load is None and membership.capacity is not None:
        load = open_chats(membership.workspace_id, [membership.pk]).get(membership.pk, 0)
    code = status_of(membership, online, open_count=load or 0, now=now)
    state, words = WORDS[code]
    return Availability(state, code, words(membership, load or 0, now))


def reachable_since(ids) -> dict[UUID, datetime]:
    """When these members came, as it was told; whoever is not there is left out."""
    if not ids:
        return {}
    states = StatusChange.objects.filter(membership=OuterRef("pk")).values("created_at")
    gone = states.exclude(code__in=REACHABLE).order_by("-created_at")[:1]
    there = states.filter(code__in=REACHABLE, created_at__gt=OuterRef("gone")).order_by("created_at")
    members = Membership.objects.filter(pk__in=ids)
    members = members.annotate(gone=Coalesce(Subquery(gone), LONG_AGO), came=Subquery(there[:1]))
    return dict(members.exclude(came=None).values_list("pk", "came"))


def available_words(membership, load, now):
    if membership.capacity is None:
        return _("Available")
    return _("Available: %(load)d of %(most)d chats") % {"load": load, "most": membership.capacity}


def busy_words(membership, load, now):
    return _("Busy: %(load)d of %(most)d chats") % {"load": load, "most": membership.capacity}


def away_words(membership, load, now):
    words = {"time": format_time(membership.away_at, membership.zone, now, soon=False)}
    if membership.away_by_id and membership.away_by_id != membership.pk:
        words["by"] = membership.away_by.name
        return _("Away since %(time)s, set by %(by)s") % words
    return _("Away since %(time)s") % words


def hours_words(membership, load, now):
    until = membership.office_hours.closed(now).until
    if until is None:
        return _("Offline: outside office hours")
    words = {"until": format_time(until, membership.zone, now)}
    return _("Offline: outside office hours until %(until)s") % words


def day_off_words(membership, load, now):
    closed = membership.office_hours.closed(now)
    words = {"until": closed.until and format_time(closed.until, membership.zone, now)}
    words["name"] = closed.name
    if closed.until is None:
        return _("Offline: day off")
    if closed.name:
        return _("Offline: day off (%(name)s) until %(until)s") % words
    return _("Offline: day off until %(until)s") % words


def format_time(at: datetime, zone, now, *, soon=True) -> str:
    """«14:02» today, «Mon 09:00» within the next days, else with the date."""
    local, today = localtime(at, zone), localtime(now, zone).date()
    clock = date_format(local, _("H:i"))
    if local.date() == today:
        return clock
    if soon and timedelta(0) < local.date() - today <= SOON:
        return f"{date_format(local, 'D')} {clock}"
    return f"{date_format(local, 'j M')}, {clock}"


WORDS = {
    "available": (AVAILABLE, available_words),
    "at_capacity": (BUSY, busy_words),
    "away": (AWAY, away_words),
    "outside_office_hours": (OFFLINE, hours_words),
    "day_off": (OFFLINE, day_off_words),
    "offline": (OFFLINE, lambda *_about: _("Offline: no page open")),
    "unknown": (OFFLINE, lambda *_about: _("Nobody can say who is online now")),
    "suspended": (OFFLINE, lambda *_about: _("Suspended: no access")),
}


def with_availability(memberships) -> list:
    """Memberships of one workspace, each with .availability, .presence, .sentence and .load.

    .load: open conversations, None for those without a limit.
    """
    memberships = list(memberships)
    if not memberships:
        return memberships
    workspace, now = memberships[0].workspace_id, timezone.now()
    online = presence.find_online(workspace)
    # Seldom, so that it is asked for here instead of being joined everywhere.
    set_away = [each for each in memberships if each.away_by_id]
    prefetch_related_objects(set_away, "away_by__user")
    limited = [each.pk for each in memberships if each.capacity is not None]
    loads = open_chats(workspace, limited)
    for membership in memberships:
        has_limit = membership.capacity is not None
        membership.load = loads.get(membership.pk, 0) if has_limit else None
        membership.availability = availability(
            membership, online, load=membership.load or 0, now=now
        )
        membership.presence = membership.availability.presence
        membership.sentence = membership.availability.sentence
    return memberships
