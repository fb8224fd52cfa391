"""What tests of the handover choose, and what they look at."""

from datetime import timedelta

from django.utils import timezone

from inbox.snooze_options import next_working_time
from routing.handover.actions import Choice, Action, hand_over_conversations
from routing.models import Handover
from tests.routing.engine.conftest import stored

URL = "/w/acme/handover/"


def holder(conversation):
    return stored(conversation).assignee


def holders(*conversations):
    return [holder(each) for each in conversations]


def to_queue(conversation):
    return Choice(conversation, Action.QUEUE)


def to_person(conversation, person):
    return Choice(conversation, Action.ASSIGN, to=person)


def to_snooze(conversation, membership):
    return Choice(conversation, Action.SNOOZE, until=next_working_time(membership).until)


def hand_over(acme, *choices, by=None):
    """Bob's conversations; by: a colleague instead of Bob."""
    return hand_over_conversations(acme.bob, choices, by=by or acme.bob)


def undone(handed_over):
    rows = handed_over.conversations.order_by("conversation__number")
    return list(rows.values_list("undone", flat=True))


def make_old(handed_over, **age):
    Handover.objects.filter(pk=handed_over.pk).update(created_at=timezone.now() - timedelta(**age))
    return Handover.objects.get(pk=handed_over.pk)


def choose(conversation, value):
    """Fields of the page's form."""
    return {f"conversation-{conversation.number}": str(getattr(value, "pk", value))}


def shown_on(page):
    return [conversation for conversation, _field, _people in page.context["form"].rows]


def undoing_url(handed_over, slug="acme"):
    return f"/w/{slug}/handover/{handed_over.pk}/undo/"
