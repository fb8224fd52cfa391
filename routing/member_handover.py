"""Handing over what somebody else has, who is ill: as in routing.actions.handover, whose steps it
takes, but who does it and who had it are two. They are told, and the audit log says so."""

from collections import Counter

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inbox.actions.assignment import assign_conversation
from inbox.actions.snooze import snooze_conversation, wake_conversation
from inbox.change import changing
from inbox.models import Conversation
from messagehub.lib.live.publish import publish
from routing.actions.handover import Undone, What, has_gone_on
from routing.actions.timer import resume_timer
from routing.models import HandedOver, HandOver
from teams import audit


def hand_over_for(membership, choices, *, by):
    """Does what was chosen with each conversation that is still theirs and open.

    One conversation a transaction: nobody holds two. Returns the HandOver, or None when nothing
    was left to hand over.
    """
    made = HandOver.objects.create(
        workspace_id=membership.workspace_id, membership=membership, by=by
    )
    done = [choice for choice in choices if hand_over_one(made, choice)]
    if not done:
        made.delete()
        return None
    with transaction.atomic():
        record(made, "member.handed_over", {"conversations": where_to(done)})
        publish(membership.live_channel, "notice", {"words": words(by, len(done))})
    return made


def hand_over_one(made, choice):
    with changing(choice.conversation) as change:
        conversation, was_routed = change.conversation, change.conversation.is_routed
        is_theirs = conversation.assignee_id == made.membership_id
        if not (is_theirs and conversation.is_open and carry_out(made, choice, conversation)):
            return False
        HandedOver.objects.create(
            workspace_id=made.workspace_id,
            hand_over=made,
            conversation=conversation,
            what=choice.what,
            seq=conversation.last_seq,
            was_routed=was_routed,
        )
    return True


def carry_out(made, choice, conversation):
    """To the queue means: routing finds the next, and never whoever had it."""
    if choice.what == What.SNOOZE:
        return snooze_conversation(conversation, until=choice.until, by=made.by)
    return assign_conversation(
        conversation, assignee=choice.to, by=made.by, put_back_by=made.membership
    )


def record(made, action, after=None):
    audit.record(
        made.membership.workspace, action, by=made.by, target=made.membership.name, after=after
    )


def where_to(choices):
    """«Bea (2), the queue (1)»."""
    counts = Counter(place(choice) for choice in choices)
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def place(choice):
    if choice.what == What.PERSON:
        return choice.to.name
    return _("the queue") if choice.what == What.QUEUE else _("snoozed")


def words(by, count):
    told = ngettext(
        "%(name)s handed over one of your open conversations.",
        "%(name)s handed over %(count)d of your open conversations.",
        count,
    )
    return told % {"name": by.name, "count": count}


def undo_hand_over_for(made, *, by):
    """Each conversation that nobody has gone on with since is theirs and open again.

    Twice is once, and an undoing that was interrupted is finished by the next one. Returns False
    when it is too late.
    """
    if made.undone_at is None and not made.can_be_undone:
        return False
    for handed_over in made.conversations.filter(undone="").order_by("pk"):
        undo_one(made, handed_over, by)
    with transaction.atomic():
        unsaid = HandOver.objects.filter(pk=made.pk, undone_at=None)
        if unsaid.update(undone_at=timezone.now()):
            record(made, "member.hand_over_undone")
    return True


def undo_one(made, handed_over, by):
    with changing(Conversation(pk=handed_over.conversation_id)) as change:
        locked = HandedOver.objects.select_for_update(of=("self",), no_key=True)
        handed_over = locked.get(pk=handed_over.pk)
        if not handed_over.undone:
            handed_over.undone = give_back(change.conversation, handed_over, made.membership, by)
            handed_over.save(update_fields=["undone"])


def give_back(conversation, handed_over, to, by):
    if conversation.is_resolved:
        return Undone.RESOLVED
    is_touched = has_gone_on(conversation, after=handed_over.seq)
    if conversation.assignee_id == to.pk:
        was_snoozed = handed_over.what == What.SNOOZE and not is_touched
        woken = was_snoozed and wake_conversation(conversation, by=by)
        return Undone.RETURNED if woken else Undone.MINE
    if is_touched:
        return Undone.TOUCHED
    if not assign_conversation(conversation, assignee=to, by=by):
        return Undone.NO_ACCESS
    conversation.is_routed = handed_over.was_routed
    resume_timer(conversation)
    return Undone.RETURNED
