from django.db import transaction

from inbox.models import CannedReply, CannedReplyInbox
from teams import audit


def save_canned_reply(
    workspace, *, canned_reply=None, shortcut, name, body, is_for_all_inboxes, inboxes, by
):
    """Create a canned reply, or replace the contents of one.

    Raises CannedReply.DoesNotExist if it was deleted in the meantime.
    """
    with transaction.atomic():
        if canned_reply:
            canned_reply = lock_canned_reply(canned_reply)
        before = audit_snapshot(canned_reply) if canned_reply else {}
        action = "canned_reply.updated" if canned_reply else "canned_reply.created"
        canned_reply = canned_reply or CannedReply(workspace=workspace)
        canned_reply.shortcut, canned_reply.name, canned_reply.body = shortcut, name, body
        canned_reply.is_for_all_inboxes = is_for_all_inboxes
        canned_reply.save()
        canned_reply.inbox_rows.exclude(inbox__in=inboxes).delete()
        rows = [
            CannedReplyInbox(workspace=workspace, canned_reply=canned_reply, inbox=inbox)
            for inbox in inboxes
        ]
        CannedReplyInbox.objects.bulk_create(rows, ignore_conflicts=True)
        after = audit_snapshot(canned_reply)
        if before != after:
            audit.record(workspace, action, by=by, target=shortcut, before=before, after=after)
    return canned_reply


def delete_canned_reply(canned_reply, *, by):
    """Delete the canned reply. Repeating has no effect."""
    with transaction.atomic():
        try:
            canned_reply = lock_canned_reply(canned_reply)
        except CannedReply.DoesNotExist:
            return
        before = audit_snapshot(canned_reply)
        audit.record(
            canned_reply.workspace,
            "canned_reply.deleted",
            by=by,
            target=canned_reply.shortcut,
            before=before,
        )
        canned_reply.delete()


def lock_canned_reply(canned_reply):
    rows = CannedReply.objects.select_for_update(of=("self",)).select_related("workspace")
    return rows.get(pk=canned_reply.pk)


def audit_snapshot(canned_reply):
    inboxes = canned_reply.inboxes.order_by("name").values_list("name", flat=True)
    return {
        "shortcut": canned_reply.shortcut,
        "name": canned_reply.name,
        "text": canned_reply.body,
        "inboxes": [] if canned_reply.is_for_all_inboxes else list(inboxes),
    }
