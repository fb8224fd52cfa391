"""What waits longer than a conversation, in the same inbox."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from inbox.models import Conversation
from messagehub.lib.prepared_query import PreparedQuery

SINCE = Coalesce("waiting_since", "created_at")


def since(conversation):
    return conversation.waiting_since or conversation.created_at


def longer_waiting(inbox, than):
    """The conversations of an inbox (an id) that wait for somebody since before `than`."""
    waiting = Conversation.objects.waiting_for_agent().filter(inbox=inbox)
    return waiting.annotate(since=SINCE).filter(since__lt=than)


def waits_longer(conversation, membership) -> bool:
    """Whether one of them could be given to this member (an id) as well as this conversation."""
    longer = FOR_MEMBER.first(
        pk=conversation.pk,
        inbox=conversation.inbox_id,
        than=since(conversation),
        member=membership,
    )
    return longer is not None


# Asked with every message that could be given to somebody; `pk` itself is not stored yet as it is.
FOR_MEMBER = PreparedQuery(
    lambda pk, inbox, than, member: (
        longer_waiting(inbox, than)
        .exclude(Q(pk=pk) | Q(released_by__contains=[member]) | Q(timed_out_for__contains=[member]))
        .values_list("pk")[:1]
    ),
    pk=UUID,
    inbox=UUID,
    than=datetime,
    member=UUID,
)
