from datetime import timedelta

from django.utils import timezone

from outbox.actions import cancel_deliveries, hasten_deliveries, queue_deliveries
from outbox.models import Delivery
from teams.models import Membership

# Long enough for the second sentence and the email address, short enough to matter.
FIRST_PAUSE = timedelta(seconds=20)
BETWEEN = timedelta(minutes=10)


def email_unanswered(conversation):
    """An email to whoever has the conversation, else to the people of the inbox.

    One a person in ten minutes; it holds everything new at the moment it leaves. An inbox that
    nobody answers is the administrators' business.
    """
    earlier = list(deliveries_about(conversation).order_by("created_at"))
    if any(each.state == Delivery.State.WAITING for each in earlier):
        earlier = hold_waiting(conversation)
    told = {}
    for each in earlier:
        told.setdefault(each.recipient, []).append(each)
    wanted = [
        letter(conversation, person, told.get(person.user.email, []))
        for person in recipients(conversation)
    ]
    queue_deliveries([delivery for delivery in wanted if delivery is not None])


def recipients(conversation):
    if conversation.assignee_id:
        return [conversation.assignee]
    people = conversation.inbox.agents
    if people.exists():
        return people
    administrators = Membership.objects.administrators().with_person()
    return administrators.filter(workspace=conversation.workspace_id)


def letter(conversation, person, earlier):
    """The delivery for this person, or None: one is waiting and will hold everything."""
    if any(each.state == Delivery.State.WAITING for each in earlier):
        return None
    now = timezone.now()
    last = next((each for each in reversed(earlier) if each.state in ("sending", "sent")), None)
    return Delivery(
        kind="unanswered",
        recipient=person.user.email,
        workspace=conversation.workspace,
        about=conversation.pk,
        key=f"unanswered:{conversation.pk}:{person.pk}:{conversation.last_seq}",
        payload={
            "conversation": str(conversation.pk),
            "membership": str(person.pk),
            "after": last.payload.get("upto", 0) if last else 0,
        },
        next_attempt_at=(
            max(now + FIRST_PAUSE, last.created_at + BETWEEN) if last else now + FIRST_PAUSE
        ),
    )


def hold_waiting(conversation):
    """Held until commit: a worker that takes one afterwards sees what is being written now.

    Without the lock it could be rendered in between, without this message, and no second one
    would be queued. Read again: a worker may have taken one just before.
    """
    about = deliveries_about(conversation)
    held = about.select_for_update(of=("self",), no_key=True)
    list(held.filter(state=Delivery.State.WAITING).order_by("pk"))
    return list(about.order_by("created_at"))


def hasten_emails(conversation):
    """The visitor left an address: nothing more to wait for, unless a mail has just gone out."""
    hasten_deliveries(deliveries_about(conversation).filter(payload__after=0))


def cancel_emails(conversation):
    """Somebody answered."""
    cancel_deliveries(deliveries_about(conversation))


def deliveries_about(conversation):
    return Delivery.objects.filter(about=conversation.pk, kind="unanswered")
