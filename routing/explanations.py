"""Routing explained in words: one sentence a decision, a few words a candidate."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routing.choice import ABSENT, AVAILABLE, NOT_REACHED

REASONS = {
    AVAILABLE: lambda: _("available"),
    "at_capacity": lambda: _("at capacity"),
    "away": lambda: _("away"),
    "outside_office_hours": lambda: _("outside office hours"),
    "day_off": lambda: _("on a day off"),
    "offline": lambda: _("offline"),
    "suspended": lambda: _("no longer here"),
    "no_access": lambda: _("without access to this inbox"),
    "inbox_closed": lambda: _("outside the inbox's opening hours"),
    "put_it_back": lambda: _("had it until it was put back"),
    "timed_out": lambda: _("did not answer in time"),
    "unknown": lambda: _("cannot be seen right now"),
    NOT_REACHED: lambda: _("there too, later in turn"),
}


def explain_candidate(candidate) -> str:
    """Why this one can take it, or not: of a Candidate, a stored row, or a bare code."""
    if isinstance(candidate, dict):
        wants_mail = candidate.get("wants_mail", True)
        words = explain_candidate(candidate["code"])
        is_gone = candidate["code"] in ABSENT
        return words if wants_mail or not is_gone else _("%(why)s, wants no email") % {"why": words}
    return str(REASONS[getattr(candidate, "code", candidate)]())


def format_tally(tally) -> str:
    """«2 away, 1 at capacity, 1 outside office hours»: in this order whoever counted, and however
    the database keeps the keys."""
    order = {code: place for place, code in enumerate(REASONS)}
    counts = sorted(tally.items(), key=lambda item: (-item[1], order[item[0]]))
    return ", ".join(f"{count} {explain_candidate(code)}" for code, count in counts)


def explain_unassigned(tally) -> str:
    """Why it waits. tally: {code: how many} (routing.candidates.tally)."""
    if not tally:
        return _("nobody is asked for the chats of this inbox")
    return _("nobody is available (%(reasons)s)") % {"reasons": format_tally(tally)}


def explain_waiting(decision) -> str:
    """Why nobody has it. decision: the one that chose nobody; None: nothing is decided yet."""
    if decision is None:
        return _("Nobody has this conversation yet.")
    if not decision.tally:
        return _("Nobody is asked for the chats of this inbox.")
    reasons = format_tally(decision.tally)
    return _("Nobody has this conversation yet: %(reasons)s.") % {"reasons": reasons}


def explain_choice(rule, tally, *, owner_code="") -> str:
    """Why the chosen one, to follow «Assigned to Bob: »."""
    if rule == "owner":
        return _("owner of this contact")
    if rule in OWNER_UNAVAILABLE:
        words = {"reason": explain_candidate(owner_code)}
        return str(OWNER_UNAVAILABLE[rule]()) % words
    if rule == "lead_there":
        return _("next in turn; %(nobody)s") % {"nobody": explain_unassigned(tally)}
    if rule == "lead":
        return _("email lead, next in turn; %(nobody)s") % {"nobody": explain_unassigned(tally)}
    available = tally.get(AVAILABLE, 0)
    if rule == "fewest_open":
        if available == 1:
            return _("the only one available")
        return _("fewest open conversations of %(count)d available") % {"count": available}
    if tally.get(NOT_REACHED):
        return _("round-robin, next in turn")
    if available == 1:
        return _("round-robin, the only one available")
    return _("round-robin, next of %(count)d available") % {"count": available}


def explain_reassignment(trigger, name, because, minutes=None) -> str:
    """The same, when it was somebody else's until now."""
    words = {"name": name, "because": because, "minutes": minutes}
    if trigger == "reassign":
        return _("%(name)s is away and reassigns replies; %(because)s") % words
    return (
        ngettext(
            "%(name)s did not answer within %(minutes)d minute; %(because)s",
            "%(name)s did not answer within %(minutes)d minutes; %(because)s",
            minutes,
        )
        % words
    )


def explain_decision(decision) -> str:
    count = decision.tally.get(AVAILABLE, 0)
    words = {"name": decision.chosen_name, "count": count}
    if not decision.chosen_name:
        reasons = format_tally(decision.tally) or explain_unassigned(decision.tally)
        return _("Nobody could take it: %(reasons)s.") % {"reasons": reasons}
    if decision.rule in ALWAYS:
        return str(ALWAYS[decision.rule]()) % words
    if decision.rule == "fewest_open" and count > 1:
        return _("%(name)s had the fewest open conversations of %(count)d available.") % words
    if decision.tally.get(NOT_REACHED):
        return _("%(name)s was given a chat least recently of all who were available.") % words
    return (
        ngettext(
            "%(name)s was the only one available.",
            "%(name)s was given a chat least recently among %(count)d available.",
            count,
        )
        % words
    )


OWNER_UNAVAILABLE = {
    "owner_there": lambda: _("owner of this contact (%(reason)s), who is there"),
    "owner_unknown": lambda: _("owner of this contact (%(reason)s)"),
    "owner_absent": lambda: _(
        "owner of this contact (%(reason)s), emailed unless they see it first"
    ),
    "owner_unmailed": lambda: _("owner of this contact (%(reason)s), who wants no email"),
}
ALWAYS = {
    "lead": lambda: _(
        "Nobody was there: %(name)s was next in turn, and is emailed unless they see it first."
    ),
    "lead_there": lambda: _("Nobody was available: %(name)s was next in turn, and is there."),
    "owner_there": lambda: _(
        "%(name)s owns this contact and is there, though not available for a new chat."
    ),
    "owner_unknown": lambda: _(
        "%(name)s owns this contact; whether they were there could not be seen."
    ),
    "owner_absent": lambda: _(
        "%(name)s owns this contact and was not available: emailed unless they see it first."
    ),
    "owner_unmailed": lambda: _(
        "%(name)s owns this contact, was not available, and wants no email."
    ),
    "owner": lambda: _("%(name)s owns this contact and was available."),
    "keep": lambda: _("%(name)s had it before and was available."),
    "keep_absent": lambda: _("%(name)s had it before; this inbox gives it back, there or not."),
}
