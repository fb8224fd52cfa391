"""What tests about handing over choose, and what they look at."""

from datetime import timedelta

from django.utils import timezone

from inbox.models import Conversation
from inbox.snoozing import until_i_am_back
from routing.actions.handover import Choice, What
from routing.models import HandOver


def stored(conversation):
    return Conversation.objects.with_people().get(pk=conversation.pk)


def holder(conversation):
    return stored(conversation).assignee


def to_queue(conversation):
    return Choice(conversation, What.QUEUE)


def to_person(conversation, person):
    return Choice(conversation, What.PERSON, to=person)


def to_snooze(conversation, membership):
    return Choice(conversation, What.SNOOZE, until=until_i_am_back(membership).until)


def undone(handed_over):
    rows = handed_over.conversations.order_by("conversation__number")
    return list(rows.values_list("undone", flat=True))


def make_old(handed_over, **age):
    HandOver.objects.filter(pk=handed_over.pk).update(created_at=timezone.now() - timedelta(**age))
    return HandOver.objects.get(pk=handed_over.pk)


def choose(conversation, value):
    return {f"conversation-{conversation.number}": value}


def shown_on(page):
    return [conversation for conversation, _field, _people in page.context["form"].rows]
