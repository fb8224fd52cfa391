"""Queue emails about unanswered conversations, to agents who are not online."""

from django.db.models import Q

from inbox.email_kinds import EmailKind
from messagehub.lib.tokens import hash_token
from outbox.actions import cancel_deliveries, queue_deliveries, send_deliveries_now
from outbox.models import Delivery
from routing.emails.pacing import (
    FIRST_DELAY,
    earliest_send_time,
    lock_pending_emails,
    recent_deliveries_to,
    sent_times,
)
from routing.models import Routing
from routing.targets import assignable_members
from teams.availability import in_workspace
from teams.models import Membership

KNOWN = "known"  # payload key of an email that was cancelled because its recipient already knew


def email_agents(conversation):
    """Queue an email to the assignee or, in the queue, to every agent who could take it.

    Called with the row locked. The assignee gets one email in ten minutes, which covers everything
    new at the moment it leaves. The others get one for as long as the contact waits.
    """
    workspace = conversation.workspace
    if conversation.change.is_new:  # there can't be any emails about it
        members, earlier = in_workspace(list_recipients(conversation), workspace), {}
    else:
        lock_pending_emails(conversation)
        members = in_workspace(recipients_to_notify(conversation), workspace)
        earlier = recent_deliveries_to(members, conversation)
    built = [
        build_delivery(conversation, each, earlier.get(each.user.email, [])) for each in members
    ]
    queue_deliveries([delivery for delivery in built if delivery is not None])


def recipients_to_notify(conversation):
    """Return the recipients, in the queue without those who have an email already.

    PostgreSQL leaves those out, because nearly everyone has one when the contact writes again.
    """
    members = list_recipients(conversation)
    if conversation.assignee_id:
        return members
    return members.exclude(user__email__in=queue_emails_sent(conversation).values("recipient"))


def queue_emails_sent(conversation):
    """Return the emails that make another to the same member unnecessary.

    These are pending ones, and those of this wait that were sent, tried, or already known.
    """
    counting = Q(state=Delivery.State.WAITING)
    if conversation.waiting_since is not None:
        unneeded = Q(state=Delivery.State.CANCELLED) & ~Q(payload__has_key=KNOWN)
        counting |= Q(created_at__gte=conversation.waiting_since) & ~unneeded
    return unanswered_emails(conversation).filter(counting)


def list_recipients(conversation):
    """Return the assignee, or the agents of the queue, without those who turned email off.

    The agents come without their workspace and role.
    """
    if conversation.assignee_id:
        return [conversation.assignee] if conversation.assignee.email_mine else []
    agents = queue_email_recipients(conversation.inbox, team=conversation.team_id)
    return agents.select_related(None).select_related("user")


def queue_email_recipients(inbox, targets=None, team=None):
    """Return who gets emails about the queue of this inbox, or about a team's part of it (an id).

    These are the administrators if no one can answer. targets: try these instead of the stored
    ones.
    """
    people = assignable_members(inbox, targets, team)
    if not people.exists():
        administrators = Membership.objects.administrators().with_related()
        people = administrators.filter(workspace=inbox.workspace_id)
    return people.filter(email_queue=True)


def build_delivery(conversation, member, earlier):
    """Return the delivery for this member, or None if a pending one will cover everything.

    There is one key for each timeline entry, so a sweep that runs again queues nothing twice. The
    number of cancelled emails is part of it, unless the member had known what they say.
    """
    same = [each for each in earlier if each.kind == EmailKind.UNANSWERED]
    if any(each.state == Delivery.State.WAITING for each in same):
        return None
    sent = sent_times(earlier)
    payload = {"conversation": str(conversation.pk), "membership": str(member.pk)}
    cancelled = sum(
        each.state == Delivery.State.CANCELLED and not each.payload.get(KNOWN) for each in same
    )
    entry = f"{conversation.pk}:{member.pk}:{conversation.last_seq}:{cancelled}"
    return Delivery(
        kind=EmailKind.UNANSWERED,
        recipient=member.user.email,
        workspace=conversation.workspace,
        about=conversation.pk,
        key=f"unanswered:{entry}:{hash_token(member.user.email)[:16]}",
        payload=payload | {"is_first": not sent},
        next_attempt_at=earliest_send_time(member, sent, delay=FIRST_DELAY),
    )


def email_owner_of_reassignment(conversation, *, owner, to):
    """Queue an email to the contact's owner, who didn't answer in time: `to` has it now."""
    if not owner.email_mine:
        return
    routing = Routing.objects.of(conversation.inbox)
    lock_pending_emails(conversation)
    sent = sent_times(recent_deliveries_to([owner], conversation)[owner.user.email])
    delivery = Delivery(
        kind=EmailKind.REASSIGNED,
        recipient=owner.user.email,
        workspace=conversation.workspace,
        about=conversation.pk,
        key=f"reassigned:{conversation.pk}:{owner.pk}:{conversation.last_seq}",
        payload={
            "conversation": str(conversation.pk),
            "membership": str(owner.pk),
            "to": str(to.pk),
            "minutes": routing.owner_minutes if routing.to_owner else routing.answer_minutes,
        },
        next_attempt_at=earliest_send_time(owner, sent),
    )
    queue_deliveries([delivery])


def hasten_agent_emails(conversation):
    """Send the first emails now, because the contact left an address.

    Quiet hours still hold: they are checked again when an email leaves.
    """
    send_deliveries_now(unanswered_emails(conversation).filter(payload__is_first=True))


def cancel_agent_emails(conversation):
    """Cancel the emails, because someone answered."""
    cancel_deliveries(unanswered_emails(conversation))


def unanswered_emails(conversation):
    return Delivery.objects.filter(about=conversation.pk, kind=EmailKind.UNANSWERED)
