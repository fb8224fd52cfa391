from django.db import transaction

from inbox.models import Inbox, InboxMember


def create_inbox(workspace, *, name, members=()):
    """A new channel of the workspace, answered by these memberships."""
    with transaction.atomic():
        inbox = Inbox.objects.create(workspace=workspace, name=name)
        for membership in members:
            add_inbox_member(inbox, membership=membership)
    return inbox


def add_inbox_member(inbox, *, membership):
    member, _created = InboxMember.objects.get_or_create(
        inbox=inbox, membership=membership, defaults={"workspace_id": inbox.workspace_id}
    )
    return member
