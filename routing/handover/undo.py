"""Undo a handover: return the conversations that no one has worked on since."""

from django.db.models import Q
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.snooze import wake_conversation
from inbox.change import changing
from inbox.models import Conversation, Message
from routing.actions.timers import resume_timer
from routing.handover.records import record_undo
from routing.models import Handover, HandoverItem

UndoResult = HandoverItem.UndoResult


def undo_handover(handover, *, by) -> bool:
    """Return each conversation that no one has worked on since, open, to the member who had it.

    Undoing twice changes nothing more. An interrupted undo is completed by another one within the
    undo period. Returns False when it is too late.
    """
    if handover.undone_at is None and not handover.can_be_undone:
        return False
    for item in handover.items.filter(undo_result="").order_by("pk"):
        undo_one(item, handover, by)
    Handover.objects.filter(pk=handover.pk, undone_at=None).update(undone_at=timezone.now())
    return True


def undo_one(item, handover, by):
    with changing(Conversation(pk=item.conversation_id)) as change:
        locked = HandoverItem.objects.select_for_update(of=("self",), no_key=True)
        item = locked.get(pk=item.pk)
        if item.undo_result:
            return
        item.undo_result = return_conversation(change.conversation, item, handover.membership, by)
        item.save(update_fields=["undo_result"])
        if handover.is_for_other_member and is_first_undone(item, handover):
            record_undo(handover)


def return_conversation(conversation, item, member, by) -> UndoResult:
    if conversation.is_resolved:
        return UndoResult.RESOLVED
    is_changed = was_changed_by_others(conversation, after=item.seq, by=by)
    if conversation.assignee_id == member.pk:
        is_still_snoozed = item.action == HandoverItem.Action.SNOOZE and not is_changed
        was_woken = is_still_snoozed and wake_conversation(conversation, by=by)
        return UndoResult.RETURNED if was_woken else UndoResult.ALREADY_YOURS
    if is_changed:
        return UndoResult.CHANGED
    if not assign_conversation(conversation, assignee=member, by=by):
        return UndoResult.NO_ACCESS
    conversation.is_routed = item.was_routed
    resume_timer(conversation)
    return UndoResult.RETURNED


def was_changed_by_others(conversation, *, after, by):
    """Return whether a member other than `by` wrote or did something after the entry `after`.

    What the contact wrote and what routing did doesn't count: an undo disturbs no one's work then.
    """
    # A removed author leaves their replies and notes without one.
    written = Q(kind__in=[Message.Kind.REPLY, Message.Kind.NOTE], author__isnull=True)
    by_others = written | Q(author__isnull=False) & ~Q(author=by)
    return conversation.messages.filter(by_others, seq__gt=after).exists()


def is_first_undone(item, handover):
    # The handover's row is locked, or two undos at once would both be the first.
    Handover.objects.select_for_update(no_key=True).get(pk=handover.pk)
    return not handover.items.exclude(pk=item.pk).exclude(undo_result="").exists()
