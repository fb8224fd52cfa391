"""Who would get a chat now? The candidates in order, each with a reason."""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from routing.candidates import list_candidates
from routing.emails.agents import queue_email_recipients
from routing.explanations import explain_candidate, explain_choice, explain_unassigned
from routing.policy import Facts, StepKind, count_statuses, plan_assignment, rotation_rule
from routing.rules import CandidateStatus
from teams.availability import with_availability
from teams.models import Membership
from teams.time_format import format_time

MOST_SHOWN = 50
MOST_NAMED = 3
# Other reasons are in the member's own sentence.
REASONS_OF_THE_INBOX = (CandidateStatus.NO_ACCESS, CandidateStatus.INBOX_CLOSED)


@dataclass
class RankedCandidate:
    """member: with their availability; sentence: why they can take it, or can't."""

    member: Membership
    status: str
    sentence: str
    is_next: bool


@dataclass
class Panel:
    """headline, detail: the answer; outsiders: names of those who may not open the inbox."""

    headline: str
    detail: str
    candidates: list[RankedCandidate] = field(default_factory=list)
    more: int = 0
    outsiders: list[str] = field(default_factory=list)

    @property
    def is_empty(self):
        return not self.candidates


def who_would_get_it(inbox, routing, targets=None) -> Panel:
    """By the settings given, stored or not. targets: to try out instead of the stored ones."""
    candidates = list_candidates(inbox, routing, targets=targets)
    step = next(plan_assignment(Facts(), routing, candidates))
    chosen = next((each for each in candidates if each.membership_id in step.members[:1]), None)
    headline, detail = explain(inbox, routing, candidates, step, chosen, targets)
    shown = candidates[:MOST_SHOWN]
    is_outsider = CandidateStatus.NO_ACCESS
    return Panel(
        headline=headline,
        detail=detail,
        candidates=rank(shown, chosen, routing),
        more=len(candidates) - len(shown),
        outsiders=sorted(each.name for each in candidates if each.status == is_outsider),
    )


def explain(inbox, routing, candidates, step, chosen, targets):
    """Return (who gets it, why) in two sentences."""
    if step.kind is StepKind.ROTATION:
        why = sentence(explain_choice(rotation_rule(routing), count_statuses(candidates)))
        return _("%(name)s would get it.") % {"name": chosen.name}, why
    why = why_no_one(inbox, candidates)
    if step.kind is StepKind.LEAD:
        message = _("%(name)s would get it as an email lead, and an email.")
        return message % {"name": chosen.name}, why
    return queue_sentence(list(queue_email_recipients(inbox, targets)), candidates), why


def queue_sentence(emailed, candidates):
    """Say that it waits and who gets an email: everyone shown, some of them, or others."""
    if not emailed:
        return _("It would wait in the queue, and no one would get an email.")
    if {each.pk for each in emailed} == {each.membership_id for each in candidates}:
        return _("It would wait in the queue, and everyone here would get an email.")
    if len(emailed) > MOST_NAMED:
        message = _("It would wait in the queue, and %(count)d members would get an email.")
        return message % {"count": len(emailed)}
    names = ", ".join(sorted(each.name for each in emailed))
    return _("It would wait in the queue, and %(names)s would get an email.") % {"names": names}


def why_no_one(inbox, candidates):
    """Return a sentence why none of them can take it; empty if someone can."""
    if any(each.is_available for each in candidates):
        return ""
    return closed_sentence(inbox) or sentence(explain_unassigned(count_statuses(candidates)))


def closed_sentence(inbox):
    """Return a sentence why no one is asked at all; empty if the inbox is open."""
    now = timezone.now()
    closed = inbox.opening_hours.closed(now)
    if closed is None:
        return ""
    if closed.until is None:
        return _("This inbox is closed.")
    until = format_time(closed.until, inbox.workspace.zone, now)
    return _("This inbox is closed until %(until)s.") % {"until": until}


def sentence(text):
    return f"{capfirst(text)}."


def rank(candidates, chosen, routing):
    ids = [each.membership_id for each in candidates]
    members = with_availability(Membership.objects.filter(pk__in=ids).with_related())
    known = {member.pk: member for member in members}
    return [
        RankedCandidate(
            member=known[each.membership_id],
            status=each.status,
            sentence=candidate_sentence(each, known[each.membership_id], routing),
            is_next=each is chosen,
        )
        for each in candidates
        if each.membership_id in known
    ]


def candidate_sentence(candidate, member, routing):
    if candidate.status in REASONS_OF_THE_INBOX:
        return sentence(explain_candidate(candidate)).rstrip(".")
    has_no_limit = candidate.capacity is None
    if routing.fewest_open_first and candidate.is_available and has_no_limit:
        params = {"state": member.sentence, "open_count": candidate.open_count}
        return _("%(state)s, %(open_count)d open") % params
    return member.sentence
