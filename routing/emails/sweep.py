"""The sweep of mail: whoever took a chat and left, and nobody was told."""

import logging
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from inbox.change import changing
from inbox.email_kinds import EmailKind
from inbox.models import Conversation, Message
from outbox.models import Delivery
from routing.emails.agents import EMAIL_INTERVAL, KNOWN, email_agents, recipients
from teams import presence
from teams.availability import REACHABLE, status_of, is_status_pending

logger = logging.getLogger(__name__)
UNANSWERED_FOR = timedelta(minutes=1)


def email_about_unanswered():
    """The people who should know of what waits for a minute with nobody there are told by email.

    What goes wrong with one conversation is logged and does not hold up the others.
    """
    since = timezone.now() - UNANSWERED_FOR
    unanswered = Conversation.objects.open().filter(
        waiting_since__lt=since, workspace__deleted_at=None
    )
    for workspace in set(unanswered.values_list("workspace", flat=True)):
        for pk in find_without_reachable_agent(unanswered.filter(workspace=workspace), workspace):
            try:
                email_if_it_waits(pk)
            except Exception:
                logger.exception("mail about conversation %s", pk)


def email_if_it_waits(pk):
    with changing(Conversation(pk=pk)) as change:
        if change.conversation.waiting_since:
            email_agents(change.conversation)


def find_without_reachable_agent(conversations, workspace):
    """The pks of those whose assignee is not there, or that wait where somebody wants to know."""
    online, wanted = presence.find_online(workspace), {}
    for conversation in untold(conversations):
        person, inbox = conversation.assignee, conversation.inbox_id
        if person is not None:
            person.workspace = conversation.workspace  # not joined with every assignee
            if has_gone(person, online):
                yield conversation.pk
            continue
        if inbox not in wanted:
            wanted[inbox] = recipients(conversation).exists()
        if wanted[inbox]:
            yield conversation.pk


def has_gone(person, online):
    """While Redis is away, and a moment after it was emptied, nobody can say that."""
    if online is None or is_status_pending(person, online):
        return False
    return status_of(person, online) not in REACHABLE


def untold(conversations):
    """Those about which nobody who wants to know was mailed since the contact waits, or since they
    were given it.

    In the queue one mail to anybody counts; whoever has it must have been told themselves. A mail
    that was to leave while it was snoozed, or with somebody else, has told nobody.
    """
    moved = Message.objects.filter(conversation=OuterRef("pk"), activity__in=["woken", "assigned"])
    since = Greatest("waiting_since", Subquery(moved.order_by("-seq").values("created_at")[:1]))
    told = Delivery.objects.filter(
        kind=EmailKind.UNANSWERED, about=OuterRef("pk"), created_at__gte=OuterRef("since")
    ).filter(has_told())
    is_told = Exists(told.filter(recipient=OuterRef("assignee__user__email")))
    silent = conversations.annotate(since=since)
    silent = silent.exclude(Q(assignee=None) & Exists(told)).exclude(is_told)
    return silent.exclude(assignee__email_mine=False).with_related()


def has_told():
    """What was cancelled has not, unless they knew it; and is not looked at anew all the time."""
    not_cancelled = ~Q(state=Delivery.State.CANCELLED)
    lately = timezone.now() - EMAIL_INTERVAL
    return not_cancelled | Q(payload__has_key=KNOWN) | Q(created_at__gt=lately)
