"""Who follows a conversation. That doesn't change the conversation, so nothing is locked."""

from inbox.live_updates import publish_followers
from inbox.models import Follower


def set_following(conversation, *, membership, is_following):
    """Let a member follow the conversation, or not any more."""
    Follower.objects.update_or_create(
        conversation=conversation,
        membership=membership,
        defaults={"workspace_id": conversation.workspace_id, "has_unfollowed": not is_following},
    )
    publish_followers(conversation)


def add_followers(conversation, members):
    """Let members (ids) follow it, except those who left it before."""
    known = conversation.followers.filter(membership__in=members)
    new = set(members) - set(known.values_list("membership", flat=True))
    if not new:
        return
    rows = [
        Follower(
            workspace_id=conversation.workspace_id, conversation=conversation, membership_id=pk
        )
        for pk in new
    ]
    Follower.objects.bulk_create(rows, ignore_conflicts=True)
    publish_followers(conversation)
