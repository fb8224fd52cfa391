"""Routing: one locked transaction that finds candidates, chooses, assigns and says why."""

from django.db import transaction

from inbox.change import changing
from inbox.models import Contact
from routing.actions.engine import Assignment
from routing.emails.agents import email_agents
from routing.candidates import excluded_members
from routing.policy import AVAILABLE
from routing.emails.agents import email_agents
from routing.explanations import explain_unassigned
from routing.models import Routing
from routing.explanations import explain_unassigned
from teams.availability import REACHABLE


def route_conversation(conversation, *, trigger, in_turn=True):
    """Give an open conversation that nobody has to the owner of its contact, else to the next.

    Returns the membership, or None: nobody could take it and it waits. Called with the row
    locked (inside `changing`) or on its own; a conversation that somebody has is left alone.
    in_turn: whatever waits longer has been asked already; else it goes first, after the commit.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        if not conversation.is_open or conversation.assignee_id is not None:
            return conversation.assignee
        return find_somebody(Assignment(change, trigger), in_turn=in_turn)


def find_somebody(deciding, *, in_turn):
    given = give_to_owner(deciding)
    if given is None and not in_turn and deciding.overtakes:
        let_the_others_go_first(deciding.conversation)
        return None
    given = given or deciding.give_to_next()
    if given is None and deciding.forgive():
        given = give_to_owner(deciding, absent=False) or deciding.give_to_next()
    if given is None and deciding.routing.leads == Routing.Leads.ASSIGN:
        given = deciding.give_as_lead()
    if given is None:
        leave_waiting(deciding)
    elif not deciding.was_there:
        email_agents(deciding.conversation)
    return given


def let_the_others_go_first(conversation):
    """Somebody is available and it is not announced yet: office hours have begun this second. To
    lock what waits longer while this one is held would be a deadlock."""
    from routing.actions.queue import assign_older_first  # it routes each of them

    transaction.on_commit(lambda: assign_older_first(conversation), robust=True)


def give_to_owner(deciding, *, absent=True):
    """The owner's route: to them, there or not (absent=False: only if they are available).

    None: the route is off, or there is no owner who can have it.
    """
    owner = owner_of(deciding)
    if owner is None:
        return None
    is_open = deciding.circle.is_open
    held, code = deciding.hold_if(
        owner, lambda _held, code: absent or (code == AVAILABLE and is_open)
    )
    if held is None:
        return None
    deciding.was_there = code == AVAILABLE and is_open
    if deciding.was_there:
        return deciding.give(held, "owner")
    rule = unavailable_owner_rule(held, code)
    return deciding.give(held, rule, code="inbox_closed" if code == AVAILABLE else code)


def unavailable_owner_rule(held, code):
    """Nobody says «emailed» of who sits there, or may, or wants no email."""
    if code in REACHABLE:
        return "owner_online"
    if code == "unknown":
        return "owner_unknown"
    return "owner_offline" if held.email_mine else "owner_offline_no_email"


def owner_of(deciding):
    """To whom the owner's route leads (an id): not to who gave this conversation up."""
    if not deciding.routing.to_owner:
        return None
    conversation = deciding.conversation
    # Read now: it may have been set while the conversation's row was waited for.
    owner = Contact.objects.filter(pk=conversation.contact_id).values_list("owner", flat=True).get()
    if owner is None or owner in excluded_members(conversation):
        return None
    return owner if deciding.inbox.possible_assignees.filter(pk=owner).exists() else None


def leave_waiting(deciding):
    """Say why it waits: once, not again with every sweep or message that changes nothing."""
    conversation, tally = deciding.conversation, deciding.tally
    last = conversation.decisions.order_by("-created_at").first()
    if last is None or last.chosen_name or last.tally != tally:
        decision = deciding.write_down("nobody")
        if last is None or last.chosen_name:
            because = explain_unassigned(tally)
            deciding.change.add_activity("waiting", reason=because, decision=str(decision.pk))
    if conversation.waiting_since:
        email_agents(conversation)


def keep_or_route(conversation, *, trigger):
    """Reopened: to the contact's owner, else whoever had it if they can take it, else anew.

    Whoever had it, is away and reassigns replies keeps it only if nobody else is there.
    """
    with changing(conversation) as change:
        had_it = change.conversation.assignee
        if had_it is None:
            return route_conversation(change.conversation, trigger=trigger, in_turn=False)
        deciding = Assignment(change, trigger)
        owner = owner_of(deciding)
        if owner in (None, had_it.pk):
            kept = reassign_reply(change.conversation) or keep(deciding, had_it, owner=owner)
            if kept:
                return kept
        deciding.at = change.conversation.assignee = None
        return find_somebody(deciding, in_turn=False)


def keep(deciding, had_it, *, owner):
    """It stays theirs when they are available, or when the inbox says so. owner: to whom the
    owner's route leads; whoever has it as the owner has the owner's time to answer."""
    keeps, is_open = deciding.routing.keep_reopened, deciding.circle.is_open
    held, code = deciding.hold_if(
        had_it.pk, lambda _held, code: keeps or (code == AVAILABLE and is_open)
    )
    if held is None:
        return None
    deciding.was_there = code == AVAILABLE and is_open
    if owner is None:
        deciding.keep(held, "keep" if deciding.was_there else "kept_offline")
    else:
        rule = "owner" if deciding.was_there else unavailable_owner_rule(held, code)
        deciding.keep(held, rule)
    return held


def reassign_reply(conversation):
    """The contact replied to somebody who is away and wants others to have such replies.

    To another who is available by the inbox's routing, never back; nobody is: it stays. Returns
    the new assignee or None.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        had_it = conversation.assignee
        if had_it is None or not (had_it.away_at and had_it.reassign_replies):
            return None
        return give_on(Assignment(change, "reassign"))


def give_on(deciding):
    """From whoever has it to another who is available: the owner first. None: nobody is."""
    return give_to_owner(deciding, absent=False) or deciding.give_to_next()
