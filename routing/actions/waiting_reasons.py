"""Refreshes the stored reason of queued conversations when it has changed."""

import logging
from itertools import islice

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from inbox.models import Conversation, Inbox
from routing.actions.assignment import route_conversation
from routing.candidates import CandidatePool, history_of
from routing.models import Decision, Trigger
from routing.policy import count_statuses, with_history
from routing.rules import Rule

logger = logging.getLogger(__name__)
MOST_EXPLAINED = 50  # at a time; the next sweep continues with the others


def explain_waiting(conversations, queues):
    """Record a new decision where the reason changed.

    queues: (inbox, team or None), as ids, with conversations that no one can take. An error in
    one of them is logged and doesn't hold up the others.
    """
    inboxes = Inbox.objects.select_related("workspace").in_bulk({inbox for inbox, _team in queues})
    for pk, team in queues:
        try:
            explain_queue(inboxes[pk], team, conversations)
        except Exception:
            logger.exception("reasons of inbox %s", pk)


def explain_queue(inbox, team, conversations):
    candidates = CandidatePool(inbox, team=team).candidates()
    waiting = conversations.waiting_for_agent().filter(inbox=inbox, team=team)
    waiting = with_known_reason(waiting)
    changed = (each.pk for each in waiting if each.known != reason(each, candidates))
    for pk in islice(changed, MOST_EXPLAINED):
        route_conversation(Conversation(pk=pk), trigger=Trigger.SWEEP)


def reason(conversation, candidates):
    """Return the rule and the tally that a decision would have now."""
    found = with_history(candidates, history_of(conversation))
    return {"rule": Rule.QUEUED, "tally": count_statuses(found)}


def with_known_reason(waiting):
    """Add `known`, the rule and tally of the latest decision, and sort by its age, oldest first.

    Otherwise, where members come and go all the time, only the same few would be explained.
    """
    decisions = Decision.objects.filter(conversation=OuterRef("pk")).order_by("-created_at")
    latest = decisions.values(known=JSONObject(rule="rule", tally="tally"))[:1]
    latest_at = decisions.values("created_at")[:1]
    waiting = waiting.annotate(known=Subquery(latest), explained_at=Subquery(latest_at))
    waiting = waiting.order_by(F("explained_at").asc(nulls_first=True), "created_at")
    return waiting.only("pk", "released_by", "timed_out_for")
