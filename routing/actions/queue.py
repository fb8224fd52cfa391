"""The queue: waiting conversations are assigned, oldest first, when an agent is available."""

import logging

from django.db import transaction
from django.db.models import Q

from inbox.actions.assignment import make_eligible_again, return_ineligible_to_queue
from inbox.change import changing
from inbox.models import Conversation
from messagehub.lib.on_commit import enqueue_on_commit
from routing.actions.assignment import route_conversation, route_for_contact
from routing.actions.overdue import reassign_overdue
from routing.actions.timers import restart_timer, timers_started_before_they_came
from routing.actions.waiting_reasons import explain_waiting
from routing.models import Trigger
from routing.snapshot import Snapshots
from routing.targets import inboxes_assigning_to
from routing.waiting import SINCE, longer_waiting, since
from teams.availability import reachable_since
from teams.models import TeamMember

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 10  # in a request; the rest goes on in the background


def assign_queue(conversations, *, trigger, most=None):
    """Assign those of `conversations` that wait. Return whether all of them were tried.

    Each gets a transaction of its own, because holding several while others wait for the routing
    row would be a deadlock. most: how many to try while a request waits for the result.
    """
    forget_releases_of_returned(conversations)
    tried, snapshots, left = 0, Snapshots(), set()
    for pk, inbox, team, *known in oldest_first(conversations.waiting_for_agent()):
        if not snapshots.of(inbox, team).can_assign(*known):
            left.add((inbox, team))
            continue
        if tried == most:
            return False
        tried += 1
        if not safely(route_conversation, pk, trigger=trigger):
            snapshots.forget(inbox, team)
    if most is None:
        explain_waiting(conversations, left)
    return True


def forget_releases_of_returned(conversations):
    """Offer a released conversation again to members who went offline and returned since.

    What all of them handed over in the evening finds an agent in the morning.
    """
    waiting = conversations.waiting_for_agent().filter(released_at__isnull=False)
    waiting = waiting.exclude(released_by=[])
    rows = list(waiting.values_list("pk", "released_by", "released_at"))
    came_at = reachable_since({member for _pk, members, _at in rows for member in members})
    for pk, members, at in rows:
        if returned := {each for each in members if each in came_at and came_at[each] > at}:
            safely(make_eligible_again, pk, members=returned, released_at=at)


def oldest_first(waiting):
    """Return [(conversation, inbox, team, the contact's owner, released by)], as ids."""
    columns = ("pk", "inbox", "team", "contact__owner", "released_by")
    return waiting.order_by(SINCE, "pk").values_list(*columns)


def safely(verb, pk, **details):
    """Log an error in one conversation, so that it doesn't hold up the others."""
    try:
        return verb(Conversation(pk=pk), **details)
    except Exception:
        logger.exception("%s %s", verb.__name__, pk)
        return None


def assign_or_queue(conversation, *, trigger):
    """Assign a conversation in which the contact wrote, unless older ones come first.

    The older ones go first after the commit: someone is available who was not published yet, for
    example because office hours began this second. Locking the older ones while this one is
    locked would be a deadlock.
    """
    with changing(conversation) as change:
        waiting = change.conversation
        if waiting.is_open and route_for_contact(change, trigger=trigger):
            transaction.on_commit(lambda: assign_older_first(waiting), robust=True)


def assign_older_first(conversation):
    """Assign the older conversations of its inbox, then this one, or record why it waits."""
    older = longer_waiting(conversation.inbox.pk, since(conversation))
    if assign_queue(older, trigger=Trigger.AVAILABLE, most=MOST_AT_ONCE):
        safely(route_conversation, conversation.pk, trigger=Trigger.AVAILABLE)
    else:
        enqueue_queue_run(conversation.inbox.workspace_id)


def assign_inbox_queue(inbox, *, trigger):
    """Assign the waiting conversations of an inbox whose settings or members changed."""
    assign_some(Conversation.objects.filter(inbox=inbox), inbox.workspace_id, trigger)


def assign_queue_to(memberships, *, trigger):
    """Assign waiting conversations to members of a workspace who became available.

    They also get the conversations that others didn't answer in time.
    """
    for pk, assignee, came_at in timers_started_before_they_came(memberships):
        safely(restart_timer, pk, assignee=assignee, since=came_at)
    workspace = memberships[0].workspace_id
    may_be_theirs = Q(inbox__in=inboxes_assigning_to(memberships))
    may_be_theirs |= Q(contact__owner__in=memberships)
    teams = TeamMember.objects.filter(workspace=workspace, membership__in=memberships)
    may_be_theirs |= Q(team__in=teams.values("team"))
    theirs = Conversation.objects.filter(may_be_theirs, workspace=workspace)
    assign_some(theirs, workspace, trigger)
    reassign_all_overdue(theirs, most=MOST_AT_ONCE)


def assign_some(conversations, workspace, trigger):
    """Assign a few conversations now, and the rest in the background or by the sweep."""
    if not assign_queue(conversations, trigger=trigger, most=MOST_AT_ONCE):
        enqueue_queue_run(workspace)


def enqueue_queue_run(workspace):
    from routing.tasks import assign_workspace_queue  # tasks run the verbs of this module

    enqueue_on_commit(assign_workspace_queue, str(workspace))


def reassign_all_overdue(conversations=None, *, most=None):
    """Reassign the conversations that weren't answered in time. most: how many are tried."""
    conversations = Conversation.objects.all() if conversations is None else conversations
    overdue = conversations.open().overdue().filter(workspace__deleted_at=None, is_routed=True)
    columns = ("pk", "inbox", "team", "assignee", "contact__owner", "released_by", "timed_out_for")
    tried, snapshots = 0, Snapshots()
    for pk, inbox, team, *known in overdue.order_by("response_due_at").values_list(*columns):
        if tried == most:
            return
        if snapshots.of(inbox, team).can_reassign(*known):
            tried += 1
            safely(reassign_overdue, pk)


def assign_all_queues():
    """Assign missed conversations, and those whose assignee left. The sweep runs this."""
    return_ineligible_to_queue()
    assign_queue(Conversation.objects.all(), trigger=Trigger.SWEEP)
