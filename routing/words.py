"""Routing explained in words: one sentence a decision, a few words a candidate."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from routing.choice import AVAILABLE

REASONS = {
    AVAILABLE: lambda: _("available"),
    "away": lambda: _("away"),
    "offline": lambda: _("offline"),
    "suspended": lambda: _("no longer here"),
    "put_it_back": lambda: _("put it back"),
    "presence_unknown": lambda: _("cannot be seen: live service away"),
}


def because_in_turn(candidates) -> str:
    """Why the chosen one: «round-robin, next of 3 available»."""
    available = sum(candidate.is_available for candidate in candidates)
    if available == 1:
        return _("round-robin, the only one available")
    return _("round-robin, next of %(count)d available") % {"count": available}


def because_nobody(candidates) -> str:
    """Why it waits: «nobody is available (2 away, 1 offline)»."""
    if not candidates:
        return _("nobody answers this inbox yet")
    counts = Counter(candidate.code for candidate in candidates)
    reasons = ", ".join(f"{count} {REASONS[code]()}" for code, count in counts.most_common())
    return _("nobody is available (%(reasons)s)") % {"reasons": reasons}


def decision_sentence(decision) -> str:
    candidates = decision.candidates
    if decision.chosen_id is None:
        return _("Nobody could take it.")
    chosen = next(each for each in candidates if each["id"] == str(decision.chosen_id))
    if decision.rule == "keep":
        return _("%(name)s had it before and is available.") % chosen
    count = sum(each["code"] == AVAILABLE for each in candidates)
    return ngettext(
        "%(name)s was the only one available.",
        "%(name)s was given a chat least recently among %(count)d available.",
        count,
    ) % {"name": chosen["name"], "count": count}


def candidate_words(candidate) -> str:
    return str(REASONS[candidate["code"]]())
