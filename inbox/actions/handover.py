"""Handing over the conversations of a member who has lost access.

What is to be done is a row of the transaction that ended the access, so a process that dies after
the commit loses nothing: the sweep goes on with it.
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
MOST_AT_ONCE = 25  # in a request; the rest goes on in the background


def start_handover(membership, *, to, by):
    """Store what is to be done, in the caller's transaction, and do it after the commit.

    A second decision about the same member replaces the first one for what is left.
    """
    pending, _created = PendingHandover.objects.update_or_create(
        membership=membership,
        defaults={"workspace_id": membership.workspace_id, "hand_to": to, "by": by},
    )
    transaction.on_commit(lambda: begin_handover(pending.pk), robust=True)


def begin_handover(pk):
    """Do as much as a request has time for, and leave the rest to the background."""
    from inbox.tasks import finish_handover

    if not continue_handover(pk, most=MOST_AT_ONCE):
        enqueue_on_commit(finish_handover, str(pk))


def finish_handovers():
    """Do what a process that died, or a failure, has left undone."""
    pending = PendingHandover.objects.filter(workspace__deleted_at=None)
    for pk, member in list(pending.order_by("created_at").values_list("pk", "membership")):
        # It may have died before it closed the pages of that member, too.
        close_streams(Membership(pk=member).live_channel)
        try:
            continue_handover(pk)
        except Exception:
            logger.exception("handover %s", pk)


def continue_handover(pk, *, most=None):
    """Hand over `most` conversations or all, each in a transaction of its own.

    What goes wrong with one is logged and does not hold up the others. Returns whether nothing is
    left to do.
    """
    people = PendingHandover.objects.select_related("membership__user", "hand_to__user")
    pending = people.filter(pk=pk).first()
    if pending is None:
        return True
    left = Conversation.objects.live().of(pending.membership).order_by("created_at", "pk")
    for conversation in list(left.values_list("pk", flat=True)[:most]):
        try:
            hand_over_one(pending, conversation)
        except Exception:
            logger.exception("handing over conversation %s", conversation)
    return end_if_done(pk)


def hand_over_one(pending, conversation):
    """Give it to the person who was chosen if they can have it, else back to the queue."""
    member, to = pending.membership, pending.hand_to
    with changing(Conversation(pk=conversation)) as change:
        conversation = change.conversation
        is_theirs = conversation.assignee_id == member.pk and not conversation.is_resolved
        if not is_theirs or conversation.assignee.is_active:  # they may be let in again by now
            return
        if to is not None and assign_conversation(conversation, assignee=to, expected_assignee=member):
            count(pending, to.name)
        else:
            return_to_queue(conversation, of=member)
            count(pending, _("the queue"))


def count(pending, name):
    """Add one, in the transaction of what was done. Order of locks: conversation, then this."""
    locked = PendingHandover.objects.select_for_update(no_key=True).get(pk=pending.pk)
    locked.counts[name] = locked.counts.get(name, 0) + 1
    locked.save(update_fields=["counts"])


def end_if_done(pk):
    """Write into the audit log what happened, once nothing is left to hand over."""
    with transaction.atomic():
        pending = PendingHandover.objects.select_for_update().filter(pk=pk).first()
        if pending is None:
            return True
        member = pending.membership
        if not member.is_active and Conversation.objects.live().of(member).exists():
            return False
        if pending.counts:
            after = {"conversations": audit.counted(pending.counts)}
            audit.record(
                pending.workspace,
                "member.handed_over",
                by=pending.by,
                target=member.name,
                after=after,
            )
        pending.delete()
    return True
