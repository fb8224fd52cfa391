"""Blocks contacts.

What a blocked contact writes is accepted as usual but neither stored nor shown to anyone. They
aren't informed, so that they don't just come back with a new browser. Their conversations stay as
they are, and agents can still write to them.
"""

from django.db import connection, transaction
from django.utils import timezone

from inbox.actions.contact import changing_contact, send_contact_changed_on_commit
from inbox.models import Message, Visitor
from teams import audit

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('contacts ' || %s, 0))"


def block_contact(contact, *, by):
    """Discard what the contact writes from now on. Return whether that changed."""
    return set_blocked(contact, timezone.now(), by=by)


def unblock_contact(contact, *, by):
    return set_blocked(contact, None, by=by)


def set_blocked(contact, at, *, by):
    with transaction.atomic():
        lock_workspace_contacts(contact.workspace_id)
        visitors = Visitor.objects.filter(contact=contact.pk).order_by("pk")
        list(visitors.select_for_update(no_key=True).values_list("pk"))
        with changing_contact(contact) as (locked, change):
            if bool(locked.blocked_at) == bool(at):
                return False
            locked.blocked_at, locked.blocked_by = at, by if at else None
            locked.save(update_fields=["blocked_at", "blocked_by"])
            Visitor.objects.filter(contact=locked.pk).update(is_blocked=bool(at))
            activities = Message.Activity
            activity = activities.CONTACT_BLOCKED if at else activities.CONTACT_UNBLOCKED
            if change is not None:
                change.add_activity(activity, by=by)
            action = "contact.blocked" if at else "contact.unblocked"
            audit.record(by.workspace, action, by=by, target=locked.display_name)
            send_contact_changed_on_commit(locked, "blocked_at")
    return True


def lock_workspace_contacts(workspace):
    """Wait for other merges, blocks and imports of the workspace (its id), until commit.

    Each of them locks many rows, so one after another is simpler than a common order.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [str(workspace)])
