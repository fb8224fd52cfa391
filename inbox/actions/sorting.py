"""Sets the priority and the team of a conversation."""

from django.db import connection, transaction

from inbox.change import changing
from inbox.models import Conversation, Message
from inbox.signals import conversation_needs_agent
from teams.models import Team


def set_priority(conversation, *, priority, by):
    """Set the priority. Return whether it changed."""
    with changing(conversation) as change:
        if change.conversation.priority == priority:
            return False
        change.conversation.priority = priority
        change.add_activity(Message.Activity.PRIORITY_SET, by=by, to=int(priority))
    return True


def set_team(conversation, *, team, by):
    """Set the team, or none. Return whether it changed; a team just deleted changes nothing.

    A conversation that waits for an agent is offered to the members of the team.
    """
    with transaction.atomic():
        if team is not None and not lock_team(team):
            return False
        with changing(conversation) as change:
            conversation = change.conversation
            if conversation.team_id == (team and team.pk):
                return False
            conversation.team = team
            change.add_activity(Message.Activity.TEAM_SET, by=by, to=team.name if team else "")
            if conversation.is_open and conversation.assignee_id is None:
                conversation_needs_agent.send(
                    Conversation, conversation=conversation, trigger="team"
                )
    return True


def lock_team(team):
    """Keep the team from being deleted until the commit. Return whether it exists.

    It is locked before the conversation, as deleting a team does.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT FROM {Team._meta.db_table} WHERE id = %s FOR KEY SHARE", [team.pk])
        return cursor.rowcount == 1
