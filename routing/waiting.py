"""Finds conversations of an inbox that have waited longer than a given one."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from inbox.models import Conversation
from messagehub.lib.prepared_query import PreparedQuery
from teams.models import TeamMember

SINCE = Coalesce("waiting_since", "created_at")


def since(conversation):
    return conversation.waiting_since or conversation.created_at


def longer_waiting(inbox, than):
    """Return the conversations of an inbox (an id) that have waited since before `than`."""
    waiting = Conversation.objects.waiting_for_agent().filter(inbox=inbox)
    return waiting.annotate(since=SINCE).filter(since__lt=than)


def waits_longer(conversation, membership) -> bool:
    """Return whether this member (an id) could get one that has waited longer."""
    longer = FOR_MEMBER.first(
        pk=conversation.pk,
        inbox=conversation.inbox_id,
        than=since(conversation),
        member=membership,
    )
    return longer is not None


def teams_of(membership):
    return TeamMember.objects.filter(membership=membership).values("team")


# Runs with every message that could be assigned. The row of `pk` isn't saved yet.
FOR_MEMBER = PreparedQuery(
    lambda pk, inbox, than, member: (
        longer_waiting(inbox, than)
        .filter(Q(team=None) | Q(team__in=teams_of(member)))
        .exclude(Q(pk=pk) | Q(released_by__contains=[member]) | Q(timed_out_for__contains=[member]))
        .values_list("pk")[:1]
    ),
    pk=UUID,
    inbox=UUID,
    than=datetime,
    member=UUID,
)
