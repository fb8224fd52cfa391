"""Open conversations of somebody who goes away, or is ill: what becomes of them, and taking that
back for a while."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from inbox.actions.assignment import assign_conversation
from inbox.actions.snooze import snooze_conversation, wake_conversation
from inbox.change import changing
from inbox.models import Conversation, Message
from routing.handover.records import record_handed_over, record_undone, tell_handed_over
from routing.actions.timer import resume_timer
from routing.models import HandoverItem, Handover
from teams.models import Membership

Action, Undone = HandoverItem.What, HandoverItem.Undone


@dataclass(frozen=True)
class Choice:
    """What becomes of a conversation. to: for a person; until: for a snooze."""

    conversation: Conversation
    what: str
    to: Membership | None = None
    until: datetime | None = None


def hand_over_conversations(membership, choices, *, by):
    """Does what was chosen with each conversation that is still theirs and open.

    by: they themselves, or somebody for them; then they are told, and the audit log says so. One
    conversation a transaction: nobody holds two. Returns the Handover, or None when nothing was
    left to hand over. When one fails, the others until then are done, told and in the audit log.
    """
    handover = Handover.objects.create(
        workspace_id=membership.workspace_id,
        membership=membership,
        by=None if by.pk == membership.pk else by,
    )
    done = []
    try:
        for choice in choices:
            hand_over_one(handover, choice, by, done)
    finally:
        if not done:
            handover.delete()
        elif handover.is_for_other_member:
            tell_handed_over(handover, len(done))
    return handover if done else None


def hand_over_one(handover, choice, by, done):
    """Carry out one choice and record it in the same transaction. Adds it to `done`."""
    with changing(choice.conversation) as change:
        conversation, was_routed = change.conversation, change.conversation.is_routed
        is_theirs = conversation.assignee_id == handover.membership_id
        if not (is_theirs and conversation.is_open):
            return
        if not carry_out(choice, conversation, by):
            return
        HandoverItem.objects.create(
            workspace_id=handover.workspace_id,
            handover=handover,
            conversation=conversation,
            what=choice.what,
            seq=conversation.last_seq,
            was_routed=was_routed,
        )
        if handover.is_for_other_member:
            record_handed_over(handover, [*done, choice])
    done.append(choice)


def carry_out(choice, conversation, by):
    """To the queue means: routing finds the next, and never whoever had it."""
    if choice.what == Action.SNOOZE:
        return snooze_conversation(conversation, until=choice.until, by=by)
    return assign_conversation(conversation, assignee=choice.to, by=by)


def undo_handover(handover, *, by):
    """Each conversation that nobody has gone on with since is theirs and open again.

    Twice is once, and within the ten minutes an undoing that was interrupted is finished by the
    next one. Returns False when it is too late.
    """
    if handover.undone_at is None and not handover.can_be_undone:
        return False
    for handed_over in handover.conversations.filter(undone="").order_by("pk"):
        undo_one(handed_over, handover, by)
    Handover.objects.filter(pk=handover.pk, undone_at=None).update(undone_at=timezone.now())
    return True


def undo_one(handed_over, handover, by):
    with changing(Conversation(pk=handed_over.conversation_id)) as change:
        locked = HandoverItem.objects.select_for_update(of=("self",), no_key=True)
        handed_over = locked.get(pk=handed_over.pk)
        if handed_over.undone:
            return
        had_it = handover.membership
        handed_over.undone = give_back(change.conversation, handed_over, had_it, by)
        handed_over.save(update_fields=["undone"])
        if handover.is_for_other_member and is_first_undone(handed_over, handover):
            record_undone(handover)


def is_first_undone(handed_over, handover):
    """The row of the handover is locked, or two undoings at once would both be the first."""
    Handover.objects.select_for_update(no_key=True).get(pk=handover.pk)
    others = handover.conversations.exclude(pk=handed_over.pk)
    return not others.exclude(undone="").exists()


def give_back(conversation, handed_over, had_it, by):
    if conversation.is_resolved:
        return UndoResult.RESOLVED
    is_touched = has_gone_on(conversation, after=handed_over.seq, besides=by)
    if conversation.assignee_id == had_it.pk:
        was_snoozed = handed_over.what == Action.SNOOZE and not is_touched
        woken = was_snoozed and wake_conversation(conversation, by=by)
        return UndoResult.RETURNED if woken else UndoResult.ALREADY_YOURS
    if is_touched:
        return UndoResult.CHANGED
    if not assign_conversation(conversation, assignee=had_it, by=by):
        return UndoResult.NO_ACCESS
    conversation.is_routed = handed_over.was_routed
    resume_timer(conversation)
    return UndoResult.RETURNED


def has_gone_on(conversation, *, after, besides):
    """Another member did something with it. What the contact wrote, what routing did, and what
    whoever takes it back did themselves is nobody's work that would be disturbed."""
    said = Q(kind__in=[Message.Kind.REPLY, Message.Kind.NOTE], author__isnull=True)
    by_others = said | Q(author__isnull=False) & ~Q(author=besides)
    return conversation.messages.filter(by_others, seq__gt=after).exists()
