from datetime import timedelta

from django.utils import timezone

from outbox.actions import cancel_deliveries, hasten_deliveries, queue_delivery
from outbox.models import Delivery

# Long enough for the second sentence and the email address, short enough to matter.
FIRST_PAUSE = timedelta(seconds=20)
BETWEEN = timedelta(minutes=10)


def email_unanswered(conversation):
    """An email to whoever has the conversation, else to the people of the inbox.

    One a person in ten minutes; it holds everything new at the moment it leaves.
    """
    people = [conversation.assignee] if conversation.assignee_id else conversation.inbox.agents
    for person in people:
        queue_unanswered(conversation, person)


def queue_unanswered(conversation, person):
    earlier = deliveries_about(conversation).filter(recipient=person.user.email)
    if earlier.filter(state=Delivery.State.WAITING).exists():
        return
    now = timezone.now()
    last = earlier.filter(state__in=["sending", "sent"]).order_by("-created_at").first()
    queue_delivery(
        kind="unanswered",
        to=person.user.email,
        workspace=conversation.workspace,
        key=f"unanswered:{conversation.pk}:{person.pk}:{conversation.last_seq}",
        payload={
            "conversation": str(conversation.pk),
            "membership": str(person.pk),
            "after": last.payload.get("upto", 0) if last else 0,
        },
        at=max(now + FIRST_PAUSE, last.created_at + BETWEEN) if last else now + FIRST_PAUSE,
    )


def hasten_emails(conversation):
    """The visitor left an address: nothing more to wait for."""
    hasten_deliveries(deliveries_about(conversation))


def cancel_emails(conversation):
    """Somebody answered."""
    cancel_deliveries(deliveries_about(conversation))


def deliveries_about(conversation):
    return Delivery.objects.filter(
        workspace=conversation.workspace_id,
        kind="unanswered",
        payload__conversation=str(conversation.pk),
    )
