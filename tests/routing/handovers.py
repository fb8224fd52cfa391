"""Choices and results of handovers, for tests."""

from datetime import timedelta

from django.utils import timezone

from inbox.snooze_options import next_working_time
from routing.handover.actions import Action, Choice, hand_over_conversations
from routing.models import Handover
from tests.routing.engine.conftest import stored

URL = "/w/acme/handover/"


def holder(conversation):
    return stored(conversation).assignee


def holders(*conversations):
    return [holder(each) for each in conversations]


def return_to_queue(conversation):
    return Choice(conversation, Action.QUEUE)


def assign_to(conversation, person):
    return Choice(conversation, Action.ASSIGN, to=person)


def snooze(conversation, membership):
    return Choice(conversation, Action.SNOOZE, until=next_working_time(membership).until)


def hand_over(acme, *choices, by=None):
    """Bob's conversations; by: a colleague who does it for Bob."""
    return hand_over_conversations(acme.bob, choices, by=by or acme.bob)


def undo_results(handover):
    items = handover.items.order_by("conversation__number")
    return list(items.values_list("undo_result", flat=True))


def make_old(handover, **age):
    Handover.objects.filter(pk=handover.pk).update(created_at=timezone.now() - timedelta(**age))
    return Handover.objects.get(pk=handover.pk)


def choose(conversation, value):
    """Return the form field of the page with this choice."""
    return {f"conversation-{conversation.number}": str(getattr(value, "pk", value))}


def shown_on(page):
    return [conversation for conversation, _field, _assignees in page.context["form"].rows]


def undo_url(handover, slug="acme"):
    return f"/w/{slug}/handover/{handover.pk}/undo/"
