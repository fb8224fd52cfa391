"""Routing: one locked transaction that finds candidates, chooses, assigns and says why."""

import logging
from dataclasses import asdict
from datetime import timedelta
from time import perf_counter

from django.db.models import Exists, OuterRef
from django.utils import timezone

from inbox.actions.assignment import (
    assign_conversation,
    hold_membership,
    return_what_nobody_can_answer,
)
from inbox.change import changing
from inbox.models import Conversation, Inbox
from outbox.models import Delivery
from routing.actions.email import email_unanswered
from routing.candidates import list_candidates
from routing.choice import next_in_turn
from routing.models import Decision, Rotation, Turn
from routing.words import because_in_turn, because_nobody
from teams import presence
from teams.availability import availability
from teams.models import Membership

logger = logging.getLogger(__name__)
UNANSWERED_FOR = timedelta(minutes=1)


def route_conversation(conversation, *, trigger):
    """Give an open conversation that nobody has to the next in turn.

    Returns the membership, or None: nobody could take it and it waits. Called with the row
    locked (inside `changing`) or on its own; a conversation that somebody has is left alone.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        if not conversation.is_open or conversation.assignee_id is not None:
            return conversation.assignee
        started = perf_counter()
        rotation = lock_rotation(conversation.inbox)
        candidates = list_candidates(conversation.inbox, conversation)
        chosen = next_in_turn(candidates)
        decision = Decision(
            workspace_id=conversation.workspace_id,
            conversation=conversation,
            trigger=trigger,
            rule="round_robin",
            candidates=[as_row(candidate) for candidate in candidates],
            chosen_id=chosen.membership_id if chosen else None,
        )
        if chosen is None:
            leave_waiting(change, decision, candidates, started)
            return None
        if not hold_membership(chosen.membership_id, conversation.inbox):
            # Removed since the candidates were listed: they are not among them any more.
            return route_conversation(conversation, trigger=trigger)
        take_turn(rotation, chosen.membership_id)
        return give(conversation, decision, because_in_turn(candidates), started)


def keep_or_route(conversation, *, trigger):
    """A reopened conversation stays with whoever had it, if they can take it; else anew."""
    with changing(conversation) as change:
        had_it = change.conversation.assignee
        if had_it is not None:
            if can_take(had_it, change.conversation):
                return had_it
            change.conversation.assignee = None
        return route_conversation(change.conversation, trigger=trigger)


def can_take(membership, conversation):
    online = presence.online(conversation.workspace_id)
    still_there = conversation.inbox.answerers.filter(pk=membership.pk).exists()
    return still_there and availability(membership, online).can_take_chats


def lock_rotation(inbox):
    """The inbox's routing row, locked until commit. Order of locks: conversation, then this."""
    locked = Rotation.objects.select_for_update(no_key=True).filter(inbox=inbox)
    rotation = locked.first()
    if rotation is None:
        row = Rotation(workspace_id=inbox.workspace_id, inbox=inbox)
        Rotation.objects.bulk_create([row], ignore_conflicts=True)
        rotation = locked.get()
    return rotation


def take_turn(rotation, membership_id):
    rotation.turn += 1
    rotation.save(update_fields=["turn"])
    Turn.objects.update_or_create(
        inbox_id=rotation.inbox_id,
        membership_id=membership_id,
        defaults={"turn": rotation.turn, "workspace_id": rotation.workspace_id},
    )


def give(conversation, decision, because, started):
    decision.microseconds = elapsed(started)
    decision.save(force_insert=True)
    chosen = Membership.objects.with_person().get(pk=decision.chosen_id)
    assign_conversation(
        conversation, assignee=chosen, only_if=None, because=because, decision=str(decision.pk)
    )
    return chosen


def leave_waiting(change, decision, candidates, started):
    """Say why it waits: once, not again with every sweep or message that changes nothing."""
    conversation = change.conversation
    last = conversation.decisions.order_by("-created_at").first()
    if last is None or last.chosen_id is not None or last.candidates != decision.candidates:
        decision.microseconds = elapsed(started)
        decision.save(force_insert=True)
        if last is None or last.chosen_id is not None:
            because = because_nobody(candidates)
            change.add_activity("waiting", because=because, decision=str(decision.pk))
    if conversation.waiting_since:
        email_unanswered(conversation)


def elapsed(started):
    return int((perf_counter() - started) * 1_000_000)


def as_row(candidate):
    row = asdict(candidate)
    return {"id": str(row.pop("membership_id")), **row}


def drain_inbox(inbox, *, trigger):
    """Waiting conversations go out, oldest first, until nobody is left to take one.

    Each in a transaction of its own: holding several conversations while others wait for the
    rotation would be a deadlock. Returns how many found somebody.
    """
    if not anybody_available(inbox):
        return 0
    given = 0
    waiting = inbox.conversations.waiting_for_agent().order_by("created_at", "pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        if route_conversation(Conversation(pk=pk), trigger=trigger):
            given += 1
        elif not anybody_available(inbox):
            break
    return given


def anybody_available(inbox):
    return any(candidate.is_available for candidate in list_candidates(inbox))


def drain_for(membership, *, trigger):
    """Somebody became available: the inboxes they answer give them what waits."""
    for inbox in Inbox.objects.filter(members__membership=membership).select_related("workspace"):
        drain_inbox(inbox, trigger=trigger)


def drain_all():
    """The sweep: whatever still waits although somebody could take it, or is with somebody gone.

    What goes wrong in one inbox is logged and does not hold up the others.
    """
    return_what_nobody_can_answer()
    waiting = Conversation.objects.waiting_for_agent().values("inbox")
    for inbox in Inbox.objects.filter(pk__in=waiting).select_related("workspace"):
        try:
            drain_inbox(inbox, trigger="sweep")
        except Exception:
            logger.exception("sweep of inbox %s", inbox.pk)
    email_what_nobody_answers()


def email_what_nobody_answers():
    """Whoever took a chat and left: the people who should know are told by email."""
    since = timezone.now() - UNANSWERED_FOR
    unanswered = Conversation.objects.open().filter(
        waiting_since__lt=since, workspace__deleted_at=None
    )
    for workspace in set(unanswered.values_list("workspace", flat=True)):
        online = presence.online(workspace)
        for pk, person in of_people(unanswered.filter(workspace=workspace)):
            if not (person and availability(person, online).can_take_chats):
                with changing(Conversation(pk=pk)) as change:
                    if change.conversation.waiting_since:
                        email_unanswered(change.conversation)


def of_people(conversations):
    """[(conversation's pk, assignee or None)] of what no mail was queued for since they wrote."""
    told = Delivery.objects.filter(about=OuterRef("pk"), created_at__gte=OuterRef("waiting_since"))
    silent = conversations.filter(~Exists(told)).with_people()
    return [(each.pk, each.assignee) for each in silent]
