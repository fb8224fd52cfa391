"""The board's short words: by which rule, and what made routing look."""

from django.utils.translation import gettext_lazy as _

RULES = {
    "owner": _("owner"),
    "owner_there": _("owner"),
    "owner_unknown": _("owner"),
    "owner_absent": _("owner, not there"),
    "owner_unmailed": _("owner, not there"),
    "round_robin": _("round robin"),
    "fewest_open": _("fewest open"),
    "lead": _("email lead"),
    "lead_there": _("next in turn"),
    "keep": _("kept"),
    "keep_absent": _("kept, not there"),
    "nobody": _("waits"),
}
TRIGGERS = {
    "message": _("a visitor wrote"),
    "reopened": _("reopened"),
    "unassigned": _("put back"),
    "available": _("somebody came"),
    "member_left": _("somebody left, or no longer answers it"),
    "timer": _("not answered in time"),
    "sweep": _("looked again"),
    "reassign": _("reassign replies"),
    "snooze_over": _("back from snooze"),
    "settings": _("settings changed"),
}
STATES = {
    "available": _("available"),
    "busy": _("busy"),
    "away": _("away"),
    "offline": _("offline"),
}


def rule_words(rule) -> str:
    return RULES.get(rule, rule)


def trigger_words(trigger) -> str:
    return TRIGGERS.get(trigger, trigger)
