"""The sweep of mail: whoever took a chat and left, and nobody was told."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from inbox.change import changing
from inbox.models import Conversation
from outbox.models import Delivery
from routing.actions.email import email_unanswered
from teams import presence
from teams.availability import availability

UNANSWERED_FOR = timedelta(minutes=1)


def email_what_nobody_answers():
    """The people who should know of what waits for a minute with nobody there are told by email."""
    since = timezone.now() - UNANSWERED_FOR
    unanswered = Conversation.objects.open().filter(
        waiting_since__lt=since, workspace__deleted_at=None
    )
    for workspace in set(unanswered.values_list("workspace", flat=True)):
        online = presence.online(workspace)
        for pk, person in of_people(unanswered.filter(workspace=workspace)):
            if not (person and availability(person, online).is_there):
                with changing(Conversation(pk=pk)) as change:
                    if change.conversation.waiting_since:
                        email_unanswered(change.conversation)


def of_people(conversations):
    """[(conversation's pk, assignee or None)] of what they were not mailed about since it waits.

    In the queue one mail to anybody counts; whoever has it must have been told themselves.
    """
    told = Delivery.objects.filter(
        kind="unanswered", about=OuterRef("pk"), created_at__gte=OuterRef("waiting_since")
    )
    is_told = Exists(told.filter(recipient=OuterRef("assignee__user__email")))
    silent = conversations.exclude(Q(assignee=None) & Exists(told)).exclude(is_told)
    wanted = silent.exclude(assignee__email_mine=False).with_people()
    return [(each.pk, each.assignee) for each in wanted]
