"""Merges two contacts into one. It can't be undone, because nothing records which part was whose.

Locks are taken in the usual order: attributes, visitors, conversations, contacts. Those of a
kind are locked in the order of their ids, and one merge of a workspace waits for the other. What a
visitor writes meanwhile waits for their row, and then finds the contact that stayed.
"""

from django.db import transaction

from inbox.actions.contact import send_contact_changed_on_commit
from inbox.actions.contact_attribute import lock_attributes
from inbox.actions.contact_block import lock_workspace_contacts
from inbox.actions.resolution import resolve_conversation
from inbox.change import changing
from inbox.contact_merge import MergePreview, find_duplicates
from inbox.live_updates import MAX_CONVERSATIONS, publish_merged_contact
from inbox.models import (
    Contact,
    ContactIdentity,
    ContactNote,
    Conversation,
    FormerContact,
    Message,
    Visitor,
)
from inbox.signals import contact_corrected
from messagehub.lib.live.publish import close_streams, publish_in_one_batch
from teams import audit


class PreviewOutdated(Exception):
    """The contacts have changed since the preview with this version was shown."""


def merge_contacts(stays, leaves, *, by, version=None):
    """Move everything of `leaves` to `stays`, whose values win unless they are empty.

    Conversations keep their timelines. Of two unresolved ones in the same inbox the older is
    resolved. by: None if a token has proven that they are the same person. version: that of the
    preview which was shown. Raises PreviewOutdated, and Contact.DoesNotExist if one of them was
    merged meanwhile.
    """
    both = [stays.pk, leaves.pk]
    with transaction.atomic():
        lock_attributes(stays.workspace_id)
        lock_workspace_contacts(stays.workspace_id)
        visitors = lock_all(Visitor.objects.filter(contact__in=both))
        conversations = lock_all(Conversation.objects.filter(contact__in=both))
        contacts = {
            contact.pk: contact for contact in lock_all(Contact.objects.filter(pk__in=both))
        }
        if len(contacts) < 2:
            raise Contact.DoesNotExist
        stays, leaves = contacts[stays.pk], contacts[leaves.pk]
        unresolved = [each for each in conversations if not each.is_resolved]
        preview = MergePreview(stays, leaves, find_duplicates(unresolved))
        if version not in (None, preview.version):
            raise PreviewOutdated
        before = audit_snapshot(preview, conversations)
        changed = save_values(stays, preview.values)
        move_conversations(preview, unresolved, by=by)
        move_rows(stays, leaves)
        recent = Conversation.objects.filter(pk__in=[each.pk for each in conversations])
        name = leaves.display_name
        former = leaves.pk
        leaves.delete()
        FormerContact.objects.create(pk=former, workspace_id=stays.workspace_id, contact=stays)
        if "email" in changed:
            contact_corrected.send(Contact, contact=stays, fields=["email"])
        audit.record(
            stays.workspace,
            "contact.merged",
            by=by,
            target=stays.display_name,
            before=before,
            after={"name": stays.name, "email": stays.email, "merged": name},
        )
        for visitor in visitors:
            close_streams(visitor.live_subject)  # they may belong to a different conversation now
        send_contact_changed_on_commit(stays, "name", "email", "owner")
        publish_on_commit(stays, former, recent.order_by("-number")[:MAX_CONVERSATIONS])
    return stays


def lock_all(rows):
    """Lock these rows until commit and return them, in the order of their ids."""
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))


def save_values(contact, values):
    """Store the values. Return the names of those that were different."""
    changed = [name for name, value in values.items() if getattr(contact, name) != value]
    for name in changed:
        setattr(contact, name, values[name])
    contact.save(update_fields=changed)
    return changed


def move_conversations(preview, unresolved, *, by):
    """Resolve the duplicates first, so that no inbox has two unresolved ones at any moment."""
    duplicates = {each.pk for each in preview.duplicates}
    for conversation in sorted(unresolved, key=lambda each: each.pk not in duplicates):
        with changing(conversation) as change:
            change.conversation.contact = preview.stays
            details = {} if by else {"is_same_person": True}
            details["name"] = preview.leaves.display_name
            change.add_activity(Message.Activity.CONTACT_MERGED, by=by, **details)
            if conversation.pk in duplicates:
                resolve_conversation(change.conversation, by=by)


def move_rows(stays, leaves):
    """Move the rows of a contact. tests/inbox/test_contact_merge.py fails if one is missing."""
    models = (Conversation, Message, ContactNote, FormerContact, ContactIdentity, Visitor)
    for model in models:
        model.objects.filter(contact=leaves.pk).update(contact=stays)
    Visitor.objects.filter(contact=stays.pk).update(is_blocked=bool(stays.blocked_at))


def audit_snapshot(preview, conversations):
    leaves = preview.leaves
    moved = [each.number for each in conversations if each.contact_id == leaves.pk]
    return {
        "id": str(leaves.pk),
        "name": leaves.name,
        "email": leaves.email,
        "phone": leaves.phone,
        "company": leaves.company,
        "conversations": sorted(moved)[:100],
        "resolved": [each.number for each in preview.duplicates],
    }


def publish_on_commit(contact, former, conversations):
    def publish():
        with publish_in_one_batch():
            publish_merged_contact(contact, former, conversations)

    transaction.on_commit(publish, robust=True)
