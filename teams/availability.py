"""Can this person take a chat now? One function, and one sentence that says why.

Three layers: presence (a page is open), choice (Away, set by hand, never changed by presence or
login), schedule (office hours). The first that says no gives the reason.
"""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from teams import presence

AVAILABLE, AWAY, OFFLINE, UNKNOWN = "available", "away", "offline", "unknown"


@dataclass(frozen=True)
class Availability:
    """state: what the dot shows; code: the reason, stored with routing decisions."""

    state: str
    code: str
    sentence: str

    @property
    def can_take_chats(self) -> bool:
        return self.state == AVAILABLE


def availability(membership, online) -> Availability:
    """Its times are the workspace's. online: the answer of presence.online(workspace)."""
    if not membership.is_active:
        return Availability(OFFLINE, "suspended", _("Suspended: no access"))
    if membership.away_since:
        zone = membership.workspace.zone
        since = date_format(localtime(membership.away_since, zone), "TIME_FORMAT")
        return Availability(AWAY, "away", _("Away since %(time)s") % {"time": since})
    if online is None:
        return Availability(OFFLINE, "presence_unknown", _("Nobody can say who is online now"))
    if membership.pk not in online:
        return Availability(OFFLINE, "offline", _("Offline: no page open"))
    return Availability(AVAILABLE, "available", _("Available"))


def with_availability(memberships) -> list:
    """The memberships of one workspace, each with .availability, .presence and .sentence."""
    memberships = list(memberships)
    online = presence.online(memberships[0].workspace_id) if memberships else None
    for membership in memberships:
        membership.availability = availability(membership, online)
        membership.presence = membership.availability.state
        membership.sentence = membership.availability.sentence
    return memberships
