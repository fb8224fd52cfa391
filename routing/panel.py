"""Who would get a chat now? The candidates in order, each with the reason why or why not."""

from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from routing.emails.agents import queue_email_recipients
from routing.candidates import count_statuses, list_candidates
from routing.policy import choose, choose_lead
from routing.emails.agents import queue_email_recipients
from routing.explanations import explain_candidate, explain_choice, explain_unassigned
from routing.models import Routing
from routing.explanations import explain_choice, explain_unassigned, explain_candidate
from teams.availability import with_availability
from teams.time_format import format_time
from teams.models import Membership

MOST_SHOWN = 50
MOST_NAMED = 3
OF_THE_INBOX = ("no_access", "inbox_closed")  # other reasons are in the person's own sentence


@dataclass
class Place:
    """Somebody in the order: a membership with availability, and why they can take it or not."""

    person: Membership
    code: str
    words: str
    is_next: bool


@dataclass
class Panel:
    """headline, detail: the answer; places: those asked, in order; outsiders: may not open it."""

    headline: str
    detail: str
    places: list[Place] = field(default_factory=list)
    more: int = 0
    outsiders: list[str] = field(default_factory=list)

    @property
    def is_empty(self):
        return not self.places


def who_would_get_it(inbox, routing, targets=None) -> Panel:
    """By the settings given, stored or not. targets: None are the stored ones."""
    candidates = list_candidates(inbox, routing, targets=targets)
    fewest = routing.fewest_open_first
    chosen = choose(candidates, fewest_open_first=fewest)
    lead = None
    if chosen is None and routing.leads == Routing.Leads.ASSIGN:
        lead = choose_lead(candidates, fewest_open_first=fewest)
    headline, detail = answer(inbox, routing, candidates, chosen, lead, targets)
    shown = candidates[:MOST_SHOWN]
    return Panel(
        headline=headline,
        detail=detail,
        places=places(shown, chosen or lead, fewest),
        more=len(candidates) - len(shown),
        outsiders=sorted(each.name for each in candidates if each.code == "no_access"),
    )


def answer(inbox, routing, candidates, chosen, lead, targets):
    """(who gets it, why) in two sentences."""
    if chosen:
        rule = "fewest_open" if routing.fewest_open_first else "round_robin"
        why = sentence(explain_choice(rule, tally(candidates)))
        return _("%(name)s would get it.") % {"name": chosen.name}, why
    why = why_nobody(inbox, candidates)
    if lead:
        words = _("%(name)s would get it as an email lead, and an email.")
        return words % {"name": lead.name}, why
    return queue_words(list(queue_email_recipients(inbox, targets)), candidates), why


def queue_words(told, candidates):
    """It waits, and who gets an email: everybody who is shown, some of them, or others."""
    if not told:
        return _("It would wait in the queue, and nobody would get an email.")
    if {each.pk for each in told} == {each.membership_id for each in candidates}:
        return _("It would wait in the queue, and everybody here would get an email.")
    if len(told) > MOST_NAMED:
        words = _("It would wait in the queue, and %(count)d people would get an email.")
        return words % {"count": len(told)}
    names = ", ".join(sorted(each.name for each in told))
    return _("It would wait in the queue, and %(names)s would get an email.") % {"names": names}


def why_nobody(inbox, candidates):
    """Why none of them can take it, in a sentence; empty: somebody can."""
    if any(each.is_available for each in candidates):
        return ""
    return closed_sentence(inbox) or sentence(explain_unassigned(tally(candidates)))


def closed_sentence(inbox):
    """Why nobody is asked at all; empty: it is open."""
    now = timezone.now()
    closed = inbox.opening_hours.closed(now)
    if closed is None:
        return ""
    if closed.until is None:
        return _("This inbox is closed.")
    until = format_time(closed.until, inbox.workspace.zone, now)
    return _("This inbox is closed until %(until)s.") % {"until": until}


def sentence(words):
    return f"{words[:1].upper()}{words[1:]}."


def places(candidates, chosen, fewest_open_first):
    ids = [each.membership_id for each in candidates]
    people = with_availability(Membership.objects.filter(pk__in=ids).with_related())
    known = {person.pk: person for person in people}
    return [
        Place(
            person=known[each.membership_id],
            code=each.code,
            words=place_words(each, known[each.membership_id], fewest_open_first),
            is_next=each is chosen,
        )
        for each in candidates
        if each.membership_id in known
    ]


def place_words(candidate, person, fewest_open_first):
    if candidate.code in OF_THE_INBOX:
        return sentence(explain_candidate(candidate)).rstrip(".")
    if fewest_open_first and candidate.is_available and candidate.limit is None:
        words = {"state": person.sentence, "load": candidate.load}
        return _("%(state)s, %(load)d open") % words
    return person.sentence
