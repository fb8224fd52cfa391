import logging
from uuid import UUID

from django.utils import timezone

from inbox.change import changing
from inbox.models import Conversation, Inbox
from inbox.signals import conversation_needs_agent
from messagehub.lib.prepared_query import PreparedQuery
from teams.models import Membership

logger = logging.getLogger(__name__)


def assign_conversation(conversation, *, assignee, by=None, expected_assignee=..., held=False, **because):
    """Give the conversation to a membership, or to nobody (None). Returns whether it changed.

    only_if: the assignee it must have at that moment (a guess of the system never overwrites what
    a person did in between). because: the words and decision of the activity, when routing chose;
    held: it has asked lock_assignable_member already. Whoever had it when it went back to the queue, by
    their own hand or another's, is not given it again right away.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        wanted = assignee.pk if assignee else None
        if conversation.assignee_id == wanted:
            return False
        if only_if is not ... and conversation.assignee_id != (only_if.pk if only_if else None):
            return False
        held = held or assignee is None or lock_assignable_member(assignee.pk, conversation.inbox)
        if not held:
            return False
        had_it, conversation.assignee = conversation.assignee, assignee
        conversation.is_routed = bool(because)
        conversation.response_timer_started_at = conversation.response_due_at = None
        if assignee is not None:
            forget_release(conversation, {wanted})  # given it by a person, all the same
            details = {"to": assignee.name, "to_id": str(assignee.pk)} | because
            change.add_activity("assigned", by=by, **details)
        else:
            conversation.released_by = [*{*conversation.released_by, had_it.pk}]
            conversation.released_at = timezone.now()
            change.add_activity("unassigned", by=by)
            if conversation.is_open and by is not None:
                conversation_needs_agent.send(
                    Conversation, conversation=conversation, trigger="unassigned"
                )
    return True


def make_eligible_again(conversation, *, members, released_at):
    """These (ids) have come anew since it was put back then: it may be theirs again."""
    with changing(conversation) as change:
        conversation = change.conversation
        if conversation.assignee_id is None and conversation.released_at == released_at:
            forget_release(conversation, members)
            change.touch()


def forget_release(conversation, members):
    conversation.released_by = [each for each in conversation.released_by if each not in members]


def lock_assignable_member(pk, inbox):
    """The membership, its row held until commit; None: it can have nothing of this inbox.

    Who is being removed, goes away, or is losing the inbox in another transaction gets no more.
    """
    HOLD.first(pk=pk)
    return ANSWERER.first(inbox=inbox.pk, workspace=inbox.workspace_id, pk=pk)


HOLD = PreparedQuery(
    lambda pk: Membership.objects.select_for_update(no_key=True).filter(pk=pk).values_list("pk"),
    pk=UUID,
)
ANSWERER = PreparedQuery(
    lambda inbox, workspace, pk: Inbox(pk=inbox, workspace_id=workspace).answerers.filter(pk=pk),
    inbox=UUID,
    workspace=UUID,
    pk=UUID,
)


def return_ineligible_to_queue(conversations=None, *, most=None):
    """Back to the queue with what is held by somebody who is gone or has lost the inbox.

    What goes wrong with one is logged and does not hold up the others. most: so many are tried, for
    somebody who waits for the answer. Returns whether that was all.
    """
    held = Conversation.objects.with_ineligible_assignee()
    held = held if conversations is None else held.filter(pk__in=conversations.values("pk"))
    held = held.select_related("assignee__user").order_by("created_at")
    found = list(held if most is None else held[: most + 1])
    for conversation in found[:most]:
        try:
            return_to_queue(conversation, of=conversation.assignee)
        except Exception:
            logger.exception("returning conversation %s", conversation.pk)
    return most is None or len(found) <= most


def return_to_queue(conversation, *, of):
    with changing(conversation) as change:
        conversation = change.conversation
        if conversation.assignee_id != of.pk or conversation.is_resolved:
            return
        # Whoever is here has lost the inbox, or what their role allowed.
        is_here = conversation.assignee.is_active
        conversation.assignee = conversation.response_timer_started_at = conversation.response_due_at = None
        conversation.released_by = []  # better one of those who are left than nobody
        change.add_activity("returned", name=of.name, is_here=is_here)
        if conversation.is_open:
            conversation_needs_agent.send(
                Conversation, conversation=conversation, trigger="member_left"
            )
