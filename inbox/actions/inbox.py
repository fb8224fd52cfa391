from django.db import transaction

from inbox.models import Inbox, InboxMember
from teams import audit


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


def save_inbox(inbox, *, by):
    """Its settings as they are on the instance now."""
    with transaction.atomic():
        before = picture(Inbox.objects.select_for_update(no_key=True).get(pk=inbox.pk))
        inbox.save()
        audit.record(
            inbox.workspace,
            "inbox.updated",
            by=by,
            target=inbox.name,
            before=before,
            after=picture(inbox),
        )


def picture(inbox):
    return {
        "name": inbox.name,
        "greeting": inbox.greeting,
        "allowed_sites": list(inbox.allowed_sites),
    }
