import logging
from uuid import UUID

from django.db import connection
from django.utils import timezone

from inbox.change import changing
from inbox.models import Conversation, Inbox, Message
from inbox.signals import conversation_needs_agent
from messagehub.lib.prepared_query import PreparedQuery
from messagehub.lib.round_trip import one_round_trip
from teams.models import Membership

logger = logging.getLogger(__name__)


def assign_conversation(
    conversation,
    *,
    assignee,
    by=None,
    expected_assignee=...,
    is_locked=False,
    reason="",
    decision="",
):
    """Assign the conversation to a membership, or to no one. Return whether anything changed.

    expected_assignee: do nothing if it has another assignee by now, so that routing never
        overwrites what a member did in the meantime.
    is_locked: the caller has already called lock_assignable_member().
    reason, decision: the sentence and the decision's id, if routing chose the assignee.

    Once unassigned, by its agent or by a colleague, it isn't offered to that agent right away.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        assignee_id = assignee.pk if assignee else None
        if conversation.assignee_id == assignee_id:
            return False
        if expected_assignee is not ...:
            expected_id = expected_assignee.pk if expected_assignee else None
            if conversation.assignee_id != expected_id:
                return False
        is_locked = is_locked or assignee is None
        if not is_locked and not lock_assignable_member(assignee_id, conversation.inbox):
            return False
        previous_assignee, conversation.assignee = conversation.assignee, assignee
        conversation.is_routed = bool(decision)
        conversation.stop_response_timer()
        if assignee is not None:
            # A member may assign it even to an agent who returned it to the queue.
            forget_release(conversation, {assignee_id})
            details = {"to": assignee.name, "to_id": str(assignee_id)}
            if decision:
                details |= {"reason": reason, "decision": decision}
            elif by is None:
                details["is_automatic"] = True
            change.add_activity(Message.Activity.ASSIGNED, by=by, **details)
        else:
            conversation.released_by = [*{*conversation.released_by, previous_assignee.pk}]
            conversation.released_at = timezone.now()
            change.add_activity(Message.Activity.UNASSIGNED, by=by)
            if conversation.is_open and by is not None:
                conversation_needs_agent.send(
                    Conversation, conversation=conversation, trigger="unassigned"
                )
    return True


def make_eligible_again(conversation, *, members, released_at):
    """Let routing offer the conversation to members (ids) who came back online.

    Does nothing if the conversation has been released again since `released_at`.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        if conversation.assignee_id is None and conversation.released_at == released_at:
            forget_release(conversation, members)
            change.touch()


def forget_release(conversation, members):
    conversation.released_by = [pk for pk in conversation.released_by if pk not in members]


def lock_assignable_member(pk, inbox):
    """Lock a membership until commit and return it, or None if it can't be assigned here.

    The lock waits for transactions that remove the member, set them away or take the inbox from
    them, so none of these leaves them with a new conversation. The member is read by a statement
    of its own, because PostgreSQL reads only the locked row again after waiting for it.
    """
    with one_round_trip(), connection.cursor() as cursor:
        cursor.execute(MEMBERSHIP_LOCK, [pk])
        member = POSSIBLE_ASSIGNEE.first(inbox=inbox.pk, workspace=inbox.workspace_id, pk=pk)
    if member is not None:
        member.workspace = inbox.workspace
    return member


MEMBERSHIP_LOCK = f"SELECT FROM {Membership._meta.db_table} WHERE id = %s FOR NO KEY UPDATE"
POSSIBLE_ASSIGNEE = PreparedQuery(
    lambda inbox, workspace, pk: (
        Inbox(pk=inbox, workspace_id=workspace)
        .possible_assignees.filter(pk=pk)
        .select_related(None)
        .select_related("user")
    ),
    inbox=UUID,
    workspace=UUID,
    pk=UUID,
)


def return_ineligible_to_queue(conversations=None, *, limit=None):
    """Return conversations to the queue whose assignee was removed or lost the inbox.

    A failure with one conversation is logged and doesn't stop the others. Handles at most `limit`
    of them and returns whether that was all.
    """
    ineligible = Conversation.objects.with_ineligible_assignee()
    if conversations is not None:
        ineligible = ineligible.filter(pk__in=conversations.values("pk"))
    ineligible = ineligible.select_related("assignee__user").order_by("created_at")
    rows = list(ineligible if limit is None else ineligible[: limit + 1])
    for conversation in rows[:limit]:
        try:
            return_to_queue(conversation, assignee=conversation.assignee)
        except Exception:
            logger.exception("returning conversation %s to the queue", conversation.pk)
    return limit is None or len(rows) <= limit


def return_to_queue(conversation, *, assignee):
    """Unassign the conversation if `assignee`, who can't answer it any more, still has it."""
    with changing(conversation) as change:
        conversation = change.conversation
        if conversation.assignee_id != assignee.pk or conversation.is_resolved:
            return
        # An active member has lost only the inbox or a permission.
        is_active = conversation.assignee.is_active
        conversation.assignee = None
        conversation.stop_response_timer()
        # Offer it to the remaining agents even if they released it before.
        conversation.released_by = []
        change.add_activity(Message.Activity.RETURNED, name=assignee.name, is_active=is_active)
        if conversation.is_open:
            conversation_needs_agent.send(
                Conversation, conversation=conversation, trigger="member_left"
            )
