"""Explain routing: one sentence for each decision, a few words for each candidate."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routing.rules import ABSENT, AVAILABLE, OWNER_RULES, CandidateStatus

REASONS = {
    AVAILABLE: lambda: _("available"),
    "at_capacity": lambda: _("at capacity"),
    "away": lambda: _("away"),
    "outside_office_hours": lambda: _("outside office hours"),
    "day_off": lambda: _("on a day off"),
    "offline": lambda: _("offline"),
    "suspended": lambda: _("suspended"),
    "no_access": lambda: _("without access to this inbox"),
    "inbox_closed": lambda: _("outside the inbox's opening hours"),
    "released": lambda: _("returned it to the queue"),
    "timed_out": lambda: _("didn't answer in time"),
    "unknown": lambda: _("status unknown"),
    CandidateStatus.NOT_CHECKED: lambda: _("also available, later in rotation"),
}


def explain_candidate(candidate) -> str:
    """Say why they can take it, or not: a Candidate, a stored row, or a status alone."""
    if isinstance(candidate, dict):
        wants_email = candidate.get("wants_email", True)
        text = explain_candidate(candidate["status"])
        is_absent = candidate["status"] in ABSENT
        if wants_email or not is_absent:
            return text
        return _("%(reason)s, email turned off") % {"reason": text}
    return str(REASONS[getattr(candidate, "status", candidate)]())


def format_tally(tally) -> str:
    """Format {status: count} like "2 away, 1 at capacity, 1 outside office hours".

    The order is fixed, because the database may return the keys in any order.
    """
    order = {status: index for index, status in enumerate(REASONS)}
    counts = sorted(tally.items(), key=lambda item: (-item[1], order[item[0]]))
    return ", ".join(f"{count} {explain_candidate(status)}" for status, count in counts)


def explain_unassigned(tally, team="") -> str:
    """Say why it waits, for the middle of a sentence. tally: {status: count}; team: its name."""
    if team:
        params = {"team": team, "reasons": format_tally(tally)}
        if not tally:
            return _("team %(team)s has no members") % params
        return _("no one in team %(team)s is available (%(reasons)s)") % params
    if not tally:
        return _("no agent receives conversations of this inbox")
    return _("no agent is available (%(reasons)s)") % {"reasons": format_tally(tally)}


def explain_waiting(decision) -> str:
    """Say why it is unassigned. decision: the one that chose no one, or None before any."""
    if decision is None:
        return _("This conversation is unassigned.")
    if decision.team_name:
        reason = explain_unassigned(decision.tally, decision.team_name)
        return f"{capfirst(reason)}."
    if not decision.tally:
        return _("No agent receives conversations of this inbox.")
    reasons = format_tally(decision.tally)
    return _("No agent is available yet: %(reasons)s.") % {"reasons": reasons}


def explain_choice(rule, tally, *, owner_status="", team="") -> str:
    """Say why this agent was chosen, to follow "Assigned to Bob: ". team: that it was given to."""
    if team and rule not in OWNER_RULES:
        params = {"team": team, "reason": explain_choice(rule, tally)}
        return _("chosen from team %(team)s; %(reason)s") % params
    if rule == "owner":
        return _("owner of this contact")
    if rule in OWNER_UNAVAILABLE:
        params = {"reason": explain_candidate(owner_status)}
        return str(OWNER_UNAVAILABLE[rule]()) % params
    if rule == "lead_online":
        return _("next in rotation; %(reason)s") % {"reason": explain_unassigned(tally)}
    if rule == "lead":
        return _("email lead, next in rotation; %(reason)s") % {"reason": explain_unassigned(tally)}
    available = tally.get(AVAILABLE, 0)
    if rule == "fewest_open":
        if available == 1:
            return _("the only one available")
        return _("fewest open conversations of %(count)d available") % {"count": available}
    if tally.get(CandidateStatus.NOT_CHECKED):
        return _("round robin, next in rotation")
    if available == 1:
        return _("round robin, the only one available")
    return _("round robin, next of %(count)d available") % {"count": available}


def explain_reassignment(trigger, name, reason, minutes=None) -> str:
    """Say why this agent was chosen and `name` lost it. reason: from explain_choice."""
    params = {"name": name, "reason": reason, "minutes": minutes}
    if trigger == "reassign":
        return _("%(name)s is away and reassigns replies; %(reason)s") % params
    text = ngettext(
        "%(name)s didn't answer within %(minutes)d minute; %(reason)s",
        "%(name)s didn't answer within %(minutes)d minutes; %(reason)s",
        minutes,
    )
    return text % params


def explain_decision(decision) -> str:
    available = decision.tally.get(AVAILABLE, 0)
    params = {"name": decision.chosen_name, "count": available}
    if not decision.chosen_name:
        if decision.team_name:
            return explain_waiting(decision)
        reasons = format_tally(decision.tally) or explain_unassigned(decision.tally)
        return _("No agent could take it: %(reasons)s.") % {"reasons": reasons}
    if decision.rule in DECISIONS:
        return str(DECISIONS[decision.rule]()) % params
    if decision.rule == "fewest_open" and available > 1:
        return _("%(name)s had the fewest open conversations of %(count)d available.") % params
    if decision.tally.get(CandidateStatus.NOT_CHECKED):
        return _("%(name)s was assigned least recently of all who were available.") % params
    text = ngettext(
        "%(name)s was the only one available.",
        "%(name)s was assigned least recently of %(count)d available.",
        available,
    )
    return text % params


OWNER_UNAVAILABLE = {
    "owner_online": lambda: _("owner of this contact (%(reason)s), who is online"),
    "owner_unknown": lambda: _("owner of this contact (%(reason)s)"),
    "owner_offline": lambda: _(
        "owner of this contact (%(reason)s), emailed unless they see it first"
    ),
    "owner_offline_no_email": lambda: _("owner of this contact (%(reason)s), who turned email off"),
}
# Rules whose sentence doesn't depend on how many were available.
DECISIONS = {
    "lead": lambda: _(
        "No agent was online. %(name)s was next in rotation and is emailed unless they see it "
        "first."
    ),
    "lead_online": lambda: _(
        "No agent was available. %(name)s was next in rotation and is online."
    ),
    "owner_online": lambda: _(
        "%(name)s owns this contact and is online, though not available for a new conversation."
    ),
    "owner_unknown": lambda: _("%(name)s owns this contact. Their status was unknown."),
    "owner_offline": lambda: _(
        "%(name)s owns this contact, wasn't available, and is emailed unless they see it first."
    ),
    "owner_offline_no_email": lambda: _(
        "%(name)s owns this contact, wasn't available, and turned email off."
    ),
    "owner": lambda: _("%(name)s owns this contact and was available."),
    "kept": lambda: _("%(name)s had it before and was available."),
    "kept_offline": lambda: _(
        "%(name)s had it before. This inbox returns reopened conversations even to agents who "
        "are offline."
    ),
}
