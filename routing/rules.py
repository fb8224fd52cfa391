"""The statuses of candidates and the rules by which routing chooses one."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CandidateStatus(TextChoices):
    """Why a member can take a conversation, or can't. The first eight are their availability."""

    AVAILABLE = "available"
    AT_CAPACITY = "at_capacity"
    AWAY = "away"
    OUTSIDE_HOURS = "outside_office_hours"
    DAY_OFF = "day_off"
    OFFLINE = "offline"
    UNKNOWN = "unknown"
    SUSPENDED = "suspended"
    NO_ACCESS = "no_access"
    INBOX_CLOSED = "inbox_closed"
    RELEASED = "released"
    TIMED_OUT = "timed_out"
    # Online, but later in the rotation than everyone who was checked.
    NOT_CHECKED = "not_checked"


AVAILABLE = CandidateStatus.AVAILABLE
AT_CAPACITY = CandidateStatus.AT_CAPACITY
ONLINE = frozenset({AVAILABLE, AT_CAPACITY})
# While a candidate has one of these, the conversation waits instead of becoming a lead.
KEEPS_LEADS_WAITING = ONLINE | {CandidateStatus.UNKNOWN}
# They aren't online, but can be assigned a conversation as an email lead.
ABSENT = frozenset(
    {
        CandidateStatus.AWAY,
        CandidateStatus.OFFLINE,
        CandidateStatus.OUTSIDE_HOURS,
        CandidateStatus.DAY_OFF,
        CandidateStatus.INBOX_CLOSED,
    }
)


class Rule(TextChoices):
    """The rule by which a member was chosen. The labels are the routing board's."""

    OWNER = "owner", _("owner")
    OWNER_ONLINE = "owner_online", _("owner")
    OWNER_UNKNOWN = "owner_unknown", _("owner")
    OWNER_OFFLINE = "owner_offline", _("owner, offline")
    OWNER_OFFLINE_NO_EMAIL = "owner_offline_no_email", _("owner, offline")
    ROUND_ROBIN = "round_robin", _("round robin")
    FEWEST_OPEN = "fewest_open", _("fewest open")
    LEAD = "lead", _("email lead")
    LEAD_ONLINE = "lead_online", _("next in rotation")
    KEPT = "kept", _("kept")
    KEPT_OFFLINE = "kept_offline", _("kept, offline")
    QUEUED = "queued", _("in the queue")


OWNER_RULES = frozenset(
    {
        Rule.OWNER,
        Rule.OWNER_ONLINE,
        Rule.OWNER_UNKNOWN,
        Rule.OWNER_OFFLINE,
        Rule.OWNER_OFFLINE_NO_EMAIL,
    }
)
# Only members chosen by these move to the end of the rotation.
ROTATION_RULES = frozenset({Rule.ROUND_ROBIN, Rule.FEWEST_OPEN, Rule.LEAD, Rule.LEAD_ONLINE})
# A member chosen by one of these can take the conversation at once. Others are emailed.
AVAILABLE_RULES = frozenset({Rule.OWNER, Rule.ROUND_ROBIN, Rule.FEWEST_OPEN, Rule.KEPT})
# A member chosen by one of these had the conversation before, or no one was chosen.
UNMOVED_RULES = frozenset({Rule.KEPT, Rule.KEPT_OFFLINE, Rule.QUEUED})
