from inbox.actions.follower import add_followers
from inbox.models import Mention


def record_mentions(note, mentions):
    """Record who is mentioned in a note that was just added, and let them follow.

    The author isn't notified of their own note, although their team may be mentioned. The
    conversation is locked, so a later note comes later.
    """
    members = {pk for each in mentions for pk in each.members} - {note.author_id}
    if not members:
        return
    rows = [
        Mention(
            workspace_id=note.workspace_id,
            conversation=note.conversation,
            membership_id=pk,
            seq=note.seq,
            mentioned_at=note.created_at,
        )
        for pk in sorted(members)
    ]
    Mention.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["conversation", "membership"],
        update_fields=["seq", "mentioned_at"],
    )
    add_followers(note.conversation, members)
