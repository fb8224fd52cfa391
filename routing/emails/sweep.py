"""Email agents about unanswered conversations that no one was emailed about.

For example, an agent took one and went offline.
"""

import logging
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from inbox.change import changing
from inbox.email_kinds import EmailKind
from inbox.models import Conversation, Message
from outbox.models import Delivery
from routing.emails.agents import KNOWN, email_agents, list_recipients
from routing.emails.pacing import EMAIL_INTERVAL
from teams import presence
from teams.availability import REACHABLE, is_status_pending, status_of

logger = logging.getLogger(__name__)
UNANSWERED_FOR = timedelta(minutes=1)


def email_about_unanswered():
    """Email agents about conversations that wait for a minute without a reachable agent.

    An error in one conversation is logged and doesn't hold up the others.
    """
    since = timezone.now() - UNANSWERED_FOR
    unanswered = Conversation.objects.open().filter(
        waiting_since__lt=since, workspace__deleted_at=None
    )
    for workspace in set(unanswered.values_list("workspace", flat=True)):
        waiting = unanswered.filter(workspace=workspace)
        for pk in find_without_reachable_agent(waiting, workspace):
            try:
                email_if_waiting(pk)
            except Exception:
                logger.exception("mail about conversation %s", pk)


def email_if_waiting(pk):
    with changing(Conversation(pk=pk)) as change:
        if change.conversation.waiting_since:
            email_agents(change.conversation)


def find_without_reachable_agent(conversations, workspace):
    """Yield the ids of conversations with an offline assignee or, if queued, with recipients."""
    online, has_recipients = presence.find_online(workspace), {}
    for conversation in conversations_to_notify_about(conversations):
        assignee, inbox = conversation.assignee, conversation.inbox_id
        if assignee is not None:
            assignee.workspace = conversation.workspace  # not joined with every assignee
            if has_left(assignee, online):
                yield conversation.pk
            continue
        if inbox not in has_recipients:
            has_recipients[inbox] = list_recipients(conversation).exists()
        if has_recipients[inbox]:
            yield conversation.pk


def has_left(member, online):
    """Return whether they are definitely offline, which isn't known without Redis."""
    if online is None or is_status_pending(member, online):
        return False
    return status_of(member, online) not in REACHABLE


def conversations_to_notify_about(conversations):
    """Return those without an email since the contact waits, or since they were assigned.

    In the queue an email to anyone counts; an assignee must have got one themselves. An email that
    was to leave during a snooze, or to an earlier assignee, doesn't count.
    """
    moved = Message.objects.filter(conversation=OuterRef("pk"), activity__in=["woken", "assigned"])
    since = Greatest("waiting_since", Subquery(moved.order_by("-seq").values("created_at")[:1]))
    emails = Delivery.objects.filter(
        counts_as_sent(),
        kind=EmailKind.UNANSWERED,
        about=OuterRef("pk"),
        created_at__gte=OuterRef("since"),
    )
    assignee_has_one = Exists(emails.filter(recipient=OuterRef("assignee__user__email")))
    silent = conversations.annotate(since=since)
    silent = silent.exclude(Q(assignee=None) & Exists(emails)).exclude(assignee_has_one)
    return silent.exclude(assignee__email_mine=False).with_related()


def counts_as_sent():
    """Cancelled emails don't count, unless the recipient had read the conversation.

    A recent one counts too, so each conversation is checked again after ten minutes at most.
    """
    not_cancelled = ~Q(state=Delivery.State.CANCELLED)
    is_recent = Q(created_at__gt=timezone.now() - EMAIL_INTERVAL)
    return not_cancelled | Q(payload__has_key=KNOWN) | is_recent
