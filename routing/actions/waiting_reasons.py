"""Nobody can take what waits, and the reason is another one than was written down."""

import logging
from itertools import islice

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from inbox.models import Conversation, Inbox
from routing.actions.assignment import route_conversation
from routing.candidates import CandidatePool, excluded_members, tally
from routing.models import Decision

logger = logging.getLogger(__name__)
MOST_EXPLAINED = 50  # at a time; the next sweep goes on with the others


def explain_waiting(conversations, inboxes):
    """inboxes: where something waits that nobody takes.

    What goes wrong with one of them is logged and does not hold up the others.
    """
    for inbox in Inbox.objects.filter(pk__in=inboxes).select_related("workspace"):
        try:
            explain_inbox(inbox, conversations)
        except Exception:
            logger.exception("reasons of inbox %s", inbox.pk)


def explain_inbox(inbox, conversations):
    reason = reasons(inbox)
    waiting = with_known_reason(conversations.waiting_for_agent().filter(inbox=inbox))
    others = (each.pk for each in waiting if each.known != reason(each))
    for pk in islice(others, MOST_EXPLAINED):
        route_conversation(Conversation(pk=pk), trigger="sweep")


def reasons(inbox):
    """A function: why this conversation of the inbox waits now."""
    circle = CandidatePool(inbox)
    usual = {"rule": "nobody", "tally": tally(circle.candidates())}

    def reason(conversation):
        if not excluded_members(conversation):
            return usual
        return usual | {"tally": tally(circle.candidates(conversation))}

    return reason


def with_known_reason(waiting):
    """Each with .known: rule and tally of its latest decision. Whose reason is the oldest comes
    first: where people come and go all the time, the same few would be explained again and again.
    """
    decisions = Decision.objects.filter(conversation=OuterRef("pk")).order_by("-created_at")
    latest = decisions.values(known=JSONObject(rule="rule", tally="tally"))[:1]
    at = decisions.values("created_at")[:1]
    waiting = waiting.annotate(known=Subquery(latest), explained_at=Subquery(at))
    waiting = waiting.order_by(F("explained_at").asc(nulls_first=True), "created_at")
    return waiting.only("pk", "released_by", "timed_out_for")
