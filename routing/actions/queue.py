"""What waits goes out, oldest first, as soon as somebody can take it."""

import logging

from django.db.models import Q

from inbox.actions.assignment import make_eligible_again, return_ineligible_to_queue
from inbox.models import Conversation
from messagehub.lib.on_commit import enqueue_on_commit
from routing.actions.assignment import route_conversation
from routing.actions.overdue import begun_before_they_came, pass_on, restart_timer
from routing.snapshot import Places
from routing.actions.waiting_reasons import explain_waiting
from routing.targets import inboxes_assigning_to
from routing.waiting import SINCE, longer_waiting, since
from teams.availability import reachable_since

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 10  # in a request; the rest goes on in the background


def drain(conversations, *, trigger, most=None):
    """Waiting ones of `conversations`, each in a transaction of its own: holding several while
    others wait for the routing row would be a deadlock.

    most: so many are tried, for somebody who waits for the answer. Returns whether that was all.
    """
    ask_those_who_came_again(conversations)
    tried, places, left = 0, Places(), set()
    for pk, inbox, owner, released_by in oldest_first(conversations.waiting_for_agent()):
        if not places.of(inbox).takes(owner, released_by):
            left.add(inbox)
            continue
        if tried == most:
            return False
        tried += 1
        if not safely(route_conversation, pk, trigger=trigger):
            places.forget(inbox)
    if most is None:
        explain_waiting(conversations, left)
    return True


def ask_those_who_came_again(conversations):
    """Whoever put one back, or had it put back, and has gone and come since is asked again: what
    all handed over in the evening is somebody's in the morning."""
    waiting = conversations.waiting_for_agent().filter(released_at__isnull=False)
    waiting = waiting.exclude(released_by=[])
    rows = list(waiting.values_list("pk", "released_by", "released_at"))
    came = reachable_since({member for _pk, members, _at in rows for member in members})
    for pk, members, at in rows:
        if again := {each for each in members if each in came and came[each] > at}:
            safely(make_eligible_again, pk, members=again, released_at=at)


def assign_older_first(conversation):
    """What waits longer than this one goes out, then this one does; or is told why it waits."""
    inbox, than = conversation.inbox, since(conversation)
    if drain(longer_waiting(inbox.pk, than), trigger="available", most=MOST_AT_ONCE):
        safely(route_conversation, conversation.pk, trigger="available")
    else:
        enqueue_queue_run(inbox.workspace_id)


def oldest_first(waiting):
    """[(conversation, inbox, the contact's owner, who put it back)], as ids, whoever waits longest
    first."""
    columns = ("pk", "inbox", "contact__owner", "released_by")
    return waiting.order_by(SINCE, "pk").values_list(*columns)


def safely(verb, pk, **details):
    """What goes wrong with one is logged and does not hold up the others."""
    try:
        return verb(Conversation(pk=pk), **details)
    except Exception:
        logger.exception("%s %s", verb.__name__, pk)
        return None


def assign_inbox_queue(inbox, *, trigger):
    """Its settings or its people changed."""
    assign_some(Conversation.objects.filter(inbox=inbox), inbox.workspace_id, trigger)


def assign_queue_to(memberships, *, trigger):
    """Some of a workspace can take chats: what waits where they are asked, and what waits too long
    there."""
    for pk, assignee, came in begun_before_they_came(memberships):
        safely(restart_timer, pk, assignee=assignee, since=came)
    workspace = memberships[0].workspace_id
    is_theirs = Q(inbox__in=inboxes_assigning_to(memberships)) | Q(contact__owner__in=memberships)
    theirs = Conversation.objects.filter(is_theirs, workspace=workspace)
    assign_some(theirs, workspace, trigger)
    reassign_overdue(theirs, most=MOST_AT_ONCE)


def assign_some(conversations, workspace, trigger):
    """What a request has time for; the rest in the background, or by the sweep."""
    if not drain(conversations, trigger=trigger, most=MOST_AT_ONCE):
        enqueue_queue_run(workspace)


def enqueue_queue_run(workspace):
    from routing.tasks import assign_workspace_queue

    enqueue_on_commit(assign_workspace_queue, str(workspace))


def reassign_overdue(conversations=None, *, most=None):
    """Whoever did not answer in time loses it to the next who can. most: no more than so many."""
    conversations = Conversation.objects.all() if conversations is None else conversations
    overdue = conversations.open().overdue().filter(workspace__deleted_at=None, is_routed=True)
    columns = ("pk", "inbox", "assignee", "timed_out_for", "contact__owner")
    tried, places = 0, Places()
    for pk, inbox, *had in overdue.order_by("response_due_at").values_list(*columns):
        if tried == most:
            return
        if places.of(inbox).takes_from(*had):
            tried += 1
            safely(pass_on, pk)


def assign_all_queues():
    """The sweep: whatever waits although somebody could take it, or is with somebody gone."""
    return_ineligible_to_queue()
    drain(Conversation.objects.all(), trigger="sweep")
