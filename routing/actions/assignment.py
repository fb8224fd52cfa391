"""Routing: one locked transaction finds the candidates, chooses, assigns and records why."""

from inbox.change import changing
from routing.actions.decision import team_name
from routing.actions.engine import Assignment
from routing.emails.agents import email_agents
from routing.explanations import explain_unassigned
from routing.models import Trigger
from routing.policy import plan_assignment, plan_reassignment, plan_reopened
from routing.rules import Rule


def route_conversation(conversation, *, trigger):
    """Find an assignee for an open conversation that has none.

    Returns the membership, or None if it waits in the queue. Called with the row locked (inside
    `changing`) or on its own; a conversation that has an assignee is left alone.
    """
    with changing(conversation) as change:
        conversation = change.conversation
        if not conversation.is_open or conversation.assignee_id is not None:
            return conversation.assignee
        return carry_out(Assignment(change, trigger), plan_assignment)


def route_for_contact(change, *, trigger):
    """Find an assignee because the contact wrote or reopened; a reopened one may keep its own.

    Returns whether it has to wait until older conversations of its inbox were assigned.
    """
    assignment = Assignment(change, trigger, older_first=True)
    carry_out(assignment, plan_reopened)
    return assignment.must_wait


def carry_out(assignment, make_plan):
    assignee = assignment.carry_out(make_plan)
    if assignee is not None:
        if assignment.needs_email:
            email_agents(assignment.conversation)
    elif not assignment.must_wait:
        leave_waiting(assignment)
    return assignee


def leave_waiting(assignment):
    """Say why it waits: once, not again with every sweep or message that changes nothing."""
    conversation, tally = assignment.conversation, assignment.status_counts
    last = None
    if not assignment.change.is_new:
        last = conversation.decisions.order_by("-created_at").first()
    is_new = last is None or last.chosen_name or last.team_id != conversation.team_id
    if is_new or last.tally != tally:
        decision = assignment.record(Rule.QUEUED, tally)
        if is_new:
            with conversation.workspace.in_language():
                because = explain_unassigned(tally, team_name(conversation))
            assignment.change.add_activity("waiting", reason=because, decision=str(decision.pk))
    if conversation.waiting_since:
        email_agents(conversation)


def reassign_reply(conversation):
    """Reassign it if the contact replied to an assignee who is Away and reassigns replies.

    It goes to someone else who is available, or stays. Returns the new assignee or None.
    """
    with changing(conversation) as change:
        assignee = change.conversation.assignee
        if assignee is None or not (assignee.away_at and assignee.reassign_replies):
            return None
        return Assignment(change, Trigger.REASSIGN).carry_out(plan_reassignment)
