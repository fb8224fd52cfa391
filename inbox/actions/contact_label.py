"""Adds labels to contacts and removes them.

Locks are taken in this order: labels, contacts. Other labels stay, so that agents who label at the
same moment don't undo each other's changes.
"""

from typing import NamedTuple

from django.db import connection, transaction
from django.utils.translation import gettext as _

from inbox.actions.contact import send_contact_changed_on_commit
from inbox.actions.label import TooManyLabels, lock_labels
from inbox.models import Contact, Conversation

MOST_OF_A_CONTACT = 20
MAX_PUBLISHED = 50  # contacts of one change that open pages show at once

CHANGE = f"""
WITH wanted AS (
    SELECT id, ARRAY(
        SELECT label FROM unnest(label_ids || %(add)s) WITH ORDINALITY AS each(label, ordinal)
        WHERE label <> ALL (%(remove)s) GROUP BY label ORDER BY min(ordinal)
    ) AS label_ids
    FROM {Contact._meta.db_table} WHERE id = ANY (%(contacts)s)
), changed AS (
    UPDATE {Contact._meta.db_table} AS contact SET label_ids = wanted.label_ids
    FROM wanted WHERE contact.id = wanted.id AND contact.label_ids <> wanted.label_ids
    AND (%(add)s = '{{}}' OR cardinality(wanted.label_ids) <= {MOST_OF_A_CONTACT})
    RETURNING contact.id
)
SELECT wanted.id, changed.id IS NOT NULL FROM wanted LEFT JOIN changed USING (id)
WHERE changed.id IS NOT NULL OR cardinality(wanted.label_ids) > {MOST_OF_A_CONTACT}
"""


class LabelledContacts(NamedTuple):
    changed: int
    full: int  # would have more labels than a contact can have, and stay as they are


def change_contact_labels(contacts, *, add=(), remove=()) -> LabelledContacts:
    """Add labels to these contacts (ids) and remove some. Those merged meanwhile stay out."""
    contacts = list(contacts)
    with transaction.atomic():
        add = sorted(lock_labels(add))
        rows = Contact.objects.filter(pk__in=contacts).select_for_update(no_key=True)
        list(rows.order_by("pk").values_list("pk"))
        remove = [label.pk for label in remove]
        with connection.cursor() as cursor:
            cursor.execute(CHANGE, {"add": add, "remove": remove, "contacts": contacts})
            found = cursor.fetchall()
        changed = [pk for pk, is_changed in found if is_changed]
        publish_labels_on_commit(changed)
    return LabelledContacts(len(changed), len(found) - len(changed))


def label_contact(contact, *, add=(), remove=()) -> bool:
    """Change the labels of one contact. Return whether that changed any. Raises TooManyLabels."""
    result = change_contact_labels([contact.pk], add=add, remove=remove)
    if result.full:
        message = _("A contact can have %(count)d labels. Remove some first.")
        raise TooManyLabels(message % {"count": MOST_OF_A_CONTACT})
    return bool(result.changed)


def publish_labels_on_commit(contacts):
    """Show the labels on open pages of unresolved conversations of these contacts (ids)."""
    unresolved = Conversation.objects.unresolved().filter(contact__in=contacts)
    shown = Contact.objects.with_owner().filter(pk__in=unresolved.values("contact"))
    for contact in shown[:MAX_PUBLISHED] if contacts else ():
        send_contact_changed_on_commit(contact, "labels")
