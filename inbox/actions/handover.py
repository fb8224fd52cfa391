"""Hands over the conversations of a member who lost access.

The plan is a row written in the transaction that ends the access. If a process dies after the
commit, nothing is lost: the sweep continues from that row.
"""

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from inbox.actions.assignment import assign_conversation, return_to_queue
from inbox.change import changing
from inbox.models import Conversation, PendingHandover
from messagehub.lib.live.publish import close_streams
from messagehub.lib.on_commit import enqueue_on_commit
from teams import audit
from teams.models import Membership

logger = logging.getLogger(__name__)
MAX_PER_REQUEST = 25  # the background does the rest


def start_handover(membership, *, to, by):
    """Store the handover in the caller's transaction and carry it out after the commit.

    A second decision about the same member replaces the first for the conversations that are left.
    """
    pending, _created = PendingHandover.objects.update_or_create(
        membership=membership,
        defaults={"workspace_id": membership.workspace_id, "assignee": to, "decided_by": by},
    )
    transaction.on_commit(lambda: begin_handover(pending.pk), robust=True)


def begin_handover(pk):
    """Hand over what a request has time for and leave the rest to the background."""
    from inbox.tasks import finish_handover

    if not continue_handover(pk, limit=MAX_PER_REQUEST):
        enqueue_on_commit(finish_handover, str(pk))


def finish_handovers():
    """Finish handovers that a failure or a killed process left incomplete."""
    pending = PendingHandover.objects.filter(workspace__deleted_at=None)
    for pk, member in list(pending.order_by("created_at").values_list("pk", "membership")):
        # The process may have died before it closed the member's pages, too.
        close_streams(Membership(pk=member).live_channel)
        try:
            continue_handover(pk)
        except Exception:
            logger.exception("handover %s", pk)


def continue_handover(pk, *, limit=None):
    """Hand over up to `limit` conversations, each in its own transaction.

    A failure with one conversation is logged and doesn't stop the others. Returns whether the
    handover is complete.
    """
    handovers = PendingHandover.objects.select_related("membership__user", "assignee__user")
    pending = handovers.filter(pk=pk).first()
    if pending is None:
        return True
    conversations = Conversation.objects.unresolved().assigned_to(pending.membership)
    pks = conversations.order_by("created_at", "pk").values_list("pk", flat=True)
    for conversation in list(pks[:limit]):
        try:
            hand_over_conversation(pending, conversation)
        except Exception:
            logger.exception("handing over conversation %s", conversation)
    return complete_handover(pk)


def hand_over_conversation(pending, pk):
    """Assign the conversation to the chosen member if possible, else return it to the queue."""
    member, new_assignee = pending.membership, pending.assignee
    with changing(Conversation(pk=pk)) as change:
        conversation = change.conversation
        if conversation.assignee_id != member.pk or conversation.is_resolved:
            return
        if conversation.assignee.is_active:  # the member may have been reactivated meanwhile
            return
        if new_assignee is not None and assign_conversation(
            conversation, assignee=new_assignee, expected_assignee=member
        ):
            count_handed_over(pending, new_assignee.name)
        else:
            return_to_queue(conversation, assignee=member)
            with member.workspace.in_language():  # the audit log names it
                count_handed_over(pending, _("the queue"))


def count_handed_over(pending, name):
    """Count one conversation in the transaction that moved it.

    Locks are taken in this order: conversation, handover.
    """
    locked = PendingHandover.objects.select_for_update(no_key=True).get(pk=pending.pk)
    locked.counts[name] = locked.counts.get(name, 0) + 1
    locked.save(update_fields=["counts"])


def complete_handover(pk):
    """Once no conversation is left, write the audit log and delete the handover.

    Returns whether it's complete.
    """
    with transaction.atomic():
        pending = PendingHandover.objects.select_for_update().filter(pk=pk).first()
        if pending is None:
            return True
        member = pending.membership
        remaining = Conversation.objects.unresolved().assigned_to(member)
        if not member.is_active and remaining.exists():
            return False
        if pending.counts:
            after = {"conversations": audit.format_counts(pending.counts)}
            audit.record(
                pending.workspace,
                "member.handed_over",
                by=pending.decided_by,
                target=member.name,
                after=after,
            )
        pending.delete()
    return True
