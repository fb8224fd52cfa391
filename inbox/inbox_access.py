from django.dispatch import receiver

from inbox.actions.inbox import add_inbox_member
from inbox.models import Inbox, InboxMember
from teams.signals import inboxes_chosen


@receiver(inboxes_chosen)
def set_inbox_access(sender, membership, inbox_ids, **kwargs):
    """Give the member access to exactly these inboxes. Unknown ids are ignored."""
    inboxes = Inbox.objects.filter(workspace=membership.workspace_id, pk__in=inbox_ids)
    InboxMember.objects.filter(membership=membership).exclude(inbox__in=inboxes).delete()
    for inbox in inboxes:
        add_inbox_member(inbox, membership=membership)
