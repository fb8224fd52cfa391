"""The statuses a member can have, and the presence that the dot beside their name shows."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Presence(TextChoices):
    AVAILABLE = "available", _("Available")
    BUSY = "busy", _("Busy")
    AWAY = "away", _("Away")
    OFFLINE = "offline", _("Offline")


class AvailabilityStatus(TextChoices):
    """Why a member can or can't take a conversation now. Stored with routing decisions."""

    AVAILABLE = "available", _("Available")
    AT_CAPACITY = "at_capacity", _("Busy: at capacity")
    AWAY = "away", _("Away")
    OUTSIDE_OFFICE_HOURS = "outside_office_hours", _("Outside office hours")
    DAY_OFF = "day_off", _("Day off")
    OFFLINE = "offline", _("No page open")
    UNKNOWN = "unknown", _("Unknown")
    SUSPENDED = "suspended", _("Suspended")

    @property
    def presence(self) -> Presence:
        return PRESENCES.get(self, Presence.OFFLINE)


PRESENCES = {
    AvailabilityStatus.AVAILABLE: Presence.AVAILABLE,
    AvailabilityStatus.AT_CAPACITY: Presence.BUSY,
    AvailabilityStatus.AWAY: Presence.AWAY,
}
# Members with these statuses see what is written to them.
REACHABLE = (AvailabilityStatus.AVAILABLE, AvailabilityStatus.AT_CAPACITY)
